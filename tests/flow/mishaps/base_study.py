"""The study in which the mistakes of laboratories are made: three doses of a drug on a co-culture.

`BASE` has every parameter. `tubes` lists the tubes of a study, `record` makes the events of one
tube with its true percent apoptotic, and `write` writes all of them as FCS files. A mistake is a
small change: `dataclasses.replace` of a parameter of the study or of a tube, or a function `edit`
that changes what was recorded before it is written. Each tube has random numbers of its own, so
that a mistake in one tube leaves the events of the others as they were.

Nothing is taken from `coculture.simulate`: a mistake in one generator is not a mistake in both.
"""

import datetime
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import flowio
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.flow import FlowSettings
from coculture.study.schema import FOLDER, with_defaults

Values = NDArray[np.float64]
Matrix = tuple[tuple[float, float, float], ...]
Three = tuple[float, float, float]
"""One value for each of marker, Annexin V and viability dye, in this order."""

MYELOMA = ("live", "early", "late", "necrotic")
APOPTOTIC = ("early", "late")
KINDS = (*MYELOMA, "stroma", "dying_stroma", "debris", "bead", "blank_bead")
CELLS = KINDS[:6]
DOUBLET = "doublet"
MARKER, ANNEXIN, DYE = "GFP", "Annexin V-APC", "7-AAD"
"""Labels ($PnS) of the three stains."""


def spill(marker_to_dye: float, annexin_to_dye: float, dye_to_annexin: float) -> Matrix:
    """A spillover matrix: rows are stains, columns are detectors.

    >>> spill(0.015, 0.02, 0.1)[2]
    (0.0, 0.1, 1.0)
    """
    return (
        (1.0, 0.0, marker_to_dye),
        (0.0, 1.0, annexin_to_dye),
        (0.0, dye_to_annexin, 1.0),
    )


