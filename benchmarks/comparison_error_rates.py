"""One table of error rates: what holds its level, and what the page reports where it does not.

Each line is the worst of many simulated settings of one situation: claims of the example at their
boundary, other shapes of noise, arms that share no experiment, donors, wells outside the range, and
several findings. The simulations, with all of their settings, are in the modules that are listed in
`SOURCES`; each is a benchmark of its own.

The exit status is 1 if a level that must be held is not, or if one is not held and the page says
nothing about it.

    .venv/bin/python -m benchmarks.comparison_error_rates [--runs 20000] [--only noise_shapes]
"""

import argparse
import sys
import textwrap

from benchmarks import (
    arms_apart_rates,
    claims_at_boundary,
    donor_error_rates,
    donors_sharing_days,
    family_error_rates,
    noise_shapes,
    outside_range_rates,
)
from benchmarks.level_table import Level

SOURCES = {
    "claims_at_boundary": claims_at_boundary.levels,
    "noise_shapes": noise_shapes.levels,
    "arms_apart_rates": arms_apart_rates.levels,
    "donor_error_rates": donor_error_rates.levels,
    "donors_sharing_days": donors_sharing_days.levels,
    "outside_range_rates": outside_range_rates.levels,
    "family_error_rates": family_error_rates.levels,
}


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20_000, help="studies for each setting")
    parser.add_argument("--only", nargs="+", choices=SOURCES, default=list(SOURCES))
    chosen = parser.parse_args()
    print("level  rate    holds  situation (worst setting): what the page reports")
    failed = 0
    for name in chosen.only:
        for one in SOURCES[name](chosen.runs):
            print(_line(one), flush=True)
            failed += not one.is_in_order
    print(f"{failed} situations are not as they must be")
    return 1 if failed else 0


def _line(one: Level) -> str:
    holds = "yes" if one.is_held else "no" if one.is_in_order else "NO"
    text = f"{one.situation} ({one.setting})" + (f": {one.reported}" if one.reported else "")
    start = f"{one.level:.3f}  {one.rate:.4f}  {holds:5}  "
    return textwrap.fill(text, 100, initial_indent=start, subsequent_indent=" " * len(start))


if __name__ == "__main__":
    sys.exit(main())
