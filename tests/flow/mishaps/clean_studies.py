"""Studies without a mistake, as varied as those of laboratories; a caution on one is a fault.

What varies and how far is what `../shared/measured/flow_controls.md` calls clean, and the issue
adds: an inert drug, an all-dead top dose, primary cells, stains brighter or dimmer from day to day,
stroma that shines, small controls. Carry-over of up to 0.1 % counts as clean.
"""

from dataclasses import dataclass, replace

import numpy as np

from tests.flow.mishaps.base_study import (
    BASE,
    BaseStudy,
    Kind,
    Tube,
    spill,
    tubes,
)

KINDS = ("like the base study", "inert drug", "all dead at the top dose", "primary cells")
_CARRY_OVER = 0.001


@dataclass(frozen=True)
class CleanStudy:
    """A study, its tubes, and which of `KINDS` it is."""

    kind: str
    study: BaseStudy
    tubes: list[Tube]


def clean_study(seed: int) -> CleanStudy:
    """The clean study of a seed; the kinds take turns.

    >>> clean_study(1).kind
    'inert drug'
    """
    rng = np.random.default_rng(seed)
    kind = KINDS[seed % len(KINDS)]
    study = _study(kind, rng)
    days = [_day(rng) for _ in range(study.experiments)]
    wells = [tube for tube in tubes(study) if tube.is_sample]
    listed = [_tube(tube, days[tube.number - 1], wells, rng) for tube in tubes(study)]
    return CleanStudy(kind, study, listed)


def _study(kind: str, rng: np.random.Generator) -> BaseStudy:
    marker = _log_uniform(rng, 2000, 20_000) / BASE.live.marker
    background = _log_uniform(rng, 1, 8)
    shining = rng.uniform(2, 5)

    def cell(of: Kind, live_annexin: bool) -> Kind:
        annexin = of.annexin * (background if live_annexin else 1)
        return replace(of, marker=of.marker * marker, annexin=annexin)

    return replace(
        BASE,
        live=cell(BASE.live, True),
        early=cell(BASE.early, False),
        late=cell(BASE.late, False),
        necrotic=cell(BASE.necrotic, True),
        stroma=replace(BASE.stroma, autofluorescence=shining),
        dying_stroma=replace(BASE.dying_stroma, autofluorescence=1.2 * shining),
        stroma_share=rng.uniform(0.05, 0.4),
        stroma_dying=rng.uniform(0.05, 0.2),
        doublet_share=rng.uniform(0.02, 0.05),
        debris_share=rng.uniform(0.02, 0.15),
        spillover=spill(
            _log_uniform(rng, 0.01, 0.1), _log_uniform(rng, 0.01, 0.25), rng.uniform(0.01, 0.2)
        ),
        percents=_percents(kind, rng),
        single_stain_percent=rng.uniform(30, 70),
        unstained_percent=rng.uniform(3, 15),
        fmo_percent=rng.uniform(20, 60),
        events_sample=round(_log_uniform(rng, 800, 8000)),
        events_control=round(_log_uniform(rng, 500, 3000)),
    )


def _percents(kind: str, rng: np.random.Generator) -> tuple[float, ...]:
    """True percent apoptotic at each dose."""
    untreated = rng.uniform(3, 12)
    if kind == "inert drug":
        return tuple(rng.uniform(3, 8, 3))
    if kind == "all dead at the top dose":
        return (untreated, rng.uniform(30, 70), rng.uniform(95, 99.5))
    if kind == "primary cells":
        untreated = rng.uniform(30, 60)
        return (untreated, untreated + rng.uniform(0, 15), untreated + rng.uniform(10, 30))
    return (untreated, rng.uniform(20, 40), rng.uniform(45, 75))


@dataclass(frozen=True)
class _Day:
    """What differs between days: brightness of Annexin V and dye."""

    annexin: float
    dye: float


def _day(rng: np.random.Generator) -> _Day:
    return _Day(_log_uniform(rng, 0.3, 3), _log_uniform(rng, 0.5, 2))


def _tube(tube: Tube, day: _Day, wells: list[Tube], rng: np.random.Generator) -> Tube:
    """A tube of a day: stains within 10 % and autofluorescence within 3 % of the others."""
    marker, annexin, dye = tube.stains
    stained = np.exp(rng.normal(0, 0.05, 3))
    before = wells[rng.integers(len(wells))]
    has_stroma = tube.role == "unstained" and rng.random() < 0.5
    return replace(
        tube,
        stains=(
            marker * stained[0],
            annexin * stained[1] * day.annexin,
            dye * stained[2] * day.dye,
        ),
        autofluorescence=tube.autofluorescence * float(np.exp(rng.normal(0, 0.015))),
        stroma=wells[0].stroma if has_stroma else tube.stroma,
        carried_share=0.0 if tube.is_sample else rng.uniform(0, _CARRY_OVER),
        carried_from=before,
    )


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))
