"""What must hold in flow.csv, and between it and cultures.csv."""

from collections.abc import Iterator

import pandas as pd

from coculture.elisa.plates.plate import well_name
from coculture.exchange.problems import Problem
from coculture.exchange.vocabulary import nearest
from coculture.flow.files import BEADS
from coculture.study.table_validation import numbered
from coculture.study.table_validation.any_table import doubled

_WITHOUT_CHANNEL = (
    "sample", "unstained", "annexin_only", "dye_only", "fmo_annexin", "fmo_dye", "beads",
)  # fmt: skip
"""Roles that are for no channel, or always for the same."""


def flow_rows(flow_table: pd.DataFrame, cultures: pd.DataFrame) -> Iterator[Problem]:
    """Experiments agree, stains name their channel, and no file or plate well is used twice."""
    experiment_of = cultures.drop_duplicates("culture").set_index("culture")["experiment"]
    experiments = set(cultures["experiment"].dropna())
    for row, file in numbered.rows(flow_table):
        experiment, culture = file["experiment"], file["culture"]
        if experiment == "" and file["role"] == "sample":
            message = "a sample needs its experiment, spelled as in cultures.csv."
            yield Problem("flow.csv", message, row, "experiment", "")
        elif pd.notna(experiment) and experiment not in (*experiments, ""):
            near = nearest(experiment, sorted(experiments))
            message = f"this experiment is not in cultures.csv. {near}"
            yield Problem("flow.csv", message, row, "experiment", experiment)
        elif (
            pd.notna(experiment)
            and culture in experiment_of.index
            and experiment != experiment_of[culture]
        ):
            message = f"its culture {culture} belongs to experiment {experiment_of[culture]}."
            yield Problem("flow.csv", message, row, "experiment", experiment)
        if file["role"] == "single_stain" and file["channel"] == "":
            message = "a single stain needs its channel, spelled as in the FCS file."
            yield Problem("flow.csv", message, row, "channel", "")
        if file["role"] in _WITHOUT_CHANNEL and pd.notna(file["channel"]) and file["channel"]:
            message = (
                f"a file with the role {file['role']} has no channel; leave this empty. Only "
                "single_stain, fmo and population_negative have one."
            )
            yield Problem("flow.csv", message, row, "channel", file["channel"])
        if file["role"] == "fmo" and file["channel"] == "":
            message = (
                "an fmo control needs the channel of the marker that it lacks. For Annexin V or "
                "the viability dye, the role is fmo_annexin or fmo_dye."
            )
            yield Problem("flow.csv", message, row, "channel", "")
    # Experiments may share a control.
    is_sample = flow_table["role"] == "sample"
    for rows, same in (
        (flow_table[is_sample], ["path", "data_set", "role"]),
        (flow_table[~is_sample], ["path", "data_set", "role", "experiment"]),
    ):
        message = "this file is already in row {first} with the same role."
        yield from doubled("flow.csv", rows.fillna({"data_set": 1}), same, message, "fcs")
    placed = flow_table[(flow_table["well"] != "") & (flow_table["plate"] != "")]
    placed = placed.drop_duplicates(["path", "data_set"])
    # One tube may be in two files: an acquisition that was aborted, and its repetition.
    is_part = (placed["role"] == "sample") & placed.duplicated(
        ["experiment", "plate", "well", "culture"]
    )
    placed = placed[~is_part]
    placed = placed.assign(well=placed["well"].map(well_name, na_action="ignore"))
    yield from doubled(
        "flow.csv",
        placed,
        ["experiment", "plate", "well"],
        "this well of the plate is already in row {first}.",
        "well",
    )


_ON_BEADS = ("single_stain", "annexin_only", "dye_only", "unstained")
"""Roles of files that can be on compensation beads."""


def flow_cells(flow_table: pd.DataFrame, cultures: pd.DataFrame) -> Iterator[Problem]:
    """The cells of a file occur in cultures.csv; those of a sample are the cells of its culture."""
    known = sorted(set(cultures["cells"].dropna()) - {""})
    of_culture = cultures.drop_duplicates("culture").set_index("culture")["cells"]
    for row, file in numbered.rows(flow_table[flow_table["cells"].fillna("") != ""]):
        own = of_culture.get(file["culture"])
        if file["cells"].casefold() == BEADS and file["role"] in _ON_BEADS:
            continue
        if file["cells"] not in known:
            message = f"these cells are not in cultures.csv. {nearest(file['cells'], known)}"
            if file["role"] not in ("sample", ""):
                message += " For a control of other cells, such as stroma alone, leave it empty."
            yield Problem("flow.csv", message, row, "cells", file["cells"])
        elif own is not None and own != file["cells"]:
            message = (
                f"its culture {file['culture']} has {own} cells; correct one, or leave this empty."
            )
            yield Problem("flow.csv", message, row, "cells", file["cells"])
