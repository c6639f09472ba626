"""The findings that a study states in advance, one module for each kind of finding.

A kind provides what `FindingKind` lists: its config keys, its tests, its sentence, its row in the
findings figure. To add a kind, write such a module and enter the kind in `KINDS`. A kind that
compares one arm with others begins with `ComparisonKind`.
"""

from coculture.comparison.findings.dose_trend import DOSE_TREND
from coculture.comparison.findings.ec50_lower import EC50_LOWER
from coculture.comparison.findings.eliminated import ELIMINATED
from coculture.comparison.findings.equivalent import EQUIVALENT
from coculture.comparison.findings.kind import FindingKind
from coculture.comparison.findings.lower_and_higher import HIGHER, LOWER
from coculture.comparison.findings.not_raised_and_not_lowered import NOT_LOWERED, NOT_RAISED
from coculture.comparison.findings.synergy import SYNERGY_KIND

KINDS: tuple[FindingKind, ...] = (
    LOWER,
    HIGHER,
    NOT_RAISED,
    NOT_LOWERED,
    EQUIVALENT,
    ELIMINATED,
    DOSE_TREND,
    EC50_LOWER,
    SYNERGY_KIND,
)


def kind_of(name: str) -> FindingKind:
    """The kind with this name in the config."""
    return next(kind for kind in KINDS if kind.name == name)
