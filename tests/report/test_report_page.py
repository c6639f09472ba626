"""The page: findings first, nothing from outside, and text that came from files escaped."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from coculture import report
from coculture.report import Results, figure_tables, figures_below, read_results

Make = Callable[..., Any]
MakeResults = Callable[..., Results]


def render(results: Results) -> str:
    """The page without the marks that keep names and numbers whole at the end of a line."""
    return re.sub(r'<span class="whole">(.*?)</span>', r"\1", report.render(results))


def test_a_finding_is_told_with_verdict_sentence_and_tests(results: MakeResults) -> None:
    page = render(results())
    for words in ("<b>1a</b>", "not shown", "DEX lowers IL-6", "<li>second test</li>"):
        assert words in page
    assert "1 claim is stated in the config: 1 not shown." in page


@pytest.mark.parametrize(
    ("verdict", "tag"), [("not testable", "To test it"), ("not shown", "To decide it")]
)
def test_advice_is_no_part_of_the_claim(
    results: MakeResults, finding: Make, verdict: str, tag: str
) -> None:
    table = pd.DataFrame([finding(verdict=verdict, advice="Repeat these arms.")])
    page = render(results(tables={"comparison/findings.csv": table}))
    claim = page[page.index(">Claim<") :].partition("</p>")[0]
    assert claim == ">Claim</span> DEX lowers IL-6."
    assert f'<span class="tag">{tag}</span> Repeat these arms.</p>' in page


def test_recovery_is_told_as_the_figure_shows_it(results: MakeResults, tmp_path: Path) -> None:
    path = tmp_path / "elisa" / "standards_recovery.svg"
    path.parent.mkdir()
    path.write_text("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 72 72'/>")
    path.with_suffix(".csv").write_text(
        "mark,value\nstandard,91.46\nstandard,106.3\nstandard,98\nmean,99\ncontrol,80.9\n"
    )
    page = render(results(figures=figures_below(tmp_path, sorted(tmp_path.rglob("*.*")))))
    assert "each the mean of its wells, were read back at 91.5 to 106 %, median 98 %." in page
    assert "Controls, each a well, were read back at 80.9 to 80.9 %" in page


def test_text_from_files_is_escaped(results: MakeResults) -> None:
    page = render(results())
    assert "IL-6 was &lt;b&gt;90 %&lt;/b&gt; of the untreated level." in page


def test_simulated_data_are_called_so_and_only_they(results: MakeResults, config: Make) -> None:
    assert "Simulated data" not in render(results())
    assert "Simulated data" in render(results(config=config(simulated=True)))


def test_what_is_flagged_excluded_and_out_of_range_is_told(
    results: MakeResults, awkward_cultures: pd.DataFrame, awkward_elisa: pd.DataFrame
) -> None:
    states = ["ok", "below_lloq", "missing", "below_lloq", "above_uloq"]
    elisa_cultures = pd.DataFrame({"analyte": "IL-6", "state": states, "flags": ""})
    elisa_cultures["culture"] = [f"c{i}" for i in range(len(states))]
    tables = {
        "elisa/wells.csv": awkward_elisa,
        "elisa/cultures.csv": elisa_cultures,
        "cultures.csv": awkward_cultures,
    }
    page = render(results(tables=tables))
    assert "Left out: 1 ELISA well, each listed" in page
    assert "outside the range that ELISA can quantify: 1 above ULOQ and 2 below LLOQ." in page
    assert "3 quality flags raised (3 in ELISA)" in page
    assert "replicates differ (30 %, limit 20 %)" in page
    assert "1 culture without a measurement: E10-untreated-1." in page
    assert "1 well of the plate exports is not in the ELISA table and not used." in page


def test_an_assay_that_was_not_made_is_not_missing(
    results: MakeResults, awkward_cultures: pd.DataFrame
) -> None:
    elisa_alone = awkward_cultures.assign(
        percent_apoptotic=float("nan"), excluded="not measured by flow cytometry"
    )
    assert "without a measurement" not in render(results(tables={"cultures.csv": elisa_alone}))


def test_a_failed_plate_is_told_first_with_its_reasons(results: MakeResults) -> None:
    entry: dict[str, Any] = {"limits": {}, "fit": None, "checks": []}
    passed = {"IL-6": {"verdict": "pass", "reasons": [], **entry}}
    reasons = ["Only 3 standards pass.", "R²: 0.5, limit 0.9"]
    failed = {"IL-6": {"verdict": "fail", "reasons": reasons, **entry}}
    page = render(results(curves={"P1": passed, "P2": failed}))
    assert "Plate P2 failed for IL-6: Only 3 standards pass; R²: 0.5, limit 0.9. Its values" in page
    assert "Plate P1" not in page


def test_a_gate_set_by_hand_is_told(results: MakeResults) -> None:
    def gate(rule: str) -> dict[str, Any]:
        block = {"rule": rule, "channels": ["R660-A"], "threshold": 178.2}
        return {"populations": {"myeloma": {"annexin": block}}}

    page = render(
        results(gates={"E1": gate("manual"), "E2": gate("live_peak: mode + 2.4 SD, median")})
    )
    assert "Gates set by hand: E1 myeloma annexin." in page
    assert "annexin by live peak, mode + 2.4 SD, median or manual" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pooled_error_verdict": "shown"}, "Finding 1a would be “shown” if the pooled-error"),
        ({}, ""),
    ],
)
def test_analyses_that_disagree_are_told(
    results: MakeResults, finding: Make, changes: dict[str, str], words: str
) -> None:
    table = pd.DataFrame([finding(**changes)])
    page = render(results(tables={"comparison/findings.csv": table}))
    assert ("would be “" in page) == bool(words)
    assert words in page


def test_too_few_experiments_and_missing_arms_are_told(results: MakeResults) -> None:
    tests = pd.DataFrame({"id": ["1a", "1a", "2b"], "left_out": "E3 lacks control DEX"})
    cultures = pd.DataFrame({"experiment": ["E1"], "arm": ["DEX"], "donor": [""]})
    page = render(results(tables={"comparison/finding_tests.csv": tests, "cultures.csv": cultures}))
    assert "could enter every finding: E3 lacks control DEX (1a and 2b)." in page
    assert "There is only 1 experiment" in page
    assert "<b>1</b> experiment</span>" in page


def test_a_figure_says_its_result_and_where_its_files_are(
    results: MakeResults, tmp_path: Path
) -> None:
    path = tmp_path / "flow" / "E 1" / "contact_sheet.svg"
    path.parent.mkdir(parents=True)
    path.write_text("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 72 72'/>")
    figures = figures_below(tmp_path, [path, path.with_suffix(".png")])
    wells = pd.DataFrame(
        {
            "experiment": ["E 1", "E 1"],
            "fcs": ["a.fcs", "b.fcs"],
            "role": "sample",
            "culture": ["a", "b"],
            "percent_apoptotic": [8.04, 41.9],
            "flags": "",
            "excluded": "",
        }
    )
    page = render(results(figures=figures, tables={"flow/wells.csv": wells}))
    result = "Percent apoptotic runs from 8.04 % (a) to 41.9 % (b) over 2 cultures."
    assert f'aria-label="Every well, E 1. {result}"' in page
    assert 'href="figures/flow/E%201/contact_sheet.png"' in page
    assert "csv" not in page[page.index("In the results folder:") :][:200]


def test_of_many_arms_and_interactions_the_extremes_are_told(
    results: MakeResults, finding: Make, tmp_path: Path
) -> None:
    for kind in ("findings", "arms_apoptosis", "interaction_apoptosis"):
        path = tmp_path / "comparison" / f"{kind}.svg"
        path.parent.mkdir(exist_ok=True)
        path.write_text("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 72 72'/>")
    arms = pd.DataFrame(
        {"arm": list("abcd"), "mean": [8.0, 40.4, 7.14, 9.0], "relation": ["<=", "", "", ""]}
    )
    arms = arms.assign(low=arms["mean"], high=arms["mean"])
    estimates = [-2.0, 30.0, -31.2, 1.0]
    interactions = pd.DataFrame(
        {
            "contrast": list("wxyz"),
            "estimate": estimates,
            "lower": [one - 3 for one in estimates],
            "upper": [one + 3 for one in estimates],
            "ratio": float("nan"),
            "endpoint": "percent_apoptotic",
            "family": "interaction of two factors",
            "analysis": "per_experiment",
        }
    )
    tables = {
        "comparison/arms.csv": arms.assign(endpoint="percent_apoptotic", experiment="E1"),
        "comparison/contrasts.csv": interactions,
        "comparison/findings.csv": pd.DataFrame(
            [finding(id="1a"), finding(id="1b", verdict="shown"), finding(id="2")]
        ),
    }
    figures = figures_below(tmp_path, sorted(tmp_path.rglob("*.svg")))
    page = render(results(tables=tables, figures=figures))
    for words in (
        "by arm. Mean of 4 arms: lowest c 7.14 %, highest b 40.4 %. Of 1 arm only a bound is "
        "known.",
        "Of 4 interactions the strongest is y −31.2 points (95 % CI −34.2 to −28.2); 0 points, "
        "none, lies inside the interval of 2.",
        "at a glance. Shown: 1b; not shown: 1a and 2.",
    ):
        assert f'{words}"' in page


def test_spillover_is_told_of_its_own_experiment(
    results: MakeResults, config: Make, tmp_path: Path
) -> None:
    settings = tmp_path / "config.yaml"
    settings.write_text(yaml.safe_dump(config()))
    paths = []
    for experiment, share in {"E1": 0.117, "E2": 0.02}.items():
        path = tmp_path / experiment / "spillover.csv"
        path.parent.mkdir()
        path.write_text(f"stain,R660-A,B675-A\nR660-A,1.0,{share}\nB675-A,0.001,1.0\n")
        paths.append(str(path))
    read = read_results(str(settings), {"flow/spillover.csv": paths})
    assert list(read.table("flow/spillover.csv")["experiment"]) == ["E1", "E1", "E2", "E2"]
    path = tmp_path / "flow" / "E2" / "spillover.svg"
    path.parent.mkdir(parents=True)
    path.write_text("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 72 72'/>")
    page = render(results(figures=figures_below(tmp_path, [path]), tables=read.tables))
    assert "The largest spillover is 2 %, of the stain in R660-A seen in B675-A." in page


def test_the_plates_are_told_by_differences_inside_the_arms(
    results: MakeResults, tmp_path: Path
) -> None:
    path = tmp_path / "comparison" / "plates.svg"
    path.parent.mkdir()
    path.write_text("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 72 72'/>")
    path.with_suffix(".csv").write_text(
        "plate,well,measure,value,unit,difference,difference_unit\n"
        "P1,A1,Apoptotic cells,40,%,-2.5,percentage points\n"
        "P2,A1,Apoptotic cells,8,%,1.5,percentage points\n"
        "P2,A2,Apoptotic cells,90,%,,percentage points\n"
        "P1,A1,IL-6,9000,pg/mL,0.8,ratio\n"
        "P2,A1,IL-6,200,pg/mL,1.25,ratio\n"
    )
    page = render(results(figures=figures_below(tmp_path, sorted(tmp_path.rglob("*.*")))))
    assert (
        "Over 2 plates, wells against the mean of their arm in the experiment: Apoptotic cells "
        "−2.5 to 1.5 percentage points; IL-6 0.8-fold to 1.25-fold."
    ) in page


def test_a_figure_that_shows_nothing_is_left_away(results: MakeResults, tmp_path: Path) -> None:
    for name, rows in {"plates": "", "combination": "1\n"}.items():
        path = tmp_path / "comparison" / f"{name}.svg"
        path.parent.mkdir(exist_ok=True)
        path.write_text("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 72 72'/>")
        path.with_suffix(".csv").write_text(f"value\n{rows}")
    page = render(results(figures=figures_below(tmp_path, sorted(tmp_path.rglob("*.*")))))
    assert "The combination against what its parts predict" in page
    assert "Where the cultures stood" not in page


def test_experiments_are_chosen_from_in_the_order_of_their_numbers(
    results: MakeResults, tmp_path: Path
) -> None:
    for experiment in ("E1", "E10", "E2"):
        path = tmp_path / "flow" / experiment / "contact_sheet.svg"
        path.parent.mkdir(parents=True)
        path.write_text("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 72 72'/>")
    page = render(results(figures=figures_below(tmp_path, sorted(tmp_path.rglob("*.svg")))))
    assert re.findall(r'type="radio" name="subject-flow-1" value="(\w+)"', page) == [
        *("E1", "E2", "E10")
    ]


def test_the_same_results_give_the_same_page(results: MakeResults) -> None:
    assert render(results()) == render(results())


def test_a_study_without_findings_has_its_page(results: MakeResults) -> None:
    page = render(results(tables={"comparison/findings.csv": pd.DataFrame()}))
    assert "No claim is stated in the config" in page


def test_one_assay_has_no_section_for_the_other(results: MakeResults, config: Make) -> None:
    tables = {"cultures": "c.csv", "flow": None, "elisa": "e.csv"}
    wells = pd.DataFrame({"plate": ["P1"], "role": "sample", "state": "ok", "flags": ""})
    page = render(
        results(config=config(tables=tables), tables={"elisa/wells.csv": wells.assign(excluded="")})
    )
    assert '<section id="elisa"' in page
    assert '<section id="flow"' not in page
    assert "FCS" not in page[page.index("<main") : page.index('<section id="words"')]


def test_rows_of_figures_are_known_by_the_table_that_is_declared() -> None:
    paths = ["f/comparison/arms_il6_pooled_error.csv", "f/comparison/arms_apoptosis.csv"]
    assert figure_tables("f", [*paths, "f/comparison/arms_il6.svg", "f/flow/E1/new_kind.csv"]) == {
        "figures/comparison/arms.csv": paths,
        "figures/flow/new_kind.csv": ["f/flow/E1/new_kind.csv"],
    }


def test_a_bound_lies_on_the_side_of_its_state_whatever_the_culture_is_called(
    results: MakeResults,
) -> None:
    cultures = pd.DataFrame(
        {
            "culture": ["below-1", "above-1"],
            "experiment": "E1",
            "arm": ["below DEX", "above DEX"],
            "donor": "",
            "il6_pg_ml": float("nan"),
            "il6_state": ["above_uloq", "below_lloq"],
            "il6_bound_pg_ml": [6000.0, 46.9],
            "excluded": "",
        }
    )
    page = report.render(results(tables={"cultures.csv": cultures}))
    (data,) = re.findall(r'<script[^>]* id="culture-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert {name: about["values"] for name, about in json.loads(data).items()} == {
        "below-1": ["IL6 above 6,000 pg/mL"],
        "above-1": ["IL6 below 46.9 pg/mL"],
    }
