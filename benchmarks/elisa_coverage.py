"""Coverage of the 95 % interval of a single well, over simulated studies of four plates.

Standards 600 to 9.375 pg/mL two-fold and a zero, in duplicate; sd^2 = .008^2 + (5 % of the
response)^2. The variance function is pooled over the four plates as in a study, and the curve of
each plate reads wells of 6, 12, 40, 150 and 450 pg/mL.

    .venv/bin/python benchmarks/elisa_coverage.py [--studies 1000]
"""

import argparse
import sys

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.curves.variance_function import (
    VarianceFunction,
    shrunken_variance_function,
    starting_variance_function,
)
from coculture.elisa import fit_standard_curves

Floats = NDArray[np.float64]

LEVELS: Floats = np.repeat([0, 9.375, 18.75, 37.5, 75, 150, 300, 600], 2).astype(float)
CONCENTRATIONS: Floats = np.array([6, 12, 40, 150, 450], dtype=float)
CURVES = ((0.05, 3.2, 1.15, 500.0), (0.05, 2.8, 1.2, 220.0), (0.06, 3.0, 1.0, 300.0))
PLATES = 4
WELLS = 3
LOWEST, HIGHEST = 0.92, 0.97


def main() -> int:
    """Print a line for each curve; the exit status is 1 if a coverage is outside 92 to 97 %."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=1000, help="simulated studies of each curve")
    studies = parser.parse_args().studies
    holds = True
    for curve in CURVES:
        found = coverage(curve, studies, seed=1)
        holds &= bool(((found >= LOWEST) & (found <= HIGHEST)).all())
        shown = "   ".join(
            f"{c:g}: {100 * share:.1f} %" for c, share in zip(CONCENTRATIONS, found, strict=True)
        )
        print(f"A {curve[0]}, D {curve[1]}, b {curve[2]}, c {curve[3]:g}:  {shown}")
    return 0 if holds else 1


def coverage(curve: tuple[float, float, float, float], studies: int, seed: int) -> Floats:
    """The share of the wells with a concentration whose interval contains the truth."""
    rng = np.random.default_rng(seed)
    inside = np.zeros(len(CONCENTRATIONS))
    read = np.zeros(len(CONCENTRATIONS))
    for _ in range(studies):
        plates = drawn(curve, np.tile(LEVELS, (PLATES, 1)), rng)
        function = pooled(plates)
        fits = fit_standard_curves(
            LEVELS[None, :], plates, weighting="variance_function", variance_function=function
        )
        for fit in fits:
            wells = drawn(curve, np.repeat(CONCENTRATIONS, WELLS), rng)
            found = fit.concentration(wells)
            truth = np.repeat(CONCENTRATIONS, WELLS)
            ok = (found["state"] == "ok").to_numpy()
            within = (found["lower"].to_numpy() < truth) & (truth < found["upper"].to_numpy())
            inside += (ok & within).reshape(-1, WELLS).sum(axis=1)
            read += ok.reshape(-1, WELLS).sum(axis=1)
    return inside / read


def drawn(
    curve: tuple[float, float, float, float], concentration: Floats, rng: np.random.Generator
) -> Floats:
    """Responses of wells at these concentrations, with scatter."""
    zero, infinity, slope, midpoint = curve
    mean = infinity + (zero - infinity) / (1 + (concentration / midpoint) ** slope)
    response: Floats = mean + rng.normal(size=mean.shape) * np.hypot(0.008, 0.05 * mean)
    return response


def pooled(plates: Floats) -> VarianceFunction:
    """The variance function of the duplicates of all plates."""
    pairs = plates.reshape(-1, 2)
    groups = pd.DataFrame(
        {"mean": pairs.mean(axis=1), "variance": pairs.var(axis=1, ddof=1), "wells": 2}
    )
    start = starting_variance_function(plates)
    return shrunken_variance_function(groups, start, float(np.ptp(plates)), len(plates))


if __name__ == "__main__":
    sys.exit(main())
