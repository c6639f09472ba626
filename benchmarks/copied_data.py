"""Copies of raw data that are declared as independent: false alarms, and what is found.

Readings: true repeats have arms that differ between experiments (SD 0, 2 or 5 %), wells that
scatter (SD 1 to 12 %), and a part of this scatter that returns at the same place of every plate (0
or 80 %); OD with three or four decimals. Each pair of 20 experiments is compared. Copies are one
experiment again with noise, with a changed last digit, scaled, in another order, or in another
order and scaled.

FCS files: simulated tubes with 0.5 to 100,000 events, 6 channels, the percent apoptotic, the
detectors' gains and the debris of repeats different or equal. Copies are files with noise, in
another order, half copied, cut short, or in another order with each channel multiplied by a factor
of its own, which are not found. `candidates` is the part of true pairs that is compared in
full although they are not copies, which only costs time.

The exit status is 1 if repeats are refused in more than 1 of 1,000 pairs, also where their arms
have exactly equal means, or a copy with at most 0.1 % of noise is missed.

    .venv/bin/python benchmarks/copied_data.py [--studies 20] [--files 24] [--events 20000]
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.comparison.independence.copied_readings import CopiedReadings, copied_readings
from coculture.flow import copied_events
from coculture.flow.files import flow_files
from coculture.simulate import EXAMPLE
from coculture.simulate.events import CHANNELS, acquire, coculture, gains
from coculture.simulate.files import write_fcs

Floats = NDArray[np.float64]
EXPERIMENTS = 20
ARMS = 8
FALSE_ALARMS = 1e-3
SURE_NOISE = 1e-3
"""Copies with at most this much noise must all be found."""


def main() -> int:
    """Print both rates for both kinds of raw data."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=20, help="of 190 pairs, for each setting")
    parser.add_argument("--files", type=int, default=24, help="FCS files of a study")
    parser.add_argument("--events", type=int, default=20_000, help="of each FCS file")
    chosen = parser.parse_args()
    failed = [*_readings(chosen.studies), *_files(chosen.files, chosen.events)]
    for line in failed:
        print(f"FAILED: {line}")
    return 1 if failed else 0


_KINDS_OF_READINGS = (
    *("last digit", "1e-4", "1e-3", "3e-3", "5e-3", "1e-2", "scaled", "order", "order, scaled"),
)


def _readings(studies: int) -> Iterator[str]:
    print("readings: repeats        refused    cautioned  (of pairs)")
    for arm_sd in (0.05, 0.02, 0.0):
        refused, cautioned, pairs = Counter[str](), 0, 0
        for number, (well_sd, place, wells, decimals) in enumerate(
            product((0.01, 0.02, 0.05, 0.12), (0.0, 0.8), (24, 48, 96), (3, 4))
        ):
            for study in range(studies):
                rng = np.random.default_rng([number, study, int(100 * arm_sd)])
                found = copied_readings(_repeats(rng, arm_sd, well_sd, place, wells, decimals))
                refused.update(one.pairing for one in found if one.is_certain)
                cautioned += sum(not one.is_certain for one in found)
                pairs += EXPERIMENTS * (EXPERIMENTS - 1) // 2
        total = sum(refused.values())
        print(
            f"  arms differ by {100 * arm_sd:g} %     {total / pairs:.1e}    "
            f"{cautioned / pairs:.1e}   {pairs:,} {dict(refused)}"
        )
        if total / pairs > FALSE_ALARMS:
            yield f"repeats are refused in {total / pairs:.1e}"
    print("readings: copies of one of two experiments, refused / cautioned, well SD 2 and 5 %")
    for kind in _KINDS_OF_READINGS:
        rates = []
        for well_sd in (0.02, 0.05):
            each_run = [_copy(kind, well_sd, np.random.default_rng([9, run])) for run in range(200)]
            certain = np.mean([any(one.is_certain for one in each) for each in each_run])
            rates.append(f"{certain:.2f} / {np.mean([bool(each) for each in each_run]):.2f}")
            sure = kind in ("last digit", "1e-4", "1e-3", "order", "order, scaled")
            if sure and certain < 0.99:
                yield f"copies ({kind}) are found in {certain:.2f}"
        print(f"  {kind:13}  {'    '.join(rates)}")


