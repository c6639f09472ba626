"""FlowKit opens gates.xml and counts the same events, in an environment of its own.

FlowKit needs pandas < 3, so it cannot be installed beside the product.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from coculture.flow import FlowSettings, gate_experiment
from tests.flow.interchange.document_chains import document_chains
from tests.flow.interchange.test_gates_of_a_run import AFTER, BY_HAND, POPULATIONS

PACKAGE = "flowkit==1.3.2"


@pytest.fixture(scope="session")
def flowkit_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with FlowKit."""
    uv = shutil.which("uv") or str(Path(sys.prefix).resolve().parent / ".tools/bin/uv")
    folder = tmp_path_factory.mktemp("flowkit") / "env"
    python = folder / "bin/python"
    try:
        _run(uv, "venv", "--quiet", str(folder))
        _run(uv, "pip", "install", "--quiet", "--python", str(python), PACKAGE)
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"{PACKAGE} cannot be installed: {getattr(error, 'stderr', '') or error}")
    return python


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    return done.stdout


@pytest.mark.long
def test_flowkit_counts_the_same_to_the_event(
    flowkit_python: Path,
    make_experiment: Callable[[int], pd.DataFrame],
    flow_settings: Callable[..., FlowSettings],
    tmp_path: Path,
) -> None:
    files = make_experiment(1)
    settings = flow_settings(populations=POPULATIONS, gates={"E1": {"myeloma": BY_HAND}})
    gated = gate_experiment(files, settings)
    document = tmp_path / "gates.xml"
    document.write_text(gated.gating_ml, encoding="utf-8")
    paths = dict(zip(files["fcs"], files["path"], strict=True))
    asked = tmp_path / "asked.json"
    asked.write_text(json.dumps({"gates": str(document), "files": paths}))
    script = Path(__file__).with_name("flowkit_counts.py")
    counts = json.loads(_run(str(flowkit_python), str(script), str(asked)))
    wells = gated.wells.set_index(["fcs", "population"])
    compared = 0
    for chain in document_chains(document):
        for fcs in chain.files:
            for column, gates in AFTER.items():
                for gate in gates:
                    name = f"{chain.name}.{gate}"
                    if name in counts[fcs]:
                        assert counts[fcs][name] == wells.loc[(fcs, chain.population), column], name
                        compared += 1
    assert compared > 100
