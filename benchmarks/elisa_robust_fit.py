"""One bad well among 16 standards: does the robust fit find it, and keep its good duplicate?

Sandwich assays with eight standards in duplicate. One well is multiplied by a factor; the robust
fit is compared with the fit without that well, by the concentrations read back from LLOQ to ULOQ
(the lowest and the highest standard above zero). Clean curves show how often a sound well is lost.

    .venv/bin/python benchmarks/elisa_robust_fit.py [--curves 100] [--cv 0.05] [--place interior]
"""

import argparse
import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coculture.curves.fitting import FitOptions
from coculture.elisa import VarianceFunction, fit_standard_curve

Floats = NDArray[np.float64]

FACTORS = (0.1, 0.3, 0.6, 1.5, 2.5, 4.0)
SCATTERS = (0.03, 0.05, 0.08)
PLACES = {"interior": (4, 13), "lowest": (2, 2), "top": (15, 15)}
"""The first and the last well that may be the bad one, of 16 in rising order."""
WEIGHTINGS = ("none", "1/y", "1/y2", "variance_function")
CLOSE, WANTED, WANTED_CV = 0.05, 0.95, 0.05


def main() -> int:
    """Print the shares; the exit status is 1 if a claim does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--curves", type=int, default=100, help="of each line")
    parser.add_argument("--cv", type=float, nargs="+", choices=SCATTERS, default=SCATTERS)
    parser.add_argument("--weighting", nargs="+", choices=WEIGHTINGS, default=WEIGHTINGS)
    parser.add_argument("--place", nargs="+", choices=PLACES, default=tuple(PLACES))
    chosen = parser.parse_args()
    holds = True
    for fold, top in ((2.0, 600.0), (3.0, 2000.0)):
        for cv in chosen.cv:
            for pooled in (True, False):
                known = VarianceFunction(0.008, cv, 4, 28, "true") if pooled else None
                for weighting in chosen.weighting if cv == WANTED_CV else WEIGHTINGS[-1:]:
                    rng = np.random.default_rng(int(1000 * cv) + int(fold))
                    line = _shares(
                        chosen.curves, chosen.place, fold, top, cv, weighting, known, rng
                    )
                    print(
                        f"{fold:g}-fold, CV {100 * cv:g} %, {weighting:17} "
                        f"{'pooled' if pooled else 'single'}: {line}",
                        flush=True,
                    )
                    if cv == WANTED_CV and "interior" in chosen.place:
                        holds &= float(line.split()[1]) >= 100 * WANTED
    return 0 if holds else 1


def _shares(
    n: int,
    places: Sequence[str],
    fold: float,
    top: float,
    cv: float,
    weighting: str,
    known: VarianceFunction | None,
    rng: np.random.Generator,
) -> str:
    """Shares of close curves by the place of the bad well, and of clean ones that lose a well."""
    x = np.repeat([0.0, *top / fold ** np.arange(6, -1, -1)], 2)
    options: FitOptions = {"variance_function": known}
    with_test: FitOptions = {"variance_function": known, "bisquare": True}
    close: dict[str, list[bool]] = {place: [] for place in PLACES if place in places}
    undecided: list[bool] = []
    lost = []
    for place in close:
        for i in range(n):
            y = simulated(x, top, cv, rng)
            first, last = PLACES[place]
            well = int(rng.integers(first, last + 1))
            y[well] *= FACTORS[i % len(FACTORS)]
            robust = fit_standard_curve(x, y, "4PL", weighting, **with_test)
            rest = np.delete(np.arange(16), well)
            right = fit_standard_curve(x[rest], y[rest], "4PL", weighting, **options)
            there = right.response(np.geomspace(x[2], top, 40))
            read: Floats = robust.concentration(there)["concentration"].to_numpy(
                float
            ) / np.geomspace(x[2], top, 40)
            close[place].append(bool((np.abs(read - 1) <= CLOSE).all()))
            if place != "interior":
                undecided.append(robust.undecided_level is not None)
    for _ in range(n):
        clean = simulated(x, top, cv, rng)
        fit = fit_standard_curve(x, clean, "4PL", weighting, **with_test)
        lost.append(bool(fit.left_out))
    shares = "   ".join(f"{place} {100 * np.mean(one):.0f}" for place, one in close.items())
    share_undecided = np.mean(undecided) if undecided else np.nan
    return (
        f"{shares}   undecided at the ends {100 * share_undecided:.0f}   "
        f"clean curves that lose a well {100 * np.mean(lost):.0f}"
    )


def simulated(x: Floats, top: float, cv: float, rng: np.random.Generator) -> Floats:
    """Responses of a sound sandwich assay."""
    d, b, c = rng.uniform(2.4, 3.3), rng.uniform(0.95, 1.4), top * rng.uniform(0.2, 0.7)
    mean = d + (0.05 - d) / (1 + (x / c) ** b)
    y: Floats = mean + rng.normal(size=len(x)) * np.hypot(0.008, cv * mean)
    return y


if __name__ == "__main__":
    sys.exit(main())
