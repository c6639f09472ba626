"""`coculture gates import`: gates of FlowJo and of Gating-ML files as a gates file."""

import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from coculture.__main__ import main
from coculture.flow import FlowSettings, gate_experiment
from coculture.flow.fcs.header import read_header
from coculture.flow.interchange.gating_ml import reading
from coculture.flow.interchange.gating_ml.applying import FileEvents
from coculture.study import load

TUBE = """
<Sample>
  <DataSet uri="file:/C:/lab/{fcs}" sampleID="1"/>
  <transforms:spilloverMatrix prefix="Comp-" name="edited">
    <data-type:parameters><data-type:parameter data-type:name="R660-A"/>
      <data-type:parameter data-type:name="B675-A"/></data-type:parameters>
    <transforms:spillover data-type:name="R660-A">
      <transforms:coefficient data-type:parameter="R660-A" transforms:value="1"/>
      <transforms:coefficient data-type:parameter="B675-A" transforms:value="0.02"/>
    </transforms:spillover>
    <transforms:spillover data-type:name="B675-A">
      <transforms:coefficient data-type:parameter="R660-A" transforms:value="0.1"/>
      <transforms:coefficient data-type:parameter="B675-A" transforms:value="1"/>
    </transforms:spillover>
  </transforms:spilloverMatrix>
  <Transformations>
    <transforms:linear transforms:minRange="0" transforms:maxRange="262144" gain="1">
      <data-type:parameter data-type:name="FSC-A"/></transforms:linear>
    <transforms:biex transforms:length="256" transforms:maxRange="262144" transforms:neg="0"
      transforms:width="-100" transforms:pos="4.418539922">
      <data-type:parameter data-type:name="SSC-A"/></transforms:biex>
  </Transformations>
  <SampleNode name="{fcs}" count="{events}"><Subpopulations>
    <Population name="Cells" count="{cells}">
      <Gate gating:id="ID1"><gating:PolygonGate eventsInside="1" gating:id="ID1">
        <gating:dimension><data-type:fcs-dimension data-type:name="FSC-A"/></gating:dimension>
        <gating:dimension><data-type:fcs-dimension data-type:name="SSC-A"/></gating:dimension>
        {corners}
      </gating:PolygonGate></Gate>
      <Subpopulations>
        <Population name="Annexin+" count="5">
          <Gate gating:id="ID2"><gating:RectangleGate eventsInside="1" gating:id="ID2">
            <gating:dimension gating:min="{annexin}">
              <data-type:fcs-dimension data-type:name="Comp-R660-A"/></gating:dimension>
          </gating:RectangleGate></Gate>
        </Population>
        <Population name="Round" count="7">
          <Gate gating:id="ID3"><gating:EllipsoidGate gating:id="ID3"/></Gate>
        </Population>
      </Subpopulations>
    </Population>
  </Subpopulations></SampleNode>
</Sample>"""
CORNERS = [(30000, 500), (250000, 800), (240000, 200000), (60000, 150000)]
ROOT = (
    '<Workspace version="20.0" xmlns:gating="http://www.isac-net.org/std/Gating-ML/v2.0/gating" '
    'xmlns:transforms="http://www.isac-net.org/std/Gating-ML/v2.0/transformations" '
    'xmlns:data-type="http://www.isac-net.org/std/Gating-ML/v2.0/datatypes"><SampleList>'
)


def _corners() -> str:
    coordinate = '<gating:coordinate data-type:value="{}"/>'
    return "".join(
        f"<gating:vertex>{coordinate.format(x)}{coordinate.format(y)}</gating:vertex>"
        for x, y in CORNERS
    )


@pytest.fixture
def workspace(small_study: Path) -> Path:
    """A workspace with the samples of E1, in one of which Annexin V is divided elsewhere."""
    table = pd.read_csv(small_study / "flow.csv", dtype=str, keep_default_na=False)
    samples = table[(table["experiment"] == "E1") & (table["role"] == "sample")]["fcs"]
    tubes = [
        TUBE.format(
            fcs=Path(fcs).name,
            events=1,
            cells=1,
            corners=_corners(),
            annexin=600.0 if number else 750.5,
        )
        for number, fcs in enumerate(samples)
    ]
    path = small_study / "day.wsp"
    path.write_text(f"{ROOT}{''.join(tubes)}</SampleList></Workspace>")
    return path


