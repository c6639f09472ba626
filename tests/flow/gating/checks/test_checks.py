"""Every quality check, on measurements whose numbers are just within or beyond its limit."""

import datetime
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from coculture.exchange.flags import Flag
from coculture.flow import FlowSettings
from coculture.flow.gating import checks
from coculture.flow.gating.measurement import Counts, Experiment, Measurement
from coculture.flow.tubes import Tube

Settings = Callable[..., FlowSettings]
MARKERS = [{"channel": "FL3-A", "positive": True}]


def gate(source: str, **more: Any) -> dict[str, Any]:
    return {"channels": ["FL1-A"], "threshold": 100.0, "source": source, "rule": "r", **more}


@pytest.fixture
def raised(open_tube: Callable[..., Tube], flow_settings: Settings) -> Callable[..., list[Flag]]:
    """The flags of one made-up measurement of the population `cells`.

    Arguments replace what is unremarkable: fields of the tube, counts, percents, limits, gates,
    coefficients of the spillover, thresholds of the config, the usual day.
    """

    def flags(
        *,
        tube: Mapping[str, Any] | None = None,
        date: str = "01-MAR-2024",
        events: int = 1,
        notes: Sequence[str] = (),
        keywords: Mapping[str, str] | None = None,
        others: Sequence[Mapping[str, Any]] = ({"role": "unstained", "culture": ""},),
        nonfinite: int = 0,
        cells: int = 1000,
        singlets: int = 900,
        inside: int = 800,
        quadrants: Mapping[str, int] | None = None,
        sensitivity: float = 0.0,
        percents: tuple[float, float, float] = (0.0, 0.0, 0.0),
        limits: Mapping[str, float] | None = None,
        blocks: Mapping[str, Any] | None = None,
        spillover: float = 0.1,
        thresholds: Mapping[str, str] | None = None,
        twin: Mapping[str, int] | None = None,
    ) -> list[Flag]:
        channels = ["FSC-A", "FL1-A", "FL2-A", "FL3-A"]
        fields = {"experiment": "E1", "culture": "c1", **(tube or {})}
        opened = open_tube(
            {name: [1.0] for name in channels}, fcs="a.fcs", keywords={"$DATE": date}, **fields
        )
        own_keywords = opened.header.keywords | dict(keywords or {})
        header = replace(opened.header, notes=tuple(notes), keywords=own_keywords, events=events)
        opened = replace(opened, header=header)
        populations = [
            {"name": "cells", "markers": MARKERS},
            {"name": "twin", "markers": [], "same_cells_as": "cells"},
        ]
        settings = flow_settings(
            channels={"annexin": "FL1-A", "viability_dye": "FL2-A"},
            populations=populations,
            limits=dict(limits or {}),
            thresholds=dict(thresholds or {}),
        )
        after = {"scatter": 1000, "time": 1000, "cells": cells, "singlets": singlets}
        after["population"] = inside
        whole = quadrants or {"viable": 800, "early": 100, "late": 60, "necrotic": 40}
        counts = Counts(1000, nonfinite, after, whole, sensitivity)
        of_twin = Counts(1000, 0, after, twin or whole, 0.0)
        measured = [
            Measurement(opened, population, of_it, *percents)
            for population, of_it in zip(settings.populations, (counts, of_twin), strict=True)
        ]
        automatic = {
            "FL3-A": gate("population_negative"),
            "annexin": gate("live_peak"),
            "viability_dye": gate("live_peak", channels=["FL2-A"]),
        }
        matrix = pd.DataFrame(
            [[1.0, spillover], [0.0, 1.0]], index=["FL1-A", "FL2-A"], columns=["FL1-A", "FL2-A"]
        )
        experiment = Experiment(
            name="E1",
            settings=settings,
            blocks={"cells": automatic | dict(blocks or {}), "twin": automatic},
            spillover=matrix,
            usual_day=datetime.date(2024, 3, 1),
            measurements={opened.row: measured} | _others(measured[0], others),
        )
        return checks.flags(measured[0], experiment)

    return flags


