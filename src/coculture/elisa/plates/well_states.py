"""What a well of a plate is for."""

STANDARD_ROLES = ("standard", "blank")
"""The wells that make the curve; a blank is the zero standard."""
