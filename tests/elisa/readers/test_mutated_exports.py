"""Whatever happened to an export, it is read or refused; no other error leaves the readers."""

import contextlib
import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coculture.elisa import PlateError, read_plates
from tests.elisa.readers import test_envision as envision
from tests.elisa.readers import test_gen5 as gen5
from tests.elisa.readers import test_kaleido as kaleido
from tests.elisa.readers import test_luminex as luminex
from tests.elisa.readers import test_msd as msd
from tests.elisa.readers import test_skanit as skanit
from tests.elisa.readers import test_tecan as tecan
from tests.elisa.readers import test_victor as victor
from tests.elisa.readers import test_wells_across as wells_across
from tests.elisa.readers.test_allotrope import measurement
from tests.elisa.readers.written_exports import (
    MAIN,
    OD,
    PLASTIC,
    SOFTMAX_HEADER,
    WELLS,
    grid_lines,
    softmax_lines,
    well_grid,
)

ALLOTROPE = {
    "$asm.manifest": "http://purl.allotrope.org/manifests/plate-reader/REC/2026/03/x.manifest",
    "plate reader aggregate document": {
        "plate reader document": [
            {
                "measurement aggregate document": {
                    "measurement document": [measurement(well, MAIN[well])]
                }
            }
            for well in WELLS
        ]
    },
}
SKANIT = skanit.step("Absorbance 1", "Wavelength: 450 nm", "Plate 1", "Abs", np.asarray(OD))
EXPORTS = {
    "Allotrope": json.dumps(ALLOTROPE, indent=1).split("\n"),
    "EnVision": [*envision.head("ELISA 450(1)"), *envision.numbers(MAIN), *envision.FOOT],
    "Gen5": [*gen5.HEAD, *gen5.two_lines("450", "570")],
    "Kaleido": [*kaleido.grid(MAIN, "ABS mono 1"), *kaleido.FOOT],
    "Luminex": [*luminex.HEAD, *luminex.MEDIAN, *luminex.RESULT, *luminex.REST],
    "MARS": [
        "Test name: ELISA,Date: 1/2/2026", "ID1: plate seven,", "1. Raw Data (450)", "",
        *grid_lines(OD, "", ","), "", "2. Raw Data (620)", "", *grid_lines(PLASTIC, "", ","),
    ],
    "MSD": msd.spotted(),
    "SkanIt": ["\t".join("" if cell is None else str(cell) for cell in row) for row in SKANIT],
    "SoftMax": softmax_lines(),
    "SoftMax, a line for each wavelength": [
        SOFTMAX_HEADER.replace("PlateFormat", "TimeFormat"),
        "\t".join(["", "Temperature(C)", *WELLS]),
        "\t".join(["", "", *(str(MAIN[well]) for well in WELLS)]),
        "~End",
    ],
    "Tecan": [*tecan.SPARK, *tecan.spark_step("blue 1"), *tecan.spark_list(MAIN)],
    "Victor": victor.LINES,
    "wells side by side": [wells_across.HEADING, wells_across.line("450", MAIN)],
    "long table": ["well,od", *(f"{well},{value}" for well, value in MAIN.items())],
    "grid": well_grid(MAIN),
}  # fmt: skip

WORDS = ("", "²", "1e999", "NaN", '"', "-", "{", "[]", "null", "1,5", "A99", "x" * 140_000,
         "9" * 5_000, "Plate:", "~End", '="', "\x00", "\ufeff", "1" + 20 * "\t")  # fmt: skip
"""What cells are replaced by."""

BOUNDED = settings(
    deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """One of the exports, after one to four changes of its lines and cells."""
    lines = list(EXPORTS[draw(st.sampled_from(sorted(EXPORTS)))])
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(lines) - 1))
        how = draw(
            st.sampled_from(["end", "begin", "lose", "repeat", "blank", "cut", "cell", "less"])
        )
        if how == "end":
            lines = lines[: place + 1]
        elif how == "begin":
            lines = lines[place:]
        elif how == "lose" and len(lines) > 1:
            del lines[place]
        elif how == "repeat":
            lines.insert(place, lines[draw(st.integers(0, len(lines) - 1))])
        elif how == "blank":
            lines[place] = ""
        elif how == "cut":
            lines[place] = lines[place][: draw(st.integers(0, len(lines[place])))]
        else:
            separator = draw(st.sampled_from("\t,;"))
            cells = lines[place].split(separator)
            cell = draw(st.integers(0, len(cells) - 1))
            word = draw(st.sampled_from(WORDS))
            cells[cell : cell + 1] = [word] if how == "cell" else []
            lines[place] = separator.join(cells)
    return "\n".join(lines)


def _is_read_or_refused(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.txt"
        path.write_text(text, encoding="utf-8")
        with contextlib.suppress(PlateError):
            assert read_plates(path)


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_the_exports_are_sound_before_they_are_changed(name: str, tmp_path: Path) -> None:
    path = tmp_path / "export.txt"
    path.write_text("\n".join(EXPORTS[name]), encoding="utf-8")
    assert read_plates(path)


@given(mutated())
@settings(BOUNDED, max_examples=150)
def test_a_changed_export_is_read_or_refused(text: str) -> None:
    _is_read_or_refused(text)


@pytest.mark.long
@given(mutated())
@settings(BOUNDED, max_examples=5_000)
def test_many_changed_exports_are_read_or_refused(text: str) -> None:
    _is_read_or_refused(text)


@pytest.mark.parametrize(
    "text",
    [
        "Plate information",
        "Plate information\nPlate,Barcode\n1,X\n",
        "\n".join(
            [SOFTMAX_HEADER.replace("PlateFormat", "TimeFormat"), "\tTemperature(C)\t\n~End"]
        ),
        "well,od\nA1," + "1" * 140_000,
        'well,od\nA1,"' + "1" * 140_000 + '"',
        '{"a": ' + "9" * 5_000 + "}",
        '{"a":' * 3_000,
        ",1,2,²\nA,1,2,3\n",
    ],
)
def test_what_once_left_the_readers_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "export.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PlateError):
        read_plates(path)
