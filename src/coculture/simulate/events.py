"""The events that a flow cytometer would record of a tube.

The number of events of each kind is multinomial, with the culture's true apoptotic fraction among
the myeloma cells. Scatter and fluorescence are log-normal between cells; the spillover matrix then
mixes the fluorescence, autofluorescence is added, and photons and electronics blur each detector,
so that dim events spread around zero. A doublet is the sum of two cells at the height of one.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coculture.linear_algebra import product
from coculture.simulate.parameters import Cells, Cytometer

Values = NDArray[np.float64]

KINDS = ("live", "early", "late", "necrotic", "stroma", "dying_stroma", "debris")
CHANNELS = ("FSC-A", "FSC-H", "SSC-A", "B530-A", "R660-A", "B675-A", "Time")
LABELS = ("", "", "", "GFP", "Annexin V-APC", "7-AAD", "")
DETECTORS = CHANNELS[3:6]
TICK_SECONDS = 0.01


@dataclass(frozen=True)
class Tube:
    """What was put into a tube: fractions of the single cells by kind, and the stains given."""

    mix: Mapping[str, float]
    annexin: bool = True
    dye: bool = True
    treated: bool = False


def coculture(percent_apoptotic: float, cells: Cells, treated: bool = False) -> Tube:
    """A fully stained co-culture of myeloma cells and stroma."""
    myeloma = myeloma_alone(percent_apoptotic, cells).mix
    mix = {kind: (1 - cells.stroma_share) * share for kind, share in myeloma.items()}
    stroma = {kind: cells.stroma_share * share for kind, share in stroma_alone(cells).mix.items()}
    return Tube(mix | stroma, treated=treated)


def myeloma_alone(percent_apoptotic: float, cells: Cells) -> Tube:
    """Fully stained myeloma cells without stroma."""
    apoptotic = percent_apoptotic / 100
    return Tube(
        {
            "live": (1 - apoptotic) * (1 - cells.necrotic_share),
            "early": apoptotic * (1 - cells.late_share),
            "late": apoptotic * cells.late_share,
            "necrotic": (1 - apoptotic) * cells.necrotic_share,
        }
    )


def stroma_alone(cells: Cells) -> Tube:
    """Fully stained stroma without myeloma cells."""
    return Tube({"stroma": 1 - cells.stroma_dying, "dying_stroma": cells.stroma_dying})


def unstained(tube: Tube) -> Tube:
    """The same tube without Annexin V and viability dye."""
    return replace(tube, annexin=False, dye=False)


def gains(cytometer: Cytometer, rng: np.random.Generator) -> Values:
    """Relative gains of the three detectors on one day."""
    return np.exp(rng.normal(0, cytometer.sd_gain, len(DETECTORS)))


def acquire(
    tube: Tube,
    events: int,
    cells: Cells,
    cytometer: Cytometer,
    rng: np.random.Generator,
    gain: Values | None = None,
) -> Values:
    """Record `events` events of a tube: an array of events x CHANNELS, on the linear scale.

    Values have one decimal and lie between the electronics' noise below zero and `maximum`;
    Time is in ticks of TICK_SECONDS.

    >>> tube = coculture(30.0, Cells())
    >>> acquire(tube, 100, Cells(), Cytometer(), np.random.default_rng(1)).shape
    (100, 7)
    """
    kinds, partners = _draw_kinds(tube, events, cells, rng)
    particle = _Particles.draw(kinds, tube, cells, cytometer, rng)
    second = _Particles.draw(partners[partners >= 0], tube, cells, cytometer, rng)
    height = particle.forward_scatter.copy()
    particle.add(np.flatnonzero(partners >= 0), second)
    height[partners >= 0] = np.maximum(height[partners >= 0], second.forward_scatter)
    height *= rng.normal(cytometer.height_over_area, cytometer.sd_height_over_area, events)

    fluorescence = (
        product(particle.stain, np.array(cytometer.spillover)) + particle.autofluorescence
    )
    fluorescence *= 1.0 if gain is None else gain
    sd = np.sqrt(cytometer.sd_electronics**2 + cytometer.photon_noise * fluorescence)
    fluorescence += sd * rng.standard_normal(fluorescence.shape)
    scatter = np.column_stack([particle.forward_scatter, height, particle.side_scatter])
    scatter += cytometer.sd_electronics * rng.standard_normal(scatter.shape)
    ticks = np.sort(rng.uniform(0, cytometer.seconds / TICK_SECONDS, events))
    recorded = np.round(np.column_stack([scatter, fluorescence]), 1)
    return np.column_stack([np.minimum(recorded, cytometer.maximum), np.floor(ticks)])


def _draw_kinds(
    tube: Tube, events: int, cells: Cells, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices into KINDS for each event, and for its partner in a doublet (-1: single)."""
    shares = np.array([tube.mix.get(kind, 0.0) for kind in KINDS])
    debris, doublets = cells.debris_share, cells.doublet_share
    with_debris = shares * (1 - debris - doublets)
    with_debris[KINDS.index("debris")] = debris
    counts = rng.multinomial(events, [*with_debris, doublets])
    firsts = rng.multinomial(counts[-1], shares)
    seconds = rng.multinomial(counts[-1], shares)
    every_kind = np.arange(len(KINDS))
    kinds = np.concatenate([np.repeat(every_kind, counts[:-1]), np.repeat(every_kind, firsts)])
    partners = np.full(events, -1)
    partners[events - counts[-1] :] = rng.permutation(np.repeat(every_kind, seconds))
    order = rng.permutation(events)
    return kinds[order], partners[order]


@dataclass
class _Particles:
    """Signals of particles before the detectors' noise: one row a particle."""

    forward_scatter: Values
    side_scatter: Values
    stain: Values
    autofluorescence: Values

    @classmethod
    def draw(
        cls,
        kinds: NDArray[np.int64],
        tube: Tube,
        cells: Cells,
        cytometer: Cytometer,
        rng: np.random.Generator,
    ) -> "_Particles":
        medians = np.array([astuple(getattr(cells, kind)) for kind in KINDS])[kinds]
        forward, side, gfp, annexin, dye, autofluorescence, sd_scatter = medians.T

        def log_normal(median: Values, sd: float | Values) -> Values:
            return np.asarray(median * np.exp(sd * rng.standard_normal(len(median))))

        annexin = log_normal(annexin, cells.sd_annexin)
        apoptotic = np.isin(kinds, [KINDS.index("early"), KINDS.index("late")])
        graded = apoptotic & (rng.random(len(kinds)) < cells.graded_share)
        depth = rng.random(len(kinds))
        annexin[graded] = (
            cells.graded_from ** (1 - depth[graded]) * annexin[graded] ** depth[graded]
        )
        stain = np.column_stack(
            [
                log_normal(gfp, cells.sd_gfp),
                annexin * tube.annexin,
                log_normal(dye, cells.sd_dye) * tube.dye,
            ]
        )
        brightness = log_normal(autofluorescence, cells.sd_autofluorescence)
        if tube.treated:
            brightness *= cells.treated_autofluorescence
        return cls(
            log_normal(forward, sd_scatter),
            log_normal(side, sd_scatter),
            stain,
            np.outer(brightness, cytometer.autofluorescence),
        )

    def add(self, rows: NDArray[np.int64], other: "_Particles") -> None:
        self.forward_scatter[rows] += other.forward_scatter
        self.side_scatter[rows] += other.side_scatter
        self.stain[rows] += other.stain
        self.autofluorescence[rows] += other.autofluorescence
