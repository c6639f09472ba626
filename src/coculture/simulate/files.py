"""How a study's raw files are written: FCS 3.1, SoftMax Pro text, and plain tables.

Nothing in them depends on the day they are written.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import flowio
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.simulate.events import CHANNELS, DETECTORS, LABELS, TICK_SECONDS
from coculture.simulate.parameters import Matrix
from coculture.simulate.plates import COLUMNS, ROWS

Values = NDArray[np.float64]

WAVELENGTHS_NM = (450, 570)
FIRST_DAY = date(2004, 10, 4)
CULTURES = (
    "culture",
    "experiment",
    "cells",
    "stroma",
    "dex_nM",
    "il1ra_ng_ml",
    "il6_ng_ml",
    "hours",
    "replicate",
)
TRUTH = ("culture", "percent_apoptotic", "il6_pg_ml")
FLOW = ("fcs", "experiment", "plate", "well", "role", "cells", "channel", "culture", "exclude")
ELISA = (
    "plate",
    "file",
    "well",
    "role",
    "analyte",
    "concentration_pg_ml",
    "culture",
    "dilution",
    "exclude",
)
CLINICAL = (
    "patient",
    "analyte",
    "unit",
    "on_study",
    "month_6",
    "printed_change",
    "selected_on",
)

_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]


def day(experiment: int) -> str:
    """The day of experiment 0, 1, ...: a week apart, as FCS 3.1 writes a date.

    >>> day(0), day(4)
    ('04-OCT-2004', '01-NOV-2004')
    """
    when = FIRST_DAY + timedelta(weeks=experiment)
    return f"{when.day:02d}-{_MONTHS[when.month - 1]}-{when.year}"


def write_fcs(
    path: Path, recorded: Values, spillover: Matrix, maximum: float, keywords: dict[str, str]
) -> None:
    """Write events x CHANNELS as FCS 3.1, little-endian 32-bit floats.

    `spillover` becomes $SPILLOVER; `keywords` (without `$`) are added as they are.
    """
    standard = {
        "cyt": "Simulated cytometer",
        "timestep": f"{TICK_SECONDS:g}",
        "spillover": _spillover_keyword(spillover),
        **{f"p{n}r": f"{maximum + 1:.0f}" for n in range(1, len(CHANNELS) + 1)},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as handle:
        flowio.create_fcs(handle, recorded.ravel(), CHANNELS, LABELS, standard | keywords)


def _spillover_keyword(spillover: Matrix) -> str:
    numbers = [f"{value:g}" for row in spillover for value in row]
    return ",".join([str(len(DETECTORS)), *DETECTORS, *numbers])


def write_softmax(path: Path, name: str, readings: pd.DataFrame) -> None:
    """Write one 96-well plate as SoftMax Pro exports it: UTF-16, tabs, both grids side by side.

    `readings` has the columns well, od_450, od_570; an infinite density is printed OVRFLW.
    """
    numbers = "\t".join(str(column) for column in COLUMNS)
    wavelengths = " ".join(str(wavelength) for wavelength in WAVELENGTHS_NM)
    read = "1.3\tPlateFormat\tEndpoint\tAbsorbance\tRaw\tFALSE\t1\t\t\t\t\t\t"
    shape = f"{len(WAVELENGTHS_NM)}\t{wavelengths} \t1\t12\t96\t1\t8"
    lines = [
        "##BLOCKS= 1",
        f"Plate:\t{name}\t{read}\t{shape}\t\t",
        f"\tTemperature(¡C)\t{numbers}\t\t{numbers}\t\t",
        *_grid(readings.set_index("well")),
        "",
        "~End",
        f"Original Filename: {name}",
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(("\ufeff" + "\r\n".join(lines) + "\r\n").encode("utf-16-le"))


def _grid(densities: pd.DataFrame) -> list[str]:
    lines = []
    for row in ROWS:
        wells = [f"{row}{column}" for column in COLUMNS]
        blocks = (
            "\t".join(_density(value) for value in densities.loc[wells, f"od_{wavelength}"])
            for wavelength in WAVELENGTHS_NM
        )
        temperature = "24.0" if row == ROWS[0] else ""
        lines.append(f"\t{temperature}\t" + "\t\t".join(blocks) + "\t\t")
    return lines


def _density(value: float) -> str:
    return f"{value:.4f}" if np.isfinite(value) else "OVRFLW"


def write_table(path: Path, frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Write the named columns of `frame` as plain CSV; whole numbers without a decimal point."""
    text = frame.loc[:, list(columns)].copy()
    for column in text.select_dtypes("float"):
        text[column] = ["" if np.isnan(value) else f"{value:.10g}" for value in text[column]]
    path.parent.mkdir(parents=True, exist_ok=True)
    text.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 with the same line ends on every machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
