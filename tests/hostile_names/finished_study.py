"""A small study of finished numbers in which every name that a person chooses can be any text."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import yaml

from tests.hostile_names.named_study import NamedStudy, write_table

LEVELS = {
    ("E1", 0): 93,
    ("E1", 10): 61,
    ("E2", 0): 95,
    ("E2", 10): 66,
    ("E3", 0): 88,
    ("E3", 10): 52,
}


class FinishedStudy(NamedStudy):
    """A study of finished numbers with a clinical table."""

    NAMES: ClassVar[Mapping[str, str]] = {
        "title": "Lenalidomide",
        "culture": "first well",
        "experiment": "E1",
        "donor": "D1",
        "cells": "MM1S",
        "stroma": "HS-5",
        "medium": "RPMI",
        "label": "MM.1S",
        "factor": "LEN",
        "unit": "µM",
        "endpoint": "viability",
        "unit of endpoint": "a.u.",
        "finding": "1",
        "statement": "Lenalidomide lowers it",
        "caveat": "none known",
        "note": "seen twice",
        "excluded": "spilled",
        "patient": "S01",
        "clinical analyte": "CRP",
        "clinical unit": "mg/L",
    }

    IN_TABLES: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "cultures.csv culture": ("culture",),
        "cultures.csv experiment": ("experiment",),
        "cultures.csv donor": ("donor",),
        "cultures.csv cells": ("cells",),
        "cultures.csv stroma": ("stroma",),
        "cultures.csv medium": ("medium",),
        "study/values.csv note": ("note",),
        "study/excluded.csv reason": ("excluded",),
        "comparison/findings.csv id": ("finding",),
        "comparison/findings.csv finding": ("statement",),
        "comparison/endpoints.csv name": ("endpoint",),
        "clinical/changes.csv patient": ("patient",),
        "clinical/changes.csv analyte": ("clinical analyte",),
        "clinical/changes.csv unit": ("clinical unit",),
    }
    ON_PAGE: ClassVar[tuple[str, ...]] = (
        *("title", "culture", "experiment", "donor", "stroma", "medium", "label"),
        *("factor", "endpoint", "finding", "statement", "caveat", "note", "excluded"),
        *("patient", "clinical analyte", "clinical unit"),
    )

    def write(self, folder: Path) -> Path:
        """Write it into a new folder; returns its config."""
        folder.mkdir(parents=True)
        called = self.called
        write_table(folder / "cultures.csv", self._cultures(called))
        write_table(folder / "values.csv", self._values(called))
        write_table(folder / "clinical.csv", _clinical(called))
        config = folder / "config.yaml"
        config.write_text(yaml.safe_dump(_config(called), sort_keys=False), encoding="utf-8")
        return config

    def _cultures(self, called: Mapping[str, str]) -> list[list[str]]:
        heading = ["culture", "experiment", "donor", "cells", "stroma", "medium", "hours"]
        rows = [[*heading, "replicate", "dose"]]
        for experiment, dose in LEVELS:
            named = {"E1": called["experiment"]}.get(experiment, experiment)
            donor = {"E1": called["donor"]}.get(experiment, f"of {experiment}")
            words = [named, donor, called["cells"], called["stroma"], called["medium"]]
            rows += [
                [
                    _culture(experiment, dose, replicate, called),
                    *words,
                    "48",
                    str(replicate),
                    str(dose),
                ]
                for replicate in (1, 2)
            ]
        return rows

    def _values(self, called: Mapping[str, str]) -> list[list[str]]:
        rows = [["culture", "endpoint", "value", "unit", "note", "exclude"]]
        for (experiment, dose), value in LEVELS.items():
            for replicate in (1, 2):
                culture = _culture(experiment, dose, replicate, called)
                number = str(value + replicate)
                rows.append([culture, called["endpoint"], number, called["unit of endpoint"]])
                rows[-1] += [
                    called["note"],
                    called["excluded"] if (dose, replicate) == (10, 2) else "",
                ]
        return rows


def _culture(experiment: str, dose: int, replicate: int, called: Mapping[str, str]) -> str:
    if (experiment, dose, replicate) == ("E1", 0, 1):
        return called["culture"]
    return f"{experiment}-{dose}-{replicate}"


def _clinical(called: Mapping[str, str]) -> list[list[str]]:
    rows = [["patient", "analyte", "unit", "on_study", "month_6"]]
    for number, (before, after) in enumerate([(2.0, 1.0), (4.1, 2.2), (3.2, 3.1), (5.0, 1.7)]):
        patient = called["patient"] if number == 0 else f"other {number}"
        rows.append([patient, called["clinical analyte"], called["clinical unit"], str(before)])
        rows[-1].append(str(after))
    return rows


def _config(called: Mapping[str, str]) -> dict[str, Any]:
    return {
        "study": "named",
        "title": called["title"],
        "tables": {name: f"{name}.csv" for name in ("cultures", "values", "clinical")},
        "factors": [
            {
                "name": called["factor"],
                "column": "dose",
                "unit": called["unit"],
            }
        ],
        "cells": {"reference": called["cells"], "labels": {called["cells"]: called["label"]}},
        "comparison": {
            "findings": [
                {
                    "id": called["finding"],
                    "kind": "lower",
                    "endpoint": called["endpoint"],
                    "statement": called["statement"],
                    "caveat": called["caveat"],
                    "arm": {"cells": called["cells"], "dose": 10},
                    "compared_with": [{"cells": called["cells"]}],
                }
            ]
        },
    }