NOTES = {"few_events", "threshold_sensitive", "untreated_viability"}
"""What on sound data is only to be known."""


def _others(
    one: Measurement, tubes: Sequence[Mapping[str, Any]]
) -> dict[int, Sequence[Measurement]]:
    """Other files of the experiment, with the same counts; `keywords` are those of the file."""
    made: dict[int, Sequence[Measurement]] = {}
    for row, fields in enumerate(tubes, start=100):
        own = dict(fields)
        events = own.pop("events", one.tube.header.events)
        header = replace(one.tube.header, keywords=own.pop("keywords", {}), events=events)
        tube = replace(one.tube, row=row, header=header, **{"fcs": f"{row}.fcs"} | own)
        made[row] = [replace(one, tube=tube)]
    return made


SAMPLE = {"role": "sample"}
UNSTAINED = {"role": "unstained", "culture": ""}
UNTREATED = {"role": "sample", "untreated": True}
CASES: list[tuple[str, dict[str, Any], dict[str, Any], tuple[float, float, str]]] = [
    ("not_finite", {"nonfinite": 0}, {"nonfinite": 1}, (1, 0, "events")),
    ("margin_events", {"percents": (5, 0, 0)}, {"percents": (5.1, 0, 0)}, (5.1, 5, "percent")),
    (
        "unsteady_acquisition",
        {"percents": (0, 10, 0)},
        {"percents": (0, 10.1, 0)},
        (10.1, 10, "percent"),
    ),
    (
        "acquisition_time_lost",
        {"percents": (0, 0, 10)},
        {"percents": (0, 0, 10.1)},
        (10.1, 10, "percent"),
    ),
    ("doublets", {"singlets": 750}, {"singlets": 749}, (25.1, 25, "percent")),
    ("few_events", {"inside": 500}, {"inside": 499}, (499, 500, "events")),
    ("threshold_sensitive", {"sensitivity": 5.0}, {"sensitivity": 5.1}, (5.1, 5, "percent points")),
    (
        "untreated_viability",
        {"tube": UNTREATED, "quadrants": {"viable": 70, "early": 30, "late": 0, "necrotic": 0}},
        {"tube": UNTREATED, "quadrants": {"viable": 69, "early": 31, "late": 0, "necrotic": 0}},
        (69, 70, "percent"),
    ),
    (
        "unstained_positive",
        {"tube": UNSTAINED, "quadrants": {"viable": 92, "early": 3, "late": 2, "necrotic": 3}},
        {"tube": UNSTAINED, "quadrants": {"viable": 92, "early": 4, "late": 2, "necrotic": 2}},
        (6, 5, "percent"),
    ),
    ("spillover_coefficient", {"spillover": 1.0}, {"spillover": 1.1}, (1.1, 1, "share")),
    (
        "gating_difference",
        {"twin": {"viable": 79, "early": 15, "late": 6, "necrotic": 0}},
        {"twin": {"viable": 78, "early": 16, "late": 6, "necrotic": 0}},
        (6, 5, "percent points"),
    ),
    ("other_acquisition_day", {"date": "29-FEB-2024"}, {"date": "28-FEB-2024"}, (2, 1, "days")),
    ("other_acquisition_day", {"date": "02-MAR-2024"}, {"date": "03-MAR-2024"}, (2, 1, "days")),
]


def of_code(flags: list[Flag], code: str) -> list[Flag]:
    return [flag for flag in flags if flag.code == code]


