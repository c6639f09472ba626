"""What the wells of a plate are for."""

STANDARD_ROLES = ("standard", "blank")
"""The wells through which the curve is fitted; a blank is the zero standard."""
