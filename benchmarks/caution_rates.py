"""How often cautions about a study are false, and how often they are there where they matter.

Each line is a caution, a kind of study, and in how many of the simulated ones it is, with its exact
95 % interval. "sound" studies must have few, the others many. Studies are simulated as group means
with the SDs of the example, and judged by the product:

- `baseline_moved`: the rescuer raises the baseline by nothing, 2, 5, 10 or 30 points.
- `margin_beyond_values`, `margin_beyond_effects`: margins of 5, 20 and 40 points, an effect of 28.
- `donors_not_tested`: donors as they are entered; this is no matter of chance.
- `skewed_differences`: normal, log-normal and outlying differences of 4, 6 and 8 experiments.
- `arms_on_different_plates`: two plates that read alike, or 1.2 to 2 times apart.

    .venv/bin/python -m benchmarks.caution_rates [--runs 1000]
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import scipy.stats
from benchmarks.confounded_layouts import plates_are_seen
from benchmarks.noise_shapes import SHAPES

from coculture.comparison import ComparisonSettings
from coculture.comparison.design.arms import Design
from coculture.comparison.design.donors_inside_experiments import by_donor
from coculture.comparison.findings.eliminated_baseline import baseline_flags
from coculture.comparison.findings.evaluation import evaluate_findings
from coculture.comparison.findings.finding_result import FindingResult
from coculture.comparison.findings.margins_beyond_effects import margins_beyond_effects
from coculture.comparison.findings.wide_margins import wide_margins
from coculture.comparison.independence.unclear_donors import unclear_donors
from coculture.comparison.statistics.skewness import MIN_VALUES, skewness_of
from coculture.exchange.flags import Flag
from coculture.study.schema import schema, with_defaults

Rng = np.random.Generator
FACTORS = [
    {"name": "DEX", "column": "dex_nM", "unit": "nM", "untreated": 0},
    {"name": "IL-6", "column": "il6_ng_ml", "unit": "ng/mL", "untreated": 0},
]
MEASURED = {
    "flow": {"channels": {"annexin": "AV", "viability_dye": "PI"}},
    "populations": ["myeloma"],
    "analytes": [],
    "values": {"score": "a.u."},
}
NONE: dict[str, float] = {}
DEX, IL6 = {"dex_nM": 1.0}, {"il6_ng_ml": 1.0}
ARMS: tuple[dict[str, float], ...] = (NONE, DEX, IL6, DEX | IL6)
SD = 2.0
"""Of the mean of an arm in an experiment, points."""
EXPERIMENTS = 6
SCORE = {"name": "score", "measure": "values", "scale": "points"}


@dataclass(frozen=True)
class Line:
    """A caution and a kind of study; `is_there` says of a simulated one whether it has it."""

    code: str
    study: str
    is_sound: bool
    is_there: Callable[[Rng], bool]


def lines() -> Iterator[Line]:
    """Every line of the table."""
    for rise in (0.0, 2.0, 5.0, 10.0, 30.0):
        yield Line(
            "baseline_moved", f"the rescuer raises the baseline by {rise:g} points", rise == 0,
            partial(_baseline, rise),
        )  # fmt: skip
    for code in ("margin_beyond_values", "margin_beyond_effects"):
        for margin in (5.0, 20.0, 40.0):
            yield Line(
                code, f"margin of {margin:g}, an effect of 28, levels up to 36", margin < 28,
                partial(_margin, code, margin),
            )  # fmt: skip
    for donors, is_sound in (
        (("D1", "D2", "D3", "D4"), True),
        (("", "", "", ""), True),
        (("D1+D2", "D2+D3", "D1+D3"), True),
        (("D1", "D2", "D3", ""), False),
        (("D1+D2", "D1+D2", "D1+D2"), False),
    ):
        named = ", ".join(one or "none" for one in donors)
        yield Line(
            "donors_not_tested", f"donors {named}", is_sound,
            partial(_donors, donors),
        )  # fmt: skip
    for shape, n in (*(("normal", n) for n in (4, 6, 8)), *(
        (one, n) for one in ("log-normal 1", "outlier") for n in (6, 8))):  # fmt: skip
        yield Line(
            "skewed_differences (caution)", f"{shape} differences, n = {n}", shape == "normal",
            partial(_skewed, shape, n),
        )  # fmt: skip
    for ratio in (1.0, 1.2, 1.5, 2.0):
        yield Line(
            "arms_on_different_plates (caution)", f"plates {ratio:g} times apart", ratio == 1,
            partial(plates_are_seen, ratio),
        )  # fmt: skip


def _judged(
    findings: Sequence[Mapping[str, object]], means: Sequence[float], endpoint: str, rng: Rng
) -> tuple[list[FindingResult], pd.DataFrame, Design]:
    """The findings of a study of the four arms with these true means."""
    section = with_defaults(
        {"endpoints": [{"name": "apoptosis", "measure": "percent", "outcome": "apoptotic"}, SCORE],
         "findings": list(findings)}, schema("comparison"),
    )  # fmt: skip
    settings = ComparisonSettings.from_config(section, FACTORS, {"reference": "MM"}, MEASURED)
    place = {"cells": "MM", "stroma": "", "hours": 48.0, "dex_nM": 0.0, "il6_ng_ml": 0.0}
    design = Design.of(pd.DataFrame([place | arm for arm in ARMS]), settings)
    scale = settings.compared(endpoint).primary.name
    rows = [
        {"endpoint": scale, "experiment": f"E{number}", "arm": design.label(design.resolve(arm)),
         "relation": ""} | dict.fromkeys(("mean", "low", "high", "mean_at_limit"), value)
        for arm, mean in zip(ARMS, means, strict=True)
        for number, value in enumerate(rng.normal(mean, SD, EXPERIMENTS))
    ]  # fmt: skip
    arms = pd.DataFrame(rows)
    return list(evaluate_findings(arms, design, settings, settings.subjects)), arms, design


def _baseline(rise: float, rng: Rng) -> bool:
    claim = {
        "id": "1", "kind": "eliminated", "endpoint": "apoptosis", "statement": "IL-6 protects",
        "effect": {"arm": DEX, "compared_with": NONE},
        "residual": {"arm": DEX | IL6, "compared_with": IL6},
    }  # fmt: skip
    results, arms, design = _judged([claim], (8, 36, 8 + rise, 8 + rise), "apoptosis", rng)
    return bool(list(baseline_flags(results, arms, design)))


def _margin(code: str, margin: float, rng: Rng) -> bool:
    common: dict[str, object] = {
        "endpoint": "score",
        "statement": "As stated",
        "compared_with": NONE,
    }
    claims: list[dict[str, object]] = [
        common | {"id": "1", "kind": "higher", "arm": DEX},
        common | {"id": "2", "kind": "not_raised", "arm": IL6, "margin_points": margin},
    ]
    results, arms, _ = _judged(claims, (8, 36, 8, 36), "score", rng)
    found: Iterator[Flag] = (
        wide_margins(results, arms)
        if code == "margin_beyond_values"
        else margins_beyond_effects(results)
    )
    return bool(list(found))


def _donors(donors: Sequence[str], _: Rng) -> bool:
    rows = [
        (f"E{number}", arm, donor)
        for number, of_experiment in enumerate(donors)
        for arm in ("a", "b")
        for donor in of_experiment.split("+")
    ]
    cultures = pd.DataFrame(rows, columns=["experiment", "arm", "donor"])
    return bool(list(unclear_donors(by_donor(cultures))))


def _skewed(shape: str, n: int, rng: Rng) -> bool:
    if n < MIN_VALUES:
        return skewness_of(pd.Series(rng.normal(size=n))) is not None
    arms = SHAPES[shape](rng, (1, n))[0]
    found = skewness_of(pd.Series(arms[:, 0] - arms[:, 1], [f"E{one}" for one in range(n)]))
    return found is not None and found.is_strong


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000, help="simulated studies a line")
    runs = parser.parse_args().runs
    print("caution                             there        percent (95 % CI)   study")
    for line in lines():
        number = 1 if line.code == "donors_not_tested" else runs
        rng = np.random.default_rng(17)
        there = sum(line.is_there(rng) for _ in range(number))
        interval = scipy.stats.binomtest(there, number).proportion_ci()
        low, high = 100 * interval.low, 100 * interval.high
        limits = f"({low:.1f} to {high:.1f})" if number > 1 else "(no chance)"
        kind = "sound" if line.is_sound else "not sound"
        print(
            f"{line.code:34}  {there:4} of {number:<5}  {100 * there / number:5.1f} "
            f"{limits}  {kind}  {line.study}",
            flush=True,
        )


if __name__ == "__main__":
    main()