@pytest.mark.parametrize(("code", "within", "beyond", "numbers"), CASES)
def test_a_check_flags_what_is_beyond_its_limit_and_nothing_else(
    raised: Callable[..., list[Flag]],
    code: str,
    within: dict[str, Any],
    beyond: dict[str, Any],
    numbers: tuple[float, float, str],
) -> None:
    quiet = {"quadrants": {"viable": 84, "early": 10, "late": 6, "necrotic": 0}}
    assert of_code(raised(**(quiet | within)), code) == []
    (flag,) = raised(**(quiet | beyond))
    assert flag.code == code
    assert flag.severity == ("note" if code in NOTES else "caution")
    assert flag.value == pytest.approx(numbers[0])
    assert (flag.limit, flag.unit) == numbers[1:]
    assert flag.concerns.experiment == "E1"


def test_a_percent_that_depends_on_the_threshold_is_doubtful(
    raised: Callable[..., list[Flag]],
) -> None:
    (note,) = of_code(raised(sensitivity=10.0), "threshold_sensitive")
    (caution,) = of_code(raised(sensitivity=10.1), "threshold_sensitive")
    assert (note.severity, caution.severity) == ("note", "caution")


def test_every_check_is_tried() -> None:
    own_tests = {"failed_control", "fallback_source", "exploratory_threshold", "gate_set_by_hand"}
    own_tests |= {"matrix_not_used", "already_compensated", "remaining_spill", "fmo_not_used"}
    own_tests |= {"unknown_spill"}
    own_tests |= {"unlabelled_beads", "matrix_of_each_file", "other_voltage", "other_well"}
    own_tests |= {"shared_control", "unusual_file", "no_controls", "several_files"}
    own_tests |= {"live_peak_moved", "dye_peak_moved", "replicate_gain", "replicate_staining"}
    own_tests |= {"annexin_missing", "too_few_cells", "debris_not_testable", "vanished_cells"}
    own_tests |= {"few_counting_beads", "volume_not_known", "constant_channel", "cells_cut_off"}
    own_tests |= {"marker_background", "replicate_population"}
    own_tests |= {"marker_reversed", "percent_not_given", "stains_swapped"}
    own_tests |= {"population_lost", "marker_separation", "cells_in_no_outcome"}
    own_tests |= {"weak_stain", "dye_missing", "staining_not_seen", "replicate_threshold"}
    assert {check.CODE for check in checks.CHECKS} == {case[0] for case in CASES} | own_tests


def test_a_single_stain_of_another_day_is_a_note(raised: Callable[..., list[Flag]]) -> None:
    stain = {"role": "single_stain", "culture": "", "stained_channel": "FL1-A"}
    (flag,) = raised(tube=stain, date="08-MAR-2024")
    assert (flag.code, flag.severity, flag.value) == ("other_acquisition_day", "note", 7)
    assert "sets no threshold" in flag.sentence


def test_limits_are_those_of_the_config(raised: Callable[..., list[Flag]]) -> None:
    assert of_code(raised(inside=499, limits={"fewest_events": 400}), "few_events") == []
    (flag,) = of_code(raised(inside=800, limits={"fewest_events": 900}), "few_events")
    assert (flag.value, flag.limit) == (800, 900)
    assert "800" in flag.sentence
    assert "900" in flag.sentence


def test_some_checks_are_for_samples_only(raised: Callable[..., list[Flag]]) -> None:
    control = {"role": "fmo_dye", "culture": ""}
    assert raised(tube=control, inside=60, sensitivity=50.0, spillover=2.0) == []
    codes = {flag.code for flag in raised(inside=60, sensitivity=50.0, spillover=2.0)}
    assert codes == {"few_events", "threshold_sensitive", "spillover_coefficient"}


def test_an_unstained_control_of_other_cells_is_not_judged(
    raised: Callable[..., list[Flag]],
) -> None:
    """A few doublets of unstained stroma look like the population."""
    few = {"viable": 0, "early": 0, "late": 3, "necrotic": 0}
    assert of_code(raised(tube=UNSTAINED, quadrants=few, inside=3), "unstained_positive") == []


