"""The page: findings first, nothing from outside, and text that came from files escaped."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coculture import report
from coculture.exchange.figure_text import FigureText
from coculture.exchange.flags import Flag
from coculture.report import Results, read_figures
from tests.report.conftest import finished_numbers

Make = Callable[..., Any]
MakeResults = Callable[..., Results]


def render(results: Results) -> str:
    """The page without the elements that keep names and numbers in one line."""
    return re.sub(r'<span class="whole">(.*?)</span>', r"\1", report.render(results))


def test_a_finding_has_its_verdict_and_claim_and_the_tests_that_decided(
    results: MakeResults,
) -> None:
    page = render(results())
    for words in (
        "<b>1a</b>",
        "<span>not shown</span>",
        "DEX lowers IL-6",
        "1 not shown.",
        "Tested with</span> level 0.025",
    ):
        assert words in page
    assert re.findall("<li>([a-z]+ test.*?)</li>", page) == [
        *("first test (p = 0.3); weak", "third test (p = 0.4)")
    ]


def test_a_finding_without_tests_has_its_reason(results: MakeResults, finding: Make) -> None:
    table = pd.DataFrame([finding(id="9", verdict="not testable", reason="no arm; no value")])
    page = render(results(tables={"comparison/findings.csv": table}))
    assert "<li>no arm; no value</li>" in page


def test_a_verdict_says_what_the_correction_adds(results: MakeResults, finding: Make) -> None:
    words = "shown by its own test; not after correction for the 7 findings"
    row = finding(verdict="shown by its own test", verdict_in_words=words, family="main")
    page = render(results(tables={"comparison/findings.csv": pd.DataFrame([row])}))
    assert (
        f'<li class="shown-by-its-own-test">\n<p class="verdict"><b>1a</b> <span>{words}<' in page
    )
    assert "Tested with</span> level 0.025; family main (Holm)</p>" in page


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


def test_text_from_files_is_escaped(results: MakeResults) -> None:
    page = render(results())
    assert "IL-6 was &lt;b&gt;90 %&lt;/b&gt; of the untreated level." in page


def test_simulated_data_are_called_so_and_only_they(results: MakeResults, config: Make) -> None:
    assert "Simulated data" not in render(results())
    assert "Simulated data" in render(results(config=config(simulated=True)))


def test_what_is_flagged_excluded_and_outside_the_range_is_on_the_page(
    results: MakeResults,
    awkward_cultures: pd.DataFrame,
    awkward_elisa: pd.DataFrame,
    awkward_flags: tuple[Flag, ...],
) -> None:
    tables = {"elisa/wells.csv": awkward_elisa, "cultures.csv": awkward_cultures}
    page = render(replace(results(tables=tables), flags=awkward_flags))
    limits = page[page.index(">Limitations<") : page.index("</aside>")]
    for words in ("1 ELISA well", "1 below LLOQ", "P1, well A2: odd.", "E10-untreated-1"):
        assert words in limits
    quality = page[page.index('<section id="quality"') : page.index('<section id="excluded"')]
    assert quality.count("<tr") == 1 + 5
    assert "replicates differ (30 %, limit 20 %)" in quality
    assert "bubble" not in quality
    excluded = page[page.index('<section id="excluded"') : page.index('<section id="methods"')]
    assert '<tr data-culture="E1-DEX-1"><td class="short">ELISA</td>' in excluded
    assert '<td class="short">bubble</td>' in excluded
    assert "1 well in the plate exports is not listed" in excluded


def test_a_study_without_flags_says_so(results: MakeResults) -> None:
    page = render(results())
    assert "No data were flagged" in page
    assert "Nothing is excluded" in page
    assert ">Limitations<" not in page


def test_a_study_without_flags_says_that_nothing_drifted_only_if_that_was_looked_at(
    results: MakeResults,
) -> None:
    nothing_drifted = "nothing that was compared between experiments drifted"
    drift = pd.DataFrame({"experiment": ["E2"], "decades": [0.01]})
    assert nothing_drifted in render(results(tables={"flow/drift.csv": drift}))
    assert nothing_drifted not in render(results())


def test_a_figure_has_its_own_text_and_links_to_its_files(
    results: MakeResults, svg: Callable[[Path, FigureText], None], tmp_path: Path
) -> None:
    path = tmp_path / "flow" / "E 1" / "contact_sheet.svg"
    result = "Percent apoptotic is 8.04 % (a) to 41.9 % (b)."
    svg(path, FigureText("Every well", "Quadrants of every sample.", result))
    figures = read_figures(tmp_path, [path, path.with_suffix(".png"), path.with_suffix(".json")])
    page = render(results(figures=figures))
    assert ">Every well</h3>" in page
    assert f'aria-label="Every well, E 1. {result}"' in page
    assert "Quadrants of every sample.</p>" in page
    assert 'href="figures/flow/E%201/contact_sheet.png"' in page
    links = page[page.index("In the results folder:") :].partition("</p>")[0]
    assert "csv" not in links
    assert "json" not in links


def test_a_figure_without_a_result_is_described_by_its_caption(
    results: MakeResults, svg: Callable[[Path, FigureText], None], tmp_path: Path
) -> None:
    svg(tmp_path / "elisa" / "recovery.svg", FigureText("Recovery", "In percent of nominal."))
    figures = read_figures(tmp_path, [tmp_path / "elisa" / "recovery.svg"])
    assert 'aria-label="Recovery. In percent of nominal."' in render(results(figures=figures))


def test_the_same_results_give_the_same_page(results: MakeResults) -> None:
    assert render(results()) == render(results())


def test_a_study_without_findings_has_its_page(results: MakeResults) -> None:
    page = render(results(tables={"comparison/findings.csv": pd.DataFrame()}))
    assert "The config states no claim" in page


def test_one_assay_has_no_section_for_the_other(results: MakeResults, config: Make) -> None:
    tables = {"cultures": "c.csv", "flow": None, "elisa": "e.csv"}
    wells = pd.DataFrame({"plate": ["P1"], "role": "sample", "state": "ok", "flags": ""})
    page = render(
        results(config=config(tables=tables), tables={"elisa/wells.csv": wells.assign(excluded="")})
    )
    assert '<section id="elisa"' in page
    assert '<section id="flow"' not in page
    assert "FCS" not in page[page.index("<main") : page.index('<section id="glossary"')]


def test_finished_numbers_have_a_section_and_no_other_assay_a_word(
    results: MakeResults, config: Make
) -> None:
    assert "Finished numbers" not in render(results())
    tables = {"cultures": "c.csv", "flow": None, "elisa": None, "values": "v.csv"}
    cultures = pd.DataFrame(
        {
            "culture": ["E1-DEX-1", "E1-DEX-2"],
            "experiment": "E1",
            "arm": "DEX",
            "donor": "",
            "viability_value": [91.5, None],
            "viability_state": ["ok", "missing"],
            "il10_bound": [0.1, None],
            "il10_state": ["below_limit", "missing"],
        }
    )
    endpoints = pd.DataFrame(
        {
            "endpoint": ["viability_value", "ln_il10"],
            "name": ["viability", "IL-10"],
            "scale": ["points", "log"],
            "is_primary": True,
            "title": ["viability (%)", "IL-10 (ng/mL)"],
            "unit": ["%", "ng/mL"],
            "value_column": ["viability_value", "il10_value"],
            "bound_column": ["viability_bound", "il10_bound"],
            "state_column": ["viability_state", "il10_state"],
        }
    )
    software = {"python": "3.11", "packages": {"flowcytometrytools": "0.5.1", "numpy": "2.4"}}
    page = render(
        results(
            config=config(tables=tables),
            tables=finished_numbers()
            | {"cultures.csv": cultures, "comparison/endpoints.csv": endpoints},
            software=software,
        )
    )
    assert '<section id="values"' in page
    assert "<b>2</b> finished numbers" in page
    assert "Excluded: 1 row of finished numbers." in page
    assert '["viability 91.5 %","IL-10 below 0.1 ng/mL"]' in page
    shown = page[page.index("<body") : page.index('<script type="application/json"')]
    for word in ("FCS", "Flow", "ELISA", "LLOQ", "Annexin", "FMO", "PCLI"):
        assert word not in shown


def test_a_bound_lies_on_the_side_of_its_state_whatever_the_culture_is_called(
    results: MakeResults,
) -> None:
    cultures = pd.DataFrame(
        {
            "culture": ["below-1", "above-1"],
            "experiment": "E1",
            "arm": ["below DEX", "above DEX"],
            "donor": "",
            "apoptosis_state": "missing",
            "il6_pg_ml": float("nan"),
            "il6_state": ["above_uloq", "below_lloq"],
            "il6_bound_pg_ml": [6000.0, 46.9],
            "excluded": "",
        }
    )
    page = report.render(results(tables={"cultures.csv": cultures}))
    (data,) = re.findall(r'<script[^>]* id="culture-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert {name: values for name, _, values, *_ in json.loads(data)["cultures"]} == {
        "below-1": ["IL-6 above 6,000 pg/mL"],
        "above-1": ["IL-6 below 46.9 pg/mL"],
    }
