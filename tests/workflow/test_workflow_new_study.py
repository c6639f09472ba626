"""A study begun with `make new` gives the results of tables written by hand."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from coculture import new_study, simulate
from coculture.exchange import result_tables
from coculture.simulate.parameters import Mishaps
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
    mine.write_text(text + FINDING.format(column="DEX"), encoding="utf-8")
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
