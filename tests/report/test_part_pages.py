"""The pages of experiments and plates beside the report of a large study."""

import html
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest

from coculture.report import Results, pages, parts
from tests.report.large_study import (
    EXPERIMENTS,
    PLATE,
    PROTO,
    WELLS,
    cultures_of,
    large_parts,
    large_results,
)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return large_results(tmp_path_factory.mktemp("large") / "figures")


@pytest.fixture(scope="module")
def written(study: Results) -> dict[str, str]:
    return dict(pages(study, large_parts(study)))


@pytest.mark.parametrize(
    ("samples", "plates", "has_parts"),
    [
        ({f"E{i}": 60 for i in range(4)}, 8, False),
        ({f"E{i}": 1 for i in range(5)}, 0, True),
        ({"E1": 1}, 9, True),
        ({"E1": 241}, 0, True),
        ({}, 0, False),
    ],
)
def test_only_large_studies_have_pages_beside_the_report(
    samples: dict[str, int], plates: int, has_parts: bool
) -> None:
    found = parts(samples, [f"P{i}" for i in range(plates)])
    assert len(found) == (len(samples) + plates if has_parts else 0)


def test_names_of_pages_are_names_of_files_everywhere() -> None:
    names = ["con", "a/b", "ü", "..", "E1", "E1 ", "%41", "A"]
    found = [one.path for one in parts(dict.fromkeys([*names, "x"], 1), names)]
    for path in found:
        assert re.fullmatch(r"report/(experiment|plate)-[A-Za-z0-9_.%~-]+\.html", path)
    assert len({path.lower() for path in found}) == len(found)


def test_the_report_has_every_flag_and_no_figure_of_an_experiment(
    study: Results, written: dict[str, str]
) -> None:
    assert set(written) == {
        "report.html",
        *(f"report/experiment-{one}.html" for one in EXPERIMENTS),
        f"report/plate-{PLATE}.html",
    }
    main = html.unescape(written["report.html"])
    for flag in study.flags:
        said = flag.sentence.replace("<", "\\u003c").replace(">", "\\u003e")
        assert flag.sentence in main or said.replace("&", "\\u0026")[:30] in main
    assert main.count("<figure") == 1
    for one in EXPERIMENTS:
        assert written[f"report/experiment-{one}.html"].count("<figure") == 1
        assert f'href="report/experiment-{one}.html"' in main


def test_a_page_has_what_belongs_to_its_experiment_and_nothing_else(
    written: dict[str, str],
) -> None:
    page = written["report/experiment-con.html"]
    assert page.count("many doublets in con-DEX") >= WELLS
    assert "E10-DEX" not in page
    assert 'href="../report.html"' in page
    assert "A page of the report" in page


def test_a_page_leads_to_the_one_before_and_the_one_after(written: dict[str, str]) -> None:
    def neighbours(page: str) -> list[str]:
        return [
            unquote(before or after)
            for before, after in re.findall(
                r'<li><a href="([^"]+)">‹ |<li><a href="([^"]+)">[^<]+ ›</a>', page
            )
        ]

    first, second = "E1", "E2"
    assert neighbours(written[f"report/experiment-{first}.html"]) == [f"experiment-{second}.html"]
    assert neighbours(written[f"report/experiment-{second}.html"]) == [
        f"experiment-{first}.html",
        "experiment-E10.html",
    ]


def test_every_link_of_every_page_leads_to_a_page_and_a_place(written: dict[str, str]) -> None:
    ids = {path: set(re.findall(r'\bid="([^"]+)"', page)) for path, page in written.items()}
    links = 0
    for path, page in written.items():
        found = re.findall(r'<a\b[^>]* href="([^"]+)"', page)
        found += re.findall(r'"((?:report/)?experiment-[^"]*#figure-\d+)"', page)
        for address in map(html.unescape, found):
            bare, _, anchor = address.partition("#")
            bare = unquote(bare.partition("?")[0])
            there = str(Path("/", path).parent.joinpath(bare).resolve())[1:] if bare else path
            if there.endswith(".html") and there != "gates.html":
                links += 1
                assert not anchor or anchor in ids[there], address
    assert links > len(EXPERIMENTS) * WELLS


def test_only_the_pages_change_whose_experiment_did(
    study: Results, written: dict[str, str]
) -> None:
    """An edited threshold of one experiment."""
    wells = study.table("flow/wells.csv").copy()
    wells.loc[wells["experiment"] == "E2", "events_total"] = 7.0
    flags = [
        replace(one, sentence="other") if one.concerns.experiment == "E2" else one
        for one in study.flags
    ]
    edited = replace(study, tables={**study.tables, "flow/wells.csv": wells}, flags=flags)
    after = dict(pages(edited, large_parts(edited)))
    assert {path for path in after if after[path] != written[path]} == {
        "report.html",
        "report/experiment-E2.html",
    }


def test_pages_hold_no_address_of_a_network_and_allow_no_request(written: dict[str, str]) -> None:
    for path, page in written.items():
        addresses = set(re.findall(r"https?://[^/\s\"'<>)]+", page))
        # The name of a format, and references to read.
        assert addresses <= {"http://www.w3.org", "https://doi.org"}, path
        assert "default-src 'none'" in page
        assert (
            re.findall(r"<(?:img|script|link|iframe|object)\b[^>]*\s(?:src|href|data)=", page) == []
        )


def test_a_culture_is_known_on_each_page_that_shows_it(written: dict[str, str]) -> None:
    known = {
        path: {one for one in [*cultures_of("E2"), PROTO] if f'["{one}",' in page}
        for path, page in written.items()
    }
    assert known["report.html"] == {*cultures_of("E2"), PROTO}
    assert known["report/experiment-E2.html"] == set(cultures_of("E2"))
    assert known[f"report/plate-{PLATE}.html"] == set(cultures_of("E2")[:4])
    assert known["report/experiment-E1.html"] == {PROTO}


def test_wells_without_a_row_are_not_counted(study: Results) -> None:
    wells = study.table("elisa/wells.csv")
    others = wells.assign(role="unassigned", culture="")
    edited = replace(study, tables={**study.tables, "elisa/wells.csv": pd.concat([wells, others])})
    page = dict(pages(edited, large_parts(edited)))["report.html"]
    counted = re.search(rf">{PLATE}</a></td><td[^>]*>([0-9,]+)</td>", page)
    assert counted is not None
    assert int(counted[1]) == len(wells)
