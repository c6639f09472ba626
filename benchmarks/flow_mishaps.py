"""Mistakes that laboratories make: true and reported percent apoptotic, and the cautions.

Every case changes the base study of the tests (tests/flow/mishaps/base_study.py): three
experiments, three doses, three wells each. The numbers of the cases are those of the issue; a case
that has a degree is made at three. For each: the true and the reported percent apoptotic, mean over
the wells concerned at each dose; the mean error and that of the worst well; the largest error of
percent viable; and the codes of the cautions and failures with how often each is raised in the
study.

    .venv/bin/python benchmarks/flow_mishaps.py [--cases 1 4 17] [--seed 1] [--sentences]

With `--clean N`, instead: N varied studies without a mistake (tests/flow/mishaps/clean_studies.py),
the share of them with a caution, and its 95 % interval. The limit is 3 %.

    .venv/bin/python benchmarks/flow_mishaps.py --clean 200

With `--mistake` as well, one mistake is made in each of them, and the share of the studies so made
wrong (by more than 5 points in an arm, or without percents) that has its caution is printed:

    .venv/bin/python benchmarks/flow_mishaps.py --clean 100 --mistake stains_swapped
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest

sys.path.insert(0, str(Path(__file__).parents[1]))

from coculture.exchange.flags import Flag
from coculture.exchange.problems import CocultureError
from coculture.flow import (
    control_drift,
    drift_flags,
    gate_experiment,
    staining_flags,
    vanished_flags,
)
from tests.flow.mishaps import base_study, odd_files
from tests.flow.mishaps.base_study import (
    ANNEXIN,
    BASE,
    DYE,
    HEAVY,
    IDENTITY,
    LIGHT,
    MARKER,
    BaseStudy,
    Edit,
    Kind,
    Matrix,
    Recorded,
    Tube,
    changed,
    compensated,
    spill,
    spillover_text,
    tubes,
)
from tests.flow.mishaps.clean_studies import clean_study

EMBEDDED = {"compensation": {"source": "embedded"}}
UNCONTROLLED = ("unstained", "stroma")
TOP = BASE.doses[-1]
OF_DOSE = "of_dose"


@dataclass(frozen=True)
class Case:
    """One mistake: a study, its tubes, what happens to the events, and the config.

    Attributes
    ----------
    number
        Of the case in the issue; 0 is the study without a mistake.
    wanted
        The wells concerned.
    rewrite
        Changes the files that were written, and the table.
    truth
        Column of the truth that the report should give; OF_DOSE: the study's percent at that dose,
        where what is in a file is not its culture.
    """

    number: int
    name: str
    study: BaseStudy = BASE
    listed: Sequence[Tube] | None = None
    edit: Edit | None = None
    section: Mapping[str, Any] = field(default_factory=dict)
    wanted: Callable[[Tube], bool] = lambda tube: tube.is_sample
    truth: str = "percent"
    rewrite: Callable[[pd.DataFrame], pd.DataFrame] = lambda files: files


def in_first(tube: Tube) -> bool:
    return tube.number == 1 and tube.is_sample


def at_top(tube: Tube) -> bool:
    return tube.dose == TOP


def is_named(*names: str, only_first: bool = True) -> Callable[[Tube], bool]:
    return lambda tube: tube.name in names and (tube.number == 1 or not only_first)


# The cases -------------------------------------------------------------------------------------


def cases() -> Iterator[Case]:
    yield Case(0, "base")
    yield from controls()
    yield from channels_and_matrices()
    yield from cells()
    yield from wells()
    yield from stains()
    yield from tables()
    yield from odd()


def odd() -> Iterator[Case]:
    """13, 15."""
    base = replace(BASE, embedded=LIGHT)

    def each(rewrite: odd_files.Rewrite) -> Callable[[pd.DataFrame], pd.DataFrame]:
        def all_files(files: pd.DataFrame) -> pd.DataFrame:
            for path in files["path"]:
                rewrite(Path(path))
            return files

        return all_files

    yield Case(13, "supplemental TEXT", base, section=EMBEDDED, rewrite=each(odd_files.supplement))
    turned = (2, 0, 1)
    other = spillover_text(
        [BASE.detectors[i] for i in turned], [[LIGHT[i][j] for j in turned] for i in turned]
    )
    listed = changed(tubes(base), at_top, keywords={"spillover": other})
    yield Case(13, "channels of the matrix in another order", base, listed, section=EMBEDDED)
    spaced = ("FSC-A", "FSC-H", "SSC-A", "GFP , A", "APC, A", "7AAD,A", "Time")
    yield Case(13, "comma and space", replace(base, names=spaced), section=EMBEDDED)
    listed = [replace(tube, keywords={"timestep": "unknown"}) for tube in tubes(base)]
    yield Case(13, "$TIMESTEP that is no number", base, listed, section=EMBEDDED)
    yield Case(13, "10 bits in words of 16", rewrite=each(odd_files.ten_bits))
    yield Case(13, "HEADER a channel off", rewrite=each(odd_files.shifted))
    yield Case(13, "floats with $PnE 4,0", rewrite=each(odd_files.stale_exponents))
    for chosen in (True, False):
        yield Case(
            15,
            f"a plate in one file, {'data_set given' if chosen else 'no data_set'}",
            rewrite=partial(odd_files.one_file, chosen=chosen),
        )


def controls() -> Iterator[Case]:
    """1, 12, 21."""
    embedded = replace(BASE, embedded=LIGHT, controls=UNCONTROLLED)
    stained = Tube("E1", "apoptotic", "sample", 1, 100, 0)
    for share in (0.005, 0.02, 0.05):
        listed = changed(
            tubes(embedded), is_named("unstained"), carried_share=share, carried_from=stained
        )
        what = f"{100 * share:g} % of unstained is apoptotic"
        yield Case(1, what, embedded, listed, section=EMBEDDED, wanted=in_first)
    swapped = [
        replace(
            tube, stains={"fmo-annexin": (1.0, 1.0, 0.0), "fmo-dye": (1.0, 0.0, 1.0)}[tube.name]
        )
        if tube.name.startswith("fmo") and tube.number == 1
        else tube
        for tube in tubes()
    ]
    yield Case(1, "FMOs swapped", listed=swapped, wanted=in_first)
    asked = {"thresholds": {"annexin": "fmo", "viability_dye": "fmo"}}
    yield Case(1, "FMOs swapped, fmo asked for", listed=swapped, section=asked, wanted=in_first)
    myeloma = Tube("E1", "myeloma", "sample", 1, BASE.fmo_percent, 0)
    for share in (0.01, 0.03, 0.1):
        listed = changed(tubes(), is_named("stroma"), carried_share=share, carried_from=myeloma)
        what = f"{100 * share:g} % of stroma alone is myeloma"
        yield Case(1, what, listed=listed, wanted=in_first)
    for name, matrix in degrees():
        study = replace(BASE, spillover=matrix)
        for cells in ("myeloma", "", "beads"):
            what = f"stains on beads, cells {cells or 'blank'}, {name}"
            yield Case(12, what, study, on_beads(tubes(study), cells))
    for source, embedded_matrix in (("embedded", LIGHT), ("none", None)):
        bare = replace(BASE, controls=(), embedded=embedded_matrix)
        yield Case(21, f"no control ({source})", bare, section={"compensation": {"source": source}})


def on_beads(listed: Iterable[Tube], cells: str) -> list[Tube]:
    """The tubes with single stains on beads, which have no marker of their own as the cells do."""
    alone = {
        "single-marker": (1.0, 0.0, 0.0),
        "single-annexin": (0.0, 1.0, 0.0),
        "single-dye": (0.0, 0.0, 1.0),
    }
    beads = {"bead": 0.5, "blank_bead": 0.5}
    return [
        replace(tube, kinds=beads, cells=cells, stains=alone[tube.name])
        if tube.role == "single_stain"
        else tube
        for tube in listed
    ]


def degrees() -> Iterator[tuple[str, Matrix]]:
    yield "BASE spill", LIGHT
    yield "HEAVY", HEAVY
    yield "HEAVY x 1.5", spill(0.075, 0.375, 0.3)


def channels_and_matrices() -> Iterator[Case]:
    """2, 3, 4, 5, 6, 20."""
    base = replace(BASE, embedded=LIGHT)
    marker = [{"name": "myeloma", "markers": [{"channel": "B675-A", "positive": True}]}]
    yield Case(2, "marker by $PnN is dye by $PnS", base, section=EMBEDDED | {"populations": marker})
    roles = {"channels": {"annexin": "R660-A", "viability_dye": ANNEXIN}}
    yield Case(2, "annexin by $PnN is dye by $PnS", base, section=EMBEDDED | roles)
    for name, matrix in degrees():
        study = replace(
            BASE,
            spillover=matrix,
            embedded=matrix,
            names=("FSC-A", "FSC-H", "SSC-A", "FL1-A", "FL2-A", "FL3-A", "Time"),
            labels=("FL1", "FL2", "FL3"),
        )
        listed = [replace(tube, channel=of_height(tube.channel)) for tube in tubes(study)]
        section = {
            "channels": {"annexin": "FL2-H", "viability_dye": "FL3-H"},
            "populations": [
                {"name": "myeloma", "markers": [{"channel": "FL1-H", "positive": True}]}
            ],
        }
        yield Case(
            3, f"matrix on -A, gates on -H, {name}", study, listed, heights, section | EMBEDDED
        )
    for name, matrix in degrees():
        study = replace(BASE, spillover=matrix)
        lacking = [
            replace(
                tube, keywords={"spillover": spillover_text(("B530-A", "R660-A"), ((1, 0), (0, 1)))}
            )
            for tube in tubes(study)
        ]
        yield Case(3, f"matrix without the dye, {name}", study, lacking, section=EMBEDDED)
    for name, matrix in degrees():
        study = replace(BASE, spillover=matrix, embedded=IDENTITY)
        yield Case(4, f"identity as $SPILLOVER, {name}", study, section=EMBEDDED)
        bare = replace(study, controls=(*UNCONTROLLED, "fmo-annexin", "fmo-dye"))
        yield Case(4, f"the same, no single stains, {name}", bare, section=EMBEDDED)
    for form in ("Comp-{}", "FJComp-{}", "<{}>", "{}"):
        study = replace(BASE, spillover=HEAVY, embedded=HEAVY)
        yield Case(
            5, f"already compensated, {form.format('X')}", study, None, compensated(form), EMBEDDED
        )
    for largest in (65_536.0, 16_384.0, 4096.0):
        yield Case(6, f"$PnR of SSC-A {largest:g}", edit=ranged({"SSC-A": largest}))
    other = spillover_text(BASE.detectors, HEAVY)
    listed = changed(tubes(base), at_top, keywords={"spillover": other})
    yield Case(20, "another $SPILLOVER at the top dose", base, listed, section=EMBEDDED)


def of_height(label: str) -> str:
    return f"{label}-H" if label else ""


def heights(tube: Tube, recorded: Recorded) -> Recorded:
    """Pulse heights beside the areas of the detectors."""
    del tube
    events = recorded.events.copy()
    for number in (1, 2, 3):
        events.insert(6, f"FL{number}-H", BASE.height_over_area * events[f"FL{number}-A"])
    return replace(recorded, events=events, labels={})


def ranged(ranges: Mapping[str, float]) -> Edit:
    return lambda _, recorded: replace(recorded, ranges=ranges)


def cells() -> Iterator[Case]:
    """7, 9, 10, 11."""
    for share in (0.08, 0.3, 0.6):
        study = replace(BASE, debris_share=share)
        what = f"populations: [], {100 * share:g} % debris"
        yield Case(7, what, study, section={"populations": []}, truth="percent_of_all_cells")
    primary = replace(BASE, percents=(45.0, 55.0, 70.0))
    for name, study in (("", BASE), ("primary cells, ", primary)):
        for live in (1500.0, 800.0, 450.0):
            yield Case(9, f"{name}dim marker {live:g}", of_marker(study, live, 0.8, 0.5))
        for what, early, late in (
            ("late cells at 1/10", 0.75, 0.1),
            ("early at 1/2.5, late at 1/33", 0.4, 0.03),
            ("early at 1/10, late none", 0.1, 0.0),
        ):
            yield Case(9, f"{name}{what}", of_marker(study, BASE.live.marker, early, late))
    bare = replace(BASE, embedded=LIGHT, controls=("unstained", "fmo-annexin", "fmo-dye"))
    for live in (1500.0, 800.0):
        what = f"dim marker {live:g}, no stroma alone"
        yield Case(9, what, of_marker(bare, live, 0.8, 0.5), section=EMBEDDED)
    yield Case(9, "bright marker, the drug kills stroma", listed=list(map(killed_stroma, tubes())))
    for bright in (20_000.0, 8000.0, 2000.0, 500.0, 200.0, 100.0):
        study = of_negative_marker(bright)
        # The single stain of the marker needs cells that have it.
        listed = changed(
            tubes(study), is_named("single-marker", only_first=False), stroma=study.stroma_share
        )
        listed = changed(listed, is_named("stroma", only_first=False), stains=(1.0, 0.0, 0.0))
        negative = [{"name": "myeloma", "markers": [{"channel": MARKER, "positive": False}]}]
        section = {"populations": negative}
        yield Case(10, f"negative marker, stroma {bright:g}", study, listed, section=section)
    for background in (3.0, 6.0, 12.0):
        of_two = [
            replace(
                tube,
                cells=f"line {line}",
                name=f"{tube.name}-{line}",
                culture=f"{tube.culture}-{line}",
                background=background if line == "B" else 1.0,
            )
            if tube.is_sample
            else tube
            for tube in tubes()
            for line in ("AB" if tube.is_sample else "A")
        ]
        what = f"live Annexin V x {background:g}"
        yield Case(
            11,
            f"brighter of two lines, {what}",
            listed=of_two,
            wanted=lambda tube: tube.cells == "line B",
        )


def of_marker(study: BaseStudy, live: float, early: float, late: float) -> BaseStudy:
    """Live cells with this median of the marker; early and late ones with these parts of it."""

    def marked(kind: Kind, part: float) -> Kind:
        return replace(kind, marker=part * live)

    return replace(
        study,
        live=marked(study.live, 1.0),
        early=marked(study.early, early),
        late=marked(study.late, late),
        necrotic=marked(study.necrotic, late),
    )


def killed_stroma(tube: Tube) -> Tube:
    """The tube with 30 % of its stroma dying at the middle dose, and 60 % at the top dose."""
    dying = {BASE.doses[1]: 0.3, TOP: 0.6}.get(tube.dose)
    if dying is None:
        return tube
    apoptotic, myeloma = tube.percent / 100, 1 - tube.stroma
    kinds = {
        "live": myeloma * (1 - apoptotic) * (1 - BASE.necrotic_share),
        "early": myeloma * apoptotic * (1 - BASE.late_share),
        "late": myeloma * apoptotic * BASE.late_share,
        "necrotic": myeloma * (1 - apoptotic) * BASE.necrotic_share,
        "stroma": tube.stroma * (1 - dying),
        "dying_stroma": tube.stroma * dying,
    }
    return replace(tube, kinds=kinds)


def of_negative_marker(bright: float) -> BaseStudy:
    """Stroma has an antibody marker that the myeloma cells lack."""

    def marked(kind: Kind, marker: float) -> Kind:
        return replace(kind, marker=marker)

    return replace(
        BASE,
        is_reporter=False,
        live=marked(BASE.live, 20),
        early=marked(BASE.early, 30),
        late=marked(BASE.late, 60),
        necrotic=marked(BASE.necrotic, 60),
        stroma=marked(BASE.stroma, bright),
        dying_stroma=marked(BASE.dying_stroma, 0.5 * bright),
    )


def wells() -> Iterator[Case]:
    """8, 14, 17."""
    for factor in (2.0, 3.0, 4.0):
        listed = changed(tubes(), at_top, autofluorescence=factor)
        yield Case(8, f"autofluorescence x {factor:g} at top", listed=listed, wanted=at_top)
    for light in (100.0, 300.0, 600.0):
        listed = changed(tubes(), at_top, light=(0.0, 0.0, light))
        yield Case(8, f"+{light:g} in dye at top", listed=listed, wanted=at_top)
    for factor in (1.5, 2.5, 4.0):
        for what, key in (("Annexin V stain", "stains"), ("gain of Annexin V", "gain")):
            brighter = {key: (1.0, factor, 1.0)}
            listed = changed(tubes(), lambda tube: tube.replicate == 3, **brighter)
            yield Case(
                8,
                f"{what} x {factor:g} in a third",
                listed=listed,
                wanted=lambda tube: tube.replicate == 3,
            )
    for left in (1, 10, 40):
        yield Case(
            14,
            f"a well of {left} events, its arm",
            edit=cut("E1-dose100-1", left),
            wanted=lambda tube: at_top(tube) and tube.number == 1,
        )
    for channel, place in ((ANNEXIN, 1), (DYE, 2)):
        for added in (150.0, 300.0, 900.0):
            shining = (0.0, added, 0.0) if place == 1 else (0.0, 0.0, added)
            listed = changed(tubes(), lambda tube: tube.dose > 0, light=shining)
            yield Case(
                17,
                f"drug: +{added:g} in {channel}",
                listed=listed,
                wanted=lambda tube: tube.dose > 0,
            )


def cut(name: str, left: int) -> Edit:
    """Only the first events of a tube are recorded, from an early apoptotic cell on."""

    def edit(tube: Tube, recorded: Recorded) -> Recorded:
        if tube.name != name:
            return recorded
        first = int(np.flatnonzero(recorded.kinds == "early")[0])
        part = slice(first, first + left)
        return replace(recorded, events=recorded.events.iloc[part], kinds=recorded.kinds[part])

    return edit


def stains() -> Iterator[Case]:
    """16."""
    one = "E1-dose100-1"
    yield of_stain("no Annexin V in one well", 1, 0, is_named(one))
    yield of_stain("no Annexin V in E1", 1, 0, in_day_one)
    yield of_stain("no Annexin V in the study", 1, 0, lambda _: True)
    for part in (3, 10, 20):
        yield of_stain(f"Annexin V at 1/{part} in E1", 1, 1 / part, in_day_one)
        yield of_stain(f"Annexin V at 1/{part} in one well", 1, 1 / part, is_named(one))
    bare = replace(BASE, controls=UNCONTROLLED, embedded=LIGHT)
    for part in (5, 20):
        weak = 1 / part
        yield of_stain(f"Annexin V at 1/{part}, treated wells of E1", 1, weak, is_treated)
        yield of_stain(f"Annexin V at 1/{part} in the study", 1, weak, lambda _: True)
        what = f"Annexin V at 1/{part} in E1, no single stain"
        yield of_stain(what, 1, weak, in_day_one, bare, EMBEDDED)
    yield of_stain("no dye in one well", 2, 0, is_named(one))
    for share in (0, 1 / 20, 1 / 5):
        yield of_stain(f"dye x {share:.2g} in E1", 2, share, in_day_one)
    yield of_stain("no dye in the study", 2, 0, lambda _: True)
    study = replace(BASE, embedded=LIGHT)
    section = EMBEDDED | {"channels": {"annexin": "V450-A", "viability_dye": DYE}}
    yield Case(16, "an empty channel is annexin", study, None, empty_channel, section)
    marker, annexin_channel, dye_channel = BASE.detectors
    swapped: dict[str, Any] = EMBEDDED | {
        "channels": {"annexin": dye_channel, "viability_dye": annexin_channel},
        "populations": [{"name": "myeloma", "markers": [{"channel": marker, "positive": True}]}],
    }
    for late in (0.2, 0.45, 0.8):
        bare = replace(
            BASE, labels=("", "", ""), embedded=LIGHT, controls=UNCONTROLLED, late_share=late
        )
        yield Case(16, f"annexin and dye swapped, {100 * late:g} % late", bare, section=swapped)


def in_day_one(tube: Tube) -> bool:
    return tube.number == 1


def is_treated(tube: Tube) -> bool:
    return in_first(tube) and tube.dose > 0


def of_stain(
    what: str,
    place: int,
    factor: float,
    wanted: Callable[[Tube], bool],
    study: BaseStudy = BASE,
    section: Mapping[str, Any] | None = None,
) -> Case:
    """A stain weak or missing in the wanted wells, and in the FMO tubes that should have it.

    `place` is that of the stain in `Tube.stains`: 1 is Annexin V, 2 the dye. The single stains are
    prepared apart.
    """

    def weakened(tube: Tube) -> Tube:
        is_mixed = tube.is_sample or tube.role.startswith("fmo")
        if not is_mixed or not wanted(tube):
            return tube
        brightness = [factor * own if at == place else own for at, own in enumerate(tube.stains)]
        return replace(tube, stains=(brightness[0], brightness[1], brightness[2]))

    listed = [weakened(tube) for tube in tubes(study)]
    return Case(16, what, study, listed, section=section or {}, wanted=wanted)


def empty_channel(tube: Tube, recorded: Recorded) -> Recorded:
    """A detector of which no stain is in the tube: autofluorescence and noise."""
    rng = np.random.default_rng(tube.number)
    own = 50 * np.exp(BASE.sd_autofluorescence * rng.standard_normal(len(recorded.events)))
    noise = np.sqrt(BASE.noise_variance + BASE.noise_per_signal * own)
    events = recorded.events.copy()
    events.insert(6, "V450-A", own + noise * rng.standard_normal(len(own)))
    return replace(recorded, events=events)


def tables() -> Iterator[Case]:
    """18, 19."""
    name = "E1-dose10-1"
    aborted = [
        replace(tube, name=f"{name}-aborted", percent=97, events=48)
        for tube in tubes()
        if tube.name == name
    ]
    yield Case(
        18,
        "48 events of a tube, then the whole",
        listed=[*tubes(), *aborted],
        wanted=lambda tube: tube.name.startswith(name),
        truth=OF_DOSE,
    )
    # The file of each well holds the other well, and says so in $WELLID.
    pair = {"E1-dose0-1": ("C1", 60.0), "E1-dose100-1": ("A1", 8.0)}
    listed = [
        replace(tube, percent=pair[tube.name][1], keywords={"wellid": pair[tube.name][0]})
        if tube.name in pair
        else replace(tube, keywords={"wellid": tube.well})
        for tube in tubes()
    ]
    yield Case(
        19,
        "two wells swapped against $WELLID",
        listed=listed,
        wanted=lambda tube: tube.name in pair,
        truth=OF_DOSE,
    )


# Running them ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """What today's code gives for a case."""

    errors: pd.DataFrame
    """Of each well concerned: dose, true and reported percent apoptotic; where the truth is that of
    the file, the error of percent viable."""
    codes: Counter[str]
    sentences: Sequence[str]
    refusals: Sequence[str]


