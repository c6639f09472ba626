"""The matrices of crossed doses: what is drawn, and where nothing is expected."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from coculture.comparison.combinations.tables import synergy_tables
from coculture.comparison.figures.dose_pairs import dose_pairs
from coculture.comparison.figures.inputs import FigureInputs
from coculture.drawing import Drawing
from tests.comparison.combinations.crossed_studies import kept


def _drawn(excess: float, *doses: tuple[int, ...]) -> Drawing:
    study = kept(excess, *doses)
    pairs, summary = synergy_tables(study.arms, study.design, study.settings)
    tables: Any = SimpleNamespace(dose_pairs=pairs, synergy=summary)
    return dose_pairs(FigureInputs(study.cultures, tables, study.settings, pd.DataFrame()))


def test_each_reference_has_a_matrix_of_all_pairs() -> None:
    drawn = _drawn(0.06)
    assert drawn.shown.groupby("reference", sort=False).size().to_dict() == {
        "Bliss": 16,
        "HSA": 16,
        "Loewe": 16,
    }
    images: list[NDArray[np.float64]] = [
        np.ma.filled(np.ma.asarray(axis.get_images()[0].get_array(), dtype=float), np.nan)
        for axis in drawn.figure.axes
    ]
    assert [image.shape for image in images] == [(4, 4)] * 3
    bliss = drawn.shown[drawn.shown["reference"] == "Bliss"].set_index(["second_dose", "dose"])
    assert float(images[0][2, 1]) == pytest.approx(bliss.loc[(16, 3), "excess"])
    # At 30 nM the first drug alone is beyond the plateau of the second.
    assert np.isnan(images[2][:, 3]).all()
    assert drawn.text.result.startswith("BTZ × LEN, MM: +")


def test_one_dose_of_the_second_drug_has_no_loewe() -> None:
    drawn = _drawn(0.0, (0, 1, 3, 10, 30), (0, 4))
    shown = [axis for axis in drawn.figure.axes if axis.get_visible()]
    assert [axis.get_title(loc="left").rsplit(" ", 1)[-1] for axis in shown] == ["Bliss", "HSA"]
