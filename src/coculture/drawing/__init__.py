"""What every figure shares: one look, and the file formats it is saved in."""

from coculture.drawing.figure import Drawing, save

__all__ = ["Drawing", "save"]
