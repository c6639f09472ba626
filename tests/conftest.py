"""What many tests use: the reference material and a small simulated study."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from coculture import simulate

ROOT = Path(__file__).parents[1]
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
