"""What every kind of finding provides, and how it enters the schema of the config."""

from typing import Any

import pytest

from coculture.comparison import ComparisonSettings
from coculture.comparison.findings import KINDS, FindingKind, kind_of
from coculture.comparison.settings import LIMITS
from coculture.study.schema import faults, schema

ARM = {"cells": "control"}
PAIR = {"arm": ARM, "compared_with": {"cells": "il1b"}}
ENTRIES: dict[str, dict[str, Any]] = {
    "lower": {"arm": ARM, "compared_with": [{"cells": "il1b"}]},
    "higher": {"arm": ARM, "compared_with": [{"cells": "il1b"}]},
    "not_raised": {"arm": ARM, "compared_with": [{"cells": "il1b"}]},
    "not_lowered": {"arm": ARM, "compared_with": [{"cells": "il1b"}]},
    "equivalent": {"arm": ARM, "compared_with": [{"cells": "il1b"}]},
    "dose_trend": {**PAIR, "direction": "rise"},
    "ec50_lower": PAIR,
    "synergy": PAIR,
    "eliminated": {"effect": PAIR, "residual": PAIR},
}


def _faults(kind: str, endpoint: str = "apoptosis", **keys: object) -> dict[str, str]:
    """The faults of a config with one finding, by key."""
    finding = {"id": "x", "kind": kind, "endpoint": endpoint, "statement": "x", **keys}
    found = faults({"findings": [finding]}, schema("comparison"))
    return {str(path[-1]): message for path, _, message in found}


def test_every_kind_has_its_own_name() -> None:
    names = [kind.name for kind in KINDS]
    assert len(set(names)) == len(names)
    assert [kind_of(name).name for name in names] == names
    assert set(names) == set(ENTRIES)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_schema_of_a_finding_comes_from_its_kind(kind: FindingKind) -> None:
    entry = ENTRIES[kind.name]
    assert _faults(kind.name, **entry) == {}
    for key in kind.required:
        fewer = {name: value for name, value in entry.items() if name != key}
        assert _faults(kind.name, **fewer)[key].startswith("this key is missing")
    assert _faults(kind.name, "IL-6", **entry) == {}
    assert set(kind.limits) <= set(LIMITS)
    properties = schema("comparison")["properties"]["findings"]["items"]["properties"]
    assert kind.name in properties["kind"]["enum"]
    assert f"{kind.name} - {kind.description}" in properties["kind"]["description"]


def test_keys_of_another_kind_are_refused() -> None:
    found = _faults("lower", **ENTRIES["lower"], residual=PAIR)
    assert found == {"residual": "this key belongs to another kind; remove it."}
    assert list(_faults("eliminated", **ENTRIES["eliminated"], arm=ARM)) == ["arm"]


@pytest.mark.parametrize("limit", LIMITS)
def test_a_finding_may_override_each_limit_within_the_bounds_of_the_section(limit: str) -> None:
    inside = 1.5 if limit == "margin_ratio" else 0.1
    allowed, refused = (ENTRIES["eliminated"] | {limit: value} for value in (inside, 0))
    assert _faults("eliminated", **allowed) == {}
    assert list(_faults("eliminated", **refused)) == [limit]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_limit_that_a_kind_does_not_use_is_refused(kind: FindingKind) -> None:
    limits: dict[str, Any] = dict.fromkeys(LIMITS, 0.1) | {"margin_ratio": 1.5}
    found = _faults(kind.name, **ENTRIES[kind.name], **limits)
    assert set(found) == set(LIMITS) - set(kind.limits)


def test_a_kind_that_is_not_text_is_one_problem() -> None:
    finding = {"id": "x", "kind": 3, "endpoint": "apoptosis", "statement": "x", **ENTRIES["lower"]}
    ((path, value, _),) = faults({"findings": [finding]}, schema("comparison"))
    assert (path[-1], value) == ("kind", 3)


def test_further_keys_of_a_finding_are_options(settings: ComparisonSettings) -> None:
    limits = dict.fromkeys(LIMITS, 0.5)
    entry = {"id": "x", "kind": "eliminated", "endpoint": "apoptosis", "statement": "x"}
    section = {
        "analytes": [],
        "contrasts": [],
        "findings": [entry | ENTRIES["eliminated"] | {"fold": 2}],
        **limits,
    }
    made = ComparisonSettings.from_config(section, [], {"reference": "control"}).findings[0]
    assert [one.part for one in made.differences] == ["effect", "residual"]
    assert made.options == {"fold": 2}
    assert all(not finding.options for finding in settings.findings)


def test_what_needs_staining_is_an_absence() -> None:
    """That cells without staining are no more, or no longer, positive shows nothing."""
    needing = {kind.name for kind in KINDS if kind.needs_staining}
    assert needing == {"not_raised", "not_lowered", "equivalent", "eliminated"}
