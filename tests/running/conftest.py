"""Steps whose scripts are written by the test."""

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coculture.running.step import Step, Steps


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., Step]:
    """Makes a step whose `main` has the given body: `script("print('x')", part="E1", a=1)`."""

    def make(
        body: str, name: str = "own", part: str = "", after: list[Step] | None = None, **given: Any
    ) -> Step:
        folder = tmp_path / "scripts"
        folder.mkdir(exist_ok=True)
        text = f"def main(inputs, outputs, parameters):\n{textwrap.indent(body, '    ')}\n"
        (folder / f"{name}.py").write_text(f"import errno, os, sys, time\n\n{text}")
        return Steps(folder, "the packages").step(name, part, after or [], **given)

    return make