def _repeats(
    rng: np.random.Generator,
    arm_sd: float,
    well_sd: float,
    place: float,
    wells: int,
    decimals: int,
    experiments: int = EXPERIMENTS,
) -> pd.DataFrame:
    """Independent experiments, each on a plate of its own."""
    arm = np.arange(wells) % ARMS
    level = np.linspace(np.log(0.2), np.log(2.4), ARMS)
    of_place = rng.normal(0, np.sqrt(place) * well_sd, wells)
    tables = []
    for number in range(experiments):
        own = rng.normal(0, np.sqrt(1 - place) * well_sd, wells)
        logs = (level + rng.normal(0, arm_sd, ARMS))[arm] + of_place + own
        tables.append(
            _table(f"E{number:02}", arm, np.asarray(np.round(np.exp(logs), decimals), np.float64))
        )
    return pd.concat(tables, ignore_index=True)


def _table(experiment: str, arm: NDArray[np.int_], values: Floats) -> pd.DataFrame:
    number = np.arange(len(values))
    return pd.DataFrame(
        {
            "experiment": experiment,
            "culture": [f"{experiment}-{one}" for one in number],
            "arm": [f"arm {one}" for one in arm],
            "replicate": number // ARMS + 1,
            "plate": f"plate {experiment}",
            "well": [f"{'ABCDEFGH'[one % 8]}{one // 8 + 1}" for one in number],
            "analyte": "IL-6",
            "dilution": 1.0,
            "value": values,
        }
    )


def _copy(kind: str, well_sd: float, rng: np.random.Generator) -> list[CopiedReadings]:
    one = _repeats(rng, 0.05, well_sd, 0.0, 24, 4, experiments=1)
    values = one["value"].to_numpy(float)
    arm = np.arange(len(values)) % ARMS
    if kind == "last digit":
        values = values + rng.choice([-1e-4, 0, 1e-4], len(values))
    elif kind == "scaled":
        values = 1.07 * values * np.exp(rng.normal(0, 1e-3, len(values)))
    elif kind == "order":
        order = rng.permutation(len(values))
        values, arm = values[order] + rng.choice([-1e-4, 0, 1e-4], len(values)), arm[order]
        arm = rng.permutation(arm)
    elif kind == "order, scaled":
        values, arm = 1.07 * rng.permutation(values), rng.permutation(arm)
    else:
        values = values * np.exp(rng.normal(0, float(kind), len(values)))
    copied = _table("E99", arm, np.round(values, 4))
    return copied_readings(pd.concat([one, copied], ignore_index=True))


_MAY_BE_MISSED = ("3e-2", "scaled")
_KINDS_OF_FILES = (
    *("order", "last bit", "1e-4", "1e-3", "1e-2", "half", "cut short", *_MAY_BE_MISSED),
)


