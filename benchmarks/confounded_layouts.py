"""How often a confounded layout is only noted, or becomes a caution, without and with an effect.

Simulated: four experiments of two arms with four wells. Plates have six standards in columns 1 and
2, read with an error of 8 % in each well; one arm is only in row A. Files are acquired every five
minutes, all of one arm first; wells of an arm vary by 0.15 logits. Two plates share two controls in
duplicate; each plate has an error of its curve of 6 %.

    PYTHONPATH=. .venv/bin/python benchmarks/confounded_layouts.py
"""

import numpy as np
import pandas as pd

from coculture.comparison.layout import acquisition_order, different_plates, edge_wells

STUDIES = 1000
WELL_ERROR, CURVE_ERROR, LOGIT_SD = 0.08, 0.06, 0.15
EXPERIMENTS, WELLS, STANDARDS = 4, 4, 6


def edge_is_seen(effect: float, chance: np.random.Generator) -> bool:
    """Whether standards in columns 1 and 2 show an edge effect in ln."""
    rows = [
        (f"P{plate}", f"{level}", column == 1, chance.normal(effect * (column == 1), WELL_ERROR))
        for plate in range(EXPERIMENTS)
        for level in range(STANDARDS)
        for column in (1, 2)
    ]
    table = pd.DataFrame(rows, columns=["plate", "material", "is_edge", "value"])
    mean, p, _ = edge_wells.edge_effect(table)
    return bool(p < edge_wells.LARGEST_P and abs(mean) > edge_wells.LIMITS[True])


def drift_is_seen(an_hour: float, chance: np.random.Generator) -> bool:
    """Whether arms that were acquired one hour apart show a drift."""
    rows = []
    for experiment in range(EXPERIMENTS):
        for arm in range(2):
            for well in range(WELLS):
                hours = arm + well * 5 / 60
                value = arm + an_hour * hours + chance.normal(0, LOGIT_SD)
                rows.append((f"{experiment} {arm}", hours, value))
    table = pd.DataFrame(rows, columns=["material", "hours", "value"])
    slope, p = acquisition_order.drift(table)
    return bool(p < acquisition_order.LARGEST_P and abs(slope) > acquisition_order.LIMIT)


def plates_are_seen(ratio: float, chance: np.random.Generator) -> bool:
    """Whether two plates with two shared controls in duplicate differ."""
    wells = np.log(ratio) / 2 * np.array([1, -1]) + chance.normal(0, WELL_ERROR / 2, 2)
    read = wells + chance.normal(0, CURVE_ERROR, 2)
    factor = read - read.mean()
    table = pd.DataFrame(
        {
            "plate": ["A", "B"],
            "analyte": "IL-6",
            "factor": np.exp(factor),
            "ln_se": np.hypot(WELL_ERROR / np.sqrt(8), CURVE_ERROR),
            "compared": "A; B",
            "applied": False,
        }
    )
    readings = pd.DataFrame(
        {"experiment": "E1", "endpoint": "IL-6", "arm": ["x", "y"], "plate": ["A", "B"]}
    )
    (layout,) = different_plates.layouts(readings, table)
    return layout.matters


def main() -> None:
    """Print the share of cautions by size of the effect."""
    for name, seen, sizes in (
        ("edge wells, ln", edge_is_seen, (0.0, 0.05, 0.1, 0.15, 0.2, 0.3)),
        ("drift, logits an hour", drift_is_seen, (0.0, 0.2, 0.5, 1.0, 2.0)),
        ("plates, fold", plates_are_seen, (1.0, 1.1, 1.2, 1.3, 1.5, 2.0)),
    ):
        for size in sizes:
            chance = np.random.default_rng(16)
            share = np.mean([seen(size, chance) for _ in range(STUDIES)])
            print(f"{name} {size:g}: {100 * share:.1f} % cautions")


if __name__ == "__main__":
    main()
