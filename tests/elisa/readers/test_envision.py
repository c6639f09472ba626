"""EnVision: a real export."""

from pathlib import Path

import pytest

from coculture.elisa import read_plates


@pytest.mark.reference
def test_envision_plates(exports: Path) -> None:
    plates = read_plates(exports / "envision" / "PE_Envision_absorbance_A450_example.csv")
    assert [plate.name for plate in plates] == ["Plate 1", "Plate 2"]
    assert [plate.wells["od"].iloc[0] for plate in plates] == [0.15, 0.3]
    assert plates[0].wells["wavelength_nm"].unique().tolist() == [450]