def _run(monkeypatch: pytest.MonkeyPatch, *words: str | Path) -> None:
    monkeypatch.setattr(sys, "argv", ["coculture", "gates", "import", *map(str, words)])
    main()


def test_a_workspace_becomes_a_gates_file_that_the_study_is_gated_with(
    small_study: Path,
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    config = small_study / "config.yaml"
    steps = ["--as", "cells=Cells", "--as", "annexin=Annexin+", "--by", "RK", "--date", "today"]
    _run(monkeypatch, workspace, "--study", config, *steps)
    said = capsys.readouterr().out
    assert "Cells / Round: not read, because it is an EllipsoidGate, 7 as the file states" in said
    assert "Cells / Annexin+ -> annexin: " in said
    assert "5 as the file states (they differ)" in said
    written = yaml.safe_load((small_study / "config.gates.yaml").read_text())
    assert written["compensation"] == {"source": "csv", "file": "config.spillover.csv"}
    gates = written["gates"]["E1"]["myeloma"]
    assert gates["annexin"]["threshold"] == 600.0
    assert [one["threshold"] for one in gates["annexin"]["exceptions"]] == [750.5]
    assert [scale["name"] for scale in gates["cells"]["scales"]] == ["linear", "biex"]
    with pytest.raises(ValueError, match="drawn on another spillover"):
        load(config, with_events=False)
    of_config = yaml.safe_load(config.read_text())
    of_config["flow"]["compensation"] = {"source": "csv", "file": "config.spillover.csv"}
    config.write_text(yaml.safe_dump(of_config))
    study = load(config, with_events=False)
    settings = FlowSettings.from_config(study.flow_settings("E1"))
    gated = gate_experiment(pd.DataFrame(study.fcs_files("E1")), settings)
    blocks = gated.gates["populations"]["myeloma"]
    assert blocks["cells"]["source"] == blocks["annexin"]["source"] == "manual"
    # Gating-ML has no biex; what is written in its place keeps the same events.
    document = small_study / "gates.xml"
    document.write_text(gated.gating_ml)
    assert "biex" not in gated.gating_ml
    counted = gated.wells.set_index("fcs")["events_cells"]
    for file in study.fcs_files("E1")[:3]:
        events = FileEvents(read_header(file["path"]), reading.read(document))
        assert int(events.mask("myeloma.cells").sum()) == counted[file["fcs"]] > 0


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("cells=Round", "cannot be imported: it is an EllipsoidGate."),
        ("annexin=Cells", "a stain has a threshold, so its gate is a rectangle or a quadrant."),
        ("viability_dye=Annexin+", "it is on R660-A, and the stain is on B675-A."),
        ("annexin=Nothing", "no tube has a gate 'Nothing'. It has 'Cells', 'Cells / Annexin+'"),
        ("anexin=Annexin+", "the steps are scatter, side_scatter"),
        ("T/annexin=Annexin+", "the populations are myeloma."),
        ("annexin", "write step=gate, for example annexin=Q1."),
    ],
)
def test_what_cannot_be_a_step_is_refused_by_name(
    small_study: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch, step: str, said: str
) -> None:
    with pytest.raises(SystemExit) as error:
        _run(monkeypatch, workspace, "--study", small_study / "config.yaml", "--as", step, "--by=R")
    assert said in str(error.value)
    assert not (small_study / "config.gates.yaml").exists()


def test_gates_drawn_with_different_spillovers_are_refused(
    small_study: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compensated = 'data-type:name="Comp-R660-A"'
    text = workspace.read_text("utf-8")
    workspace.write_text(text.replace(compensated, 'data-type:name="R660-A"', 1), "utf-8")
    words = ("--study", small_study / "config.yaml", "--as", "annexin=Annexin+", "--by=R")
    with pytest.raises(SystemExit) as error:
        _run(monkeypatch, workspace, *words)
    assert "are drawn with different spillovers" in str(error.value)
