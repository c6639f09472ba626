"""The page as a reader meets it, in a real headless Chromium, opened from disk."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

DEX_1, DEX_2 = "E1-DEX-1", "E1-DEX-2"


def listen(tab: Page, events: list[str]) -> None:
    """Add to `events` every request, message, error and dialog of the page."""

    def dismiss(dialog: Dialog) -> None:
        events.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    tab.on("console", lambda message: events.append(f"console: {message.text}"))
    tab.on("pageerror", lambda error: events.append(f"error: {error}"))
    tab.on("request", lambda request: events.append(request.url))
    tab.on("dialog", dismiss)


@pytest.fixture(scope="session")
def opened(browser: Browser, page: Path) -> Iterator[tuple[Page, list[str]]]:
    """The page, and everything that it asked for or complained about since it was opened."""
    events: list[str] = []
    tab = browser.new_page(viewport={"width": 1600, "height": 1000})
    listen(tab, events)
    tab.goto(page.as_uri())
    yield tab, events
    tab.close()


@pytest.fixture
def tab(opened: tuple[Page, list[str]], page: Path) -> Page:
    """The page as it is after opening, 1600 pixels wide."""
    tab, events = opened
    tab.set_viewport_size({"width": 1600, "height": 1000})
    tab.goto("about:blank")
    tab.goto(page.as_uri())
    events.clear()
    return tab


def highlighted(tab: Page) -> set[str]:
    """The cultures that are highlighted."""
    names = tab.locator(".highlighted").evaluate_all("all => all.map(one => one.dataset.culture)")
    return set(names)


def column(table: Locator, place: int) -> list[str]:
    """The texts of a column's visible cells."""
    cells = table.locator(f"tbody tr:not([hidden]) td:nth-child({place})")
    return [text.strip() for text in cells.all_inner_texts()]


def table(tab: Page, name: str) -> Locator:
    """The box of the table that is called so, unfolded."""
    box = tab.locator(".table").filter(has=tab.get_by_role("region", name=name, exact=True))
    for summary in tab.locator("details.fold:not([open]) > summary").filter(has_text=name).all():
        summary.click()
    return box


def test_opening_runs_no_text_as_code_and_makes_no_request(
    browser: Browser, page: Path, evil: str
) -> None:
    events: list[str] = []
    tab = browser.new_page()
    listen(tab, events)
    tab.goto(page.as_uri())
    assert events == [page.as_uri()]
    assert tab.locator("img").count() == 0
    assert tab.title() == "A study of <b>names</b>"
    names = tab.locator("[data-culture]").evaluate_all("all => all.map(one => one.dataset.culture)")
    assert evil in names
    tab.close()


ASKING = """() => new Promise((done) => {
  addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
  fetch("http://127.0.0.1:9/").catch(() => setTimeout(() => done("allowed to ask"), 300));
})"""


def test_the_page_cannot_make_requests(tab: Page, opened: tuple[Page, list[str]]) -> None:
    assert tab.evaluate(ASKING) == "connect-src"
    assert not any(event.startswith("http") for event in opened[1])


