"""Dead cells that no outcome of the config counts carry a caution."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coculture.exchange.flags import Flag
from coculture.flow import gate_experiment
from coculture.flow.gating.checks.cells_in_no_outcome import CODE
from tests.flow.mishaps import other_stains
from tests.flow.mishaps.other_stains import ASSAYS

KEEPING_SYTO9 = replace(
    ASSAYS["syto9"], living=(17_000, 10), dying=(4700, 3500), own=(120, 26), events=1500
)
BOTH = {"SYTO9": "positive", "PI": "positive"}
DEAD = {"SYTO9": "negative", "PI": "positive"}


def _flags(folder: Path, outcomes: Sequence[dict[str, Any]]) -> list[Flag]:
    made = other_stains.write(folder, KEEPING_SYTO9, with_controls=True)
    settings = other_stains.settings(KEEPING_SYTO9, outcomes=list(outcomes))
    return [flag for flag in gate_experiment(made.files, settings).flags if flag.code == CODE]


def test_dead_cells_that_keep_their_syto9_are_not_called_living_in_silence(tmp_path: Path) -> None:
    (flag,) = _flags(tmp_path, [{"name": "dead", "cells": DEAD}])
    assert (flag.severity, flag.concerns.kind, flag.concerns.experiment) == (
        *("caution", "experiment", "E1"),
    )
    assert flag.value == pytest.approx(1.0, abs=0.02)
    assert "most are SYTO9-positive and PI-positive" in flag.sentence
    assert '("dead")' in flag.sentence


def test_an_outcome_that_counts_them_is_enough(tmp_path: Path) -> None:
    assert _flags(tmp_path, [{"name": "PI-positive", "cells": {"PI": "positive"}}]) == []
    both = [{"name": "dead", "cells": DEAD}, {"name": "dying", "cells": BOTH}]
    assert _flags(tmp_path, both) == []
