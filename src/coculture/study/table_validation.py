"""What must hold in the tables and between them.

Each check yields the problems that it finds. `coculture.study.load` calls them all and reports
every problem at once. Table cells that could not be read are skipped: they are already reported.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pandas as pd

from coculture import clinical, comparison
from coculture.comparison.design.arms import Design, arms_of
from coculture.comparison.settings import Factor
from coculture.elisa.plates.plate import well_name
from coculture.exchange import arm_names
from coculture.exchange.names import natural_key
from coculture.exchange.problems import Problem
from coculture.exchange.vocabulary import listed, nearest
from coculture.flow.files import BEADS
from coculture.study.configuration import line_of

BARE_ANSWERS = (
    "no", "n", "false", "0", "yes", "y", "true", "1", "none", "nan", "na", "-", "x", "ok",
)  # fmt: skip


def number_of_experiments(
    config: str, cultures: pd.DataFrame, stated: int | str | None
) -> Iterator[Problem]:
    """The number of experiments that a person has confirmed is that of the cultures."""
    names = sorted(set(cultures["experiment"].dropna()), key=natural_key)
    if stated is None or stated == len(names):
        return
    line = line_of(Path(config), ("experiments",))
    message = (
        f"the cultures are of {len(names)}: {', '.join(names)}. If these are independent repeats, "
        f"write {len(names)}; else correct the column experiment."
        if names
        else "the cultures name no experiment that can be read; see the problems of that column."
    )
    yield Problem(config, message, line, "experiments", str(stated))


def doubled_cultures(cultures: pd.DataFrame) -> Iterator[Problem]:
    """Each culture is listed once."""
    first: dict[str, int] = {}
    for row, name in _cells(cultures["culture"].dropna()):
        if first.setdefault(name, row) != row:
            message = (
                f"this culture is already in row {first[name]}; give each culture a different name."
            )
            yield Problem("cultures.csv", message, row, "culture", name)


def names_alike(
    table: str, rows: pd.DataFrame, columns: Sequence[str], hyphens: bool = True
) -> Iterator[Problem]:
    """Names in one column differ by more than capitals and spaces (and hyphens, if not `hyphens`).

    Two spellings of one name would count as two things, and some disks treat E1 and e1 as the same
    file. Hyphens matter in dates.
    """
    apart, words = (r"\s+", "capitals or spaces")
    if not hyphens:
        apart, words = (r"[\s_-]+", "capitals, spaces or hyphens")
    for column in columns:
        first: dict[str, tuple[int, str]] = {}
        for row, name in _cells(rows.loc[rows[column].fillna("") != "", column]):
            above, spelt = first.setdefault(re.sub(apart, "", name.lower()), (row, name))
            if name != spelt:
                message = (
                    f'differs from "{spelt}" in row {above} only in {words}. If they are the same, '
                    "spell them the same; if not, use different letters."
                )
                yield Problem(table, message, row, column, name)


def doubled_replicates(
    cultures: pd.DataFrame, factors: Sequence[Mapping[str, Any]]
) -> Iterator[Problem]:
    """Each replicate number occurs once in an arm of an experiment."""
    columns = [
        *("experiment", "donor", "cells", "stroma", "medium", "hours", "replicate"),
        *(factor["column"] for factor in factors),
    ]
    known = cultures[columns].dropna()
    first: dict[tuple[Any, ...], int] = {}
    for row, *words in known.itertuples(name=None):
        above = first.setdefault(tuple(words), row)
        if above != row:
            message = (
                f"the culture in row {above} is the same replicate of the same arm; "
                "number the wells of an arm 1, 2, 3."
            )
            value = f"{cultures.loc[row, 'replicate']:g}"
            yield Problem("cultures.csv", message, row, "replicate", value)


def untreated_arms(
    cultures: pd.DataFrame, factors: Sequence[Mapping[str, Any]]
) -> Iterator[Problem]:
    """Every experiment has cultures in which each factor is at its untreated level.

    Unless the study has no such level of a factor, so that arms are compared with its lowest dose.
    """
    if any(lacks_untreated(cultures, factor) for factor in factors):
        return
    untreated = is_untreated(cultures, factors)
    for experiment, of_experiment in cultures.groupby("experiment"):
        if not untreated[of_experiment.index].any():
            levels = " and ".join(
                f"{factor['column']} {shown_level(factor['untreated'])}"
                for factor in factors
                if not _is_constant(cultures[factor["column"]])
            )
            message = (
                "this experiment has no untreated culture, so it cannot be compared; "
                f"add rows with {levels}, or remove the experiment from the table."
            )
            row = int(of_experiment.index[0])
            yield Problem("cultures.csv", message, row, "experiment", str(experiment))


def is_untreated(cultures: pd.DataFrame, factors: Sequence[Mapping[str, Any]]) -> "pd.Series[bool]":
    """Per culture, whether every factor is at its untreated level.

    What all cultures of the study have alike, such as a vehicle, is no treatment.
    """
    untreated = pd.Series(True, index=cultures.index)
    for factor in factors:
        levels = cultures[factor["column"]]
        if not _is_constant(levels):
            untreated &= levels == factor["untreated"]
    return untreated


def lacks_untreated(cultures: pd.DataFrame, factor: Mapping[str, Any]) -> bool:
    """Whether a factor has several levels, and no culture the untreated one."""
    levels = cultures[factor["column"]]
    return not _is_constant(levels) and not (levels == factor["untreated"]).any()


def _is_constant(levels: "pd.Series[Any]") -> bool:
    return len(set(levels.dropna())) == 1


def shown_level(level: float | str) -> str:
    """A level as messages write it."""
    return level if isinstance(level, str) else f"{level:g}"


def cells_or_stroma(cultures: pd.DataFrame) -> Iterator[Problem]:
    """A culture has cells, or stroma, or both."""
    is_empty = (cultures["cells"] == "") & (cultures["stroma"].fillna("") == "")
    for row in cultures.index[is_empty]:
        message = (
            "the culture has neither cells nor stroma; write its cells, or for stroma alone the "
            "stroma."
        )
        yield Problem("cultures.csv", message, int(row), "cells", "")


def level_names(cultures: pd.DataFrame, factors: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    """Named levels are names; each is spelled in one way, and one of them is the untreated one."""
    for factor in factors:
        if not isinstance(factor["untreated"], str):
            continue
        column, untreated = factor["column"], factor["untreated"]
        names = cultures[column].dropna()
        known = sorted(set(names))
        for row, name in _cells(names.drop_duplicates()):
            if name.lower() in _NO_NAMES or not any(letter.isalpha() for letter in name):
                message = (
                    "is no name for an arm; write what was done to the cells, such as siIL6 or "
                    "clone 2."
                )
                yield Problem("cultures.csv", message, row, column, name)
        yield from names_alike("cultures.csv", cultures, [column], hyphens=False)
        if len(known) > 1 and untreated not in known:
            message = (
                f"no culture has {untreated}, with which the others are compared. "
                f"{nearest(untreated, known)}"
            )
            yield Problem("cultures.csv", message, 1, column, untreated)


_NO_NAMES = tuple(answer for answer in BARE_ANSWERS if answer != "none")


def baselines(cultures: pd.DataFrame, factors: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    """Cultures at 0 h had no drug, because nothing had been given by then."""
    for factor in factors:
        levels, untreated = cultures[factor["column"]], factor["untreated"]
        if isinstance(untreated, str) or _is_constant(levels):
            continue
        is_given = (cultures["hours"] == 0) & levels.notna() & (levels != untreated)
        for row in cultures.index[is_given]:
            message = (
                f"at 0 h no drug has been given yet; write {untreated:g}, or correct the hours."
            )
            yield Problem("cultures.csv", message, int(row), factor["column"], f"{levels[row]:g}")


def media(cultures: pd.DataFrame) -> Iterator[Problem]:
    """If one culture names its medium, all do: an empty one would be a medium of its own."""
    named = cultures["medium"].fillna("") != ""
    if not named.any():
        return
    for row in cultures.index[~named]:
        message = "other cultures name their medium; name it here too."
        yield Problem("cultures.csv", message, int(row), "medium", "")


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


def unmeasured_cultures(
    cultures: pd.DataFrame, measuring: Mapping[str, pd.DataFrame]
) -> Iterator[Problem]:
    """Every culture is measured in at least one table of the study that names cultures.

    Parameters
    ----------
    measuring
        flow.csv, elisa.csv and values.csv, as far as the study has them.
    """
    measured: set[str] = set()
    for table, rows in measuring.items():
        counts = rows["role"] != "spike" if table == "elisa.csv" else rows["culture"].notna()
        measured |= set(rows.loc[counts, "culture"])
    if not measuring:
        return
    things = {"flow.csv": "FCS file", "elisa.csv": "ELISA well", "values.csv": "number"}
    for row, name in _cells(cultures["culture"].dropna()):
        if name not in measured:
            message = (
                f"this culture is {_in_none_of(list(measuring))}; add its "
                f"{' or its '.join(things[table] for table in measuring)}, or remove the row."
            )
            yield Problem("cultures.csv", message, row, "culture", name)


def _in_none_of(tables: Sequence[str]) -> str:
    if len(tables) == 1:
        return f"not in {tables[0]}"
    if len(tables) == 2:
        return f"in neither {tables[0]} nor {tables[1]}"
    return f"in none of {', '.join(tables)}"


def references(table: str, rows: pd.DataFrame, cultures: pd.DataFrame) -> Iterator[Problem]:
    """Samples name a culture of cultures.csv; controls name none, but unstained ones can."""
    known = list(dict.fromkeys(cultures["culture"].dropna()))
    for row, role, culture in rows[["role", "culture"]].itertuples():
        if role == "sample" and culture == "":
            message = "a sample needs its culture, spelled as in cultures.csv."
            yield Problem(table, message, row, "culture", "")
        elif role == "spike" and culture == "":
            message = "a spike needs the culture to which it was added, as in cultures.csv."
            yield Problem(table, message, row, "culture", "")
        elif (
            role in ("sample", "unstained", "spike")
            and pd.notna(culture)
            and culture not in ("", *known)
        ):
            message = f"this culture is not in cultures.csv. {nearest(culture, known)}"
            if len(known) > 12 and "Known are" in message:
                message = "this culture is not in cultures.csv."
            several = _called_so(culture, known) if table == "elisa.csv" else []
            if len(several) > 1:
                message = (
                    f"{len(several)} cultures are called so ({listed(several[:3])}"
                    f"{' ...' if len(several) > 3 else ''}): write the experiment into the label, "
                    "or into a line of the plate map: cultures, its name."
                )
            yield Problem(table, message, row, "culture", culture)
        elif pd.notna(role) and role not in ("sample", "unstained", "spike") and culture != "":
            having = "samples and spikes"
            if table == "flow.csv":
                having = "samples and unstained controls of treated cells"
            message = f'only {having} have a culture, but this row has the role "{role}".'
            yield Problem(table, message, row, "culture", culture)


def _called_so(label: str, known: Iterable[str]) -> list[str]:
    """The cultures whose name is a label behind the name of their experiment."""
    bare = _letters(label)
    return [one for one in known if len(bare) > 2 and _letters(one).endswith(bare)]


def _letters(name: str) -> str:
    return "".join(sign for sign in name.lower() if sign.isalnum())


def exclusions(table: str, rows: pd.DataFrame) -> Iterator[Problem]:
    """A row is excluded by a reason; a bare yes or no is refused."""
    for row, reason in _cells(rows["exclude"]):
        if reason.strip().lower() in BARE_ANSWERS:
            message = (
                "leave the cell empty to use the row, or write the reason for excluding it; the "
                "reason is printed with the results."
            )
            yield Problem(table, message, row, "exclude", reason)


_WITHOUT_CHANNEL = (
    "sample", "unstained", "annexin_only", "dye_only", "fmo_annexin", "fmo_dye", "beads",
)  # fmt: skip
"""Roles that are for no channel, or always for the same."""


def flow_rows(flow_table: pd.DataFrame, cultures: pd.DataFrame) -> Iterator[Problem]:
    """Experiments agree, stains name their channel, and no file or plate well is used twice."""
    experiment_of = cultures.drop_duplicates("culture").set_index("culture")["experiment"]
    experiments = set(cultures["experiment"].dropna())
    for row, file in _rows(flow_table):
        experiment, culture = file["experiment"], file["culture"]
        if experiment == "" and file["role"] == "sample":
            message = "a sample needs its experiment, spelled as in cultures.csv."
            yield Problem("flow.csv", message, row, "experiment", "")
        elif pd.notna(experiment) and experiment not in (*experiments, ""):
            near = nearest(experiment, sorted(experiments))
            message = f"this experiment is not in cultures.csv. {near}"
            yield Problem("flow.csv", message, row, "experiment", experiment)
        elif (
            pd.notna(experiment)
            and culture in experiment_of.index
            and experiment != experiment_of[culture]
        ):
            message = f"its culture {culture} belongs to experiment {experiment_of[culture]}."
            yield Problem("flow.csv", message, row, "experiment", experiment)
        if file["role"] == "single_stain" and file["channel"] == "":
            message = "a single stain needs its channel, spelled as in the FCS file."
            yield Problem("flow.csv", message, row, "channel", "")
        if file["role"] in _WITHOUT_CHANNEL and pd.notna(file["channel"]) and file["channel"]:
            message = (
                f"a file with the role {file['role']} has no channel; leave this empty. Only "
                "single_stain, fmo and population_negative have one."
            )
            yield Problem("flow.csv", message, row, "channel", file["channel"])
        if file["role"] == "fmo" and file["channel"] == "":
            message = (
                "an fmo control needs the channel of the marker that it lacks. For Annexin V or "
                "the viability dye, the role is fmo_annexin or fmo_dye."
            )
            yield Problem("flow.csv", message, row, "channel", "")
    # Experiments may share a control.
    is_sample = flow_table["role"] == "sample"
    for rows, same in (
        (flow_table[is_sample], ["path", "data_set", "role"]),
        (flow_table[~is_sample], ["path", "data_set", "role", "experiment"]),
    ):
        message = "this file is already in row {first} with the same role."
        yield from _doubled("flow.csv", rows.fillna({"data_set": 1}), same, message, "fcs")
    placed = flow_table[(flow_table["well"] != "") & (flow_table["plate"] != "")]
    placed = placed.drop_duplicates(["path", "data_set"])
    # One tube may be in two files: an acquisition that was aborted, and its repetition.
    is_part = (placed["role"] == "sample") & placed.duplicated(
        ["experiment", "plate", "well", "culture"]
    )
    placed = placed[~is_part]
    placed = placed.assign(well=placed["well"].map(well_name, na_action="ignore"))
    yield from _doubled(
        "flow.csv",
        placed,
        ["experiment", "plate", "well"],
        "this well of the plate is already in row {first}.",
        "well",
    )


_ON_BEADS = ("single_stain", "annexin_only", "dye_only", "unstained")
"""Roles of files that can be on compensation beads."""


def flow_cells(flow_table: pd.DataFrame, cultures: pd.DataFrame) -> Iterator[Problem]:
    """The cells of a file occur in cultures.csv; those of a sample are the cells of its culture."""
    known = sorted(set(cultures["cells"].dropna()) - {""})
    of_culture = cultures.drop_duplicates("culture").set_index("culture")["cells"]
    for row, file in _rows(flow_table[flow_table["cells"].fillna("") != ""]):
        own = of_culture.get(file["culture"])
        if file["cells"].casefold() == BEADS and file["role"] in _ON_BEADS:
            continue
        if file["cells"] not in known:
            message = f"these cells are not in cultures.csv. {nearest(file['cells'], known)}"
            if file["role"] not in ("sample", ""):
                message += " For a control of other cells, such as stroma alone, leave it empty."
            yield Problem("flow.csv", message, row, "cells", file["cells"])
        elif own is not None and own != file["cells"]:
            message = (
                f"its culture {file['culture']} has {own} cells; correct one, or leave this empty."
            )
            yield Problem("flow.csv", message, row, "cells", file["cells"])


def analytes(
    config: str,
    elisa_table: pd.DataFrame,
    compared: Sequence[str],
    factors: Sequence[Mapping[str, Any]],
) -> Iterator[Problem]:
    """Every analyte that is compared or added is measured, and spelled in one way."""
    measured = sorted(set(elisa_table["analyte"].dropna()))
    if not measured:
        return
    clashing = comparison.clashing_analytes(elisa_table["analyte"].dropna())
    for row, analyte in _cells(elisa_table["analyte"].dropna().drop_duplicates()):
        if analyte in clashing:
            yield Problem("elisa.csv", clashing[analyte], row, "analyte", analyte)
    wanted = [("comparison.analytes", one) for one in compared]
    wanted += [("factors", one["adds_analyte"]) for one in factors if one["adds_analyte"]]
    for place, analyte in wanted:
        if analyte not in measured:
            message = f"this analyte is not in elisa.csv, which has {', '.join(measured)}."
            line = line_of(Path(config), tuple(place.split(".")))
            yield Problem(config, message, line, place, analyte)


def plates_with_own_readings(
    config: str, elisa_table: pd.DataFrame, settings: Mapping[str, Any]
) -> Iterator[Problem]:
    """A plate to which the elisa section gives a reading of its own is in elisa.csv."""
    plates = sorted(set(elisa_table["plate"].dropna()))
    for key in ("wavelength_nm", "reference_wavelength_nm"):
        of_plate = settings[key].get("of_plate", {}) if isinstance(settings[key], dict) else {}
        for plate in of_plate:
            if str(plate) not in plates:
                message = f"this plate is not in elisa.csv. {nearest(str(plate), plates)}"
                place = ("elisa", key, "of_plate", str(plate))
                line = line_of(Path(config), place)
                yield Problem(config, message, line, ".".join(place))


def shared_curves(
    config: str, elisa_table: pd.DataFrame, curve_of: Mapping[str, str]
) -> Iterator[Problem]:
    """A plate and the one whose standards it is read from are in elisa.csv, with its analytes."""
    plates = sorted(set(elisa_table["plate"].dropna()))
    is_standard = elisa_table["role"].isin(["standard", "anchor", "blank"])
    for plate, source in curve_of.items():
        message = ""
        unknown = next((one for one in (plate, source) if one not in plates), None)
        if unknown is not None:
            message = f"plate {unknown} is not in elisa.csv. {nearest(unknown, plates)}"
        elif source == plate:
            message = (
                f"plate {plate} is read from its own standards without this line; remove it, or "
                "name another plate."
            )
        elif source in curve_of:
            message = (
                f"plate {source} is itself read from the standards of {curve_of[source]}; name the "
                "plate that the standards are on."
            )
        else:
            own = elisa_table[(elisa_table["plate"] == plate) & (elisa_table["analyte"] != "")]
            others = elisa_table[(elisa_table["plate"] == source) & is_standard]
            lacking = sorted(set(own["analyte"].dropna()) - set(others["analyte"].dropna()))
            if lacking:
                message = f"plate {source} has no standards of {', '.join(lacking)}."
        if message:
            place = ("elisa", "curve_of", plate)
            yield Problem(config, message, line_of(Path(config), place), ".".join(place))


_CONCENTRATION_NEEDED = {
    "standard": "a standard needs its concentration, in pg/mL or in its unit's column.",
    "anchor": "an anchor needs its concentration, above 0, in pg/mL or in its unit's column.",
    "spike": "a spike needs the concentration added, above 0, in pg/mL or in its unit's column.",
}


def elisa_rows(elisa_table: pd.DataFrame) -> Iterator[Problem]:
    """No plate well is used twice for an analyte, a plate is one file, standards are complete.

    A well has several analytes where the file gives concentrations of each; whether it does is
    checked with the files.
    """
    wells = elisa_table.assign(well=elisa_table["well"].map(well_name, na_action="ignore"))
    yield from _doubled(
        "elisa.csv",
        wells,
        ["plate", "well", "analyte"],
        "this well of the plate is already in row {first}; list each well once.",
        "well",
    )
    once = wells.drop_duplicates(["plate", "well"])
    yield from _doubled(
        "elisa.csv",
        once,
        ["path", "plate_in_file", "well"],
        "this well of the same file is already used by plate {plate}; name the own export of each "
        "plate, or its plate_in_file.",
        "well",
    )
    for row, well in _rows(elisa_table):
        message = _CONCENTRATION_NEEDED.get(well["role"])
        concentration = well["concentration_pg_ml"]
        is_zero = well["role"] != "standard" and concentration == 0
        if message and (pd.isna(concentration) or is_zero):
            yield Problem("elisa.csv", message, row, "concentration_pg_ml", "0" if is_zero else "")
    yield from _standards_and_anchors(elisa_table)
    for plate, of_plate in elisa_table.groupby("plate"):
        sources = of_plate[["file", "plate_in_file"]].drop_duplicates()
        for row, source in _rows(sources.iloc[1:]):
            message = (
                f"the rows above have plate {plate} in {sources.iloc[0]['file']}; a plate is in "
                "one file."
            )
            yield Problem("elisa.csv", message, row, "file", source["file"])


def _standards_and_anchors(elisa_table: pd.DataFrame) -> Iterator[Problem]:
    """A concentration of an analyte on a plate is a standard or an anchor, not both."""
    columns = ["plate", "analyte", "concentration_pg_ml"]
    anchors = elisa_table[elisa_table["role"] == "anchor"]
    if anchors.empty:
        return
    standards = elisa_table[elisa_table["role"] == "standard"]
    first = {level: row for row, level in _levels(standards[columns][::-1])}
    for row, level in _levels(anchors[columns]):
        if level in first:
            message = (
                f"this concentration is a standard in row {first[level]}; give all of its "
                "wells on the plate the same role."
            )
            yield Problem("elisa.csv", message, row, "role", "anchor")


def _levels(rows: pd.DataFrame) -> Iterator[tuple[int, tuple[Any, ...]]]:
    for row, *level in rows.dropna().itertuples():
        yield row, tuple(level)


def dilutions(elisa_table: pd.DataFrame) -> Iterator[Problem]:
    """If one sample has a dilution, all have one: a forgotten one would count as undiluted."""
    is_sample = elisa_table["role"].isin(["sample", "spike"])
    samples = elisa_table[is_sample & (elisa_table["exclude"] == "")]
    missing = samples["dilution"].isna()
    if missing.all():
        return
    for row in samples.index[missing]:
        message = (
            "other samples have a dilution; enter one here too, 1 if the sample was undiluted."
        )
        yield Problem("elisa.csv", message, int(row), "dilution", "")


def _doubled(
    table: str, rows: pd.DataFrame, columns: list[str], message: str, shown: str
) -> Iterator[Problem]:
    known = rows.dropna(subset=columns)
    for row in known.index[known.duplicated(columns)]:
        same = (known[columns] == known.loc[row, columns]).all(axis=1)
        first = known.index[same][0]
        said = message.format(first=first, plate=known.loc[first].get("plate"))
        yield Problem(table, said, row, shown, str(known.loc[row, shown]))


def clinical_rows(clinical_table: pd.DataFrame) -> Iterator[Problem]:
    """Each patient has each analyte once, in one unit."""
    yield from clinical.check(clinical_table)


def findings(
    config: str,
    cultures: pd.DataFrame,
    settings: comparison.ComparisonSettings,
    measured: Sequence[str],
) -> Iterator[Problem]:
    """Every finding names arms that exist and an endpoint that is measured."""
    for problem in comparison.check_arms(cultures, settings, measured):
        yield replace(problem, file=config, row=line_of(Path(config), problem.key))


def _rows(frame: pd.DataFrame) -> Iterator[tuple[int, "pd.Series[Any]"]]:
    """The rows of `frame`, each with the number a spreadsheet gives it."""
    for number, row in frame.iterrows():
        yield cast(int, number), row


def _cells(column: "pd.Series[Any]") -> Iterator[tuple[int, str]]:
    for number, value in column.items():
        yield cast(int, number), str(value)
