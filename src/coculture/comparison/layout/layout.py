"""A layout in which arms differ in more than treatment, and what the data show of it."""

from dataclasses import dataclass

from coculture.exchange.flags import Concerns, Flag, Severity


@dataclass(frozen=True)
class Layout:
    """One layout; a note, or a caution where the data show that it matters.

    Attributes
    ----------
    where
        What lies how, as known before anything is measured; without a full stop.
    shown
        What the data show, as it continues `where`.
    matters
        Whether they show an effect.
    value, limit, unit
        The effect, and the smallest that matters.
    """

    concerns: Concerns
    code: str
    where: str
    shown: str
    matters: bool
    value: float
    limit: float
    unit: str

    @property
    def flag(self) -> Flag:
        """Its flag."""
        severity: Severity = "caution" if self.matters else "note"
        sentence = f"{self.where}{self.shown}."
        return Flag(self.concerns, self.code, severity, sentence, self.value, self.limit, self.unit)