def test_every_link_leads_somewhere(tab: Page, page: Path) -> None:
    links = tab.locator("a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    ids = set(tab.locator("[id]").evaluate_all("all => all.map(one => one.id)"))
    provenance = {"provenance/software.json", "ro-crate-metadata.json"}
    written = {"report.xlsx", "columns.csv", "gates.html", *provenance}
    files = {unquote(link) for link in links if not link.startswith(("#", "https://doi.org/"))}
    assert {link[1:] for link in links if link.startswith("#")} <= ids
    figures = {name for name in files if name.startswith("figures/")}
    assert len(figures) == 3 * 7
    assert all((page.parent / name).is_file() for name in figures)
    assert all(name in written or name.endswith(".csv") for name in files - figures)


def test_no_two_elements_share_an_id(tab: Page) -> None:
    ids = tab.locator("[id]").evaluate_all("all => all.map(one => one.id)")
    assert len(ids) == len(set(ids))


def test_a_heading_sorts_by_number_and_is_marked_as_sorted(tab: Page) -> None:
    box = table(tab, "All cultures, both assays")
    heading = box.locator("th", has_text="apoptosis %")
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    place = 1 + heading.evaluate("one => one.cellIndex")
    assert column(box, place) == ["8", "9.5", "29", "30.5", "31.2", "–"]
    heading.get_by_role("button").press("Enter")
    expect(heading).to_have_attribute("aria-sort", "descending")
    assert column(box, place)[0] == "31.2"


def test_missing_values_are_last_in_both_directions(tab: Page) -> None:
    box = table(tab, "All cultures, both assays")
    concentration = box.get_by_role("button", name="IL-6 pg/mL").first
    place = 1 + concentration.evaluate("one => one.parentElement.cellIndex")
    for _ in range(2):
        concentration.click()
        assert column(box, place)[-1] == "–"
    box.get_by_role("button", name="experiment", exact=True).click()
    assert column(box, 2) == ["E1", "E1", "E1", "E2", "E2", "E10"]


def test_words_filter_a_table_and_the_count_is_shown(tab: Page) -> None:
    box = table(tab, "All quality flags")
    before = len(column(box, 1))
    box.get_by_role("searchbox").fill("elisa  OUTLIER")
    assert column(box, 7) == ["outlier <b>"]
    expect(box.locator("output")).to_have_text(f"1 of {before} rows")
    box.get_by_role("searchbox").fill("")
    expect(box.locator("output")).to_have_text(f"{before} rows")


def test_a_culture_under_the_pointer_is_highlighted_everywhere(tab: Page) -> None:
    mark = tab.locator(f'figure svg [data-culture="{DEX_2}"]').first
    mark.hover()
    assert highlighted(tab) == {DEX_2}
    of_figures = tab.locator("figure .highlighted").evaluate_all(
        "all => all.map(one => one.closest('figure').dataset.name)"
    )
    assert sorted(of_figures) == ["E1-contact_sheet", "P1-plate", "arms_il6"]
    assert tab.locator(".halo").count() == 3
    expect(tab.locator(".inspector")).to_contain_text("apoptosis 31.2 % · IL-6 below 46.9 pg/mL")
    tab.get_by_role("heading", level=1).hover()
    assert highlighted(tab) == set()
    expect(tab.locator(".inspector")).to_be_hidden()


def test_a_line_is_highlighted_without_a_ring(tab: Page) -> None:
    figure = tab.locator('figure[data-name="E2-contact_sheet"]')
    tab.locator(".chooser.subjects label", has_text="E2").first.click()
    line = figure.locator('[data-culture="E2-untreated-1"]')
    line.locator("use").first.hover(force=True)
    assert highlighted(tab) == {"E2-untreated-1"}
    stroke = "one => getComputedStyle(one).stroke"
    assert line.locator(":scope > path").evaluate(stroke) == "rgb(213, 94, 0)"
    assert figure.locator(".halo").count() == 0


def test_an_empty_frame_below_a_mark_can_be_pointed_at(tab: Page) -> None:
    frame = tab.locator(f'figure[data-name="P1-plate"] [data-culture="{DEX_2}"]')
    frame.scroll_into_view_if_needed()
    for _ in range(2):
        tab.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
    frame.hover(force=True)
    assert highlighted(tab) == {DEX_2}


def test_a_clicked_culture_stays_selected_until_escape(tab: Page) -> None:
    tab.locator(f'figure svg [data-culture="{DEX_1}"]').first.click()
    tab.get_by_role("heading", level=1).hover()
    assert highlighted(tab) == {DEX_1}
    expect(tab.locator(".inspector").get_by_role("link")).to_have_count(3)
    tab.keyboard.press("Escape")
    assert highlighted(tab) == set()
    tab.locator(f'figure svg [data-culture="{DEX_1}"]').first.click()
    tab.get_by_role("button", name="Deselect culture").click()
    tab.get_by_role("heading", level=1).hover()
    assert highlighted(tab) == set()


def test_the_awkward_name_is_shown_unchanged(tab: Page, evil: str) -> None:
    tab.get_by_label("Find a culture").fill("img src")
    tab.get_by_label("Find a culture").press("Enter")
    assert highlighted(tab) == {evil}
    name = tab.locator(".inspector b").evaluate("one => one.textContent")
    assert name == evil
    expect(tab.locator(".inspector")).to_contain_text("outlier <b>")


def test_the_keyboard_reaches_cultures_in_figures_and_tables(tab: Page) -> None:
    tab.get_by_role("group", name="IL-6, by arm").focus()
    tab.keyboard.press("ArrowRight")
    assert highlighted(tab) == {DEX_1}
    tab.keyboard.press("ArrowRight")
    assert highlighted(tab) == {DEX_2}
    tab.keyboard.press("Escape")
    box = table(tab, "All cultures, both assays")
    box.locator('tr[tabindex="0"]').focus()
    assert highlighted(tab) == {DEX_1}
    tab.keyboard.press("ArrowDown")
    assert highlighted(tab) == {DEX_2}
    assert box.locator('tr[tabindex="0"]').count() == 1


def test_tab_goes_from_the_skip_link_to_the_contents(tab: Page) -> None:
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("link", name="Skip to the findings")).to_be_focused()
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("link", name="Findings", exact=True)).to_be_focused()


