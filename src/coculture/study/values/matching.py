"""Which culture each finished number is of, where the table names a file in place of it."""

import re
from collections.abc import Iterator

import pandas as pd

from coculture.exchange.problems import Problem
from coculture.exchange.vocabulary import listed, nearest
from coculture.study.plate_maps import WellsOfCultures
from coculture.study.plate_maps.wells_in_names import wells_in_names
from coculture.study.values.reading import NAME

_MOST_NAMES = 12
"""Up to this many names are offered when none is alike."""
_FCS = re.compile(r"\.fcs$", re.IGNORECASE)


def with_cultures(
    values: pd.DataFrame,
    cultures: pd.DataFrame,
    flow_table: pd.DataFrame,
    wells: WellsOfCultures,
) -> tuple[pd.DataFrame, list[Problem]]:
    """The table with the culture of each number, and the rows without one.

    A file is looked up in the column `file` of cultures.csv, among the samples of flow.csv, among
    the names of the cultures and among the wells of the plate maps, with or without the ending
    .fcs. A number that is excluded needs no culture: its culture stays empty where it is not known.
    """
    names = list(dict.fromkeys(cultures["culture"].dropna()))
    experiments = list(dict.fromkeys(cultures["experiment"].dropna()))
    known = _named_by_file(cultures, flow_table, wells)
    wells_of = _wells_in_files(values) if wells.by_well else {}
    found: list[str] = []
    problems: dict[Problem, None] = {}
    columns = ["culture", "file", "experiment", "exclude", "table"]
    for row, culture, file, experiment, reason, table in values[columns].itertuples():
        message, column, value = "", "culture", culture
        if pd.isna(culture) or pd.isna(file):
            culture = ""  # reported when it was read
        elif experiment and experiment not in experiments:
            column, value = "experiment", experiment
            message = _no_experiment(experiment, experiments)
        elif culture and culture not in names:
            near = _nearest(culture, names)
            message = f"this culture is not in cultures.csv.{near}"
        elif not culture and not file:
            message = "a number needs its culture, spelled as in cultures.csv."
        elif not culture:
            cultures_of_file = _cultures_of(file_name(file), experiment, known)
            if not cultures_of_file and (well := wells_of.get((table, file))):
                cultures_of_file = _cultures_of(file_name(well), experiment, known)
            if len(cultures_of_file) == 1:
                culture = cultures_of_file[0]
            else:
                column, value = "file", file
                message = _no_culture(file, experiment, cultures_of_file, known)
        if message:
            culture = ""
        if message and not reason:
            problems[Problem(NAME, message, int(row), column, value)] = None
        found.append(culture)
    return values.assign(culture=pd.Series(found, index=values.index, dtype="str")), list(problems)


def _cultures_of(name: str, experiment: str, known: pd.DataFrame) -> list[str]:
    """The cultures of a name, of all experiments if none is given."""
    found = known[known["name"] == name]
    if experiment:
        found = found[found["experiment"] == experiment]
    return list(dict.fromkeys(found["culture"]))


def _wells_in_files(values: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Table and file -> the well in the name of the file, for tables whose names have wells."""
    found: dict[tuple[str, str], str] = {}
    for table, rows in values.dropna(subset="file").groupby("table", sort=False):
        names = [one for one in dict.fromkeys(rows["file"]) if one]
        wells = wells_in_names([file_name(one) for one in names])
        found |= {(str(table), file): well for file, well in zip(names, wells, strict=True) if well}
    return found


def _named_by_file(
    cultures: pd.DataFrame, flow_table: pd.DataFrame, wells: WellsOfCultures
) -> pd.DataFrame:
    """name (`file_name`), experiment, culture: every name by which a table may know a culture."""
    found = [*_names(cultures, flow_table), *_names_of_wells(cultures, wells)]
    return pd.DataFrame(list(dict.fromkeys(found)), columns=["name", "experiment", "culture"])


def _names_of_wells(
    cultures: pd.DataFrame, wells: WellsOfCultures
) -> Iterator[tuple[str, str, str]]:
    """The wells of the plate maps; a well of two plates of an experiment has two cultures."""
    experiments: dict[str, str] = dict(
        cultures[["culture", "experiment"]].dropna().itertuples(index=False)
    )
    for (_, well), culture in wells.by_well.items():
        if culture in experiments:
            yield file_name(well), experiments[culture], culture


def _names(cultures: pd.DataFrame, flow_table: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    columns = ["culture", "file", "experiment"]
    for culture, file, experiment in cultures[columns].dropna().itertuples(index=False):
        yield file_name(culture), experiment, culture
        if file:
            yield file_name(file), experiment, culture
    samples = flow_table[flow_table["role"] == "sample"]
    columns = ["culture", "fcs", "experiment"]
    for culture, file, experiment in samples[columns].dropna().itertuples(index=False):
        yield file_name(file), experiment, culture


def file_name(file: str) -> str:
    """A file without its folders and without .fcs, in small letters."""
    return _FCS.sub("", re.split(r"[/\\]", file)[-1]).lower()


def _no_culture(file: str, experiment: str, found: list[str], known: pd.DataFrame) -> str:
    if found:
        return (
            f"is the name of several cultures ({listed(found)}); enter its culture in a column "
            "culture, or its experiment in a column experiment."
        )
    of = f" of experiment {experiment}" if experiment else ""
    near = _nearest(file_name(file), list(known["name"]))
    return (
        f"no culture{of} has this file. Enter it in the column file of cultures.csv, or its "
        "culture in a column culture of this table; give a control tube a reason in a column "
        f"exclude.{near}"
    )


def _no_experiment(experiment: str, known: list[str]) -> str:
    if not known:
        return "is not an experiment of cultures.csv."
    if len(known) > _MOST_NAMES:
        return f"is not an experiment of cultures.csv.{_nearest(experiment, known)}"
    return f"is not an experiment of cultures.csv; these are {listed(known)}."


def _nearest(name: str, known: list[str]) -> str:
    if not known:
        return ""
    said = nearest(name, known)
    return "" if "Known are" in said and len(known) > _MOST_NAMES else f" {said}"
