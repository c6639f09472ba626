"""One value a culture: combining wells and dilutions, bounds, contradictions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coculture.elisa import (
    ElisaSettings,
    combine_cultures,
    precision_of,
    quantify_plate,
)
from coculture.exchange import result_tables
from coculture.exchange.flags import Concerns, Flag, Severity
from tests.elisa.known_scatter import KNOWN

Settings = Callable[..., ElisaSettings]
Readings = Callable[..., pd.DataFrame]

LLOQ, ULOQ = 9.375, 600.0


def well(
    state: str, value: float = np.nan, dilution: float = 10.0, **changed: Any
) -> dict[str, Any]:
    """A row of elisa/wells.csv; `value` is the undiluted concentration read."""
    ok = state == "ok"
    below, above = state.startswith("below"), state.startswith(("above", "overflow"))
    row = {
        "plate": "P1",
        "well": "A1",
        "role": "sample",
        "analyte": "IL-6",
        "culture": "c1",
        "dilution": dilution,
        "response": np.nan if state == "missing" else 1.0,
        "in_well_pg_ml": value / dilution,
        "concentration_pg_ml": value if ok else np.nan,
        "lower_pg_ml": value / 1.2 if ok else ULOQ * dilution if above else np.nan,
        "upper_pg_ml": value * 1.2 if ok else LLOQ * dilution if below else np.nan,
        "lloq_pg_ml": LLOQ * dilution,
        "uloq_pg_ml": ULOQ * dilution,
        "ln_se_curve": 0.03,
        "ln_se_well": 0.08,
        "state": state,
        "flags": "",
        "excluded": "",
    }
    return row | changed


def combined(*wells: dict[str, Any]) -> pd.Series:
    """The row of the only culture."""
    result = combine_cultures(pd.DataFrame(wells)).cultures
    assert len(result) == 1
    return result.iloc[0]


def flag_of(*wells: dict[str, Any]) -> Flag:
    """The only caution about the culture; its code is that of the table."""
    result = combine_cultures(pd.DataFrame(wells))
    (flag,) = [one for one in result.flags if one.severity == "caution"]
    assert result.cultures["flags"].tolist() == [flag.code]
    concerns = flag.concerns
    assert (concerns.table, concerns.kind) == ("elisa/cultures.csv", "culture")
    assert (concerns.culture, concerns.analyte, concerns.plate) == ("c1", "IL-6", "P1")
    return flag


def test_wells_in_range_are_averaged_on_the_log_scale() -> None:
    row = combined(well("ok", 1000.0), well("ok", 1210.0, dilution=50.0))
    assert row["concentration_pg_ml"] == pytest.approx(1100)
    assert (row["state"], row["wells"], row["dilutions"]) == ("ok", 2, "10; 50")
    assert row["dilution_trend_percent"] == pytest.approx(21)
    assert row["flags"] == ""


def test_precise_dilutions_weigh_more() -> None:
    row = combined(well("ok", 1000.0, ln_se_well=0.02), well("ok", 1100.0, 50.0, ln_se_well=0.2))
    # Weights 1 / (0.02^2 + 0.05^2) and 1 / (0.2^2 + 0.05^2).
    share = (1 / 0.0425) / (1 / 0.0029 + 1 / 0.0425)
    assert row["concentration_pg_ml"] == pytest.approx(1000 * 1.1**share)


def test_replicates_count_alike_whatever_their_own_readings() -> None:
    row = combined(
        well("ok", 1000.0, ln_se_well=0.02), well("ok", 1100.0, ln_se_well=0.2, well="A2")
    )
    assert row["concentration_pg_ml"] == pytest.approx((1000 * 1100) ** 0.5)


def test_the_curve_s_error_does_not_shrink_with_the_wells() -> None:
    many = [well("ok", 1000.0, well=f"A{i}", ln_se_curve=0.1, ln_se_well=0.01) for i in range(1, 9)]
    row = combined(*many)
    half_width = np.log(row["upper_pg_ml"] / row["concentration_pg_ml"])
    one = np.log(1.2)
    assert half_width == pytest.approx(one * np.hypot(0.1, 0.01 / 8**0.5) / np.hypot(0.1, 0.01))


def test_only_dilutions_in_range_count() -> None:
    row = combined(well("overflow"), well("ok", 20000.0, dilution=50.0))
    assert (row["concentration_pg_ml"], row["wells"]) == (pytest.approx(20000), 1)
    assert (row["wells_measured"], row["flags"]) == (2, "")


def test_two_dilutions_that_disagree_leave_no_number() -> None:
    wells = well("ok", 1000.0), well("ok", 1800.0, dilution=50.0)
    row, flag = combined(*wells), flag_of(*wells)
    assert (row["state"], row["dilution_trend_percent"]) == ("not_determined", pytest.approx(80))
    assert np.isnan(row["concentration_pg_ml"])
    assert (flag.code, flag.unit) == ("dilutions_disagree", "fold")
    assert flag.value == pytest.approx(1.8)
    assert "1000 pg/mL by dilution 10 and 1800 pg/mL by dilution 50" in flag.sentence
    assert "No value is given" in flag.sentence


def test_dilutions_that_agree_outvote_the_least_diluted() -> None:
    wells = well("ok", 519.0, 1.0), well("ok", 1000.0, 5.0), well("ok", 1010.0, 25.0)
    row, flag = combined(*wells), flag_of(*wells)
    assert row["concentration_pg_ml"] == pytest.approx((1000 * 1010) ** 0.5)
    assert (row["state"], row["dilutions"]) == ("ok", "5; 25")
    assert flag.code == "dilutions_disagree"
    assert "Dilution 1 reads 519 pg/mL, 48 % lower; dilutions 5 and 25 agree on" in flag.sentence


def test_the_caution_names_the_value_that_is_used() -> None:
    near_uloq = well("ok", 1300.0, 25.0, ln_se_well=0.3)
    wells = well("ok", 300.0, 1.0), well("ok", 1000.0, 5.0, ln_se_well=0.03), near_uloq
    row, flag = combined(*wells), flag_of(*wells)
    used = row["concentration_pg_ml"]
    assert used < 1100
    assert f"dilutions 5 and 25 agree on {used:.0f} pg/mL, which is used" in flag.sentence


def test_the_scatter_of_its_own_wells_widens_the_interval_of_a_culture() -> None:
    near = [well("ok", value, well=f"A{i}") for i, value in enumerate((1000.0, 1010.0))]
    far = [well("ok", value, well=f"A{i}") for i, value in enumerate((840.0, 1190.0))]
    widths = [
        np.log(row["upper_pg_ml"] / row["lower_pg_ml"]) for row in (combined(*near), combined(*far))
    ]
    quantile = np.log(1.2) / np.hypot(0.03, 0.08)
    # Their own scatter: a difference of 0.348 has chi-square 0.348^2 / (2 x 0.08^2) = 9.48.
    own = 0.08**2 / 2
    assert widths[0] == pytest.approx(2 * quantile * np.sqrt(own + 0.03**2))
    chi_square = np.log(1190 / 840) ** 2 / (2 * 0.08**2)
    assert widths[1] == pytest.approx(2 * quantile * np.sqrt(own * chi_square + 0.03**2))


def test_replicates_that_disagree_are_not_used() -> None:
    pair = [well("ok", 2000.0), well("ok", 200.0, well="A2")]
    row, flag = combined(*pair), flag_of(*pair)
    assert (row["state"], flag.code) == ("not_determined", "replicates_disagree")
    assert "A1 2000 pg/mL and A2 200 pg/mL" in flag.sentence
    assert "exclude the wrong well" in flag.sentence
    three = [*pair, well("ok", 2100.0, well="A3")]
    row, flag = combined(*three), flag_of(*three)
    assert row["concentration_pg_ml"] == pytest.approx((2000 * 2100) ** 0.5)
    assert "A2 200 pg/mL of dilution 10 on plate P1 disagrees with the others" in flag.sentence


def test_two_concordant_wells_beat_two_discordant_ones_of_another_dilution() -> None:
    wells = [
        well("ok", 38_106.0, 10.0),
        well("ok", 20_840.0, 10.0, well="A2"),
        well("ok", 48_262.0, 100.0, well="B1"),
        well("ok", 48_000.0, 100.0, well="B2"),
    ]
    assert combined(*wells)["concentration_pg_ml"] == pytest.approx((48_262 * 48_000) ** 0.5)


def test_precision_comes_from_the_curve_where_there_is_one(
    settings: Settings, readings: Readings
) -> None:
    """At the top of the curve a well is imprecise: a dilution that reads low there may agree."""
    plate = quantify_plate(readings({"c1": 590.0}, dilutions=(1, 4)), settings(), KNOWN)
    precision = precision_of([plate.curve], KNOWN)
    error_at = precision.error_at("P1", "IL-6")
    assert error_at is not None
    for row in plate.wells[plate.wells["role"] == "sample"].to_dict("records"):
        assert error_at(row["in_well_pg_ml"]) == pytest.approx(row["ln_se_well"], rel=1e-6)
    assert error_at(590.0) > 1.3 * error_at(590.0 / 4)
    assert precision.error_at("P2", "IL-6") is None


@pytest.mark.parametrize(
    ("states", "state", "bound"),
    [
        ((("below_lloq", 10), ("below_curve", 50)), "below_lloq", 93.75),
        ((("above_uloq", 10), ("overflow", 50)), "above_uloq", 30000),
        ((("missing", 10), ("below_lloq", 50)), "below_lloq", 468.75),
        ((("missing", 10), ("missing", 50)), "missing", np.nan),
        ((("excluded", 10), ("excluded", 50)), "excluded", np.nan),
    ],
)
def test_a_culture_out_of_range_keeps_its_bound(
    states: tuple[tuple[str, float], ...], state: str, bound: float
) -> None:
    row = combined(*(well(name, dilution=float(dilution)) for name, dilution in states))
    assert row["state"] == state
    assert np.isnan(row["concentration_pg_ml"])
    assert row["bound_pg_ml"] == pytest.approx(bound, nan_ok=True)


def test_between_two_dilutions_both_bounds_are_kept() -> None:
    wells = well("above_uloq", dilution=10.0), well("below_lloq", dilution=1000.0)
    row, flag = combined(*wells), flag_of(*wells)
    assert (row["lower_pg_ml"], row["upper_pg_ml"]) == (6000, 9375)
    assert row["state"] == "above_uloq"
    assert (flag.code, flag.value, flag.limit) == ("between_dilutions", 6000, 9375)
    assert "above 6000 pg/mL and below 9375 pg/mL" in flag.sentence


def test_bounds_that_exclude_each_other_leave_nothing() -> None:
    wells = well("below_lloq", dilution=10.0), well("above_uloq", dilution=50.0)
    row, flag = combined(*wells), flag_of(*wells)
    assert (row["state"], row["reason"]) == (
        "not_determined",
        "its dilutions contradict each other",
    )
    assert (flag.code, flag.value, flag.limit) == ("dilutions_contradict", 30000, 93.75)
    assert "above 30000 pg/mL by one, below 93.8 pg/mL by another" in flag.sentence
    assert np.isnan(row["bound_pg_ml"])


def test_a_bound_against_the_only_value_leaves_no_number() -> None:
    wells = well("below_lloq", dilution=10.0), well("ok", 20000.0, dilution=50.0)
    row, flag = combined(*wells), flag_of(*wells)
    assert (row["state"], flag.code) == ("not_determined", "dilutions_disagree")
    assert "less than 93.8 pg/mL by dilution 10 and 20000 pg/mL by dilution 50" in flag.sentence


def test_the_bound_of_one_plate_against_the_value_of_another_is_flagged() -> None:
    wells = well("below_lloq", dilution=10.0, plate="P2"), well("ok", 20000.0, dilution=50.0)
    row, flag = combined(*wells), flag_of(*wells)
    assert row["state"] == "ok"
    assert (flag.code, flag.value) == ("dilutions_contradict", 93.75)
    assert flag.limit == row["lower_pg_ml"]
    assert "below 93.8 pg/mL by one, above 16667 pg/mL by another" in flag.sentence


def test_a_bound_is_outvoted_by_two_dilutions() -> None:
    wells = [
        well("below_lloq", dilution=1.0),
        well("ok", 2900.0, dilution=10.0),
        well("ok", 2950.0, dilution=50.0),
    ]
    row, flag = combined(*wells), flag_of(*wells)
    assert (row["state"], row["dilutions"]) == ("ok", "10; 50")
    assert "Dilution 1 reads less than 9.38 pg/mL; dilutions 10 and 50 agree" in flag.sentence


def test_replicates_on_both_sides_of_a_limit_stay_together() -> None:
    inside = combined(well("ok", 104.0), well("below_lloq", 90.0, well="A2"))
    assert (inside["state"], inside["wells"], inside["flags"]) == ("ok", 2, "")
    assert inside["concentration_pg_ml"] == pytest.approx((104 * 90) ** 0.5)
    outside = combined(well("ok", 95.0), well("below_lloq", 85.0, well="A2"))
    assert (outside["state"], outside["bound_pg_ml"]) == ("below_lloq", 93.75)


@pytest.mark.parametrize(
    ("outer", "inner", "state", "bound"),
    [
        (("overflow",), (5800.0,), "above_uloq", (5800 * 6000) ** (1 / 2)),
        (("above_curve",), (5800.0,), "above_uloq", (5800 * 6000) ** (1 / 2)),
        (("overflow", "overflow"), (5800.0,), "above_uloq", (5800 * 6000**2) ** (1 / 3)),
        (("below_curve",), (104.0,), "below_lloq", (104 * 93.75) ** (1 / 2)),
    ],
)
def test_a_replicate_without_a_number_makes_their_mean_a_bound(
    outer: tuple[str, ...], inner: tuple[float, ...], state: str, bound: float
) -> None:
    row = combined(*map(well, outer), *(well("ok", value) for value in inner))
    assert (row["state"], row["bound_pg_ml"]) == (state, pytest.approx(bound))
    assert np.isnan(row["concentration_pg_ml"])


def test_a_reading_off_the_reader_contradicts_one_far_below_it() -> None:
    wells = well("ok", 500.0), well("overflow", well="A2")
    row, flag = combined(*wells), flag_of(*wells)
    assert (row["state"], flag.code) == ("not_determined", "replicates_disagree")


def test_replicates_beyond_both_limits_leave_nothing() -> None:
    row = combined(well("ok", 1000.0), well("overflow"), well("below_curve"))
    assert (row["state"], row["reason"]) == ("not_determined", "its replicates disagree")
    assert np.isnan(row["bound_pg_ml"])


def test_a_plate_that_fails_says_nothing_of_a_culture_that_another_has(
    settings: Settings, readings: Readings
) -> None:
    sound = quantify_plate(readings({"c1": 2000.0}, dilutions=(10,)), settings(), KNOWN)
    shifted = readings({"c1": 2000.0, "c2": 900.0}, dilutions=(10,), plate="P2")
    shifted.loc[shifted["role"] == "standard", "concentration_pg_ml"] *= 1.8
    bad = quantify_plate(shifted, settings(), KNOWN)
    assert bad.curve["IL-6"]["verdict"] == "fail"
    found = combine_cultures(
        pd.concat([sound.wells, bad.wells]),
        [*sound.flags, *bad.flags],
        precision_of([sound.curve, bad.curve], KNOWN),
    )
    rows = found.cultures.set_index("culture")
    assert rows["concentration_pg_ml"].tolist() == pytest.approx([2000, 1620], rel=0.01)
    assert rows["plates"].tolist() == ["P1", "P2"]
    assert rows["flags"].tolist() == ["", "plate_failed"]
    (note,) = [flag for flag in found.flags if flag.code == "failed_plate_not_used"]
    assert (note.severity, note.concerns.culture) == ("note", "c1")
    assert note.sentence == (
        "Its wells on plate P2, which fails, were not used; other plates have the culture."
    )


def test_plates_that_differ_are_flagged_and_widen_the_interval() -> None:
    one = [well("ok", 60.0, 1.0), well("ok", 61.0, 1.0, well="A2")]
    other = [well("ok", 400.0, 1.0, plate="P2"), well("ok", 410.0, 1.0, plate="P2", well="A2")]
    row, flag = combined(*one, *other), flag_of(*one, *other)
    assert (flag.code, flag.limit) == ("plates_differ", 30)
    assert flag.value == pytest.approx(100 * ((400 * 410 / (60 * 61)) ** 0.5 - 1))
    # Two plates: their own scatter, sd / sqrt(2), is half the distance between them.
    means = [np.log([60, 61]).mean(), np.log([400, 410]).mean()]
    half_width = np.log(row["upper_pg_ml"] / row["concentration_pg_ml"])
    quantile = np.log(1.2) / np.hypot(0.03, 0.08)
    assert half_width == pytest.approx(quantile * (means[1] - means[0]) / 2)


def test_the_reasons_of_excluded_wells_are_carried_each_once() -> None:
    wells = [
        well("excluded", excluded="spilled"),
        well("excluded", excluded="spilled", well="A2"),
        well("excluded", excluded="no seal", well="A3"),
        well("ok", 1000.0, well="A4"),
    ]
    assert combined(*wells)["excluded"] == "spilled; no seal"
    assert combined(well("ok", 1000.0))["excluded"] == ""


def test_plates_are_combined_with_errors_of_their_own() -> None:
    row = combined(well("ok", 1000.0), well("ok", 1100.0, plate="P2"))
    assert row["plates"] == "P1; P2"
    half_width = np.log(row["upper_pg_ml"] / row["concentration_pg_ml"])
    assert half_width == pytest.approx(np.log(1.2) / 2**0.5)


def of_well(name: str, code: str, severity: Severity = "caution", **concerns: str) -> Flag:
    here = {"plate": "P1", "analyte": "IL-6"} | concerns
    about = Concerns("elisa/wells.csv", "well", well=name, **here)
    return Flag(about, code, severity, "A sentence; with a semicolon.")


def test_the_codes_of_the_flags_of_measured_wells_are_carried_each_once() -> None:
    wells = [well("ok", 1000.0, well=f"A{i}") for i in (1, 2, 3)] + [well("missing", well="A4")]
    flags = [
        of_well("A1", "replicates_differ"),
        of_well("A2", "replicates_differ"),
        of_well("A2", "other"),
        of_well("A3", "below_lloq", "note"),
        of_well("A3", "of_another_plate", plate="P2"),
        of_well("A4", "not_measured"),
    ]
    result = combine_cultures(pd.DataFrame(wells), flags)
    assert result.cultures["flags"].tolist() == ["replicates_differ; other"]
    assert result.flags == ()


def test_the_failure_of_a_plate_is_carried_by_its_cultures_and_analyte() -> None:
    rows = [well("ok", 1000.0, culture=culture, plate=plate, analyte=analyte)
            for culture, plate, analyte in (("c1", "P1", "IL-6"), ("c1", "P1", "TNF"),
                                            ("c2", "P2", "IL-6"))]  # fmt: skip
    concerns = Concerns("elisa/wells.csv", "curve", plate="P1", analyte="IL-6")
    failed = Flag(concerns, "plate_failed", "failure", "IL-6 on plate P1 failed.")
    warned = Flag(concerns, "high_dose_hook", "caution", "High-dose hook.")
    cultures = combine_cultures(pd.DataFrame(rows), [failed, warned]).cultures
    assert cultures[["culture", "analyte", "flags"]].to_numpy().tolist() == [
        ["c1", "IL-6", "plate_failed"],
        ["c1", "TNF", ""],
        ["c2", "IL-6", ""],
    ]


def test_the_reason_of_a_culture_is_the_failure_of_its_plate() -> None:
    concerns = Concerns("elisa/wells.csv", "curve", plate="P1", analyte="IL-6")
    sentence = "IL-6 on plate P1 failed: no standard curve, because all standards read alike."
    failed = Flag(concerns, "plate_failed", "failure", sentence)
    without_curve = well("missing", response=0.4)
    (row,) = combine_cultures(pd.DataFrame([without_curve]), [failed]).cultures.to_dict("records")
    assert (row["state"], row["reason"]) == ("not_determined", sentence[:-1])
    nothing = combined(well("missing"))
    assert (nothing["state"], nothing["reason"]) == ("missing", "no well was read")
    assert combined(well("ok", 1000.0))["reason"] == ""
    flat = combined(well("not_determined"))
    assert (flat["state"], "too flat" in flat["reason"]) == ("not_determined", True)


@pytest.mark.parametrize(
    ("state", "code", "words", "bound"),
    [
        ("below_curve", "below_lloq", "below 93.8 pg/mL", 93.75),
        ("overflow", "above_uloq", "above 6000 pg/mL", 6000),
    ],
)
def test_a_bound_is_a_note(state: str, code: str, words: str, bound: float) -> None:
    result = combine_cultures(pd.DataFrame([well(state)]))
    (flag,) = result.flags
    assert (flag.code, flag.severity, flag.value, flag.unit) == (code, "note", bound, "pg/mL")
    assert np.isnan(flag.limit)
    assert f"IL-6 is {words}" in flag.sentence
    assert result.cultures["flags"].tolist() == [""]


def test_noisy_plates_are_recovered(settings: Settings, readings: Readings, tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    parts: list[pd.DataFrame] = []
    truth: dict[str, float] = {}
    for number in range(4):
        values = {f"p{number}c{i}": float(v) for i, v in enumerate(rng.uniform(300, 5000, 16))}
        truth |= values
        plate = readings(values, noise=0.05, seed=number, plate=f"P{number}")
        parts.append(quantify_plate(plate, settings(), KNOWN).wells)
    wells = pd.concat(parts, ignore_index=True)
    cultures = combine_cultures(wells).cultures.set_index("culture")
    ok = cultures[cultures["state"] == "ok"]
    assert len(ok) > 0.9 * len(truth)
    true = np.array([truth[str(culture)] for culture in ok.index])
    assert ((ok["concentration_pg_ml"] / true - 1).abs() < 0.2).mean() > 0.95
    inside = (ok["lower_pg_ml"] < true) & (true < ok["upper_pg_ml"])
    assert 0.85 <= inside.mean() < 1
    result_tables.write(wells, tmp_path / "wells.csv", "elisa/wells.csv")
    result_tables.write(
        combine_cultures(wells).cultures, tmp_path / "cultures.csv", "elisa/cultures.csv"
    )
    read_back = combine_cultures(result_tables.read(tmp_path / "wells.csv")).cultures
    pd.testing.assert_frame_equal(read_back, combine_cultures(wells).cultures)


def test_no_sample_gives_an_empty_table(settings: Settings, readings: Readings) -> None:
    empty = combine_cultures(quantify_plate(readings(), settings(), KNOWN).wells).cultures
    assert empty.empty
    assert "bound_pg_ml" in empty.columns