def run(case: Case, seed: int) -> Result:
    """Write the files of a case and gate every experiment."""
    listed = tubes(case.study) if case.listed is None else case.listed
    flags: list[Flag] = []
    refusals: list[str] = []
    reported: list[pd.DataFrame] = []
    with tempfile.TemporaryDirectory() as folder:
        written = base_study.write(Path(folder), case.study, listed, case.edit, seed)
        written = replace(written, files=case.rewrite(written.files))
        for experiment, rows in written.of_experiments().items():
            try:
                gated = gate_experiment(rows, base_study.settings(**case.section))
            except CocultureError as error:
                refusals.append(f"{experiment}: {error}")
                continue
            reported.append(gated.wells)
            flags += gated.flags
        try:
            settings = base_study.settings(**case.section)
            flags += drift_flags(control_drift(written.files, settings), settings)
            if reported:
                wells = pd.concat(reported)
                flags += staining_flags(wells, settings) + vanished_flags(wells, written.files)
        except CocultureError as error:
            refusals.append(f"comparing the days: {error}")
    raised = [flag for flag in flags if flag.severity != "note"]
    codes = Counter(flag.code for flag in raised)
    sentences = [
        f"{flag.concerns.fcs or flag.concerns.experiment}: {flag.sentence}" for flag in raised
    ]
    concerned = [tube.fcs for tube in listed if case.wanted(tube) and tube.is_sample]
    truth = written.truth.loc[concerned]
    columns = ["percent_apoptotic", "percent_viable"]
    wells = pd.concat([pd.DataFrame(columns=["fcs", "culture", "population", *columns]), *reported])
    # A data set of a file counts as the file that it was.
    name_of = {tube.culture: tube.fcs for tube in listed if tube.is_sample}
    is_set = wells["fcs"].str.contains("plate.fcs", regex=False, na=False)
    wells["fcs"] = wells["fcs"].where(~is_set, wells["culture"].map(name_of))
    found = _of_cultures(wells).set_index("fcs")
    found = found.reindex(concerned)[columns].astype(float)
    of_dose = dict(zip(case.study.doses, case.study.percents, strict=True))
    errors = pd.DataFrame(
        {
            "dose": truth["dose"],
            "true": truth["dose"].map(of_dose) if case.truth == OF_DOSE else truth[case.truth],
            "reported": found["percent_apoptotic"],
        }
    )
    if case.truth == "percent":
        errors["viable"] = found["percent_viable"] - truth["percent_viable"]
    return Result(errors, codes, sentences, refusals)


