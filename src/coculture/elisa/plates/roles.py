"""What the wells of a plate are for."""

ANCHOR = "anchor"
"""A standard beyond the range of quantification that helps the fit and is not judged (ICH M10,
2022, section 4.2)."""
STANDARD_ROLES = ("standard", "blank", ANCHOR)
"""The wells through which the curve is fitted; a blank is the zero standard."""