def test_an_unstained_control_is_judged_in_both_stains(raised: Callable[..., list[Flag]]) -> None:
    dim = {"viable": 88, "early": 6, "late": 0, "necrotic": 6}
    found = of_code(raised(tube=UNSTAINED, quadrants=dim), "unstained_positive")
    assert [flag.concerns.channel for flag in found] == ["FL1-A", "FL2-A"]
    assert "Annexin V" in found[0].sentence
    assert "viability dye" in found[1].sentence


def test_fallback_sources_are_flagged_unless_the_config_asks_for_them(
    raised: Callable[..., list[Flag]],
) -> None:
    blocks = {"FL3-A": gate("unstained"), "annexin": gate("fmo"), "viability_dye": gate("fmo")}
    found = raised(blocks=blocks, thresholds={"viability_dye": "fmo"})
    assert [flag.code for flag in found] == ["fallback_source"] * 2
    assert all(flag.concerns.kind == "gate" for flag in found)
    assert "FL3-A" in found[0].sentence
    assert "unstained control" in found[0].sentence
    assert "Annexin V" in found[1].sentence
    assert "FMO" in found[1].sentence
    assert raised(blocks=blocks, tube={"role": "fmo_dye", "culture": ""}) == []


def test_exploratory_thresholds_are_flagged_even_if_the_config_asks_for_them(
    raised: Callable[..., list[Flag]],
) -> None:
    (flag,) = raised(
        blocks={"viability_dye": gate("pooled")}, thresholds={"viability_dye": "pooled"}
    )
    assert flag.code == "exploratory_threshold"
    assert (flag.concerns.experiment, flag.concerns.population) == ("E1", "cells")
    assert "viability dye" in flag.sentence


def test_gates_set_by_hand_are_noted(raised: Callable[..., list[Flag]]) -> None:
    polygon = {"channels": ["FSC-A", "SSC-A"], "vertices": [[0, 0], [1, 0], [1, 1]]}
    (cells, annexin) = raised(
        blocks={
            "cells": {**polygon, "source": "manual", "rule": "r"},
            "annexin": gate("manual", automatic=178.2),
        }
    )[::-1]
    assert {cells.code, annexin.code} == {"gate_set_by_hand"}
    assert {cells.severity, annexin.severity} == {"note"}
    assert (annexin.concerns.kind, annexin.concerns.experiment) == ("gate", "E1")
    assert (annexin.concerns.population, annexin.concerns.channel) == ("cells", "FL1-A")
    assert "100" in annexin.sentence
    assert "178" in annexin.sentence
    assert cells.concerns.channel == "FSC-A, SSC-A"
    assert math.isnan(cells.value)


def test_nothing_is_flagged_in_an_unremarkable_file(raised: Callable[..., list[Flag]]) -> None:
    quiet = {"viable": 90, "early": 5, "late": 5, "necrotic": 0}
    for tube in (SAMPLE, UNTREATED, {"role": "fmo_dye", "culture": ""}):
        assert raised(tube=tube, quadrants=quiet) == []


def test_a_note_of_the_reader_on_one_file(raised: Callable[..., list[Flag]]) -> None:
    (flag,) = raised(notes=["$TIMESTEP 'tick' is not a number."])
    assert (flag.code, flag.severity, flag.concerns.fcs) == ("unusual_file", "note", "a.fcs")
    assert flag.sentence == "$TIMESTEP 'tick' is not a number."


def test_an_experiment_without_a_control_is_flagged_once(
    raised: Callable[..., list[Flag]],
) -> None:
    (flag,) = raised(others=[{"role": "beads", "culture": ""}])
    assert (flag.code, flag.severity, flag.concerns.kind) == (
        "no_controls",
        "caution",
        "experiment",
    )
    assert flag.sentence.startswith("E1 has no control tube.")
    assert raised(others=[{"role": "single_stain", "culture": ""}]) == []
    assert raised(others=[{"role": "population_negative", "culture": ""}]) == []


