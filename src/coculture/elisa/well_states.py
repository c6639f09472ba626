"""What a well of a plate is for, and where its reading lies: the words of elisa/wells.csv."""

STANDARD_ROLES = ("standard", "blank")
"""The wells that make the curve; a blank is the zero standard."""
BELOW_RANGE = ("below_lloq", "below_curve")
"""Less analyte than the limit: under the LLOQ, or beyond the curve's asymptote at zero."""
ABOVE_RANGE = ("above_uloq", "above_curve", "overflow")
"""More analyte than the limit: over the ULOQ, beyond the other asymptote, or off the reader."""