def swapped_stains(number: int) -> Case:
    """A clean study with Annexin V and the dye swapped in the config, which no label shows.

    10 to 95 % of its apoptotic cells are late.
    """
    clean = clean_study(number)
    share = float(np.random.default_rng([number, 1]).uniform(0.1, 0.95))
    study = replace(
        clean.study, labels=("", "", ""), late_share=share, embedded=clean.study.spillover
    )
    listed = [tube for tube in clean.tubes if tube.name in UNCONTROLLED or tube.is_sample]
    marker, annexin, dye = study.detectors
    section = {
        "channels": {"annexin": dye, "viability_dye": annexin},
        "populations": [{"name": "myeloma", "markers": [{"channel": marker, "positive": True}]}],
    }
    return Case(0, clean.kind, study, listed, section=EMBEDDED | section)


def reversed_marker(number: int) -> Case:
    """A clean study whose config has the population on the wrong side of its marker."""
    clean = clean_study(number)
    wrong = [{"name": "myeloma", "markers": [{"channel": MARKER, "positive": False}]}]
    return Case(0, clean.kind, clean.study, clean.tubes, section={"populations": wrong})


MISTAKES = {
    "stains_swapped": (swapped_stains, {"stains_swapped", "annexin_missing"}),
    "marker_reversed": (reversed_marker, {"marker_reversed"}),
}
"""Mistake -> the case of a clean study by its number, and the codes of its cautions."""
WRONG_POINTS = 5.0


