"""A cell that is filled in for the person, and where its text was found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """A text and its source ("WELL ID", "file name"); both empty if nothing is known.

    `is_guess`: whether the source does not say it outright.
    """

    text: str = ""
    source: str = ""
    is_guess: bool = False

    def __bool__(self) -> bool:
        return bool(self.text)


NOTHING = Known()
OPEN = Known(source="not in any file; fill it in")
"""A cell that only the person can fill."""
