"""ELISA plates are laid out as stated and read with the stated errors."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coculture import elisa
from coculture.simulate import Design, Mishaps, PlateReader
from coculture.simulate.files import write_softmax
from coculture.simulate.plates import WELLS, layout, read
from coculture.simulate.truth import cultures, marked

NO_MISHAPS = Mishaps()
EXACT = PlateReader(cv=0.0, sd_reading=0.0, sd_plate=0.0)


@pytest.fixture(scope="module")
def designed() -> pd.DataFrame:
    return marked(cultures(Design(experiments=2, wells=3, mishaps=NO_MISHAPS)))


def test_an_experiment_fits_one_plate(designed: pd.DataFrame) -> None:
    wells = layout(designed, PlateReader(), NO_MISHAPS)
    assert list(wells["plate"].unique()) == ["IL6-E1", "IL6-E2"]
    for _, plate in wells.groupby("plate"):
        assert plate["well"].is_unique
        assert plate["role"].value_counts().to_dict() == {
            "sample": 72,
            "standard": 16,
            "control": 4,
        }


def test_every_level_of_the_standard_stands_twice(designed: pd.DataFrame) -> None:
    wells = layout(designed, PlateReader(), NO_MISHAPS)
    standards = wells[(wells["role"] == "standard") & (wells["plate"] == "IL6-E1")]
    assert standards["concentration_pg_ml"].value_counts().to_dict() == dict.fromkeys(
        [600, 300, 150, 75, 37.5, 18.75, 9.375, 0], 2
    )


def test_dilutions_follow_what_is_expected_of_the_arm(designed: pd.DataFrame) -> None:
    wells = layout(designed, PlateReader(), Mishaps(overdiluted=("E1-control-DEX-3",)))
    dilutions = wells[wells["role"] == "sample"].groupby("culture")["dilution"].apply(tuple)
    assert dilutions["E1-control-untreated-1"] == (10, 50)
    assert dilutions["E1-il1b-DEX+IL1Ra-1"] == (10, 50)
    assert dilutions["E1-il1b-untreated-1"] == (50, 200)
    assert dilutions["E1-control-IL6-1"] == (50, 200)
    assert dilutions["E1-control-DEX-3"] == (50, 200)
    assert dilutions["E1-control-DEX-2"] == (10, 50)


def test_more_cultures_take_more_plates() -> None:
    design = Design(experiments=1, wells=7, mishaps=NO_MISHAPS)
    wells = layout(marked(cultures(design)), PlateReader(), NO_MISHAPS)
    samples = wells[wells["role"] == "sample"]
    assert list(wells["plate"].unique()) == ["IL6-E1-1", "IL6-E1-2", "IL6-E1-3"]
    assert not wells.duplicated(["plate", "well"]).any()
    assert len(samples[["culture", "plate"]].drop_duplicates()) == 84
    assert samples["culture"].nunique() == 84


def standards_only(levels: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "well": WELLS[: len(levels)],
            "concentration_pg_ml": levels,
            "culture": "",
            "dilution": 1,
        }
    )


def test_curve_is_the_stated_one() -> None:
    wells = standards_only([0.0, 260.0, 1e12])
    read_out = read(wells, pd.Series(dtype=float), EXACT, NO_MISHAPS, np.random.default_rng(1))
    response = read_out["od_450"] - read_out["od_570"]
    assert response[:3].to_list() == pytest.approx([0.05, (0.05 + 3.2) / 2, 3.2], abs=1e-4)
    assert response[3:].abs().max() == 0


def test_wells_scatter_by_the_stated_cv() -> None:
    reader = replace(EXACT, cv=0.08)
    rng = np.random.default_rng(5)
    held = []
    for _ in range(40):
        read_out = read(
            standards_only([100.0] * 96), pd.Series(dtype=float), reader, NO_MISHAPS, rng
        )
        response = (read_out["od_450"] - read_out["od_570"]).to_numpy()
        held.append(260 * ((response - 0.05) / (3.2 - response)) ** (1 / 1.15))
    concentration = np.concatenate(held)
    assert concentration.mean() == pytest.approx(100, rel=4 * 0.08 / np.sqrt(len(concentration)))
    cv = concentration.std() / concentration.mean()
    assert cv == pytest.approx(0.08, rel=5 / np.sqrt(2 * len(concentration)))


def test_unwashed_well_overflows_and_its_neighbours_do_not(designed: pd.DataFrame) -> None:
    mishaps = Mishaps(unwashed_wells=(("E1-il1b-untreated-1", 50),))
    wells = layout(designed[designed["experiment"] == "E1"], PlateReader(), mishaps)
    il6 = pd.Series(1_000.0, index=designed["culture"])
    read_out = read(wells, il6, PlateReader(), mishaps, np.random.default_rng(1))
    unwashed = (wells["culture"] == "E1-il1b-untreated-1") & (wells["dilution"] == 50)
    overflowing = read_out.loc[np.isinf(read_out["od_450"]), "well"]
    assert overflowing.to_list() == wells.loc[unwashed, "well"].to_list()


def test_softmax_export_reads_back(tmp_path: Path) -> None:
    wells = standards_only([0.0, 260.0, 500.0])
    read_out = read(
        wells, pd.Series(dtype=float), PlateReader(), NO_MISHAPS, np.random.default_rng(2)
    )
    read_out.loc[1, "od_450"] = np.inf
    write_softmax(tmp_path / "plate.txt", "IL6-E1", read_out)
    (plate,) = elisa.read_plates(tmp_path / "plate.txt")
    grid = plate.wells.pivot_table(index="well", columns="wavelength_nm", values="od")
    written = read_out.set_index("well").replace(np.inf, np.nan)
    overflow = plate.wells[plate.wells["state"] == "overflow"]
    assert plate.name == "IL6-E1"
    assert overflow[["well", "wavelength_nm"]].to_numpy().tolist() == [[WELLS[1], 450]]
    for wavelength in (450, 570):
        pd.testing.assert_series_equal(
            grid[wavelength].dropna().sort_index(),
            written[f"od_{wavelength}"].dropna().sort_index(),
            check_names=False,
        )
