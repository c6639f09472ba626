"""A study that has nothing but cultures and finished numbers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coculture.study import Study, StudyError, load

CULTURES = """\
culture,experiment,donor,cells,hours,replicate,len_uM,file
E1-untreated,E1,D1,MM1S,48,1,0,A1.fcs
E1-LEN,E1,D1,MM1S,48,1,10,A2.fcs
E2-untreated,E2,D1,MM1S,48,1,0,A1.fcs
E2-LEN,E2,D1,MM1S,48,1,10,A2.fcs
E3-untreated,E3,D2,MM1S,48,1,0,C1.fcs
E3-LEN,E3,D2,MM1S,48,1,10,C2.fcs
E4-untreated,E4,D2,MM1S,48,1,0,D1.fcs
E4-LEN,E4,D2,MM1S,48,1,10,D2.fcs
"""
CONFIG = """\
study: numbers
tables: {cultures: cultures.csv, values: values.csv}
factors: [{name: LEN, column: len_uM, unit: µM}]
cells: {reference: MM1S}
"""
NAMES = [line.split(",")[0] for line in CULTURES.splitlines()[1:]]

MakeStudy = Callable[..., Path]


def wide(heading: str = "viability_percent", **cells: str) -> str:
    """A table with one column for each endpoint: 50 for each culture, or its own cell."""
    lines = [f"culture,{heading}", *(f"{name},50" for name in NAMES)]
    for name, cell in cells.items():
        place = NAMES.index(name.replace("_", "-"))
        lines[place + 1] = f"{NAMES[place]},{cell}"
    return "\n".join(lines) + "\n"


@pytest.fixture
def study(tmp_path: Path) -> MakeStudy:
    """Writes the study with a table of values (text, or the bytes of a workbook): its config."""

    def make(values: str | bytes, config: str = CONFIG, cultures: str = CULTURES) -> Path:
        content = values if isinstance(values, bytes) else values.encode()
        (tmp_path / "values.csv").write_bytes(content)
        (tmp_path / "cultures.csv").write_text(cultures, encoding="utf-8")
        (tmp_path / "config.yaml").write_text(config, encoding="utf-8")
        return tmp_path / "config.yaml"

    return make


@pytest.fixture
def loaded(study: MakeStudy) -> Callable[..., Study]:
    """The study with a table of values, as `load` gives it."""
    return lambda *arguments, **more: load(study(*arguments, **more))


@pytest.fixture
def told(study: MakeStudy) -> Callable[..., list[str]]:
    """The problems of the study with a table of values."""

    def problems(*arguments: str | bytes, **more: str) -> list[str]:
        with pytest.raises(StudyError) as raised:
            load(study(*arguments, **more))
        return [str(problem) for problem in raised.value.problems]

    return problems