def detection(mistake: str, studies: int, seed: int, sentences: bool) -> None:
    """Print how many of the studies that a mistake makes wrong have its caution."""
    make, codes = MISTAKES[mistake]
    wrong = found = 0
    missed: list[float] = []
    for number in range(seed, seed + studies):
        result = run(make(number), number)
        means = result.errors.groupby("dose").mean()
        error = float((means["reported"] - means["true"]).abs().max())
        has_caution = bool(codes & {*result.codes})
        if not error <= WRONG_POINTS:
            wrong += 1
            found += has_caution
            missed += [] if has_caution else [error]
        print(f"{number:4} off by {error:.1f}: {', '.join(sorted(result.codes))}", flush=True)
        for sentence in (*result.refusals, *result.sentences) if sentences else ():
            print(f"      {sentence}")
    largest = f", the others off by up to {max(missed):.1f} points" if missed else ""
    print(f"{found} of {wrong} studies off by more than {WRONG_POINTS:g} points found{largest}")


def false_alarms(studies: int, seed: int, sentences: bool) -> None:
    """Print how many clean studies have a caution, and which."""
    alarmed = 0
    codes: Counter[str] = Counter()
    errors: list[pd.DataFrame] = []
    for number in range(seed, seed + studies):
        clean = clean_study(number)
        result = run(Case(0, clean.kind, clean.study, clean.tubes), number)
        errors.append(result.errors.assign(kind=clean.kind))
        found = sorted({*result.codes, *("refused" for _ in result.refusals)})
        alarmed += bool(found)
        codes.update(found)
        if found:
            print(f"{number:4} {clean.kind}: {', '.join(found)}", flush=True)
        for sentence in (*result.refusals, *result.sentences) if sentences else ():
            print(f"      {sentence}")
    interval = binomtest(alarmed, studies).proportion_ci(method="exact")
    low, high = 100 * interval.low, 100 * interval.high
    share = 100 * alarmed / studies
    print(
        f"{alarmed} of {studies} clean studies have a caution: {share:.1f} % ({low:.1f}-{high:.1f})"
    )
    print(", ".join(f"{code} {count}" for code, count in codes.most_common()) or "none")
    every = pd.concat(errors)
    every["error"] = every["reported"] - every["true"]
    print(every.groupby("kind")["error"].agg(["mean", "std", "min", "max", "count"]).round(1))


