"""One line of the table of error rates: a situation, its worst rate, and what the page reports."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """How often a false claim holds in a situation, in the worst of its settings.

    Attributes
    ----------
    situation, setting
        What is simulated, and the setting with the highest rate.
    level
        One-sided level of the test, of a finding or of a family.
    rate
        How often the false claim holds.
    allowed
        Up to this rate the level counts as held.
    reported
        What the page reports of such a study; empty where it says nothing.
    must_hold
        Whether a higher rate fails the benchmark. Where not, the page must report something.
    """

    situation: str
    setting: str
    level: float
    rate: float
    allowed: float
    reported: str = ""
    must_hold: bool = False

    @property
    def is_held(self) -> bool:
        """Whether the rate is at most what is allowed."""
        return self.rate <= self.allowed

    @property
    def is_in_order(self) -> bool:
        """Whether the level is held, or need not be and the page says something."""
        return self.is_held or (not self.must_hold and bool(self.reported))
