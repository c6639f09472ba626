"""Cultures whose wells disagree: how often the value is right, and what is said where it is not.

Simulated plates: eight standards in duplicate, 30 cultures at the dilutions of a layout, and one
fault in every culture of a study. 4PL curves with D 2.4 to 3.3, slope 0.95 to 1.4, mid-point 0.2 to
0.7 of the top standard; sd^2 = 0.008^2 + (CV x reading)^2. For each fault: the share of cultures
whose value is within 20 % of the truth, with a caution, without a number, and silently wrong (more
than 30 % off, no caution); and how often the 95 % interval holds the truth. "3 in range" counts
cultures of which three dilutions or more hold a concentration inside the range in truth: a well
that chance alone puts there tells nothing of a fault. "3 read" counts those of which a well is read
in range at three. "studies": how many have a culture with a caution.

    .venv/bin/python benchmarks/elisa_wells_that_disagree.py [--studies 20] [--seed 1]
    .venv/bin/python benchmarks/elisa_wells_that_disagree.py --fault clean --cv 0.05

Then the coverage of the 95 % interval on clean studies of one to eight plates, with standards up to
five times as careful as samples, and with 3 % of wells grossly wrong:

    .venv/bin/python benchmarks/elisa_wells_that_disagree.py --coverage [--studies 40]
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray
from scipy.stats import binomtest

from coculture.elisa import (
    ElisaSettings,
    combine_cultures,
    pooled_scatter,
    precision_of,
    quantify_plate,
)

Floats = NDArray[np.float64]
SCHEMA = Path(__file__).parents[1] / "src/coculture/study/schemas/elisa.schema.yaml"
LEVELS = np.array([600, 300, 150, 75, 37.5, 18.75, 9.375, 0.0])
LAYOUTS = {
    "1-10-100 in duplicate": ((1.0, 10.0, 100.0), 2),
    "1-5-25 in duplicate": ((1.0, 5.0, 25.0), 2),
    "1-4-16-64 single": ((1.0, 4.0, 16.0, 64.0), 1),
    "10-50 in duplicate": ((10.0, 50.0), 2),
    "10 in triplicate": ((10.0,), 3),
}
SCATTERS = (0.05, 0.10)
"""CV of a reading."""
RIGHT, WRONG = np.log(1.2), np.log(1.3)


@dataclass(frozen=True)
class Curve:
    """The response of a plate."""

    a: float
    d: float
    b: float
    c: float

    def response(self, concentration: Floats) -> Floats:
        x = np.maximum(concentration, 1e-9)
        value: Floats = self.d + (self.a - self.d) / (1 + (x / self.c) ** self.b)
        return value


Fault = Callable[[Floats, Floats, np.random.Generator], Floats]
"""Concentrations in the wells of one culture and their dilutions -> what is in them in truth."""


def clean(within: Floats, dilution: Floats, rng: np.random.Generator) -> Floats:
    del dilution, rng
    return within


def hook(within: Floats, dilution: Floats, rng: np.random.Generator) -> Floats:
    """Far above the top standard the reading falls again."""
    del dilution, rng
    too_much = within > 2 * LEVELS.max()
    return np.where(too_much, LEVELS.max() ** 2 / within, within)


def matrix(within: Floats, dilution: Floats, rng: np.random.Generator) -> Floats:
    """The least diluted wells read 40 %."""
    del rng
    return np.where(dilution == dilution.min(), 0.4 * within, within)


def mistyped(within: Floats, dilution: Floats, rng: np.random.Generator) -> Floats:
    """One dilution was pipetted 2 to 10 times as strong, or as weak, as is written."""
    which = rng.choice(np.unique(dilution))
    factor = np.exp(rng.choice([-1, 1]) * rng.uniform(np.log(2), np.log(10)))
    return np.where(dilution == which, within * factor, within)


def one_bad_well(within: Floats, dilution: Floats, rng: np.random.Generator) -> Floats:
    del dilution
    bad = within.copy()
    bad[rng.integers(len(bad))] *= np.exp(rng.choice([-1, 1]) * rng.uniform(np.log(3), np.log(10)))
    return bad


def edge(within: Floats, dilution: Floats, rng: np.random.Generator) -> Floats:
    """Wells at the edge of the plate read 15 % more."""
    del dilution
    return np.where(rng.random(len(within)) < 36 / 96, 1.15 * within, within)


FAULTS: dict[str, Fault] = {
    "clean": clean,
    "hook": hook,
    "matrix effect": matrix,
    "wrong dilution": mistyped,
    "one bad well": one_bad_well,
    "edge effect 15 %": edge,
}


def main() -> int:
    """Print a line for each fault, layout and CV."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", nargs="+", choices=FAULTS, default=tuple(FAULTS))
    parser.add_argument("--layout", nargs="+", choices=LAYOUTS, default=tuple(LAYOUTS))
    parser.add_argument("--cv", type=float, nargs="+", choices=SCATTERS, default=SCATTERS)
    parser.add_argument("--coverage", action="store_true")
    asked = parser.parse_args()
    settings = default_settings()
    if asked.coverage:
        for line in coverage(settings, asked.studies, asked.seed):
            print(line, flush=True)
        return 0
    print(
        f"{'fault':18}{'layout':24}{'CV':>5}{'n':>6}{'right':>7}{'caution':>8}{'none':>6}"
        f"{'silent':>7}{'of 3 in range':>14}{'of 3 read':>12}{'holds':>7}{'studies':>9}"
    )
    for fault in asked.fault:
        for layout in asked.layout:
            for cv in asked.cv:
                rows = [
                    study(settings, fault, layout, cv, 1, 1.0, 0.0, [asked.seed, number])
                    for number in range(asked.studies)
                ]
                found = pd.concat(rows, keys=range(asked.studies), names=["study"])
                print(summary(fault, layout, cv, found), flush=True)
    return 0