def _of_cultures(wells: pd.DataFrame) -> pd.DataFrame:
    """The wells, those of a culture with several files with the percent of the culture."""
    several = wells["culture"].ne("") & wells.duplicated(["culture", "population"], keep=False)
    if not several.any():
        return wells
    counts = (
        wells[several].groupby("culture")[["n_viable", "n_early", "n_late", "n_necrotic"]].sum()
    )
    apoptotic = 100 * (counts["n_early"] + counts["n_late"]) / counts.sum(axis=1)
    percents = wells["culture"].map(apoptotic).where(several, wells["percent_apoptotic"])
    return wells.assign(percent_apoptotic=percents)


def line(case: Case, result: Result) -> str:
    """One line of the table."""
    means = result.errors.groupby("dose").mean()
    error = result.errors["reported"] - result.errors["true"]
    worst = _largest(error)
    viable = (
        _largest(result.errors["viable"]) if "viable" in result.errors else _largest(error * np.nan)
    )
    true = "/".join(f"{value:.1f}" for value in means["true"])
    reported = "/".join(f"{value:.1f}" for value in means["reported"])
    codes = ", ".join(f"{code} {count}" for code, count in sorted(result.codes.items()))
    refused = f"refused {len(result.refusals)} of {case.study.experiments}; " * bool(
        result.refusals
    )
    mean = f"{error.mean():+6.1f}" if error.notna().any() else "     -"
    return (
        f"{case.number:2} {case.name:42.42} {true:>15} {reported:>15} {mean} {worst} {viable}  "
        f"{refused}{codes or ('' if refused else 'none')}"
    )


