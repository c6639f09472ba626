"""`coculture plan` beside the results of a run."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from coculture.__main__ import main
from coculture.exchange import result_tables

JoinedStudy = Callable[..., pd.DataFrame]


def test_plan_at_the_command_line(
    joined_study: JoinedStudy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Beside the results of a run: progress, a table, a figure; stated SDs are said."""
    config = Path(__file__).parents[3] / "config" / "config.yaml"
    plan = tmp_path / "results" / "example" / "plan"
    result_tables.write(joined_study(), plan.parent / "cultures.csv", "cultures.csv")
    monkeypatch.chdir(tmp_path)
    command = ["coculture", "plan", str(config), "--runs", "20", "--sd", "IL-6", "arm", "0.8"]
    monkeypatch.setattr("sys.argv", command)
    main()
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("State first, for each finding, the effect that you expect")
    again = f"  .venv/bin/coculture plan {config} --effect 1a SIZE  (IL-6, ratio of the two arms)"
    assert told[2] == again
    assert any(", 0.8 between arms inside them, " in line for line in told)
    assert "1 of 21: 3 experiments of 1 well per arm" in told
    needed = told.index(
        "Needed for a power of 80 % by its own test, with as many wells as in this study "
        "(80 % limits):"
    )
    assert [line.split(":")[0].strip() for line in told[needed + 1 : -1]] == [
        *("1a", "1b", "2a", "2b", "2c", "3a", "3b", "every finding, each by itself")
    ]
    assert "effect found in 4 experiments, SD as stated" in told[needed + 1]
    files = "results/example/plan/experiments_needed.csv, power.csv, power.svg, power.png"
    assert told[-1] == f"Tables and figure: {files}"
    assert len(result_tables.read(plan / "power.csv")) == 8 * 7 * 3
    assert len(result_tables.read(plan / "experiments_needed.csv")) == 8
    assert (plan / "power.svg").exists()
    assert (plan / "power.png").exists()


def test_an_effect_that_means_nothing_ends_the_plan(
    joined_study: JoinedStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Path(__file__).parents[3] / "config" / "config.yaml"
    cultures = tmp_path / "results" / "example" / "cultures.csv"
    result_tables.write(joined_study(), cultures, "cultures.csv")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["coculture", "plan", str(config), "--effect", "9", "0.5"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert str(ended.value).startswith('there is no finding "9"; the config has 1a, 1b, 2a')
