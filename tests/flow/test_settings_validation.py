"""What the flow section of the config may not say."""

from collections.abc import Callable
from typing import Any

import pytest

from coculture.flow import FlowSettings, FlowSettingsError

Settings = Callable[..., FlowSettings]

GFP = [{"channel": "GFP", "positive": True}]

SYTO9 = {"name": "SYTO9", "channel": "FL1-A", "living_cells": "positive"}


@pytest.mark.parametrize(
    ("section", "message"),
    [
        (
            {"channels": {"annexin": "FITC"}, "populations": [
                {"name": "m", "markers": [{"channel": "fitc", "positive": True}]}]},
            "'fitc' is the marker of 'm' and also flow.channels.annexin; one channel cannot",
        ),
        (
            {"populations": [{"name": "m", "markers": GFP}, {"name": "m", "markers": []}]},
            "the name 'm' is used twice",
        ),
        (
            {"populations": [{"name": "m", "markers": GFP, "same_cells_as": "x"}]},
            "same_cells_as 'x', which is not in the list",
        ),
        (
            {"channels": {"annexin": "FL1", "viability_dye": "fl1"}},
            "'FL1' is both annexin and viability_dye; the quadrants need two channels",
        ),
        (
            {"channels": {"forward_scatter_height": "FSC-A"}},
            "'FSC-A' is both forward_scatter_area and forward_scatter_height; .* write null",
        ),
        (
            {"thresholds": {"scope": "well", "viability_dye": "fmo"}},
            "flow.thresholds.scope: .* but flow.thresholds.viability_dye is fmo. Choose auto",
        ),
        (
            {"channels": {"viability_dye": "SSC-A"}},
            "'SSC-A' is both viability_dye and side_scatter_area; scatter is not a stain",
        ),
        (
            {"channels": {"annexin": "FSC-A"}},
            "'FSC-A' is both annexin and forward_scatter_area; scatter is not a stain",
        ),
        (
            {"populations": [{"name": "m", "markers": [
                {"channel": "GFP", "positive": True}, {"channel": "GFP", "positive": False}]}]},
            "'m' is both positive and negative in 'GFP', so no cell could be counted",
        ),
        ({"report_population": "x"}, r"'x' is not one of the populations \(all\)"),
        (
            {"gates": {"E1": {"x": {}}}},
            r"flow\.gates\.E1\.x: there is no population of this name, only all",
        ),
        (
            {"gates": {"E1": {"all": {"anexin": {"channels": ["A"]}}}}},
            r"flow\.gates\.E1\.all\.anexin: there is no gate of this name, only scatter, .*dye\. "
            r"Nearest: annexin\.$",
        ),
        (
            {"channels": {"annexin": None}, "gates": {"E1": {"all": {"annexin": {}}}}},
            r"flow\.gates\.E1\.all\.annexin: there is no gate of this name",
        ),
        ({"compensation": {"source": "csv"}}, "source csv needs the path of the table"),
        (
            {"thresholds": {"PI": "fmo"}},
            r"flow\.thresholds\.PI: there is no stain of this name, only annexin, viability_dye",
        ),
        (
            {"stains": [SYTO9], "thresholds": {"SYTO9": "live_peak"}},
            "live_peak needs living cells that are negative, but .* positive for SYTO9",
        ),
        (
            {"stains": [SYTO9], "thresholds": {"scope": "well"}},
            "flow.thresholds.scope: .* they are positive for SYTO9",
        ),
        (
            {"stains": [{"name": "annexin", "channel": "A"}]},
            "flow.stains: 'annexin' is the name of another gate",
        ),
        ({"stains": [{"name": "?", "channel": "A"}]}, "'\\?' has no letter or digit"),
        (
            {"stains": [{"name": "PI", "channel": "SSC-A"}]},
            "'SSC-A' of 'PI' is also flow.channels.side_scatter_area; scatter is not a stain",
        ),
        (
            {"stains": [{"name": "PI", "channel": "A"}, {"name": "pi", "channel": "a"}]},
            "the names 'PI' and 'pi' are the same in columns .* two stains need two channels",
        ),
        (
            {"stains": [{"name": "GFP", "channel": "GFP", "living_cells": "positive"}],
             "populations": [{"name": "m", "markers": GFP}]},
            "also the stain 'GFP' .*cells that lose GFP would leave the population",
        ),
        (
            {"outcomes": [{"name": "dead", "cells": {"PI": "positive"}}]},
            "flow.outcomes: outcomes are read from the stains of flow.stains, but there are none",
        ),
        (
            {"stains": [SYTO9], "outcomes": [{"name": "dead", "cells": {"SYTO": "negative"}}]},
            r"flow\.outcomes\.dead\.cells: there is no stain of this name, only SYTO9\. Nearest",
        ),
        (
            {"stains": [SYTO9], "outcomes": [
                {"name": "dead", "cells": {"SYTO9": "negative"}},
                {"name": "Dead", "cells": {"SYTO9": "positive"}}]},
            "'Dead' and 'dead' are the same in columns",
        ),
        (
            {"channels": {"annexin": "膜"}},
            r"flow\.channels\.annexin: '膜' has no Latin or Greek letter and no digit; columns",
        ),
        (
            {"populations": [
                {"name": "m", "markers": [{"channel": "CD138-PE", "positive": True}]},
                {"name": "n", "markers": [{"channel": "cd138 pe", "positive": True}]}]},
            r"flow\.populations: 'CD138-PE' and 'cd138 pe' are the same in columns .*\(cd138_pe\)",
        ),
    ],
)  # fmt: skip
def test_contradictions_are_refused(
    flow_settings: Settings, section: dict[str, Any], message: str
) -> None:
    with pytest.raises(FlowSettingsError, match=message):
        flow_settings(**section)


def test_all_contradictions_are_listed_at_once(flow_settings: Settings) -> None:
    block = {"channels": ["A"], "threshold": 1.0}
    with pytest.raises(FlowSettingsError) as caught:
        flow_settings(
            populations=[{"name": "myeloma", "markers": GFP}],
            gates={
                "E1": {"Myeloma": {"annexin": block}},
                "E2": {"myeloma": {"Annexin V": block, "gfp": block, "GFP": block}},
            },
            report_population="x",
        )
    message = str(caught.value)
    assert (
        "flow.gates.E1.Myeloma: there is no population of this name, only myeloma. Nearest"
        in message
    )
    assert "flow.gates.E2.myeloma.Annexin V: there is no gate" in message
    assert "Nearest: annexin. flow.gates.E2.myeloma.gfp: there is no gate" in message
    assert "Nearest: GFP. flow.report_population: 'x'" in message
    assert "myeloma.GFP:" not in message


@pytest.mark.parametrize("name", ["annexin", "singlets", "PE-A"])
def test_a_marker_has_a_name_of_its_own(flow_settings: Settings, name: str) -> None:
    markers = [
        {"channel": "APC-A", "name": name, "positive": True},
        {"channel": "PE-A", "positive": False},
    ]
    with pytest.raises(FlowSettingsError, match=f"the marker name '{name}' of 'm' is also that of"):
        flow_settings(populations=[{"name": "m", "markers": markers}])