def _largest(errors: "pd.Series[float]") -> str:
    known = errors.dropna().to_numpy()
    return f"{known[np.argmax(np.abs(known))]:+6.1f}" if len(known) else "     -"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, nargs="*", help="numbers of cases; all if not given")
    parser.add_argument("--seed", type=int, default=1, help="of the events")
    parser.add_argument("--sentences", action="store_true", help="print each caution in full")
    parser.add_argument("--clean", type=int, help="so many studies without a mistake, instead")
    parser.add_argument("--mistake", choices=MISTAKES, help="made in each of them")
    chosen = parser.parse_args()
    if chosen.clean and chosen.mistake:
        detection(chosen.mistake, chosen.clean, chosen.seed, chosen.sentences)
        return
    if chosen.clean:
        false_alarms(chosen.clean, chosen.seed, chosen.sentences)
        return
    start = time.perf_counter()
    print(
        f"{'':2} {'case':42} {'true':>15} {'reported':>15} {'mean':>6} {'worst':>6} {'viable':>6}  "
        "cautions of the whole study"
    )
    for case in sorted(cases(), key=lambda one: one.number):
        if chosen.cases and case.number not in chosen.cases:
            continue
        result = run(case, chosen.seed)
        print(line(case, result), flush=True)
        for sentence in (*result.refusals[:1], *(result.sentences if chosen.sentences else ())):
            print(f"      {sentence}")
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