def test_a_figure_is_enlarged_with_its_cultures_and_put_back(tab: Page) -> None:
    tab.set_viewport_size({"width": 400, "height": 800})
    plot = tab.get_by_role("group", name="IL-6, by arm")
    figure = tab.locator('figure[data-name="arms_il6"]')
    small = plot.locator("svg").bounding_box()
    assert small is not None
    assert small["width"] <= 400
    button = figure.get_by_role("button", name="Enlarge: IL-6, by arm")
    expect(button).to_have_text("⤢ Enlarge")
    plot.focus()
    tab.keyboard.press("Enter")
    dialog = tab.get_by_role("dialog", name="IL-6, by arm")
    expect(dialog).to_be_visible()
    large = plot.locator("svg").bounding_box()
    assert large is not None
    assert large["width"] == pytest.approx(6 * 96, abs=2)
    tab.keyboard.press("ArrowRight")
    assert highlighted(tab) == {DEX_1}
    assert dialog.locator(".halo").count() == 1
    expect(dialog.locator(".inspector b")).to_have_text(DEX_1)
    tab.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    assert tab.locator("section#comparison figure").count() == 4
    button.click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    assert plot.locator("xpath=ancestor::section[@id='comparison']").count() == 1


def test_figures_out_of_sight_are_drawn_once_the_page_is_used(tab: Page) -> None:
    drawn = """() => [...document.querySelectorAll(".plot svg")]
      .every((svg) => getComputedStyle(svg).contentVisibility === "visible")"""
    tab.wait_for_function(drawn)


def test_a_flag_links_to_its_figure_and_selects_the_culture(tab: Page) -> None:
    second = tab.locator('figure[data-name="E2-contact_sheet"]')
    expect(second).to_be_hidden()
    row = tab.locator("#flags tr", has_text="many doublets")
    row.get_by_role("link").click()
    expect(second).to_be_visible()
    expect(second).to_be_in_viewport()
    assert highlighted(tab) == {"E2-DEX-1"}
    assert second.locator(".halo").count() == 1
    expect(tab.get_by_role("radio", name="E2")).to_be_checked()


def test_the_analysis_switch_changes_tables_and_figures(tab: Page) -> None:
    box = table(tab, "All contrasts (exploratory)")
    figure = 'figure[data-name="contrasts_il6{}"]'
    assert [name.partition(" by ")[2] for name in column(box, 2)] == 3 * ["per_experiment"]
    expect(tab.locator(figure.format("_pooled_error"))).to_be_hidden()
    box.get_by_role("searchbox").fill("DEX")
    tab.get_by_role("radio", name="Pooled error").check()
    assert column(box, 2) == ["DEX by pooled_error"]
    expect(box.locator("output")).to_have_text("1 of 3 rows")
    expect(tab.locator(figure.format("_pooled_error"))).to_be_visible()
    expect(tab.locator(figure.format(""))).to_be_hidden()
    only_primary = tab.locator('figure[data-name="interaction_il6"] .primary-only')
    expect(only_primary).to_contain_text("primary analysis")
    expect(only_primary).to_be_visible()
    tab.get_by_role("radio", name="Pooled error").press("ArrowLeft")
    expect(only_primary).to_be_hidden()
    expect(tab.locator(figure.format(""))).to_be_visible()


def test_a_figure_is_saved_from_the_page_itself(tab: Page, page: Path, tmp_path: Path) -> None:
    figure = tab.locator('figure[data-name="arms_il6"]')
    with tab.expect_download() as saving:
        figure.get_by_role("button", name="Save arms_il6.csv").click()
    saving.value.save_as(tmp_path / "saved.csv")
    shown = page.parent / "figures" / "comparison" / "arms_il6.csv"
    assert (tmp_path / "saved.csv").read_bytes() == shown.read_bytes()
    with tab.expect_download() as saving:
        figure.get_by_role("button", name="Save arms_il6.svg").click()
    saving.value.save_as(tmp_path / "saved.svg")
    tab.goto((tmp_path / "saved.svg").as_uri())
    assert tab.evaluate("document.documentElement.getBBox().width") > 0


