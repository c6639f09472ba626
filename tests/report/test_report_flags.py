"""Flags are listed with place, item and figure, all of it from the records."""

from collections.abc import Callable

import pytest

from coculture.exchange.flags import Concerns, Flag
from coculture.report.flags import (
    cultures_outside_range,
    exclusions,
    flags_by_culture,
    flow_notes,
    listed_flag,
    quality_flags,
)

MakeFlag = Callable[..., Flag]


def test_failures_are_listed_before_cautions_and_notes_are_not_listed(flag: MakeFlag) -> None:
    severities = ["caution", "note", "failure", "caution"]
    flags = [flag(code=f"c{i}", severity=one) for i, one in enumerate(severities)]
    assert [one.flag.code for one in quality_flags(flags)] == ["c2", "c0", "c3"]


@pytest.mark.parametrize(
    ("table", "kind", "key", "expected"),
    [
        (
            *("flow/wells.csv", "tube"),
            {"experiment": "E1", "fcs": "a.fcs", "plate": "F1", "culture": "a"},
            ("flow", "E1", "a.fcs", "contact_sheet"),
        ),
        (
            *("flow/wells.csv", "tube"),
            {"experiment": "E1", "fcs": "fmo.fcs"},
            ("flow", "E1", "fmo.fcs", "control_histograms"),
        ),
        (
            *("flow/drift.csv", "channel"),
            {"experiment": "E2", "fcs": "beads.fcs", "channel": "R660-A"},
            ("flow", "E2", "beads.fcs R660-A", "control_histograms"),
        ),
        (
            *("elisa/wells.csv", "well"),
            {"experiment": "E1", "plate": "P1", "well": "A1", "culture": "a"},
            ("ELISA", "P1", "well A1", "plate"),
        ),
        (
            *("elisa/wells.csv", "curve"),
            {"plate": "P1", "analyte": "IL-6"},
            ("ELISA", "P1", "curve of IL-6", "standard_curve"),
        ),
        (
            *("elisa/cultures.csv", "culture"),
            {"analyte": "IL-6", "culture": "a"},
            ("ELISA", "", "IL-6", "plate"),
        ),
        (
            *("comparison/findings.csv", "finding"),
            {"finding": "1a"},
            ("comparison", "", "finding 1a", ""),
        ),
    ],
)
def test_a_flag_is_listed_with_its_place_item_and_figure(
    flag: MakeFlag,
    table: str,
    kind: str,
    key: dict[str, str],
    expected: tuple[str, str, str, str],
) -> None:
    listed = listed_flag(flag(table, kind, **key))
    assert (listed.stage, listed.place, listed.item, listed.figure) == expected


def test_sentences_stay_whole_whatever_they_contain(flag: MakeFlag) -> None:
    flags = [flag(sentence="odd; bent; below", culture="a"), flag(sentence="x", culture="")]
    assert flags_by_culture(quality_flags(flags)) == {"a": ["ELISA: odd; bent; below"]}


def test_exclusions_and_bounds_are_known_by_their_codes(flag: MakeFlag) -> None:
    excluded = flag(code="excluded", sentence="below_lloq", severity="note")
    culture = flag("elisa/cultures.csv", "culture", "above_uloq", "x", severity="note")
    well = flag(code="below_lloq", severity="note")
    flags = [excluded, culture, well]
    assert [one.flag for one in exclusions(flags)] == [excluded]
    assert cultures_outside_range(flags) == [culture]


def test_notes_on_fcs_files_are_listed_and_exclusions_are_not() -> None:
    tube = Concerns("flow/wells.csv", "tube", fcs="a.fcs")
    notes = [
        Flag(tube, "unusual_file", "note", "read so"),
        Flag(tube, "excluded", "note", "clogged"),
        Flag(tube, "doublets", "caution", "many"),
        Flag(Concerns("elisa/wells.csv", "well"), "excluded_standard", "note", "far off"),
    ]
    assert [one.flag.code for one in flow_notes(notes)] == ["unusual_file"]
