"""The flow section of the config as typed values."""

from collections.abc import Callable
from typing import Any

import pytest

from coculture.flow import FlowSettings
from coculture.study.schema import faults, schema

Settings = Callable[..., FlowSettings]

GFP = [{"channel": "GFP", "positive": True}]

SYTO9 = {"name": "SYTO9", "channel": "FL1-A", "living_cells": "positive"}


def test_defaults_come_from_the_schema(flow_settings: Settings) -> None:
    settings = flow_settings()
    assert settings.channels.annexin == "Annexin V"
    assert [p.name for p in settings.populations] == ["all"]
    assert settings.report_population == "all"
    assert settings.compensation.source == "single_stains"
    assert settings.thresholds == {"annexin": "auto", "viability_dye": "auto"}
    assert settings.limits.fewest_events == 500


def test_the_first_population_is_reported(flow_settings: Settings) -> None:
    settings = flow_settings(
        populations=[{"name": "myeloma", "markers": GFP}, {"name": "stroma", "markers": []}]
    )
    assert settings.report_population == "myeloma"
    assert settings.marker_channels == ["GFP"]


def test_a_marker_has_the_name_of_the_config_or_of_its_channel(flow_settings: Settings) -> None:
    markers = [
        {"channel": "APC-A", "name": "CD138", "positive": True},
        {"channel": "PE-A", "positive": False},
    ]
    settings = flow_settings(populations=[{"name": "m", "markers": markers}])
    assert [marker.gate for marker in settings.populations[0].markers] == ["CD138", "PE-A"]
    assert settings.marker_channels == ["APC-A", "PE-A"]


def test_stains_of_another_assay_take_the_place_of_the_defaults(flow_settings: Settings) -> None:
    settings = flow_settings(
        stains=[SYTO9, {"name": "PI", "channel": "FL3-A"}], thresholds={"PI": "fmo"}
    )
    assert (settings.channels.annexin, settings.channels.viability_dye) == (None, None)
    assert settings.stained_channels == ["FL1-A", "FL3-A"]
    assert settings.thresholds == {"SYTO9": "auto", "PI": "fmo"}
    assert settings.gate_name("PI") == "PI"
    assert settings.key_of("FL3-A") == "flow.stains"


@pytest.mark.parametrize(
    ("section", "where", "message"),
    [
        (
            {"channels": {"annexin": "FITC"}, "stains": [SYTO9]},
            ("channels", "annexin"),
            "must be null. The stains of this study are those of flow.stains; remove this key.",
        ),
        (
            {"channels": {}, "stains": [SYTO9, SYTO9, SYTO9]},
            ("stains",),
            "must not have more than 2 entries",
        ),
        (
            {"channels": {}, "stains": [{"name": "PI", "channel": "A", "living_cells": "dim"}]},
            ("stains", 0, "living_cells"),
            "must be one of negative, positive",
        ),
        (
            {"channels": {}, "stains": [SYTO9], "outcomes": [
                {"name": "dead", "cells": {"SYTO9": "no"}}]},
            ("outcomes", 0, "cells", "SYTO9"),
            "must be one of positive, negative",
        ),
    ],
)  # fmt: skip
def test_wrong_keys_are_refused_by_the_schema(
    section: dict[str, Any], where: tuple[str | int, ...], message: str
) -> None:
    ((path, _, said),) = faults(section, schema("flow"))
    assert path == where
    assert message in said


def test_stains_without_the_other_keys_are_sound() -> None:
    assert not list(faults({"channels": {"annexin": None}, "stains": [SYTO9]}, schema("flow")))
