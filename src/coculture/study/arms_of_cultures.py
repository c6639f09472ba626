"""The arm and the setting of each culture: what was done to its cells, and where they grew."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from coculture.comparison.design.arms import Design, arms_of
from coculture.comparison.settings import Factor
from coculture.exchange import arm_names


def is_untreated(cultures: pd.DataFrame, factors: Sequence[Mapping[str, Any]]) -> "pd.Series[bool]":
    """Per culture, whether every factor is at its untreated level.

    What all cultures of the study have alike, such as a vehicle, is no treatment.
    """
    untreated = pd.Series(True, index=cultures.index)
    for factor in factors:
        levels = cultures[factor["column"]]
        if not is_constant(levels):
            untreated &= levels == factor["untreated"]
    return untreated


def lacks_untreated(cultures: pd.DataFrame, factor: Mapping[str, Any]) -> bool:
    """Whether a factor has several levels, and no culture the untreated one."""
    levels = cultures[factor["column"]]
    return not is_constant(levels) and not (levels == factor["untreated"]).any()


def is_constant(levels: "pd.Series[Any]") -> bool:
    """Whether all cultures have the same level, as far as it could be read."""
    return len(set(levels.dropna())) == 1


def shown_level(level: float | str) -> str:
    """A level as messages write it."""
    return level if isinstance(level, str) else f"{level:g}"


def settings_of(cultures: pd.DataFrame) -> "pd.Series[str]":
    """Per culture, its stroma, medium and hours in words, as far as the cultures differ in them.

    Treated cultures are compared with untreated ones of the same cells and setting.

    >>> table = pd.DataFrame({"stroma": ["HS-5", "HS-5"], "hours": [24.0, 48.0]})
    >>> list(settings_of(table))
    ['24 h', '48 h']
    """
    varied = [one for one in _SETTING if one in cultures and len(cultures[one].unique()) > 1]
    return pd.Series(
        [
            ", ".join(_SETTING[one](value) for one, value in zip(varied, row, strict=True))
            for row in cultures[varied].to_numpy(dtype=object)
        ],
        index=cultures.index,
        dtype=object,
    )


_SETTING: Mapping[str, Callable[[Any], str]] = {
    "stroma": arm_names.ground,
    "medium": str,
    "hours": lambda hours: arm_names.dose(hours, "h"),
}
"""The columns in which settings differ, each with its words."""


def names_of_arms(
    cultures: pd.DataFrame, factors: Sequence[Mapping[str, Any]], cells: Mapping[str, Any]
) -> "pd.Series[str]":
    """Per culture, the name of its arm as everywhere in the report.

    Cultures with a cell that cannot be read have an empty name: they are reported elsewhere.

    Parameters
    ----------
    factors, cells
        The sections of the config.
    """
    read = [Factor.from_config(one) for one in factors]
    complete = cultures.dropna(subset=["cells", "hours", *(one.column for one in read)])
    arms = arms_of(complete.fillna({"stroma": "", "medium": ""}), read)
    design = Design.from_arms(arms, read, cells["reference"], cells["labels"])
    names = pd.Series(map(design.display_label, arms), index=complete.index, dtype=object)
    return names.reindex(cultures.index, fill_value="")


def treated_controls(
    flow_table: pd.DataFrame,
    cultures: pd.DataFrame,
    factors: Sequence[Mapping[str, Any]],
    cells: Mapping[str, Any],
) -> "pd.Series[str]":
    """Per row of flow.csv, the arm of an unstained control of treated cells; empty for others.

    Also empty if its culture is unknown or of another experiment, which is reported elsewhere.
    """
    known = cultures.dropna(subset=["culture"]).drop_duplicates("culture").set_index("culture")
    treated = known[~is_untreated(known, factors)]
    arms = names_of_arms(known, factors, cells)[treated.index]
    is_own = flow_table["culture"].map(known["experiment"]) == flow_table["experiment"]
    is_treated = (flow_table["role"] == "unstained") & is_own
    return flow_table["culture"].map(arms).astype(object).fillna("").where(is_treated, "")
