"""Made-up wells beside each other, so that each limit of a check can be tried from both sides."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from coculture.flow.gating import gates
from coculture.flow.gating.live_peaks import LivePeak
from coculture.flow.gating.measurement import Experiment


@dataclass(frozen=True)
class Well:
    """One sample: live cells at 1.0 decades with an SD of 0.1, 50 % apoptotic at its threshold.

    Attributes
    ----------
    position, sd, share, size, positives
        Of the live peak of each stain in `stains`; size is forward scatter.
    own
        Percent apoptotic, or necrotic for the dye, at the well's own threshold; 50 at the shared.
    empty
        Median in a channel without a stain; the file has such a channel if this is not None.
    """

    arm: str = "top"
    untreated: bool = False
    setting: str = ""
    cells: str = "A"
    role: str = "sample"
    count: int = 1000
    position: float = 1.0
    sd: float = 0.1
    share: float = 0.5
    size: float = 100.0
    positives: float = 3.0
    own: float = 50.0
    stains: Sequence[str] = (gates.ANNEXIN,)
    has_quadrants: bool = True
    keywords: Mapping[str, str] = field(default_factory=dict)
    empty: float | None = None
    name: str = ""

    def peak(self) -> LivePeak:
        percents = {"viable": 100 - self.own, "early": self.own, "late": 0.0, "necrotic": 0.0}
        return LivePeak(
            position=self.position,
            sd=self.sd,
            share=self.share,
            threshold=100.0,
            forward_scatter=self.size,
            positives=self.positives,
            percents=percents,
        )


UNTREATED = [Well("untreated", untreated=True)] * 3
MadeUp = Callable[..., Experiment]
