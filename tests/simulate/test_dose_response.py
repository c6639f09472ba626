"""The dose-response study has the truth that it states, and the tables of its design."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.optimize import curve_fit

from coculture.simulate.designs.dose_response import DoseResponse, Truth
from coculture.simulate.designs.registry import DESIGNS
from coculture.simulate.parameters import Cytometer
from coculture.simulate.writing import write
from coculture.study.schema import schema

Values = NDArray[np.float64]

NO_NOISE: dict[str, Any] = {one.name: 0.0 for one in fields(Truth) if one.name.startswith("sd_")}
EXACT = replace(Truth(), **NO_NOISE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables and files of the study, with few events."""
    where = tmp_path_factory.mktemp("doses")
    design = replace(DoseResponse().of_size(experiments=2), truth=EXACT)
    few = replace(design.parameters, cytometer=Cytometer(events=20, events_control=20))
    write(where, 5, replace(design, parameters=few))
    return where


def table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv", keep_default_na=False)


def test_each_assay_has_the_cultures_that_are_planned_for_it(folder: Path) -> None:
    cultures = table(folder, "cultures").set_index("culture")
    flow, elisa = (
        set(rows.loc[rows["role"] == "sample", "culture"])
        for rows in (table(folder, "flow"), table(folder, "elisa"))
    )
    assert flow == set(cultures.index[cultures["cells"] != ""])
    assert elisa == set(cultures.index[cultures["stroma"] != ""])
    assert len(cultures) == 2 * (2 * 2 * 7 * 2 + 4)
    assert cultures.groupby("donor")["experiment"].unique().map(list).to_dict() == {
        "D1": ["E1"],
        "D2": ["E2"],
    }


def curve(doses: Values, at_zero: float, plateau: float, ln_ec50: float, slope: float) -> Values:
    """The curve that the README states."""
    shares = np.zeros_like(doses)
    shares[doses > 0] = 1 / (1 + (np.exp(ln_ec50) / doses[doses > 0]) ** slope)
    return at_zero + (plateau - at_zero) * shares


def test_curves_are_those_that_are_stated(folder: Path) -> None:
    """A curve through the true values of each arm has the stated EC50, slope and plateaus."""
    measured = table(folder, "cultures").merge(table(folder, "truth"), on="culture")
    columns = {"apoptosis": "percent_apoptotic", "IL-6": "il6_pg_ml"}
    names = ["cells", "stroma", "dex_nM"]
    fitted = 0
    for one in table(folder, "truth_curves").to_dict("records"):
        if not one["cells"]:
            continue  # stroma alone has few doses
        is_same = measured[names].eq([one[name] for name in names]).all(axis="columns")
        of_arm = measured[is_same & (measured["experiment"] == "E1")]
        doses = of_arm["btz_nM"].to_numpy(float)
        values = of_arm[columns[one["endpoint"]]].astype(float).to_numpy()
        start = (values[0], values[-1], np.log(5.0), 1.0)
        found, _ = curve_fit(curve, doses, values, p0=start, maxfev=20_000)
        stated = (one["at_zero"], one["plateau"], np.log(one["ec50_nM"]), one["slope"])
        assert found == pytest.approx(stated, rel=1e-3)
        fitted += 1
    assert fitted == 8 + 4


def test_stroma_protects_and_dex_sensitises() -> None:
    truth = Truth()
    assert truth.ec50("MM1S", "HS-5", 0.0) == 2.5 * truth.ec50("MM1S", "", 0.0)
    assert truth.ec50("MM1S", "", 100.0) == 0.5 * truth.ec50("MM1S", "", 0.0)


def test_noise_is_that_which_is_stated() -> None:
    """The spread of ln EC50 between experiments is not mixed with that of the wells."""
    truth = replace(EXACT, sd_ln_il6=0.25)
    many = replace(DoseResponse(), experiments=400, truth=truth)
    drawn = many.cultures(np.random.default_rng(3))
    alone = drawn[(drawn["cells"] == "") & (drawn["btz_nM"] == 0) & (drawn["dex_nM"] == 0)]
    spread = np.log(alone["il6_pg_ml"]).std()
    assert spread == pytest.approx(0.25, rel=4 / np.sqrt(2 * 400))


@pytest.mark.parametrize("name", DESIGNS)
def test_sizes_are_those_that_are_asked_for(name: str) -> None:
    design = DESIGNS[name].of_size(experiments=3, wells=4, events=50)
    drawn = design.cultures(np.random.default_rng(1))
    assert drawn["experiment"].nunique() == 3
    assert drawn["replicate"].max() == 4
    assert design.parameters.cytometer.events == 50
    assert DESIGNS[name].of_size() == DESIGNS[name]


def test_config_can_name_every_design() -> None:
    assert schema("config")["properties"]["simulate"]["properties"]["design"]["enum"] == list(
        DESIGNS
    )
