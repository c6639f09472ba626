"""Names of a study that become names of folders and files of its results."""

import re
from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from coculture.exchange.problems import Problem

TAKEN: Mapping[str, tuple[str, ...]] = {
    "experiment": ("drift.csv", "drift_flags.csv", "miflowcyt.md"),
    "plate": (
        *("alternatives.csv", "cultures.csv", "flags.csv", "plate_factors.csv"),
        "variance_function.json",
        *(f"standards_recovery{ending}" for ending in (".csv", ".json", ".png", ".svg")),
    ),
}
"""Result files that lie beside the folders of experiments, and beside those of plates."""

LONGEST = 100
"""Letters and digits of an endpoint. Files are called so, and most disks allow 255 bytes."""

_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def of_rows(table: str, rows: pd.DataFrame, column: str) -> Iterator[Problem]:
    """Every experiment, or plate, of a table can have a folder."""
    for row, name in rows[column].dropna().drop_duplicates().items():
        message = _fault(name, TAKEN[column])
        if message:
            yield Problem(table, message, int(str(row)), column, name)


def of_study(config: str, name: str, line: int | None) -> Iterator[Problem]:
    """The study itself can have one."""
    message = _fault(name, ())
    if message:
        yield Problem(config, message, line, "study", name)


def of_endpoints(config: str, endpoints: Mapping[str, str]) -> Iterator[Problem]:
    """The files of an endpoint can be called like it; `endpoints`: their names in file names."""
    for name, prefix in endpoints.items():
        if len(prefix) > LONGEST:
            message = (
                f"an endpoint must not have more than {LONGEST} letters and digits, because files "
                "are called so; shorten its name wherever it is written."
            )
            yield Problem(config, message, value=name)


def _fault(name: str, taken: Iterable[str]) -> str:
    if _DEVICE.fullmatch(name):
        return "Windows keeps this name for itself and cannot open the results; use another."
    if name.endswith("."):
        return "Windows cannot open a folder whose name ends in a dot; remove the dot."
    if name.lower() in taken:
        return f"a result file is called {name.lower()}; use another name."
    return ""
