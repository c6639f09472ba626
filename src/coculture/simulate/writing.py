"""From assumptions and a seed to a folder of raw files and tables, and the config beside it."""

import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from coculture.exchange.problems import CocultureError
from coculture.simulate import (
    configuration,
    events,
    files,
    patients,
    plates,
    readme,
    truth,
    tubes,
)
from coculture.simulate.parameters import Parameters

EXAMPLE = Parameters()
EXAMPLE_SEED = 20041004
"""Fixed before the first run; not searched for."""

_TRUTH, _FLOW, _ELISA, _PATIENTS = range(4)


class NotSimulatedError(CocultureError):
    """The folder holds a study that was not simulated and must not be overwritten."""


def study(
    folder: str | Path,
    seed: int,
    parameters: Parameters = EXAMPLE,
    config: str | Path | None = None,
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
    parameters
        The assumptions; the default is the example study.
    config
        Where the study's config goes, default `folder`/config.yaml; the paths in it are relative
        to it.

    Raises
    ------
    NotSimulatedError
        If `folder` holds a study without truth.csv.
    """
    folder = Path(folder)
    config = folder / "config.yaml" if config is None else Path(config)
    _make_room(folder)
    design = parameters.design
    designed = truth.cultures(design)
    realised = truth.realise(designed, parameters, _stream(seed, _TRUTH))
    cultures = truth.survivors(designed.merge(realised, on="culture"), design)
    files.write_table(folder / "cultures.csv", cultures, files.CULTURES)
    files.write_table(folder / "truth.csv", cultures, files.TRUTH)
    flow = _write_flow(folder, cultures, parameters, seed)
    files.write_table(folder / "flow.csv", flow, files.FLOW)
    wells = _write_elisa(folder, cultures, parameters, seed)
    files.write_table(folder / "elisa.csv", wells, files.ELISA)
    clinical = patients.draw(_stream(seed, _PATIENTS))
    files.write_table(folder / "clinical.csv", clinical, files.CLINICAL)
    files.write_text(folder / "README.md", readme.text(parameters, seed, cultures, wells))
    tables = os.path.relpath(folder.resolve(), config.parent.resolve())
    name = folder.resolve().name
    files.write_text(config, configuration.text(name, Path(tables).as_posix(), parameters))


def embedded_example(root: str | Path) -> None:
    """Write the example study into a checkout at `root`: data/raw/example, config/config.yaml."""
    root = Path(root)
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
    folder: Path, cultures: pd.DataFrame, parameters: Parameters, seed: int
) -> pd.DataFrame:
    """Write every plate export; returns elisa.csv."""
    reader, mishaps = parameters.plate_reader, parameters.design.mishaps
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
