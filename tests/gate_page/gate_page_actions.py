"""What a person does on the gate page."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page


def slider(tab: Page, name: str) -> Locator:
    """The handle of a gate of the large plot."""
    return tab.get_by_role("slider", name=name)


def choose_plot(tab: Page, title: str) -> None:
    """Show another gate."""
    tab.locator("#plots label").filter(has_text=re.compile(f"^{re.escape(title)}$")).click()


def choose_well(tab: Page, fcs: str) -> None:
    """Show another well large."""
    tab.evaluate("fcs => tiles.find((tile) => tile.tube.fcs === fcs).button.click()", fcs)


def percents(tab: Page) -> dict[str, float]:
    """FCS file -> the percent below its small plot, of all that have one."""
    found = tab.evaluate(
        "tiles.map((tile) => [tile.tube.fcs, tile.percent.textContent.split(' ')[0]])"
    )
    return {fcs: float(text) for fcs, text in found if text not in ("–", "excluded")}


def fill_reasons(tab: Page, reason: str) -> None:
    """Open the dialog, and give a reason for each change, a name and a date."""
    tab.locator("#save").click()
    for field in tab.locator("#reasons input").all():
        field.fill(reason)
    tab.get_by_label("Your name or initials").fill("RK")
    tab.get_by_label("Date").fill("2026-11-29")


def save(tab: Page, to: Path, reason: str = "shoulder of the live peak") -> str:
    """Save a page that was opened from disk; the text of the downloaded file."""
    fill_reasons(tab, reason)
    with tab.expect_download() as saving:
        tab.get_by_role("button", name="Save", exact=True).click()
    saving.value.save_as(to)
    return to.read_text(encoding="utf-8")


def drag(tab: Page, handle: Locator, across: float, up: float) -> None:
    """Drag a handle with the mouse by pixels."""
    grip = handle.locator(".grip, circle.gate").bounding_box()
    assert grip is not None
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    for part in (0.3, 0.7, 1.0):
        tab.mouse.move(x + part * across, y - part * up)
    tab.mouse.up()
