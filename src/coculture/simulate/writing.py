"""From assumptions and a seed to a folder of raw files and tables, and the config beside it."""

import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from coculture.exchange.problems import CocultureError
from coculture.simulate import events, files, plates, tubes
from coculture.simulate.designs import dose_response_texts
from coculture.simulate.designs.example import Example
from coculture.simulate.designs.simulated_design import SimulatedDesign
from coculture.simulate.parameters import Parameters

EXAMPLE = Parameters()
EXAMPLE_SEED = 20041004
DOSE_RESPONSE_SEED = 20260719
"""Both fixed before the first run; not searched for."""

_TRUTH, _FLOW, _ELISA, _OTHERS = range(4)


class NotSimulatedError(CocultureError):
    """The folder holds a study that was not simulated and must not be overwritten."""


def study(
    folder: str | Path,
    seed: int,
    parameters: Parameters = EXAMPLE,
    config: str | Path | None = None,
) -> None:
    """Write a study of the example's drugs, as `write` does.

    Parameters
    ----------
    parameters
        The assumptions; the default is the example study.
    config
        Where the study's config goes, default `folder`/config.yaml.

    Raises
    ------
    NotSimulatedError
        If `folder` holds a study without truth.csv.
    """
    folder = Path(folder)
    write(folder, seed, Example(parameters), folder / "config.yaml" if config is None else config)


def write(
    folder: Path, seed: int, design: SimulatedDesign, config: str | Path | None = None
) -> None:
    """Write a whole simulated study into `folder`: raw files, tables, truth, README and config.

    The same seed and parameters give the same bytes. The truth, each FCS file and each plate have
    random streams of their own, so that the number of events changes no culture.

    Parameters
    ----------
    folder
        Made if absent. A simulated study in that folder is replaced.
    seed
        Any whole number from 0.
    config
        Where the study's config goes; the paths in it are relative to it. None writes no config.

    Raises
    ------
    NotSimulatedError
        If `folder` holds a study without truth.csv.
    """
    _make_room(folder)
    cultures = design.cultures(_stream(seed, _TRUTH))
    files.write_table(folder / "cultures.csv", cultures, design.columns)
    files.write_table(folder / "truth.csv", cultures, files.TRUTH)
    in_tubes = cultures[cultures["percent_apoptotic"].notna()]
    flow = _write_flow(folder, in_tubes, design.parameters, seed)
    files.write_table(folder / "flow.csv", flow, files.FLOW)
    supernatants = cultures[cultures["il6_pg_ml"].notna()]
    wells = _write_elisa(folder, supernatants, design, seed)
    files.write_table(folder / "elisa.csv", wells, files.ELISA)
    for name, table in design.other_tables(_stream(seed, _OTHERS)).items():
        files.write_table(folder / name, table.rows, table.columns)
    files.write_text(folder / "README.md", design.readme(seed, cultures, wells))
    if config is not None:
        config = Path(config)
        tables = Path(os.path.relpath(folder.resolve(), config.parent.resolve()))
        files.write_text(config, design.config(folder.resolve().name, tables.as_posix()))


def embedded_example(root: str | Path) -> None:
    """Write the studies of a checkout at `root`.

    The example is data/raw/example and config/config.yaml. Of the dose-response study only the
    config is written; its files are made when it is run.
    """
    root = Path(root)
    doses = dose_response_texts.config(
        "dose_response", "../data/simulated/dose_response", DOSE_RESPONSE_SEED
    )
    files.write_text(root / "config/dose_response.yaml", doses)
    study(root / "data/raw/example", EXAMPLE_SEED, config=root / "config/config.yaml")


def _make_room(folder: Path) -> None:
    """Remove the raw files of an earlier simulation, and only those."""
    if (folder / "cultures.csv").exists() and not (folder / "truth.csv").exists():
        raise NotSimulatedError(
            f"{folder}: holds a study without truth.csv, which was not simulated; choose "
            "another folder"
        )
    if (folder / "truth.csv").exists():
        for raw in ("flow", "elisa"):
            shutil.rmtree(folder / raw, ignore_errors=True)


def _write_flow(
    folder: Path, cultures: pd.DataFrame, parameters: Parameters, seed: int
) -> pd.DataFrame:
    """Write every FCS file; returns flow.csv."""
    cytometer = parameters.cytometer
    rows: list[tubes.Acquisition] = []
    for number, (_, of_experiment) in enumerate(cultures.groupby("experiment", sort=False)):
        gain = events.gains(cytometer, _stream(seed, _FLOW, number))
        for place, acquisition in enumerate(tubes.of_experiment(of_experiment, parameters)):
            recorded = events.acquire(
                acquisition.tube,
                acquisition.events,
                parameters.cells,
                cytometer,
                _stream(seed, _FLOW, number, place),
                gain,
            )
            keywords = {
                "date": files.day(number),
                "plateid": acquisition.plate,
                "wellid": acquisition.well,
                "fil": Path(acquisition.fcs).name,
            }
            files.write_fcs(
                folder / acquisition.fcs,
                recorded,
                cytometer.spillover_at_acquisition,
                cytometer.maximum,
                keywords,
            )
            rows.append(acquisition)
    described = [column for column in files.FLOW if column != "exclude"]
    table = [[getattr(row, column) for column in described] for row in rows]
    return pd.DataFrame(table, columns=described).assign(exclude="")


def _write_elisa(
    folder: Path, cultures: pd.DataFrame, design: SimulatedDesign, seed: int
) -> pd.DataFrame:
    """Write every plate export; returns elisa.csv."""
    reader, mishaps = design.parameters.plate_reader, design.mishaps
    wells = plates.layout(cultures, reader, mishaps)
    wells["file"] = "elisa/" + wells["plate"] + ".txt"
    wells["exclude"] = ""
    il6 = cultures.set_index("culture")["il6_pg_ml"]
    for number, (plate, of_plate) in enumerate(wells.groupby("plate", sort=False)):
        readings = plates.read(of_plate, il6, reader, mishaps, _stream(seed, _ELISA, number))
        files.write_softmax(folder / "elisa" / f"{plate}.txt", str(plate), readings)
    return wells


def _stream(seed: int, *purpose: int) -> np.random.Generator:
    """An independent stream of random numbers for each purpose."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=purpose)))