@pytest.mark.parametrize("width", [400, 1000, 1600])
def test_nothing_but_figures_and_tables_is_wider_than_the_window(tab: Page, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 900})
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.get_by_text("IL-6 was <b>90 %</b>").first.is_visible()
    assert tab.get_by_role("heading", name="Limitations").is_visible()
    top = tab.get_by_role("heading", name="Limitations").bounding_box()
    assert top is not None
    assert top["y"] < 900


def test_short_tables_do_not_scroll_and_wide_ones_show_a_hint(tab: Page) -> None:
    tab.set_viewport_size({"width": 1000, "height": 900})
    findings = table(tab, "Findings in numbers")
    scroll = findings.get_by_role("region")
    assert scroll.evaluate("one => one.scrollHeight - one.clientHeight") <= 0
    figure = tab.locator("#flags td.figure").first.bounding_box()
    assert figure is not None
    assert figure["x"] + figure["width"] < 1000
    more = findings.get_by_text("more columns")
    tab.set_viewport_size({"width": 400, "height": 900})
    expect(more).to_be_visible()
    scroll.evaluate("one => one.scrollTo(one.scrollWidth, 0)")
    expect(more).to_be_hidden()


def test_print_names_what_is_missing_and_the_analysis(tab: Page) -> None:
    said = tab.locator(".in-print")
    expect(said).to_be_hidden()
    tab.locator(".chooser.subjects label", has_text="E2").first.click()
    tab.emulate_media(media="print")
    try:
        expect(said).to_have_text(
            "Experiment E2 is printed here. To print E1, choose it on screen first."
        )
        expect(said).to_be_visible()
        chosen = tab.locator(".chooser.analysis label span")
        assert [one.is_visible() for one in chosen.all()] == [True, False]
        ink = chosen.first.evaluate("one => getComputedStyle(one).color")
        assert contrast(ink, "rgb(255, 255, 255)") > 4.5
        heights = (
            """all => all.filter((one) => getComputedStyle(one).maxHeight !== "none").length"""
        )
        assert tab.locator(".scroll").evaluate_all(heights) == 0
    finally:
        tab.emulate_media(media="screen")


def test_headings_are_in_order_and_landmarks_are_there(tab: Page) -> None:
    levels = tab.locator("h1, h2, h3, h4").evaluate_all("all => all.map(one => +one.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for landmark in ("navigation", "main", "banner", "contentinfo", "search"):
        assert tab.get_by_role(landmark).count() == 1


def test_every_figure_has_its_result_as_alternative_text(tab: Page) -> None:
    labels = tab.locator("svg[role=img]").evaluate_all(
        "all => all.map(one => one.getAttribute('aria-label'))"
    )
    assert len(labels) == 7
    assert (
        "IL-6, by arm. Geometric mean over experiments: DEX ≤ 200 pg/mL; untreated 3,000"
        in " ".join(labels)
    )


def contrast(ink: str, paper: str) -> float:
    """Contrast ratio of two colours given as rgb(r, g, b) (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        channels = [float(part) / 255 for part in re.findall(r"[\d.]+", colour)[:3]]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    light, dark = sorted((luminance(ink), luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


COLOURS = """() => {
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.checkVisibility()) continue;
    if (element.closest("script, svg")) continue;
    let behind = element;
    while (behind && /, 0\\)|transparent/.test(getComputedStyle(behind).backgroundColor))
      behind = behind.parentElement;
    const paper = behind ? getComputedStyle(behind).backgroundColor : "rgb(255, 255, 255)";
    found.add(`${getComputedStyle(element).color}|${paper}`);
  }
  return [...found];
}"""


def test_every_text_has_contrast(tab: Page) -> None:
    for summary in tab.locator("summary").all():
        summary.click()
    tab.locator(f'[data-culture="{DEX_2}"]').first.click()
    pairs = [pair.split("|") for pair in tab.evaluate(COLOURS)]
    assert len(pairs) > 5
    assert [(ink, paper) for ink, paper in pairs if contrast(ink, paper) < 4.5] == []


def test_no_message_or_error_while_the_page_is_used(
    tab: Page, opened: tuple[Page, list[str]]
) -> None:
    _, events = opened
    for heading in tab.locator("th button:visible").all():
        heading.click()
    for choice in tab.get_by_role("radio").all():
        choice.check()
    for link in tab.locator("a[data-show], nav a").all():
        link.click()
    assert events == []
