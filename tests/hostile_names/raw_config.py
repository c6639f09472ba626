"""The config of the study of raw files."""

from collections.abc import Mapping
from typing import Any


def config_of(called: Mapping[str, str]) -> dict[str, Any]:
    """The config in which everything is called so."""
    doses = called["column of doses"]
    with_drug = {"cells": called["cells"], doses: 1000}
    silenced = {"cells": called["cells"], "siRNA of the culture": called["level"]}
    return {
        "study": "named",
        "title": called["title"],
        "tables": {name: f"{name}.csv" for name in ("cultures", "treatments", "flow", "elisa")},
        "notes": [called["heading of notes"]],
        "factors": [
            {"name": called["factor"], "column": doses, "unit": called["unit"]},
            {
                "name": called["factor of names"],
                "column": "siRNA of the culture",
                "levels": [called["untreated level"], called["level"]],
                "interferes_with": {called["endpoint of analyte"]: called["reason of factor"]},
            },
        ],
        "cells": {"reference": called["cells"], "labels": {called["cells"]: called["label"]}},
        "flow": _flow_section(called),
        "elisa": {
            "reference_wavelength_nm": {"any": 570, "of_plate": {called["plate"]: 570}},
            "pg_per_unit": {called["analyte"]: 10},
        },
        "comparison": {
            "endpoints": [
                {
                    "name": called["endpoint"],
                    "title": called["title of endpoint"],
                    "measure": "percent",
                    "outcome": "apoptotic",
                },
                {
                    "name": called["endpoint of analyte"],
                    "measure": "analyte",
                    "analyte": called["analyte"],
                },
                {
                    "name": called["endpoint of signal"],
                    "measure": "median",
                    "channel": called["marker label"],
                },
            ],
            "families": [{"name": called["family"]}],
            "findings": [
                {
                    "id": called["finding"],
                    "kind": "higher",
                    "endpoint": called["endpoint"],
                    **{key: called[key] for key in ("statement", "caveat", "family")},
                    "arm": with_drug,
                    "compared_with": [{"cells": called["cells"]}],
                },
                {
                    "id": "other",
                    "kind": "lower",
                    "statement": "Silencing lowers it",
                    "endpoint": called["endpoint of analyte"],
                    "arm": silenced,
                    "compared_with": [with_drug],
                },
            ],
            "contrasts": [
                {
                    "name": called["contrast"],
                    "endpoint": called["endpoint"],
                    "weights": [{"arm": with_drug, "weight": 1}, {"arm": silenced, "weight": -1}],
                }
            ],
        },
    }


def _flow_section(called: Mapping[str, str]) -> dict[str, Any]:
    marker = {"channel": called["marker label"], "positive": True, "name": called["marker"]}
    threshold = {"channels": [called["detector"]], "threshold": 1500, "keep": "above"}
    return {
        "channels": {"annexin": called["stain label"], "viability_dye": called["dye label"]},
        "populations": [{"name": called["population"], "markers": [marker]}],
        "reagents": [
            {
                "channel": called["stain label"],
                "analyte": called["reagent"],
                "catalogue_number": called["catalogue number"],
                **{key: called[key] for key in ("fluorochrome", "clone", "supplier", "amount")},
            }
        ],
        "gates": {called["experiment"]: {called["population"]: {called["marker"]: threshold}}},
    }
