"""A study begun with `make new` gives the results of tables written by hand."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from coculture import new_study, simulate
from coculture.exchange import result_tables
from coculture.simulate.parameters import Mishaps
from tests.new_study import tables_of_numbers
from tests.new_study.instruments import fill_in, raw_folders

pytestmark = [pytest.mark.workflow, pytest.mark.long]
DESIGN = replace(simulate.EXAMPLE.design, experiments=3, wells=1, mishaps=Mishaps())
FINDING = """
comparison:
  findings:
    - id: "1"
      kind: higher
      endpoint: apoptosis
      statement: DEX raises apoptosis
      arm: {{cells: control, {column}: 1000}}
      compared_with: [{{cells: control}}]
"""


def test_new_and_written_tables_give_the_same_results(
    tmp_path: Path, workflow: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    written = tmp_path / "written"
    simulate.study(written, 3, replace(simulate.EXAMPLE, design=DESIGN))
    raw = raw_folders(written, tmp_path / "raw", "diva")
    (tmp_path / "config").mkdir()
    new_study.begin(tmp_path, "mine", raw.flow, raw.elisa, raw.maps)
    mine = tmp_path / "config" / "mine.yaml"
    fill_in(tmp_path / "data/raw/mine/mine.xlsx", mine)
    text = mine.read_text(encoding="utf-8").replace("name: cells,", "name: myeloma,")
    text = text.replace('"IL6", unit: ng/mL', '"IL6", unit: ng/mL, adds_analyte: IL-6')
    before, _, _ = text.partition("comparison:\n")
    mine.write_text(before + FINDING.format(column="DEX"), encoding="utf-8")
    hand = written / "config.yaml"
    config = yaml.safe_load(hand.read_text(encoding="utf-8"))
    config["comparison"] = yaml.safe_load(FINDING.format(column="dex_nM"))["comparison"]
    config["tables"].pop("clinical")
    hand.write_text(yaml.safe_dump(config), encoding="utf-8")
    for one in (mine, hand):
        run = workflow(tmp_path / "run", one)
        assert run.returncode == 0, run.stdout + run.stderr
    results = tmp_path / "run" / "results"
    for table, key in {
        "cultures.csv": "culture",
        "comparison/contrasts.csv": "estimate",
        "comparison/findings.csv": "estimate",
        "flow/E1/wells.csv": "culture",
        "elisa/IL6-E1/wells.csv": "well",
    }.items():
        made, expected = (
            result_tables.read(results / study / table)
            .sort_values(key, kind="stable")
            .select_dtypes("number")
            for study in ("mine", "written")
        )
        shared = [column for column in expected if column in made]
        assert len(shared) > 2
        np.testing.assert_allclose(
            np.sort(made[shared].to_numpy(float), axis=0),
            np.sort(expected[shared].to_numpy(float), axis=0),
            rtol=1e-9,
        )


def test_finished_numbers_give_the_results_of_written_tables(
    tmp_path: Path, workflow: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    tables_of_numbers.tables(tmp_path / "in")
    (tmp_path / "config").mkdir()
    new_study.begin(tmp_path, "mine", None, None, values=[tmp_path / "in"])
    mine = tmp_path / "config" / "mine.yaml"
    assert tables_of_numbers.fill_in(mine) == 2
    text = mine.read_text(encoding="utf-8")
    before, _, _ = text.partition("comparison:\n")
    mine.write_text(before + tables_of_numbers.CLAIM.format(dex="DEX"), encoding="utf-8")
    for one in (mine, tables_of_numbers.by_hand(tmp_path / "hand")):
        run = workflow(tmp_path / "run", one)
        assert run.returncode == 0, run.stdout + run.stderr
    results = tmp_path / "run" / "results"
    for table in ("contrasts.csv", "findings.csv", "endpoints.csv", "arms.csv"):
        made, hand = (
            result_tables.read(results / study / "comparison" / table) for study in ("mine", "hand")
        )
        columns = [one for one in ("endpoint", "contrast", "arm", "experiment") if one in hand]
        made, hand = (one.sort_values(columns, kind="stable") for one in (made, hand))
        assert len(made) == len(hand) > 0
        pd.testing.assert_frame_equal(
            made.reset_index(drop=True), hand.reset_index(drop=True), rtol=1e-12
        )
