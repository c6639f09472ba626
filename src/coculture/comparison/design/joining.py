"""The measurements of a culture in one row: each quantity that is compared.

The state of a measurement is a code: ok, excluded or missing, or a state outside a range (that of
elisa/cultures.csv, below_background, below_limit). Why there is no value is in `{quantity}_reason`,
one reason each. `excluded` lists for people the reasons of measurements that were planned: those
for which a table of the study names the culture.
"""

from collections.abc import Sequence

import pandas as pd

from coculture.comparison.design.arms import Design, arms_of
from coculture.comparison.design.donors_inside_experiments import by_donor
from coculture.comparison.quantities.declared import declared
from coculture.comparison.quantities.flow_wells import SEEN
from coculture.comparison.quantities.kind import MISSING, Readings
from coculture.comparison.quantities.measured import Measured
from coculture.comparison.quantities.quantity import Quantity
from coculture.comparison.quantities.registry import kind_named
from coculture.comparison.quantities.text_columns import filled, joined
from coculture.comparison.settings import ComparisonSettings, require_own_columns
from coculture.exchange.names import natural_order

VIABLE_CELLS = "viable_cells_per_ml"
NOT_DETERMINED = "not_determined"
"""The state of an analyte that was read without giving a value."""
_REASONS_SHOWN = 3


def join_cultures(
    cultures: pd.DataFrame,
    flow_wells: pd.DataFrame,
    elisa_cultures: pd.DataFrame,
    population: str,
    analytes: Sequence[str],
    settings: ComparisonSettings,
    values: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Join what was measured of each culture, one row for each culture of the study.

    Cultures that an assay did not measure, or with excluded readings, are kept, with the reason.

    Parameters
    ----------
    cultures
        The study's cultures.csv.
    flow_wells
        flow/wells.csv of all experiments; only rows with a culture are used.
    elisa_cultures
        elisa/cultures.csv.
    population
        The population that is reported, for quantities of flow cytometry that name none.
    analytes
        The analytes that the ELISA measured; those that `settings` compares come first.
    settings
        Names what is compared, and the factors.
    values
        The rows of values.csv, numbers that were measured elsewhere.

    Returns
    -------
    All columns of `cultures` (`experiment` is a part of one that donors share, see
    `donors_inside_experiments`), then arm, the columns of each quantity (`Quantity.columns`; with
    the first that flow cytometry measures annexin_seen and the like, whether a stain stained, as
    far as cells show it), flags (codes), excluded, and the reasons for missing values. Sorted by
    experiment, arm (display order) and culture. Counts, doses and hours that are whole numbers are
    integers.

    Raises
    ------
    ComparisonError
        If two quantities would have the same columns.
    """
    others = pd.DataFrame() if values is None else values
    readings = Readings(flow_wells, elisa_cultures, others, population)
    quantities = (*settings.quantities, *_not_compared(analytes, settings))
    require_own_columns(one.name for one in quantities if one.source == "elisa.csv")
    design = Design.of(cultures, settings)
    arms = arms_of(cultures, settings.factors)
    table = cultures.copy()
    table["arm"] = [design.label(arm) for arm in arms]
    flags, reasons, lost = [], {}, []
    for quantity in quantities:
        kind = kind_named(quantity.kind)
        read = kind.readings(quantity, readings).reindex(table["culture"].to_numpy())
        columns = quantity.columns
        for name in (one for one in read if one not in ("flags", "reason")):
            _add(table, columns.state if name == "state" else str(name), read[name])
        flags.append(list(filled(read["flags"])))
        reasons[columns.reason] = list(filled(read["reason"].fillna(kind.missing(quantity))))
        is_planned = read["state"].fillna(MISSING) != MISSING
        lost.append(list(filled(read["reason"]).where(is_planned, "")))
    table["flags"] = [joined(row) for row in zip(*flags, strict=True)] if flags else ""
    table["excluded"] = [joined(row) for row in zip(*lost, strict=True)] if lost else ""
    table = table.assign(**reasons)
    if not are_counted(table):
        table = table.drop(columns=VIABLE_CELLS, errors="ignore")
    if "medium" in table and not table["medium"].fillna("").any():
        table = table.drop(columns="medium")
    doses = [factor.column for factor in settings.factors if not factor.is_category]
    counted = ["hours", "replicate", *doses, VIABLE_CELLS]
    counted += [name for one in quantities for name in (one.columns.total, one.columns.count)]
    return _whole_numbers(
        in_order(by_donor(table), design), [one for one in dict.fromkeys(counted) if one in table]
    )


def _not_compared(analytes: Sequence[str], settings: ComparisonSettings) -> tuple[Quantity, ...]:
    """The measured analytes that are not compared: their concentrations are still shown."""
    compared = {one.options.get("analyte") for one in settings.quantities}
    left = [one for one in dict.fromkeys(analytes) if one not in compared]
    return declared(
        ({"name": one, "measure": "analyte", "analyte": one} for one in left), Measured()
    )


def _add(table: pd.DataFrame, column: str, read: pd.Series) -> None:
    """A column of a quantity; two quantities that are read from the same numbers share it."""
    if column.endswith("_state"):
        table[column] = list(filled(read.fillna(MISSING)))
    elif column.endswith(SEEN):
        if column not in table:
            table[column] = pd.array(read.tolist(), dtype="boolean")
    else:
        table[column] = read.to_numpy(dtype=float)


def are_counted(cultures: pd.DataFrame) -> bool:
    """Whether the viable cells of any culture were counted."""
    return VIABLE_CELLS in cultures and bool(cultures[VIABLE_CELLS].notna().any())


def is_measured(cultures: pd.DataFrame, quantity: Quantity) -> bool:
    """Whether any culture was measured for it, including excluded readings."""
    state = cultures[quantity.columns.state].fillna("")
    return not state.isin(["", MISSING]).all()


def why_not_determined(cultures: pd.DataFrame, quantity: Quantity) -> str:
    """Why something that was read has no value in any culture; empty if it has one, or was not."""
    state = cultures[quantity.columns.state]
    if not state.isin(["", MISSING, NOT_DETERMINED]).all() or not state.eq(NOT_DETERMINED).any():
        return ""
    reasons = cultures.loc[state == NOT_DETERMINED, quantity.columns.reason].unique().tolist()
    more = len(reasons) - _REASONS_SHOWN
    shown = "; ".join(reasons[:_REASONS_SHOWN]) + (f"; and {more} more reasons" if more > 0 else "")
    return f"no culture has a value of {quantity.name}: {shown}"


def _whole_numbers(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """`table` with those of `columns` as integers that contain only whole numbers."""
    numbers = {column: table[column].astype(float) for column in columns}
    whole = [name for name, values in numbers.items() if (values.dropna() % 1 == 0).all()]
    return table.assign(**{column: numbers[column].astype("Int64") for column in whole})


def in_order(joined: pd.DataFrame, design: Design) -> pd.DataFrame:
    """Rows by experiment, arm (display order) and culture."""
    position = {label: place for place, label in enumerate(design.by_label)}
    places = joined["arm"].map(position)
    return (
        joined.assign(_experiment=natural_order(joined["experiment"]), _place=places)
        .sort_values(["_experiment", "_place", "culture"], kind="stable")
        .drop(columns=["_experiment", "_place"])
        .reset_index(drop=True)
    )
