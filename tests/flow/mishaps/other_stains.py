"""Studies of other stains than Annexin V with a dye: a drug at three doses, on cells in suspension.

`ASSAYS` has a dye alone, Annexin V alone, SYTO9 with PI, a reporter that dying cells lose, and a
caspase substrate. Each kind of cell has a median in each stain; a part of the dying cells is graded
between living and dying. `write` writes the FCS files of three doses in three wells, with the
controls or without, and the true percent of each well.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.flow import FlowSettings
from coculture.study.schema import FOLDER, with_defaults
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, Recorded, Tube

Values = NDArray[np.float64]

DETECTORS = ("B530-A", "B675-A")
NAMES = ("FSC-A", "FSC-H", "SSC-A", *DETECTORS, "Time")
DOSES = (0.0, 10.0, 100.0)
PERCENTS = (6.0, 35.0, 60.0)
SPILL = np.array([[1.0, 0.02], [0.01, 1.0]])
SIZES = {"living": (90_000.0, 28_000.0), "dying": (60_000.0, 42_000.0), "debris": (8000.0, 9000.0)}
"""Kind -> medians of forward and side scatter."""
SD_SIZE, SD_STAIN, SD_OWN = 0.17, 0.45, 0.25
"""SDs of the natural logarithm: of scatter, of stains, and of autofluorescence."""
DEBRIS, DOUBLETS = 0.06, 0.04


@dataclass(frozen=True)
class Assay:
    """What is stained, and what the config says of it.

    Attributes
    ----------
    labels
        $PnS of the two detectors; empty for one without a stain.
    living, dying, other
        Medians of the two stains in living cells, in dying ones, and in `other_share` of them.
    graded_share
        Of the dying cells, those that lie between living and dying in the first stain.
    is_reporter
        Whether unstained cells have the first stain.
    section
        The flow section of the config, without its scatter channels.
    outcome
        Name of the first outcome, of which the truth is.
    """

    labels: tuple[str, str]
    living: tuple[float, float]
    dying: tuple[float, float]
    section: Mapping[str, Any]
    outcome: str
    other: tuple[float, float] = (0.0, 0.0)
    other_share: float = 0.0
    graded_share: float = 0.0
    is_reporter: bool = False
    own: tuple[float, float] = (100.0, 45.0)
    """Autofluorescence in the two detectors."""
    events: int = 4000

    @property
    def stained(self) -> list[int]:
        """The detectors, by place, that have a stain."""
        return [place for place, label in enumerate(self.labels) if label]


ASSAYS = {
    "dye": Assay(
        ("", "7-AAD"), (0, 8), (0, 9000),
        {"channels": {"annexin": None, "viability_dye": "7-AAD"}},
        "7-AAD-positive",
    ),
    "annexin": Assay(
        ("Annexin V-FITC", ""), (15, 0), (5000, 0),
        {"channels": {"annexin": "Annexin V-FITC", "viability_dye": None}},
        "Annexin V-positive", graded_share=0.1,
    ),
    "syto9": Assay(
        ("SYTO 9", "PI"), (20_000, 10), (2500, 9000),
        {
            "stains": [
                {"name": "SYTO9", "channel": "SYTO 9", "living_cells": "positive"},
                {"name": "PI", "channel": "PI"},
            ],
            "outcomes": [{"name": "dead", "cells": {"SYTO9": "negative", "PI": "positive"}}],
        },
        "dead",
    ),
    "gfp": Assay(
        ("GFP", ""), (8000, 0), (30, 0),
        {"stains": [{"name": "GFP", "channel": "GFP", "living_cells": "positive"}]},
        "GFP-negative", is_reporter=True,
    ),
    "caspase": Assay(
        ("CellEvent 3/7", ""), (40, 0), (4000, 0),
        {"stains": [{"name": "caspase 3/7", "channel": "CellEvent 3/7"}]},
        "caspase 3/7-positive", graded_share=0.1,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A study on disk: rows as `gate_experiment` takes them, and true percents of the wells."""

    files: pd.DataFrame
    truth: "pd.Series[float]" = field(repr=False)


def settings(assay: Assay, **section: Any) -> FlowSettings:
    """The settings of an assay; keys of the section replace its own."""
    own = {"compensation": {"source": "single_stains"}, **assay.section, **section}
    return FlowSettings.from_config(with_defaults(own, FOLDER / "flow.schema.yaml"))