LIGHT = spill(0.015, 0.02, 0.1)
HEAVY = spill(0.05, 0.25, 0.2)
IDENTITY = spill(0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Kind:
    """Medians of one kind of particle; autofluorescence is a multiple of the study's."""

    forward_scatter: float
    side_scatter: float
    marker: float
    annexin: float
    dye: float
    autofluorescence: float


@dataclass(frozen=True)
class BaseStudy:
    """Every parameter of the study.

    Attributes
    ----------
    sd_forward_scatter, sd_side_scatter, sd_marker, sd_annexin, sd_dye, sd_autofluorescence
        Standard deviations of the natural logarithm between particles of one kind.
    graded_share, graded_from
        Share of apoptotic cells whose Annexin V is log-uniform from `graded_from` to the full
        value.
    is_reporter
        Whether the cells make the marker themselves, so that the unstained tube has it.
    fmo_percent
        True percent apoptotic in the tubes that lack one stain.
    embedded
        The matrix that is written as $SPILLOVER; None: the keyword is not written.
    controls
        Names of the controls of each experiment, as `CONTROLS` has them.
    names
        Channels ($PnN): three of scatter, three detectors, time.
    """

    live: Kind = Kind(90_000, 28_000, 8000, 15, 8, 1.0)
    early: Kind = Kind(70_000, 36_000, 6000, 5000, 10, 1.1)
    late: Kind = Kind(48_000, 46_000, 4000, 8000, 11_000, 1.3)
    necrotic: Kind = Kind(55_000, 44_000, 4000, 20, 9000, 1.3)
    stroma: Kind = Kind(130_000, 80_000, 0, 25, 10, 2.5)
    dying_stroma: Kind = Kind(95_000, 90_000, 0, 7000, 6000, 3.0)
    debris: Kind = Kind(8000, 9000, 20, 8, 5, 0.3)
    bead: Kind = Kind(40_000, 60_000, 9000, 9000, 9000, 4.0)
    blank_bead: Kind = Kind(40_000, 60_000, 0, 0, 0, 4.0)
    sd_forward_scatter: float = 0.17
    sd_side_scatter: float = 0.22
    sd_marker: float = 0.4
    sd_annexin: float = 0.45
    sd_dye: float = 0.4
    sd_autofluorescence: float = 0.25

    graded_share: float = 0.10
    graded_from: float = 60.0
    late_share: float = 0.45
    necrotic_share: float = 0.015
    stroma_share: float = 0.20
    stroma_dying: float = 0.10
    debris_share: float = 0.08
    doublet_share: float = 0.05

    autofluorescence: Three = (100.0, 60.0, 45.0)
    spillover: Matrix = LIGHT
    noise_variance: float = 625.0
    noise_per_signal: float = 4.0
    height_over_area: float = 0.85
    sd_height_over_area: float = 0.03
    maximum: float = 262_143.0
    seconds: float = 60.0
    ticks_per_second: float = 100.0

    experiments: int = 3
    doses: tuple[float, ...] = (0.0, 10.0, 100.0)
    percents: tuple[float, ...] = (8.0, 35.0, 60.0)
    wells: int = 3
    events_sample: int = 5000
    events_control: int = 3000
    single_stain_percent: float = 60.0
    unstained_percent: float = 8.0
    fmo_percent: float = 35.0
    is_reporter: bool = True
    controls: tuple[str, ...] = (
        "unstained",
        "stroma",
        "single-marker",
        "single-annexin",
        "single-dye",
        "fmo-annexin",
        "fmo-dye",
    )
    first_day: datetime.date = datetime.date(2021, 3, 1)
    days_between: int = 7
    embedded: Matrix | None = None
    names: tuple[str, ...] = ("FSC-A", "FSC-H", "SSC-A", "B530-A", "R660-A", "B675-A", "Time")
    labels: tuple[str, str, str] = (MARKER, ANNEXIN, DYE)

    @property
    def detectors(self) -> tuple[str, ...]:
        """Channels of marker, Annexin V and viability dye."""
        return self.names[3:6]

    def day(self, experiment: int) -> str:
        """$DATE of experiment 1, 2, ...

        >>> BASE.day(2)
        '08-MAR-2021'
        """
        days = datetime.timedelta(self.days_between * (experiment - 1))
        return f"{self.first_day + days:%d-%b-%Y}".upper()


BASE = BaseStudy()


@dataclass(frozen=True)
class Tube:
    """One tube: what its row of flow.csv says of it, and what is in it.

    Attributes
    ----------
    percent
        Expected percent apoptotic of the myeloma cells.
    stroma
        Share of stroma among the cells.
    kinds
        Shares of the kinds of particle, instead of those that `percent` and `stroma` give.
    stains
        Brightness of marker, Annexin V and dye as a multiple of the study's; 0: not in the tube.
    background
        Annexin V of live and necrotic cells as a multiple of the study's.
    autofluorescence
        Multiple of the study's.
    light
        Signal in each detector that a fluorescent drug gives to each cell: median.
    gain
        Multiple of everything that each detector records, noise included.
    arm
        Of a control of treated cells.
    carried_share, carried_from
        This share of the events is from another tube.
    keywords
        Of this file, in place of those of the study; None takes a keyword away.
    """

    experiment: str
    name: str
    role: str
    number: int
    percent: float
    events: int
    stroma: float = 0.0
    kinds: Mapping[str, float] | None = None
    stains: Three = (1.0, 1.0, 1.0)
    background: float = 1.0
    autofluorescence: float = 1.0
    light: Three = (0.0, 0.0, 0.0)
    gain: Three = (1.0, 1.0, 1.0)
    carried_share: float = 0.0
    carried_from: "Tube | None" = None
    keywords: Mapping[str, str | None] = field(default_factory=dict)
    channel: str = ""
    culture: str = ""
    dose: float = np.nan
    replicate: int = 0
    cells: str = "myeloma"
    well: str = ""
    arm: str = ""

    @property
    def fcs(self) -> str:
        """The file, relative to the study's folder."""
        return f"{self.experiment}/{self.name}.fcs"

    @property
    def is_sample(self) -> bool:
        return self.role == "sample"


@dataclass(frozen=True)
class Recorded:
    """What the cytometer records of a tube.

    Attributes
    ----------
    events
        One column for each channel, in the order of the file.
    kinds
        One of `KINDS` or DOUBLET for each event.
    percent
        True percent apoptotic of the myeloma cells: early and late of all, singlets only.
    percent_viable
        True percent of live cells among the same.
    percent_of_all_cells
        Percent apoptotic of all cells, stroma included, whose dying cells count as apoptotic.
    labels, ranges
        $PnS and $PnR of channels that have other values than the study's.
    """

    events: pd.DataFrame
    kinds: NDArray[np.str_]
    percent: float
    percent_viable: float
    percent_of_all_cells: float
    labels: Mapping[str, str] = field(default_factory=dict)
    ranges: Mapping[str, float] = field(default_factory=dict)


Edit = Callable[[Tube, Recorded], Recorded]


@dataclass(frozen=True)
class Written:
    """A study on disk.

    Attributes
    ----------
    files
        The rows of flow.csv of all experiments, as `gate_experiment` takes those of one.
    truth
        Of each file, by `fcs`: experiment, role, culture, dose, replicate, percent,
        percent_viable, percent_of_all_cells (NaN where no such cells were recorded).
    """

    files: pd.DataFrame
    truth: pd.DataFrame

    def of_experiments(self) -> dict[str, pd.DataFrame]:
        """The rows of each experiment."""
        return {str(name): rows for name, rows in self.files.groupby("experiment")}


# The tubes -------------------------------------------------------------------------------------


def tubes(study: BaseStudy = BASE) -> list[Tube]:
    """All tubes of a study: of each experiment its controls, then its wells."""
    return [
        tube
        for number in range(1, study.experiments + 1)
        for tube in (*_controls(study, number), *_samples(study, number))
    ]


def _controls(study: BaseStudy, number: int) -> list[Tube]:
    experiment, events = f"E{number}", study.events_control
    marker, annexin, dye = study.labels
    unstained = (float(study.is_reporter), 0.0, 0.0)

    def control(name: str, role: str, percent: float, **fields: Any) -> Tube:
        return Tube(experiment, name, role, number, percent, events, **fields)

    # The single stains are of the cells alone; so is the unstained tube, of the same cells.
    killed, mixed = study.single_stain_percent, study.fmo_percent
    share = study.stroma_share
    every = (
        control("unstained", "unstained", study.unstained_percent, stains=unstained),
        control("stroma", "population_negative", 0, stroma=1.0, stains=unstained, cells="stroma"),
        control("single-marker", "single_stain", killed, channel=marker, stains=(1, 0, 0)),
        control(
            "single-annexin",
            "single_stain",
            killed,
            channel=annexin,
            stains=(unstained[0], 1, 0),
        ),
        control("single-dye", "single_stain", killed, channel=dye, stains=(unstained[0], 0, 1)),
        control("fmo-annexin", "fmo_annexin", mixed, stroma=share, stains=(1, 0, 1)),
        control("fmo-dye", "fmo_dye", mixed, stroma=share, stains=(1, 1, 0)),
        # Only for a marker that is no reporter.
        control("fmo-marker", "fmo", mixed, stroma=share, stains=(0, 1, 1), channel=marker),
    )
    return [
        replace(one, well=f"H{i}") for i, one in enumerate(every, 1) if one.name in study.controls
    ]


def _samples(study: BaseStudy, number: int) -> list[Tube]:
    return [
        Tube(
            experiment=f"E{number}",
            name=f"E{number}-dose{dose:g}-{replicate}",
            role="sample",
            number=number,
            percent=percent,
            events=study.events_sample,
            stroma=study.stroma_share,
            culture=f"E{number}-dose{dose:g}-{replicate}",
            dose=dose,
            replicate=replicate,
            well=f"{'ABCDEFG'[row]}{replicate}",
        )
        for row, (dose, percent) in enumerate(zip(study.doses, study.percents, strict=True))
        for replicate in range(1, study.wells + 1)
    ]


def changed(listed: Iterable[Tube], wanted: Callable[[Tube], bool], **fields: Any) -> list[Tube]:
    """The tubes, with fields of the wanted ones replaced."""
    return [replace(tube, **fields) if wanted(tube) else tube for tube in listed]


# The events ------------------------------------------------------------------------------------


def record(tube: Tube, study: BaseStudy, rng: np.random.Generator) -> Recorded:
    """The events of one tube with the true percent apoptotic of its singlet myeloma cells.

    >>> record(tubes()[-1], BASE, np.random.default_rng(1)).events.shape
    (5000, 7)
    """
    carried = round(tube.carried_share * tube.events) if tube.carried_from else 0
    kinds, values = _events(tube, tube.events - carried, study, rng)
    if tube.carried_from and carried:
        of_other, others = _events(tube.carried_from, carried, study, rng)
        order = rng.permutation(tube.events)
        kinds = np.concatenate([kinds, of_other])[order]
        values = np.vstack([values, others])[order]
    ticks = np.sort(rng.uniform(0, study.seconds * study.ticks_per_second, tube.events))
    columns = np.column_stack([values, np.floor(ticks)])
    return Recorded(
        events=pd.DataFrame(columns, columns=list(study.names)),
        kinds=kinds,
        percent=_percent(kinds, APOPTOTIC, MYELOMA),
        percent_viable=_percent(kinds, ("live",), MYELOMA),
        percent_of_all_cells=_percent(kinds, (*APOPTOTIC, "dying_stroma"), CELLS),
        labels=dict(zip(study.detectors, study.labels, strict=True)),
    )


def _percent(kinds: NDArray[np.str_], apoptotic: Sequence[str], of: Sequence[str]) -> float:
    every = np.count_nonzero(np.isin(kinds, of))
    return 100 * np.count_nonzero(np.isin(kinds, apoptotic)) / every if every else np.nan


def _events(
    tube: Tube, events: int, study: BaseStudy, rng: np.random.Generator
) -> tuple[NDArray[np.str_], Values]:
    """The kind of each event, and its values in every channel but time."""
    shares = _shares(tube, study)
    cells = np.array([shares.get(kind, 0.0) for kind in KINDS])
    is_doublet = rng.random(events) < study.doublet_share
    is_debris = ~is_doublet & (rng.random(events) < study.debris_share / (1 - study.doublet_share))
    drawn = rng.choice(len(KINDS), events, p=cells)
    partner = rng.choice(len(KINDS), events, p=cells)
    drawn[is_debris] = KINDS.index("debris")

    forward, side, stain, own = _particles(drawn, tube, study, rng)
    second = _particles(partner, tube, study, rng)
    height = forward.copy()
    height[is_doublet] = np.maximum(forward, second[0])[is_doublet]
    height *= rng.normal(study.height_over_area, study.sd_height_over_area, events)
    for first, other in zip((forward, side, stain, own), second, strict=True):
        first[is_doublet] += other[is_doublet]

    signal = stain @ np.array(study.spillover) + own
    variance = study.noise_variance + study.noise_per_signal * signal
    seen = signal + np.sqrt(variance) * rng.standard_normal(signal.shape)
    values = np.column_stack([forward, height, side, seen * np.array(tube.gain)])
    kinds = np.array([*KINDS, DOUBLET])[np.where(is_doublet, len(KINDS), drawn)]
    return kinds, np.minimum(values, study.maximum)


def _shares(tube: Tube, study: BaseStudy) -> Mapping[str, float]:
    """Shares of the kinds among the particles that are not debris."""
    if tube.kinds is not None:
        return tube.kinds
    apoptotic, myeloma = tube.percent / 100, 1 - tube.stroma
    return {
        "live": myeloma * (1 - apoptotic) * (1 - study.necrotic_share),
        "early": myeloma * apoptotic * (1 - study.late_share),
        "late": myeloma * apoptotic * study.late_share,
        "necrotic": myeloma * (1 - apoptotic) * study.necrotic_share,
        "stroma": tube.stroma * (1 - study.stroma_dying),
        "dying_stroma": tube.stroma * study.stroma_dying,
    }


def _particles(
    drawn: NDArray[np.int64], tube: Tube, study: BaseStudy, rng: np.random.Generator
) -> tuple[Values, Values, Values, Values]:
    """Forward scatter, side scatter, stains, and light of the particle's own, before any noise."""
    kinds = [getattr(study, kind) for kind in KINDS]

    def spread(sd: float) -> Values:
        return np.exp(sd * rng.standard_normal(len(drawn)))

    def of(name: str) -> Values:
        return np.array([getattr(kind, name) for kind in kinds], dtype=np.float64)[drawn]

    is_cell = np.isin(drawn, [KINDS.index(kind) for kind in CELLS])
    is_apoptotic = np.isin(drawn, [KINDS.index(kind) for kind in APOPTOTIC])
    annexin = of("annexin") * spread(study.sd_annexin)
    graded = is_apoptotic & (rng.random(len(drawn)) < study.graded_share)
    depth = rng.random(len(drawn))
    annexin = np.where(
        graded, study.graded_from ** (1 - depth) * np.maximum(annexin, 1e-9) ** depth, annexin
    )
    binds_little = np.isin(drawn, [KINDS.index("live"), KINDS.index("necrotic")])
    annexin[binds_little] *= tube.background
    marker, dye = of("marker") * spread(study.sd_marker), of("dye") * spread(study.sd_dye)
    brightness = of("autofluorescence") * spread(study.sd_autofluorescence)
    own = np.outer(brightness * tube.autofluorescence, study.autofluorescence)
    if any(tube.light):
        own += np.outer(is_cell * spread(study.sd_autofluorescence), tube.light)
    return (
        of("forward_scatter") * spread(study.sd_forward_scatter),
        of("side_scatter") * spread(study.sd_side_scatter),
        np.column_stack([marker, annexin, dye]) * np.array(tube.stains),
        own,
    )


def compensated(form: str) -> Edit:
    """The detectors compensated by the true matrix HEAVY, and renamed as software does."""

    def edit(tube: Tube, recorded: Recorded) -> Recorded:
        del tube
        names = list(BASE.detectors)
        events = recorded.events.copy()
        events[names] = events[names].to_numpy() @ np.linalg.inv(np.array(HEAVY))
        renamed = {name: form.format(name) for name in names}
        labels = {renamed[name]: label for name, label in recorded.labels.items()}
        return replace(recorded, events=events.rename(columns=renamed), labels=labels)

    return edit


# The files -------------------------------------------------------------------------------------


def write(
    folder: Path,
    study: BaseStudy = BASE,
    listed: Sequence[Tube] | None = None,
    edit: Edit | None = None,
    seed: int = 1,
) -> Written:
    """Write the FCS files of a study into `folder`.

    Parameters
    ----------
    listed
        The tubes, if they are not those of `tubes(study)`.
    edit
        Changes what was recorded of each tube before it is written.
    seed
        The same seed gives the same events of a tube with the same name.
    """
    rows, truths = [], []
    for tube in tubes(study) if listed is None else listed:
        rng = np.random.default_rng([seed, zlib.crc32(tube.fcs.encode())])
        recorded = record(tube, study, rng)
        if edit is not None:
            recorded = edit(tube, recorded)
        path = folder / tube.fcs
        write_fcs(path, recorded, tube, study)
        rows.append(_row(tube, path))
        truths.append(
            {
                "fcs": tube.fcs,
                "experiment": tube.experiment,
                "role": tube.role,
                "culture": tube.culture,
                "cells": tube.cells,
                "dose": tube.dose,
                "replicate": tube.replicate,
                "percent": recorded.percent,
                "percent_viable": recorded.percent_viable,
                "percent_of_all_cells": recorded.percent_of_all_cells,
            }
        )
    return Written(pd.DataFrame(rows), pd.DataFrame(truths).set_index("fcs"))


def _row(tube: Tube, path: Path) -> dict[str, Any]:
    return {
        "fcs": tube.fcs,
        "path": str(path),
        "experiment": tube.experiment,
        "plate": f"plate-{tube.experiment}",
        "well": tube.well,
        "role": tube.role,
        "cells": tube.cells,
        "channel": tube.channel,
        "culture": tube.culture,
        "exclude": "",
        "untreated": tube.dose == 0,
        "arm": f"dose {tube.dose:g}" if tube.is_sample else tube.arm,
    }


def write_fcs(path: Path, recorded: Recorded, tube: Tube, study: BaseStudy) -> None:
    """Write what was recorded of a tube as FCS 3.1, 32-bit floats."""
    names = [str(name) for name in recorded.events.columns]
    keywords: dict[str, str | None] = {
        "cyt": "Cytometer of the tests",
        "date": study.day(tube.number),
        "btim": f"10:{tube.number:02d}:00",
        "timestep": f"{1 / study.ticks_per_second:g}",
    }
    if study.embedded is not None:
        keywords["spillover"] = spillover_text(study.detectors, study.embedded)
    for number, name in enumerate(names, start=1):
        keywords[f"p{number}r"] = f"{recorded.ranges.get(name, study.maximum + 1):.0f}"
    keywords |= tube.keywords
    given = {key: value for key, value in keywords.items() if value is not None}
    labels = [recorded.labels.get(name, "") for name in names]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as handle:
        flowio.create_fcs(handle, recorded.events.to_numpy().ravel(), names, labels, given)


def spillover_text(channels: Sequence[str], matrix: Sequence[Sequence[float]]) -> str:
    """The value of $SPILLOVER.

    >>> spillover_text(["A", "B"], [[1, 0.1], [0, 1]])
    '2,A,B,1,0.1,0,1'
    """
    numbers = [f"{value:g}" for row in matrix for value in row]
    return ",".join([str(len(channels)), *channels, *numbers])


# The config ------------------------------------------------------------------------------------

MARKED = [{"name": "myeloma", "markers": [{"channel": MARKER, "positive": True}]}]


def settings(**section: Any) -> FlowSettings:
    """The flow section for the study, with these keys in place of its own."""
    own: dict[str, Any] = {
        "channels": {"annexin": ANNEXIN, "viability_dye": DYE},
        "populations": MARKED,
    }
    return FlowSettings.from_config(with_defaults(own | section, FOLDER / "flow.schema.yaml"))