def default_settings() -> ElisaSettings:
    def defaults(schema: dict[str, object]) -> dict[str, object]:
        properties = schema["properties"]
        assert isinstance(properties, dict)
        return {
            key: defaults(part)
            if part.get("type") == "object" and not part.get("default")
            else part["default"]
            for key, part in properties.items()
        }

    return ElisaSettings.from_config(defaults(yaml.safe_load(SCHEMA.read_text("utf-8"))))


def summary(fault: str, layout: str, cv: float, found: pd.DataFrame) -> str:
    """One line of the table; of cultures with a number or a caution, and of studies with one."""
    off = (np.log(found["value"]) - np.log(found["truth"])).abs()
    has_number = found["value"].notna()
    silent = (off > WRONG) & ~found["caution"]
    three, three_read = found["in_range"] >= 3, found["read_in_range"] >= 3
    studies = found["caution"].groupby(level="study").any()
    holds = ((found["lower"] < found["truth"]) & (found["truth"] < found["upper"]))[has_number]

    def share(which: "pd.Series[bool]") -> str:
        return f"{100 * which.mean():.1f}" if len(which) else "-"

    return (
        f"{fault:18}{layout:24}{100 * cv:>4.0f}%{len(found):>6}{share(off < RIGHT):>7}"
        f"{share(found['caution']):>8}{share(~has_number):>6}{share(silent):>7}"
        f"{f'{int(silent[three].sum())} / {int(three.sum())}':>14}"
        f"{f'{int(silent[three_read].sum())} / {int(three_read.sum())}':>12}{share(holds):>7}"
        f"{f'{int(studies.sum())}/{len(studies)}':>9}"
    )


