"""What many tests use: the reference material and a small simulated study."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coculture import simulate

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
REFERENCE = ROOT.parent / "shared" / "reference"

SMALL = replace(simulate.EXAMPLE, design=replace(simulate.EXAMPLE.design, experiments=2, wells=1))


@pytest.fixture
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of reference material, which the project does not ship."""
    if not REFERENCE.is_dir():
        pytest.skip("../shared/reference is not there")
    return REFERENCE


@pytest.fixture(scope="session")
def small_study_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a small simulated study; not to be changed."""
    folder = tmp_path_factory.mktemp("simulated") / "small"
    simulate.study(folder, 7, SMALL)
    return folder


@pytest.fixture
def small_study(small_study_once: Path, tmp_path: Path) -> Path:
    """A copy of the small study that a test may break."""
    return Path(shutil.copytree(small_study_once, tmp_path / "small"))


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """A headless Chromium of this machine; without one the test skips, in CI it fails."""
    # Not at the top: most tests need no browser.
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        missing = f"no browser is installed ({', '.join(BROWSERS)})"
        if os.environ.get("CI", "").lower() not in ("", "0", "false"):
            pytest.fail(f"{missing}, and in CI the page must be tested in one")
        pytest.skip(f"{missing}; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()
