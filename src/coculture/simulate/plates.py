"""The ELISA plates of a study: who sits in which well, and what the reader reads."""

from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.simulate.parameters import Mishaps, PlateReader

Values = NDArray[np.float64]

ROWS = "ABCDEFGH"
COLUMNS = range(1, 13)
WELLS = tuple(f"{row}{column}" for column, row in product(COLUMNS, ROWS))
"""The 96 wells, down the columns."""

ANALYTE = "IL-6"


def layout(cultures: pd.DataFrame, reader: PlateReader, mishaps: Mishaps) -> pd.DataFrame:
    """One row a used well, over as many plates an experiment as its cultures need.

    `much_il6` of `cultures` says which are expected to need the higher dilutions.

    Columns: plate, well, role, analyte, concentration_pg_ml (standards and controls), culture,
    dilution.
    """
    plates = []
    for experiment, of_experiment in cultures.groupby("experiment", sort=False):
        fixed = _standards_and_controls(reader)
        samples = _samples(of_experiment, reader, mishaps)
        room = len(WELLS) - len(fixed)
        places = samples.groupby("culture", sort=False).ngroup()
        on_plate = places // (room // int(samples.groupby("culture").size().max()))
        for number, of_plate in samples.groupby(on_plate):
            name = f"IL6-{experiment}" + (f"-{number + 1}" if on_plate.max() else "")
            plate = pd.concat([fixed, of_plate], ignore_index=True)
            plate.insert(0, "well", WELLS[: len(plate)])
            plate.insert(0, "plate", name)
            plates.append(plate)
    wells = pd.concat(plates, ignore_index=True)
    wells["dilution"] = wells["dilution"].astype("Int64")
    wells.insert(3, "analyte", ANALYTE)
    return wells


def read(
    wells: pd.DataFrame,
    il6_pg_ml: "pd.Series[float]",
    reader: PlateReader,
    mishaps: Mishaps,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Optical densities of one plate's 96 wells: well, od_450, od_570.

    `il6_pg_ml` is the truth by culture. Densities have four decimals, and are infinite above the
    reader's range.
    """
    true = wells["concentration_pg_ml"].fillna(
        wells["culture"].map(il6_pg_ml) / wells["dilution"].astype(float)
    )
    held = true.to_numpy(float) * np.exp(_log_error(reader.cv, len(wells), rng))
    upper, midpoint = (
        reader.upper_asymptote * np.exp(rng.normal(0, reader.sd_plate)),
        reader.midpoint_pg_ml * np.exp(rng.normal(0, reader.sd_plate)),
    )
    colour = upper + (reader.lower_asymptote - upper) / (1 + (held / midpoint) ** reader.slope)
    unwashed = [
        (culture, dilution) in mishaps.unwashed_wells
        for culture, dilution in zip(wells["culture"], wells["dilution"], strict=True)
    ]
    colour[unwashed] += reader.saturation
    reference = reader.reference_density + reader.sd_reading / 2 * rng.standard_normal(len(WELLS))
    main = reference + reader.sd_reading * rng.standard_normal(len(WELLS))
    main[: len(wells)] += colour
    main = np.where(main > reader.saturation, np.inf, main)
    return pd.DataFrame({"well": WELLS, "od_450": main.round(4), "od_570": reference.round(4)})


def _standards_and_controls(reader: PlateReader) -> pd.DataFrame:
    """Standards down the first columns, then the control sample at its levels."""
    known = [("standard", level) for level in reader.standards_pg_ml * reader.replicates]
    known += [("control", level) for level in reader.controls_pg_ml * reader.replicates]
    frame = pd.DataFrame(known, columns=["role", "concentration_pg_ml"])
    return frame.assign(culture="", dilution=1)


def _samples(cultures: pd.DataFrame, reader: PlateReader, mishaps: Mishaps) -> pd.DataFrame:
    """Each culture's wells. How to dilute is decided by what is expected, not by the truth."""
    much = cultures["much_il6"] | cultures["culture"].isin(mishaps.overdiluted)
    rows = [
        ("sample", np.nan, culture, dilution)
        for culture, high in zip(cultures["culture"], much, strict=True)
        for dilution in (reader.dilutions_high if high else reader.dilutions)
    ]
    return pd.DataFrame(rows, columns=["role", "concentration_pg_ml", "culture", "dilution"])


def _log_error(cv: float, size: int, rng: np.random.Generator) -> Values:
    """Log-normal error of mean one on the linear scale with the coefficient of variation `cv`."""
    variance = np.log1p(cv**2)
    return rng.normal(-variance / 2, np.sqrt(variance), size)