def coverage(settings: ElisaSettings, studies: int, seed: int) -> Iterator[str]:
    """How often the interval of a culture holds the truth, a line for each kind of study."""
    yield f"{'layout':22}{'plates':>7}{'CV':>5}{'careful':>8}{'bad':>5}{'n':>6}  holds (interval)"
    layouts = {"10 in duplicate": ((10.0,), 2), "10-50 in duplicate": LAYOUTS["10-50 in duplicate"]}
    for layout, plan in layouts.items():
        for plates in (1, 3, 8):
            for cv in (0.03, 0.05, 0.10):
                for careful, bad in ((1, 0.0), (5, 0.0), (1, 0.03)):
                    count = max(1, studies // plates)
                    found = pd.concat(
                        study(settings, "clean", plan, cv, plates, careful, bad, [seed, number])
                        for number in range(count)
                    )
                    found = found[found["value"].notna()]
                    inside = (found["lower"] < found["truth"]) & (found["truth"] < found["upper"])
                    low, high = binomtest(int(inside.sum()), len(inside)).proportion_ci()
                    yield (
                        f"{layout:22}{plates:>7}{100 * cv:>4.0f}%{careful:>8}{100 * bad:>4.0f}%"
                        f"{len(found):>6}  {100 * inside.mean():.1f} % "
                        f"({100 * low:.1f}-{100 * high:.1f})"
                    )


def study(
    settings: ElisaSettings,
    fault: str,
    layout: str | tuple[tuple[float, ...], int],
    cv: float,
    plates: int,
    careful: float,
    bad: float,
    seed: list[int],
) -> pd.DataFrame:
    """The cultures of a study: truth, value, lower, upper, caution, and dilutions in range.

    `in_range` is how many are in truth, and `read_in_range` how many have a well that is read so.
    """
    rng = np.random.default_rng(seed)
    dilutions, replicates = LAYOUTS[layout] if isinstance(layout, str) else layout
    parts: list[pd.DataFrame] = []
    truths: dict[str, Truth] = {}
    for number in range(plates):
        part, truth = plate(f"P{number}", fault, dilutions, replicates, cv, careful, bad, rng)
        parts.append(part)
        truths |= truth
    readings = pd.concat(parts, ignore_index=True)
    scatter = pooled_scatter(readings, settings)
    quantified = [quantify_plate(part, settings, scatter) for part in parts]
    wells = pd.concat([one.wells for one in quantified], ignore_index=True)
    passing = [
        name
        for name, one in zip((f"P{i}" for i in range(plates)), quantified, strict=True)
        if one.curve["IL-6"]["verdict"] == "pass"
    ]
    precision = precision_of([one.curve for one in quantified], scatter)
    combined = combine_cultures(wells, (), precision)
    flagged = {flag.concerns.culture for flag in combined.flags if flag.severity == "caution"}
    inside = wells[wells["state"] == "ok"].groupby("culture")["dilution"].nunique()
    found = combined.cultures[combined.cultures["plates"].isin(passing)]
    # A culture with a bound only has neither a value nor anything to disagree.
    found = found[~found["state"].isin(["below_lloq", "above_uloq"])]
    return pd.DataFrame(
        {
            "truth": [truths[name].concentration for name in found["culture"]],
            "in_range": [truths[name].in_range for name in found["culture"]],
            "value": found["concentration_pg_ml"].to_numpy(float),
            "lower": found["lower_pg_ml"].to_numpy(float),
            "upper": found["upper_pg_ml"].to_numpy(float),
            "caution": np.array([name in flagged for name in found["culture"]], dtype=bool),
            "read_in_range": np.array(
                [inside.get(name, 0) for name in found["culture"]], dtype=int
            ),
        }
    )


@dataclass(frozen=True)
class Truth:
    """A culture's concentration (pg/mL), and at how many dilutions its wells hold one in range."""

    concentration: float
    in_range: int


def plate(
    name: str,
    fault: str,
    dilutions: tuple[float, ...],
    replicates: int,
    cv: float,
    careful: float,
    bad: float,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, dict[str, Truth]]:
    """The readings of one plate as `read_layout` gives them, and the truth of each culture."""
    top = LEVELS.max()
    curve = Curve(0.05, rng.uniform(2.4, 3.3), rng.uniform(0.95, 1.4), rng.uniform(0.2, 0.7) * top)
    rows = [("standard", level, "", 1.0, level, cv / careful) for level in np.repeat(LEVELS, 2)]
    rows += [("control", level, "", 1.0, level, cv) for level in (40.0, 40.0, 250.0, 250.0)]
    truths: dict[str, Truth] = {}
    # So that most have at least one dilution in range, as a laboratory chooses them.
    low, high = np.log(2 * LEVELS[-2] * min(dilutions)), np.log(0.7 * top * max(dilutions))
    for number in range(30):
        culture, truth = f"{name}-c{number}", float(np.exp(rng.uniform(low, high)))
        each = np.repeat(dilutions, replicates)
        within = FAULTS[fault](truth / each, each, rng)
        inside = (within >= LEVELS[-2]) & (within <= top)
        truths[culture] = Truth(truth, len(np.unique(each[inside])))
        wrong = rng.random(len(within)) < bad
        factor = np.exp(rng.choice([-1, 1], len(within)) * rng.uniform(0.7, 2.0, len(within)))
        within = np.where(wrong, within * factor, within)
        rows += [("sample", np.nan, culture, d, x, cv) for d, x in zip(each, within, strict=True)]
    return readings_of(name, rows, curve, rng), truths


WELL_COLUMNS = ["role", "concentration_pg_ml", "culture", "dilution", "within", "cv"]
"""Of a simulated well; `within` is what is in it in truth."""


def readings_of(
    name: str, rows: Sequence[tuple[object, ...]], curve: Curve, rng: np.random.Generator
) -> pd.DataFrame:
    """The readings of a plate as `read_layout` gives them, from its wells (`WELL_COLUMNS`)."""
    frame = pd.DataFrame(rows, columns=WELL_COLUMNS)
    mean = curve.response(frame["within"].to_numpy(float))
    sd = np.hypot(0.008, frame["cv"].to_numpy(float) * mean)
    response = mean + sd * rng.standard_normal(len(mean))
    names = [f"{chr(65 + i % 16)}{i // 16 + 1}" for i in range(len(frame))]
    return frame.drop(columns=["within", "cv"]).assign(
        plate=name,
        file=f"{name}.txt",
        plate_in_file="",
        analyte="IL-6",
        exclude="",
        excluded="",
        well=names,
        od=response,
        od_reference=np.nan,
        response=response,
        state="ok",
    )


if __name__ == "__main__":
    raise SystemExit(main())