def write(folder: Path, assay: Assay, *, with_controls: bool, seed: int = 1) -> Made:
    """Write one experiment."""
    rows, truth = [], {}
    for tube, stains in [*(_controls(assay) if with_controls else []), *_samples(assay)]:
        rng = np.random.default_rng([seed, zlib.crc32(tube.fcs.encode())])
        recorded = _record(tube, assay, stains, rng)
        path = folder / tube.fcs
        base_study.write_fcs(path, recorded, tube, BASE)
        rows.append(
            {
                "fcs": tube.fcs, "path": str(path), "experiment": tube.experiment, "plate": "",
                "well": "", "role": tube.role, "cells": tube.cells, "channel": tube.channel,
                "culture": tube.culture, "exclude": "", "untreated": tube.dose == 0,
                "arm": f"dose {tube.dose:g}" if tube.is_sample else "",
            }
        )  # fmt: skip
        truth[tube.fcs] = recorded.percent
    return Made(pd.DataFrame(rows), pd.Series(truth))


def _samples(assay: Assay) -> list[tuple[Tube, tuple[float, float]]]:
    return [
        (
            Tube(
                "E1", f"dose{dose:g}-{replicate}", "sample", 1, percent, assay.events,
                culture=f"dose{dose:g}-{replicate}", dose=dose, replicate=replicate,
            ),
            (1.0, 1.0),
        )
        for dose, percent in zip(DOSES, PERCENTS, strict=True)
        for replicate in (1, 2, 3)
    ]  # fmt: skip


def _controls(assay: Assay) -> list[tuple[Tube, tuple[float, float]]]:
    """Unstained; cells without the reporter; a single stain and an FMO of each of two stains."""
    reporter = float(assay.is_reporter)

    def control(name: str, role: str, percent: float, place: int | None = None) -> Tube:
        channel = "" if place is None else assay.labels[place]
        return Tube("E1", name, role, 1, percent, 3000, channel=channel)

    found = [(control("unstained", "unstained", 6), (reporter, 0.0))]
    if assay.is_reporter:
        parental = replace(control("parental", "population_negative", 6, 0), cells="parental")
        found.append((parental, (0.0, 0.0)))
    for place in assay.stained if len(assay.stained) > 1 else ():
        only = tuple(float(place == one) for one in (0, 1))
        without = tuple(float(place != one) for one in (0, 1))
        found.append((control(f"only{place}", "single_stain", 50, place), (only[0], only[1])))
        found.append((control(f"fmo{place}", "fmo", 35, place), (without[0], without[1])))
    return found


def _record(
    tube: Tube, assay: Assay, stains: tuple[float, float], rng: np.random.Generator
) -> Recorded:
    count = tube.events
    is_dying = rng.random(count) < tube.percent / 100
    is_other = ~is_dying & (rng.random(count) < assay.other_share)
    is_debris = rng.random(count) < DEBRIS
    is_doublet = ~is_debris & (rng.random(count) < DOUBLETS)

    def spread(sd: float) -> Values:
        return np.exp(sd * rng.standard_normal(count))

    of_kind = np.where(is_dying, "dying", "living")
    of_kind[is_debris] = "debris"
    sizes = np.array([SIZES[kind] for kind in of_kind])
    forward, side = sizes[:, 0] * spread(SD_SIZE), sizes[:, 1] * spread(SD_SIZE)
    medians = np.where(is_dying[:, None], assay.dying, assay.living).astype(float)
    medians[is_other] = assay.other
    stained = medians * np.column_stack([spread(SD_STAIN), spread(SD_STAIN)])
    graded = is_dying & (rng.random(count) < assay.graded_share)
    depth = rng.random(count)
    between = 60.0 ** (1 - depth) * np.maximum(stained[:, 0], 1e-9) ** depth
    stained[:, 0] = np.where(graded, between, stained[:, 0])
    stained[is_debris] = 5.0
    own = np.outer(np.where(is_debris, 0.3, 1.0) * spread(SD_OWN), assay.own)
    signal = (stained * np.array(stains)) @ SPILL + own
    second = rng.permutation(np.flatnonzero(~is_debris))[: int(is_doublet.sum())]
    height = forward.copy()
    height[is_doublet] = np.maximum(forward[is_doublet], forward[second])
    forward[is_doublet] += forward[second]
    signal[is_doublet] += signal[second]
    height *= rng.normal(0.85, 0.03, count)
    noise = np.sqrt(625.0 + 4.0 * signal) * rng.standard_normal(signal.shape)
    ticks = np.floor(np.sort(rng.uniform(0, 6000, count)))
    values = np.minimum(np.column_stack([forward, height, side, signal + noise]), BASE.maximum)
    counted = ~is_debris & ~is_doublet
    percent = 100 * np.count_nonzero(is_dying & counted) / np.count_nonzero(counted)
    return Recorded(
        events=pd.DataFrame(np.column_stack([values, ticks]), columns=list(NAMES)),
        kinds=of_kind,
        percent=percent,
        percent_viable=100 - percent,
        percent_of_all_cells=percent,
        labels={name: label for name, label in zip(DETECTORS, assay.labels, strict=True) if label},
    )
