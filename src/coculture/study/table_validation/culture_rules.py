"""What must hold in cultures.csv."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from coculture.exchange.problems import Problem
from coculture.exchange.vocabulary import nearest
from coculture.study.arms_of_cultures import is_constant, is_untreated, lacks_untreated, shown_level
from coculture.study.table_validation import numbered
from coculture.study.table_validation.any_table import BARE_ANSWERS, names_alike


def doubled_cultures(cultures: pd.DataFrame) -> Iterator[Problem]:
    """Each culture is listed once."""
    first: dict[str, int] = {}
    for row, name in numbered.cells(cultures["culture"].dropna()):
        if first.setdefault(name, row) != row:
            message = (
                f"this culture is already in row {first[name]}; give each culture a different name."
            )
            yield Problem("cultures.csv", message, row, "culture", name)


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
                if not is_constant(cultures[factor["column"]])
            )
            message = (
                "this experiment has no untreated culture, so it cannot be compared; "
                f"add rows with {levels}, or remove the experiment from the table."
            )
            row = int(of_experiment.index[0])
            yield Problem("cultures.csv", message, row, "experiment", str(experiment))


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
        for row, name in numbered.cells(names.drop_duplicates()):
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
        if isinstance(untreated, str) or is_constant(levels):
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
