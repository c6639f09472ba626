"""What all figures share: one style, and the files that they are saved in."""

from coculture.drawing.figure import Drawing, save

__all__ = ["Drawing", "save"]