@pytest.mark.parametrize(
    ("tube", "other", "how"),
    [
        ({"well": "B3"}, {"well": "b3"}, "parts of one tube (the same well, B3)"),
        ({"well": "B3"}, {"well": "B4"}, "They count as replicates, each weighted"),
        ({}, {"keywords": {"$SMNO": "dex"}}, "They count as replicates"),
        ({"well": "B3", "plate": "1"}, {"well": "B3", "plate": "2"}, "They count as replicates"),
    ],
)
def test_how_files_of_one_culture_were_combined(
    raised: Callable[..., list[Flag]], tube: dict[str, str], other: dict[str, Any], how: str
) -> None:
    control = {"role": "unstained", "culture": ""}
    (flag,) = raised(tube=tube, others=[control, other])
    assert (flag.code, flag.severity, flag.concerns.culture) == ("several_files", "note", "c1")
    assert "a.fcs, 1,000 events, 16 % apoptotic; 101.fcs, 1,000 events" in flag.sentence
    assert how in flag.sentence


CONTROL = {"role": "unstained", "culture": ""}


@pytest.mark.parametrize("keyword", ["$SMNO", "$WELLID", "WELL ID", "TUBE NAME", "$FIL"])
def test_keywords_that_name_a_tube(raised: Callable[..., list[Flag]], keyword: str) -> None:
    others = [CONTROL, {"keywords": {keyword: "dex"}}]
    (flag,) = of_code(raised(keywords={keyword: "dex"}, others=others), "several_files")
    assert f"parts of one tube (the same {keyword}, dex)" in flag.sentence
    (flag,) = of_code(raised(keywords={keyword: "il6"}, others=others), "several_files")
    assert "They count as replicates" in flag.sentence


@pytest.mark.parametrize(
    ("events", "is_part"),
    [((1000, 50), True), ((1000, 400), False), ((1000, 50, 40), True), ((1000, 1000, 50), False)],
)
def test_an_aborted_file_is_a_part(
    raised: Callable[..., list[Flag]], events: Sequence[int], is_part: bool
) -> None:
    first, *others = events
    found = raised(events=first, others=[CONTROL, *({"events": count} for count in others)])
    (flag,) = of_code(found, "several_files")
    assert ("all but one were aborted" in flag.sentence) == is_part


def test_an_unstained_control_of_a_culture_is_no_file_of_it(
    raised: Callable[..., list[Flag]],
) -> None:
    control = {"role": "unstained", "culture": "c1"}
    assert of_code(raised(others=[control]), "several_files") == []
    found = raised(tube=control, others=[{"role": "sample"}, {"role": "sample"}])
    assert of_code(found, "several_files") == []


def test_a_well_that_the_file_denies_is_flagged(raised: Callable[..., list[Flag]]) -> None:
    here = {"tube": {"well": "A1"}, "keywords": {"$WELLID": "C01"}}
    other = {"well": "C1", "keywords": {"$WELLID": "A1"}, "culture": "c2"}
    (flag,) = raised(**here, others=[CONTROL, other])
    assert (flag.code, flag.severity, flag.concerns.kind) == ("other_well", "caution", "experiment")
    assert "101.fcs the other way round: the two may be swapped" in flag.sentence
    (flag,) = raised(**here, others=[CONTROL, other | {"keywords": {}}])
    assert (flag.code, flag.severity, flag.concerns.fcs) == ("other_well", "caution", "a.fcs")
    assert "a.fcs in well A1, but the file itself says C1 ($WELLID), where flow" in flag.sentence
    assert raised(tube={"well": "A1"}, keywords={"$WELLID": "A01"}) == []
    more = [{"well": f"B{n}", "keywords": {"$WELLID": f"D{n}"}, "culture": ""} for n in (1, 2)]
    (flag,) = raised(**here, others=[CONTROL, *more])
    assert flag.concerns.kind == "experiment"
    assert "3 files name another well than flow.csv" in flag.sentence


