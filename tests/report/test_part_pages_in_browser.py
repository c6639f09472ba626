"""The pages of a large study as a reader meets them, opened from disk in a headless Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from coculture.report import pages
from tests.accessibility import serious_faults
from tests.report.conftest import EVIL
from tests.report.large_study import (
    CONSTRUCTOR,
    EXPERIMENTS,
    PROTO,
    WELLS,
    large_parts,
    large_results,
)
from tests.report.test_page_in_browser import listen

ALL = len(EXPERIMENTS) * WELLS
"""Flags, and cultures, of the study."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the report, with its pages."""
    folder = tmp_path_factory.mktemp("large")
    results = large_results(folder / "figures")
    (folder / "report").mkdir()
    for path, text in pages(results, large_parts(results)):
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def tab(browser: Browser, folder: Path) -> Iterator[Page]:
    """report.html, opened; nothing but pages of the report may be asked for, and no error said."""
    said: list[str] = []
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    listen(tab, said)
    tab.goto((folder / "report.html").as_uri())
    yield tab
    tab.close()
    assert [one for one in said if not one.startswith(folder.as_uri())] == []


def flags_of(tab: Page) -> Locator:
    return tab.locator(".table").filter(has=tab.locator("#flags"))


def highlighted(tab: Page) -> set[str]:
    names = tab.locator(".highlighted").evaluate_all("all => all.map(one => one.dataset.culture)")
    return set(names)


def test_a_long_table_is_turned_page_by_page_and_drops_no_row(tab: Page) -> None:
    box = flags_of(tab)
    rows, pager = box.locator("tbody tr"), box.locator(".pager")
    expect(box.locator("output")).to_have_text(f"{ALL} rows")
    expect(rows).to_have_count(50)
    expect(pager.locator(".range")).to_have_text("1–50")
    first = rows.all_inner_texts()
    expect(pager.get_by_role("button", name="Previous")).to_be_disabled()
    pager.get_by_role("button", name="Next").click()
    expect(pager.locator(".range")).to_have_text(f"51–{ALL}")
    expect(pager.get_by_role("button", name="Next")).to_be_disabled()
    both = [*first, *rows.all_inner_texts()]
    assert len(set(both)) == ALL


def test_a_filter_finds_rows_of_every_page(tab: Page) -> None:
    box = flags_of(tab)
    box.get_by_role("searchbox").fill("E11-DEX")
    expect(box.locator("tbody tr")).to_have_count(WELLS)
    expect(box.locator("output")).to_have_text(f"{WELLS} of {ALL} rows")
    expect(box.locator(".pager")).to_be_hidden()


def test_a_heading_sorts_all_rows_and_not_only_those_in_sight(tab: Page) -> None:
    box = flags_of(tab)
    heading = box.locator("th", has_text="culture")
    heading.get_by_role("button").click()
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    assert "E11-DEX-12" in box.locator("tbody tr", has_text="E11-").first.inner_text()


def test_a_flag_leads_to_the_figure_on_its_page_and_selects_the_culture(tab: Page) -> None:
    box = flags_of(tab)
    box.get_by_role("searchbox").fill("E10-DEX-7")
    box.get_by_role("link", name="Every well, E10").click()
    tab.wait_for_url("**/experiment-E10.html?culture=E10-DEX-7#figure-1")
    assert highlighted(tab) == {"E10-DEX-7"}
    assert tab.locator("figure .halo").count() == 1
    expect(tab.locator(".inspector b")).to_have_text("E10-DEX-7")
    tab.locator(".inspector").get_by_role("link", name="Report").click()
    tab.wait_for_url("**/report.html?culture=E10-DEX-7")
    assert highlighted(tab) == {"E10-DEX-7"}


def test_a_selected_culture_comes_into_sight_in_long_tables(tab: Page) -> None:
    tab.get_by_label("Find a culture").fill("E11-DEX-12")
    expect(flags_of(tab).locator(".range")).to_have_text(f"51–{ALL}")
    expect(flags_of(tab).locator("tr.highlighted")).to_have_count(1)
    links = tab.locator(".inspector").get_by_role("link")
    expect(links.filter(has_text="Experiment E11")).to_have_count(1)


def test_the_arrow_keys_go_on_to_the_next_page_of_rows(tab: Page) -> None:
    rows = flags_of(tab).locator("tbody tr")
    last = rows.nth(49).locator("td").nth(4).inner_text()
    rows.nth(49).focus()
    tab.keyboard.press("ArrowDown")
    expect(flags_of(tab).locator(".range")).to_have_text(f"51–{ALL}")
    assert highlighted(tab) != {last}
    expect(rows.first).to_be_focused()
    tab.keyboard.press("ArrowUp")
    expect(flags_of(tab).locator(".range")).to_have_text("1–50")
    assert highlighted(tab) == {last}
    assert flags_of(tab).locator('tr[tabindex="0"]').count() == 1


def test_a_row_that_was_turned_away_loses_its_highlight(tab: Page) -> None:
    box = flags_of(tab)
    box.locator("tbody tr").nth(2).click()
    box.get_by_role("button", name="Next").click()
    tab.keyboard.press("Escape")
    box.get_by_role("button", name="Previous").click()
    expect(box.locator("tr.highlighted")).to_have_count(0)


def test_print_has_every_row(tab: Page) -> None:
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(flags_of(tab).locator("tbody tr")).to_have_count(ALL)
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(flags_of(tab).locator("tbody tr")).to_have_count(50)


def test_without_a_script_the_page_says_where_the_other_rows_are(
    browser: Browser, folder: Path
) -> None:
    tab = browser.new_context(java_script_enabled=False).new_page()
    tab.goto((folder / "report.html").as_uri())
    expect(flags_of(tab).locator("tbody tr")).to_have_count(50)
    rest = flags_of(tab).locator(".rest")
    expect(rest).to_be_visible()
    expect(rest).to_contain_text(f"The first 50 of {ALL} rows.")
    expect(rest.get_by_role("link", name="flags.csv")).to_have_attribute("href", "flags.csv")
    tab.context.close()


@pytest.mark.parametrize("name", [PROTO, CONSTRUCTOR, EVIL])
def test_names_that_mean_something_to_a_script_are_only_names(tab: Page, name: str) -> None:
    box = flags_of(tab)
    expect(box.locator("output")).to_have_text(f"{ALL} rows")
    box.locator("tbody tr").nth([EVIL, PROTO, CONSTRUCTOR].index(name)).click()
    assert highlighted(tab) == {name}
    tab.locator(".inspector").get_by_role("link", name="Experiment E1", exact=True).click()
    tab.wait_for_url("**/experiment-E1.html?culture=*")
    assert highlighted(tab) == {name}
    assert tab.locator(".inspector b").evaluate("one => one.textContent") == name


def test_a_page_is_not_told_to_select_what_it_does_not_know(tab: Page, folder: Path) -> None:
    for name in ("toString", "<img src=x onerror=alert(1)>", "E2-DEX-1"):
        tab.goto(f"{(folder / 'report/experiment-con.html').as_uri()}?culture={name}")
        assert highlighted(tab) == set()


@pytest.mark.parametrize("path", ["report.html", "report/experiment-E1.html"])
@pytest.mark.parametrize("width", [400, 1280])
def test_axe_finds_no_serious_fault(path: str, width: int, browser: Browser, folder: Path) -> None:
    tab = browser.new_page(viewport={"width": width, "height": 1000})
    tab.goto((folder / path).as_uri())
    for fold in tab.locator("details.fold > summary").all():
        fold.click()
    assert serious_faults(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.close()
