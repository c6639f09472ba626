"""What experiments share without being one: a plate for all, one day's controls. Only to know."""

from collections.abc import Iterator

import pandas as pd

from coculture.exchange.flags import Concerns, Flag
from coculture.exchange.vocabulary import listed

ONE_PLATE = "all_experiments_on_one_plate"
SHARED_CONTROLS = "controls_shared_by_experiments"


def shared_material(
    cultures: pd.DataFrame, elisa_wells: pd.DataFrame | None, flow_wells: pd.DataFrame | None
) -> Iterator[Flag]:
    """A note for each analyte with all experiments on one plate, and one for shared controls.

    `cultures` has culture and experiment; the others are elisa/wells.csv and flow/wells.csv.
    """
    yield from _one_plate(cultures, elisa_wells)
    yield from _shared_controls(flow_wells)


def _one_plate(cultures: pd.DataFrame, wells: pd.DataFrame | None) -> Iterator[Flag]:
    if wells is None or wells.empty:
        return
    experiment = dict(zip(cultures["culture"], cultures["experiment"], strict=True))
    samples = wells[(wells["role"] == "sample") & wells["culture"].isin(list(experiment))]
    for analyte, rows in samples.groupby("analyte"):
        experiments = sorted({str(experiment[one]) for one in rows["culture"]})
        plates = sorted(rows["plate"].unique())
        if len(plates) == 1 and len(experiments) > 1:
            yield Flag(
                Concerns("elisa/wells.csv", "plate", plate=plates[0], analyte=str(analyte)),
                ONE_PLATE,
                "note",
                f"All {len(experiments)} experiments are on plate {plates[0]}: an error of its "
                f"{analyte} curve is the same in all of them.",
                len(experiments),
                unit="experiments",
            )


def _shared_controls(wells: pd.DataFrame | None) -> Iterator[Flag]:
    if wells is None or "fcs" not in wells:
        return
    controls = wells[wells["role"] != "sample"].drop_duplicates(["fcs", "experiment"])
    each = (sorted(map(str, of)) for _, of in controls.groupby("fcs")["experiment"])
    of_each = [tuple(names) for names in each if len(names) > 1]
    for experiments in sorted(set(of_each)):
        count = of_each.count(experiments)
        yield Flag(
            Concerns("flow/wells.csv", "study"),
            SHARED_CONTROLS,
            "note",
            f"{listed(experiments)} have {count} control file{'' if count == 1 else 's'} in "
            "common: an error of these controls is the same in all of them.",
            count,
            unit="files",
        )