@pytest.mark.parametrize(
    ("voltage", "codes"),
    [("514", []), ("516", ["other_voltage"]), ("486", []), ("484", ["other_voltage"])],
)
def test_a_voltage_unlike_the_others(
    raised: Callable[..., list[Flag]], voltage: str, codes: list[str]
) -> None:
    others = [CONTROL | {"keywords": {"$P2V": "500"}}] * 2
    found = raised(keywords={"$P2V": voltage}, others=others)
    assert [flag.code for flag in found] == codes
    assert all(flag.concerns.channel == "FL1-A" for flag in found)
    assert raised(keywords={"$P2V": "0"}, others=others) == []


def test_a_voltage_of_forward_scatter_counts_and_that_of_beads_does_not(
    raised: Callable[..., list[Flag]],
) -> None:
    others = [CONTROL | {"keywords": {"$P1V": "500"}}] * 2
    (flag,) = raised(keywords={"$P1V": "300"}, others=others)
    assert (flag.code, flag.concerns.channel) == ("other_voltage", "FSC-A")
    beads = [{"role": "beads", "culture": "", "keywords": {"$P2V": "300"}}] * 3
    control = CONTROL | {"keywords": {"$P2V": "500"}}
    assert raised(keywords={"$P2V": "500"}, others=[control, *beads]) == []


def test_a_shared_control_is_noted(raised: Callable[..., list[Flag]]) -> None:
    found = raised(tube=CONTROL | {"shared_with": "E2, E3"})
    (flag,) = [one for one in found if one.code == "shared_control"]
    assert (flag.code, flag.severity) == ("shared_control", "note")
    assert "E1 uses it, and so do E2, E3." in flag.sentence
    (flag,) = [
        one for one in raised(tube=CONTROL | {"shared_with": "E2"}) if one.code == "shared_control"
    ]
    assert "E1 uses it, and so does E2." in flag.sentence


@pytest.mark.parametrize(
    ("control", "why"),
    [
        (
            {"role": "population_negative"},
            " 100.fcs has only 40 single cells (at least 100 needed).",
        ),
        (
            {"role": "population_negative", "stained_channel": "FL9-A", "channel": "RFP"},
            " 100.fcs is for another marker (RFP).",
        ),
        ({"role": "unstained"}, ""),
    ],
)
def test_why_a_control_did_not_set_an_exploratory_threshold(
    raised: Callable[..., list[Flag]], control: dict[str, str], why: str
) -> None:
    found = raised(
        blocks={"FL3-A": gate("pooled", channels=["FL3-A"])},
        others=[control | {"culture": ""}],
        singlets=40,
    )
    (flag,) = of_code(found, "exploratory_threshold")
    assert flag.sentence.endswith(f", without a control.{why}")


def test_a_control_that_failed_its_test_is_named_there(raised: Callable[..., list[Flag]]) -> None:
    failed = [
        {
            "fcs": "100.fcs",
            "role": "population_negative",
            "looks_like": "full_stain",
            "bright": 30,
            "events": 40,
            "allowed": 2,
        }
    ]
    found = raised(
        blocks={"FL3-A": gate("pooled", channels=["FL3-A"], failed_controls=failed)},
        others=[{"role": "population_negative", "culture": ""}],
        singlets=40,
    )
    (flag,) = of_code(found, "exploratory_threshold")
    assert flag.sentence.endswith(", without a control.")


def test_a_stain_has_other_controls_than_a_marker(raised: Callable[..., list[Flag]]) -> None:
    pooled = {"viability_dye": gate("pooled", channels=["FL2-A"])}
    for role, is_named in (("fmo_dye", True), ("unstained", True), ("population_negative", False)):
        found = raised(blocks=pooled, others=[{"role": role, "culture": ""}], singlets=40)
        (flag,) = of_code(found, "exploratory_threshold")
        assert ("100.fcs has only 40" in flag.sentence) == is_named
