"""elisa/alternatives.csv: the values are those of a config with the other curve."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import pytest

from coculture.elisa import (
    ElisaSettings,
    QuantifiedPlate,
    alternative_values,
    combine_study,
    pooled_scatter,
    quantify_plate,
)
from coculture.elisa.plates.scatter import Scatter
from coculture.exchange.flags import Flag

Settings = Callable[..., ElisaSettings]
Readings = Callable[..., pd.DataFrame]
VALUES = ["concentration_pg_ml", "state", "bound_pg_ml"]
SAMPLES = {"c1": 500.0, "c2": 2000.0, "c3": 20.0, "c4": 80_000.0}


@pytest.fixture
def plates(readings: Readings) -> pd.DataFrame:
    """Two plates with noise; c3 is below the LLOQ, c4 above the ULOQ, wells are off the reader."""
    both = [
        readings(SAMPLES, replicates=2, noise=0.04, seed=seed, plate=plate)
        for seed, plate in ((1, "P1"), (2, "P2"))
    ]
    table = pd.concat(both, ignore_index=True)
    off = (table["culture"] == "c4") & (table["plate"] == "P1") & (table["dilution"] == 10)
    table.loc[off, ["response", "od"]] = float("nan")
    table.loc[off, "state"] = "overflow"
    return table


class Found:
    """A study as configured, with its alternatives."""

    def __init__(
        self, readings: pd.DataFrame, settings: ElisaSettings, scatter: Scatter | None = None
    ) -> None:
        self.scatter = scatter or pooled_scatter(readings, settings)
        self.plates: Sequence[QuantifiedPlate] = [
            quantify_plate(
                rows, settings, self.scatter, _standards_of(str(plate), readings, settings)
            )
            for plate, rows in readings.groupby("plate")
        ]
        self.wells = pd.concat([one.wells for one in self.plates], ignore_index=True)
        self.flags: list[Flag] = [flag for one in self.plates for flag in one.flags]
        self.settings = settings

    @property
    def configured(self) -> pd.DataFrame:
        curves = [one.curve for one in self.plates]
        found = combine_study(self.wells, self.flags, curves, self.scatter, self.settings)
        return found.cultures.set_index("culture")[VALUES]

    @property
    def alternatives(self) -> pd.DataFrame:
        curves = [one.curve for one in self.plates]
        return alternative_values(self.wells, self.flags, curves, self.scatter, self.settings)

    def under(self, name: str) -> pd.DataFrame:
        rows = self.alternatives
        return rows[rows["alternative"] == name].set_index("culture")[VALUES]


def _standards_of(
    plate: str, readings: pd.DataFrame, settings: ElisaSettings
) -> pd.DataFrame | None:
    source = settings.curve_of.get(plate)
    return None if source is None else readings[readings["plate"] == source]


_5PL = {"model": "5PL_pos", "weighting": "variance_function"}


@pytest.mark.parametrize(
    ("section", "name", "changed"),
    [
        ({}, "5PL under 1/y2 weighting", {"model": "5PL_pos", "weighting": "1/y2"}),
        ({}, "4PL under equal weights", {"model": "4PL", "weighting": "none"}),
        ({"zero_standard": "subtract"}, "5PL under weights from the scatter of the wells", _5PL),
        ({"curve_of": {"P2": "P1"}}, "5PL under weights from the scatter of the wells", _5PL),
        (
            {"plate_factors": "apply", "failing_standards": "leave_out"},
            "5PL under weights from the scatter of the wells",
            _5PL,
        ),
    ],
)
def test_another_curve_gives_the_values_of_a_config_with_it(
    plates: pd.DataFrame,
    settings: Settings,
    section: dict[str, Any],
    name: str,
    changed: dict[str, Any],
) -> None:
    alternative = Found(plates, settings(**section)).under(name)
    by_hand = Found(plates, settings(**section, **changed)).configured
    assert {"below_lloq", "ok"} <= set(by_hand["state"])
    # The wells are in another order, so that sums differ in their last digits and the search of a
    # curve stops a little earlier or later.
    pd.testing.assert_frame_equal(alternative, by_hand, check_exact=False, rtol=1e-7)


def test_every_other_curve_is_listed_once(plates: pd.DataFrame, settings: Settings) -> None:
    names = list(dict.fromkeys(Found(plates, settings()).alternatives["alternative"]))
    assert len(names) == 7
    assert "4PL under weights from the scatter of the wells" not in names
    of_reader = Found(plates, settings(as_reader="wells")).alternatives["alternative"]
    assert of_reader.nunique() == 8


def test_a_curve_with_which_a_plate_fails_is_not_counted(
    plates: pd.DataFrame, settings: Settings
) -> None:
    """No curve reaches this R²; a plate that fails as configured says nothing against others."""
    found = Found(plates, settings(limits={"r_squared": 1.0}))
    assert found.alternatives["counted"].all()
    for one in found.plates:
        one.curve["IL-6"]["verdict"] = "pass"
    lost = found.alternatives
    assert not lost["counted"].any()
    assert (lost["culture"] == "").all()
    assert lost["not_counted_because"].str.startswith("IL-6 on plate P1 does not pass: ").all()


def test_a_flagged_well_is_left_out(readings: Readings, settings: Settings) -> None:
    table = readings(SAMPLES, replicates=3, noise=0.02)
    is_one = (table["culture"] == "c1") & (table["dilution"] == 10)
    wrong = table.index[is_one][0]
    table.loc[wrong, "response"] *= 1.6
    found = Found(table, settings())
    well = str(table.loc[wrong, "well"])
    flagged = {flag.concerns.well for flag in found.flags if flag.severity == "caution"}
    assert well in flagged
    without = Found(table.assign(excluded=table["excluded"].mask(table.index == wrong, "x")),
                    settings())  # fmt: skip
    left_out = found.under(f"well {well} of P1 left out")
    assert list(left_out.index) == ["c1"]
    expected = without.configured.loc["c1", "concentration_pg_ml"]
    assert left_out.loc["c1", "concentration_pg_ml"] == pytest.approx(expected, rel=0.01)


def test_excluded_wells_of_a_culture_are_put_back_together(
    readings: Readings, settings: Settings
) -> None:
    table = readings(SAMPLES, replicates=2, noise=0.02)
    whole = Found(table, settings())
    is_lost = table["culture"] == "c1"
    found = Found(table.assign(excluded=table["excluded"].mask(is_lost, "spilled")), settings())
    assert found.configured.loc["c1", "state"] == "excluded"
    (name,) = found.alternatives.loc[found.alternatives["choice"] == "put_back", "alternative"]
    wells = table.loc[is_lost, "well"].tolist()
    assert name == f"wells {', '.join(wells[:-1])} and {wells[-1]} of P1 of c1 (IL-6) put back"
    put_back = found.under(name)
    assert list(put_back.index) == ["c1"]
    assert put_back.loc["c1", "state"] == "ok"
    expected = whole.configured.loc["c1", "concentration_pg_ml"]
    assert put_back.loc["c1", "concentration_pg_ml"] == pytest.approx(expected, rel=0.01)


def test_an_excluded_standard_is_put_back_for_all_cultures(
    readings: Readings, settings: Settings
) -> None:
    table = readings(SAMPLES, replicates=2, noise=0.02)
    place = table.index[(table["role"] == "standard") & (table["concentration_pg_ml"] > 50)][0]
    table.loc[place, "response"] *= 1.5
    is_lost = table.index == place
    found = Found(table.assign(excluded=table["excluded"].mask(is_lost, "bubble")), settings())
    back = found.under(f"standard {table.loc[place, 'well']} of P1 put back")
    whole = Found(table, settings(), found.scatter).configured
    for culture in ("c1", "c2"):
        value, with_it, without = (
            each["concentration_pg_ml"].to_dict()[culture]
            for each in (back, whole, found.configured)
        )
        assert value == pytest.approx(with_it)
        assert value != pytest.approx(without, rel=1e-4)


def test_an_excluded_well_without_a_reading_is_not_counted(
    readings: Readings, settings: Settings
) -> None:
    table = readings(SAMPLES, replicates=2, noise=0.02)
    is_lost = table["culture"] == "c1"
    table.loc[is_lost, ["response", "od"]] = float("nan")
    table = table.assign(
        excluded=table["excluded"].mask(is_lost, "spilled"),
        state=table["state"].mask(is_lost, "missing"),
    )
    rows = Found(table, settings()).alternatives
    (row,) = rows[rows["choice"] == "put_back"].to_dict("records")
    assert (row["culture"], row["counted"]) == ("", False)
    assert row["not_counted_because"] == "their readings are not there"
