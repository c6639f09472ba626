"""Writes a study of any number of FCS files and ELISA plates, for `benchmarks.scale`.

One tube is simulated for each arm and control. Each file then draws events of its tube again and
adds noise, so that no two files are alike: 5 ms a file in place of 60.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.simulate import events, files, plates, tubes
from coculture.simulate.designs.example import Example
from coculture.simulate.parameters import Mishaps, Parameters
from coculture.simulate.tubes import Acquisition

Values = NDArray[np.float32]

WELLS_OF_A_PLATE = 96
EVENTS = 20_000
NOISE = 0.02
"""SD of the logarithm of every value that is written again."""
_TIME = events.CHANNELS.index("Time")
_FLUORESCENCE = slice(3, 6)


@dataclass(frozen=True)
class Size:
    """How large a study is; the files are divided evenly over cytometer plates of 96 wells."""

    files: int
    elisa_plates: int
    events: int = EVENTS
    """Of each file."""

    @property
    def files_by_experiment(self) -> list[int]:
        """One plate is one experiment."""
        return evenly(self.files, -(-self.files // WELLS_OF_A_PLATE))


SIZES = (Size(100, 2), Size(1_000, 25), Size(10_000, 250))


def evenly(whole: int, parts: int) -> list[int]:
    """A number divided into parts that differ by one at most.

    >>> evenly(100, 3)
    [34, 33, 33]
    """
    least, more = divmod(whole, parts)
    return [least + (part < more) for part in range(parts)]


def write(folder: Path, size: Size, seed: int = 1) -> Path:
    """Write the study into `folder`; returns its config."""
    design = _design(size)
    cultures = _planned(design.cultures(np.random.default_rng(seed)), size)
    acquired = list(_write_flow(folder, cultures, design.parameters, seed))
    described = [column for column in files.FLOW if column != "exclude"]
    flow = pd.DataFrame({name: [getattr(one, name) for one in acquired] for name in described})
    files.write_table(folder / "flow.csv", flow.assign(exclude=""), files.FLOW)
    files.write_table(folder / "cultures.csv", cultures, files.CULTURES)
    wells = _write_elisa(folder, cultures, design, size, seed)
    files.write_table(folder / "elisa.csv", wells, files.ELISA)
    for name, table in design.other_tables(np.random.default_rng(seed)).items():
        files.write_table(folder / name, table.rows, table.columns)
    files.write_text(folder / "config.yaml", design.config(folder.name, "."))
    return folder / "config.yaml"


def _design(size: Size) -> Example:
    """The example's arms without its mishaps, with enough wells to fill the plates."""
    parameters = Parameters()
    arms = len(parameters.design.arms)
    design = replace(
        parameters.design,
        experiments=len(size.files_by_experiment),
        wells=-(-WELLS_OF_A_PLATE // arms),
        mishaps=Mishaps(),
    )
    cytometer = replace(parameters.cytometer, events=size.events, events_control=size.events)
    return Example(replace(parameters, design=design, cytometer=cytometer))


def _planned(cultures: pd.DataFrame, size: Size) -> pd.DataFrame:
    """As many cultures of each experiment as its plate has room for beside the controls."""
    controls = sum(
        one.role != "sample"
        for one in tubes.of_experiment(_first_experiment(cultures), Parameters())
    )
    return pd.concat(
        [
            of_experiment.sort_values("replicate", kind="stable").head(count - controls)
            for count, (_, of_experiment) in zip(
                size.files_by_experiment,
                cultures.groupby("experiment", sort=False),
                strict=True,
            )
        ],
        ignore_index=True,
    )


def _first_experiment(cultures: pd.DataFrame) -> pd.DataFrame:
    _, of_first = next(iter(cultures.groupby("experiment", sort=False)))
    return of_first


def _write_flow(
    folder: Path, cultures: pd.DataFrame, parameters: Parameters, seed: int
) -> Iterator[Acquisition]:
    simulated: dict[str, Values] = {}
    for number, (_, of_experiment) in enumerate(cultures.groupby("experiment", sort=False)):
        gain = events.gains(parameters.cytometer, np.random.default_rng([seed, number]))
        for place, one in enumerate(tubes.of_experiment(of_experiment, parameters)):
            kind = _kind(one)
            if kind not in simulated:
                simulated[kind] = _simulated(one, parameters, seed)
            rng = np.random.Generator(np.random.SFC64([seed, number, place]))
            keywords = {"date": files.day(number), "plateid": one.plate, "wellid": one.well}
            write_fcs(
                folder / one.fcs,
                again(simulated[kind], gain, parameters.cytometer.maximum, rng),
                keywords | {"fil": Path(one.fcs).name},
            )
            yield one


def _kind(one: Acquisition) -> str:
    """The control, or the arm: the culture without its experiment and its replicate."""
    return one.culture.partition("-")[2].rpartition("-")[0] if one.culture else one.name


def _simulated(one: Acquisition, parameters: Parameters, seed: int) -> Values:
    rng = np.random.default_rng(seed)
    recorded = events.acquire(one.tube, one.events, parameters.cells, parameters.cytometer, rng)
    return recorded.astype(np.float32)


def again(
    simulated: Values, gain: NDArray[np.float64], maximum: float, rng: np.random.Generator
) -> Values:
    """As many events drawn from a tube, shape (events, channels), with noise and a day's gain."""
    drawn = simulated.take(rng.integers(len(simulated), size=len(simulated)), axis=0)
    drawn *= 1 + np.float32(NOISE) * rng.standard_normal(drawn.shape, np.float32)
    drawn[:, _FLUORESCENCE] *= gain.astype(np.float32)
    np.minimum(drawn, np.float32(maximum), out=drawn)
    drawn[:, _TIME] = simulated[:, _TIME]
    return drawn


def write_fcs(
    path: Path,
    recorded: Values,
    keywords: Mapping[str, str],
    channels: tuple[str, ...] = events.CHANNELS,
    labels: tuple[str, ...] = events.LABELS,
) -> None:
    """Write events, shape (events, channels), as FCS 3.1 without copying them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(beginning(len(recorded), keywords, channels, labels))
        recorded.tofile(file)


def beginning(
    count: int,
    keywords: Mapping[str, str],
    channels: tuple[str, ...] = events.CHANNELS,
    labels: tuple[str, ...] = events.LABELS,
) -> bytes:
    """HEADER and TEXT of an FCS 3.1 file of little-endian 32-bit floats."""
    size, start = 4 * len(channels) * count, 8192
    text = {
        "BEGINDATA": str(start),
        "ENDDATA": str(start + size - 1),
        "BYTEORD": "1,2,3,4",
        "DATATYPE": "F",
        "MODE": "L",
        "NEXTDATA": "0",
        "PAR": str(len(channels)),
        "TOT": str(count),
        "CYT": "Simulated cytometer",
        "TIMESTEP": f"{events.TICK_SECONDS:g}",
        **{name.upper(): value for name, value in keywords.items()},
    }
    for number, (name, label) in enumerate(zip(channels, labels, strict=True), start=1):
        text |= {f"P{number}N": name, f"P{number}R": "262144"}
        text |= {f"P{number}B": "32", f"P{number}E": "0,0"} | (
            {f"P{number}S": label} if label else {}
        )
    written = "|" + "".join(f"${name}|{value}|" for name, value in text.items())
    data = (start, start + size - 1) if start + size <= 99_999_999 else (0, 0)
    header = "FCS3.1    " + "".join(f"{one:8}" for one in (58, 57 + len(written), *data, 0, 0))
    return (header + written).ljust(start).encode()


def _write_elisa(
    folder: Path, cultures: pd.DataFrame, design: Example, size: Size, seed: int
) -> pd.DataFrame:
    """Write every plate export; returns elisa.csv.

    Each plate is full; cultures of an experiment beyond its plates have no supernatant.
    """
    reader = design.parameters.plate_reader
    fixed = len(reader.standards_pg_ml + reader.controls_pg_ml) * reader.replicates
    room = (WELLS_OF_A_PLATE - fixed) // len(reader.dilutions)
    by_experiment = evenly(size.elisa_plates, len(size.files_by_experiment))
    measured = pd.concat(
        of_experiment.head(count * room)
        for count, (_, of_experiment) in zip(
            by_experiment, cultures.groupby("experiment", sort=False), strict=True
        )
    )
    wells = plates.layout(measured, reader, Mishaps())
    wells["file"] = "elisa/" + wells["plate"] + ".txt"
    wells["exclude"] = ""
    il6 = cultures.set_index("culture")["il6_pg_ml"]
    for number, (plate, of_plate) in enumerate(wells.groupby("plate", sort=False)):
        rng = np.random.default_rng([seed, number])
        readings = plates.read(of_plate, il6, reader, Mishaps(), rng)
        files.write_softmax(folder / "elisa" / f"{plate}.txt", str(plate), readings)
    return wells