def _files(files: int, events: int) -> Iterator[str]:
    print(f"FCS files: {files} of {events:,} events, 6 channels and time")
    with tempfile.TemporaryDirectory() as folder:
        rows, recorded = _plate(Path(folder), files, events)
        start = time.process_time()
        found = copied_events.copied_files(rows)
        seconds = time.process_time() - start
        samples = flow_files(rows)
        candidates = list(copied_events._candidates(copied_events._sketches(samples)))
        pairs = files * (files - 1) // 2
        print(f"  repeats: {len(found)} of {pairs} refused, {len(candidates)} candidates")
        print(f"  {seconds:.2f} s of CPU")
        if found:
            yield "independent FCS files are refused"
        distances = [
            copied_events.event_distance(_shown(recorded[one]), _shown(recorded[one + 1]))
            for one in range(min(files - 1, 20))
        ]
        print(f"  distance of repeats: {min(distances):.2f} to {max(distances):.2f}")
        for few in (500, 2500):
            small = [_shown(each[:few]) for each in recorded[:20]]
            distances = [
                copied_events.event_distance(one, other)
                for number, one in enumerate(small)
                for other in small[:number]
            ]
            print(f"  with {few} events: {min(distances):.2f} to {max(distances):.2f}")
        for kind in _KINDS_OF_FILES:
            rng = np.random.default_rng(3)
            hits, distance = 0, 0.0
            for run in range(5):
                copied = _disturbed(kind, recorded[run], recorded[-1 - run], rng)
                both = _written(Path(folder), rows, run, copied)
                named = copied_events.copied_files(both)
                hits += bool(named)
                own = copied_events.event_distance(_shown(recorded[run]), _shown(copied))
                distance = max(distance, own)
            print(f"  copies, {kind:9}: {hits} of 5 found, distance at most {distance:.3f}")
            if hits < 5 and kind not in _MAY_BE_MISSED:
                yield f"copied FCS files ({kind}) are missed"


def _plate(folder: Path, files: int, events: int) -> tuple[pd.DataFrame, list[Floats]]:
    recorded, rows = [], []
    rng = np.random.default_rng(5)
    maximum = EXAMPLE.cytometer.maximum
    for number in range(files):
        gain = gains(EXAMPLE.cytometer, rng) if number % 3 == 0 else None
        tube = coculture(float(rng.choice([8.0, 8.0, 40.0, 70.0])), EXAMPLE.cells)
        recorded.append(acquire(tube, events, EXAMPLE.cells, EXAMPLE.cytometer, rng, gain))
        path = folder / f"{number}.fcs"
        write_fcs(path, recorded[-1], EXAMPLE.cytometer.spillover, maximum, {})
        rows.append(
            {"fcs": path.name, "path": str(path), "experiment": f"E{number % 4}",
             "role": "sample", "culture": f"c{number}", "exclude": ""}
        )  # fmt: skip
    return pd.DataFrame(rows, index=range(2, files + 2)), recorded


def _written(folder: Path, rows: pd.DataFrame, run: int, copied: Floats) -> pd.DataFrame:
    path = folder / "copy.fcs"
    write_fcs(path, copied, EXAMPLE.cytometer.spillover, EXAMPLE.cytometer.maximum, {})
    added = {**rows.iloc[run].to_dict(), "path": str(path), "fcs": "copy.fcs", "culture": "copy"}
    one = rows.iloc[[run]]
    return pd.concat([one, pd.DataFrame([added], index=[999])])


def _disturbed(kind: str, events: Floats, other: Floats, rng: np.random.Generator) -> Floats:
    """A copy; only its measured channels change."""
    copied = rng.permutation(events)
    if kind == "last bit":
        return np.asarray(np.nextafter(copied.astype(np.float32), np.float32(np.inf)), float)
    if kind == "half":
        half = len(events) // 2
        return np.asarray(np.concatenate([copied[:half], other[half:]]))
    if kind == "cut short":
        return copied[: len(copied) // 3]
    if kind == "order":
        return copied
    if kind == "scaled":
        return copied * rng.uniform(0.8, 1.25, copied.shape[1])
    noise = rng.normal(0, float(kind), copied.shape)
    return np.asarray(
        copied_events.COFACTOR * np.sinh(np.arcsinh(copied / copied_events.COFACTOR) + noise)
    )


def _shown(events: Floats) -> Floats:
    kept = [place for place, name in enumerate(CHANNELS) if name != "Time"]
    return np.asarray(np.arcsinh(events[:, kept] / copied_events.COFACTOR))


if __name__ == "__main__":
    sys.exit(main())
