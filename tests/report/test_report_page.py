"""The page: findings first, nothing from outside, and text that came from files escaped."""

from pathlib import Path

import pandas as pd
import pytest

from coculture.report import Results, figures_below, render
from coculture.study import schemas


def _results(**changes: object) -> Results:
    section = {"study": "mine", "tables": {"cultures": "c.csv", "flow": "f.csv", "elisa": "e.csv"}}
    section |= {"factors": [], "cells": {"reference": "control"}, "flow": {}}
    config = schemas.with_defaults(section, schemas.schema("config"))
    finding = {
        "id": "1a",
        "finding": "DEX lowers IL-6",
        "verdict": "not shown",
        "estimate": 0.9,
        "lower": 0.5,
        "upper": 1.6,
        "p": 0.3,
        "p_holm": 0.3,
        "n": 3,
        "reason": "first test; second test",
        "sentence": "IL-6 was <b>90 %</b> of the untreated level.",
        "caveat": "",
        "advice": "",
    }
    tables: dict[str, object] = {
        "config": config,
        "cultures": pd.DataFrame({"experiment": ["E1"], "arm": ["control DEX"], "donor": [""]}),
        "findings": pd.DataFrame([finding]),
        "contrasts": pd.DataFrame({"endpoint": ["IL-6"]}),
        "arms": pd.DataFrame({"arm": ["control DEX"]}),
        "flow_wells": pd.DataFrame(),
        "elisa_wells": pd.DataFrame(),
    }
    return Results(**{**tables, **changes})  # type: ignore[arg-type]


def test_a_finding_is_told_with_verdict_sentence_and_tests() -> None:
    page = render(_results())
    for words in ("<b>1a</b>", "not shown", "DEX lowers IL-6", "<li>second test</li>"):
        assert words in page


def test_text_from_files_is_escaped() -> None:
    page = render(_results())
    assert "IL-6 was &lt;b&gt;90 %&lt;/b&gt; of the untreated level." in page


def test_simulated_data_are_called_so_and_only_they() -> None:
    assert "Simulated data" not in render(_results())
    results = _results()
    config = {**results.config, "simulated": True}
    assert "Simulated data" in render(_results(config=config))


def test_what_is_flagged_excluded_and_out_of_range_is_told() -> None:
    wells = pd.DataFrame(
        {
            "plate": "P1",
            "well": ["A1", "A2", "A3", "A4"],
            "culture": ["a", "b", "c", ""],
            "role": ["sample", "sample", "sample", "unassigned"],
            "state": ["ok", "below_lloq", "excluded", "ok"],
            "flags": ["replicates differ (30 %, limit 20 %); odd", "", "", ""],
            "excluded": ["", "", "bubble", "not in elisa.csv"],
        }
    )
    page = render(_results(elisa_wells=wells))
    assert "Left out: 0 FCS files and 1 ELISA well, each listed" in page
    assert "1 below LLOQ" in page
    assert "2 quality flags raised" in page
    assert "replicates differ (30 %, limit 20 %)" in page
    assert "1 wells of the plate exports are not in the ELISA table" in page


def test_a_failed_plate_is_told_first_with_its_reasons() -> None:
    passed = {"IL-6": {"verdict": "pass", "reasons": []}}
    failed = {"IL-6": {"verdict": "fail", "reasons": ["Only 3 standards pass."]}}
    page = render(_results(curves={"P1": passed, "P2": failed}))
    assert "Plate P2 failed for IL-6: Only 3 standards pass. Its values are flagged." in page
    assert "Plate P1" not in page
    assert page.index("Plate P2") < page.index("<b>1a</b>")


def test_a_gate_set_by_hand_is_told_first() -> None:
    gates = {
        "E1": {"populations": {"myeloma": {"annexin": {"rule": "manual"}}}},
        "E2": {"populations": {"myeloma": {"annexin": {"rule": "live_peak: mode + 2.4 SD"}}}},
    }
    page = render(_results(gates=gates))
    assert "Gates set by hand: E1 myeloma annexin." in page
    assert "annexin by live peak, mode + 2.4 SD or manual" in page


def test_figures_are_placed_by_their_folders_and_embedded(tmp_path: Path) -> None:
    path = tmp_path / "flow" / "E1" / "contact_sheet.svg"
    path.parent.mkdir(parents=True)
    path.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    figures = figures_below(tmp_path, [path, path.with_suffix(".png")])
    assert [(one.part, one.subject, one.kind) for one in figures] == [
        ("flow", "E1", "contact_sheet")
    ]
    wells = pd.DataFrame(
        {"experiment": ["E1"], "fcs": ["a.fcs"], "role": "sample", "flags": "", "excluded": ""}
    )
    page = render(_results(figures=figures, flow_wells=wells))
    assert 'src="data:image/svg+xml;base64,' in page
    assert "Every well" in page


@pytest.mark.parametrize("missing", ["findings"])
def test_a_study_without_findings_has_its_page(missing: str) -> None:
    page = render(_results(**{missing: pd.DataFrame()}))
    assert "The config states no findings" in page
