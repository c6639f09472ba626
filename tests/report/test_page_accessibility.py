"""The report for people who do not see it, or use no mouse: what axe-core finds."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.accessibility import serious_faults


@pytest.mark.parametrize("width", [400, 1280])
def test_axe_finds_no_serious_fault(width: int, browser: Browser, page: Path) -> None:
    tab = browser.new_page(viewport={"width": width, "height": 1000})
    tab.goto(page.as_uri())
    for fold in tab.locator("details.fold > summary").all():
        fold.click()
    assert serious_faults(tab) == []
    tab.close()
