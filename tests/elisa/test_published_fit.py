"""A plate that was published with its own fit: the example of the R package elisar."""

from pathlib import Path

import numpy as np
import pytest

from coculture.curves.fitting import fit_curve
from coculture.elisa.plates.label_grid import read_label_grid
from coculture.elisa.readers import read_plates

PUBLISHED = {"G1": 159.998, "G2": 70.308, "G3": 5.933, "H1": 62.799}
"""pg/mL of four wells, by the package's own four-parameter fit."""


@pytest.mark.reference
def test_a_magellan_export_gives_its_published_concentrations(reference: Path) -> None:
    export = reference / "elisa/exports/elisar/example.xls"
    (plate,) = read_plates(export)
    readings = plate.wells.set_index("well")["od"].astype(float)
    rows = read_label_grid(export).set_index("well")
    standards = rows.loc[rows["role"] == "standard", "concentration_pg_ml"].astype(float)
    assert len(standards) == 14
    curve = fit_curve(standards.to_numpy(), readings[standards.index].to_numpy(), "4PL", "none")
    found = curve.inverse(readings[list(PUBLISHED)].to_numpy())
    assert np.allclose(found, list(PUBLISHED.values()), rtol=1e-3)
    assert np.allclose(found[[0, 1, 3]], [159.998, 70.308, 62.799], rtol=3e-5)
