"""The levels of a factor: doses, or names such as those of siRNAs, clones and antibodies.

The control level is the one that the others are compared with. It is the untreated level of the
config. If no culture has that, it is the first level that occurs, which is the only one of a
vehicle that is in every well.
"""

from collections.abc import Collection, Iterable, Sequence

Level = float | str
"""A dose, or the name of a level."""

NOTHING_GIVEN = ("none", "untreated")
"""Names of a control level that say nothing was given, so that arms are not named after it."""


def levels_in_order(present: Iterable[Level], named: Sequence[str] = ()) -> list[Level]:
    """Each level once: doses ascending; names as in `named`, then by the alphabet.

    >>> levels_in_order([10.0, 0.0, 10.0]), levels_in_order(["siB", "scrambled"], ["scrambled"])
    ([0.0, 10.0], ['scrambled', 'siB'])
    """
    positions = {name: position for position, name in enumerate(named)}

    def place(level: Level) -> tuple[float, float, str]:
        if isinstance(level, str):
            return positions.get(level, len(positions)), 0.0, level
        return 0.0, level, ""

    return sorted(set(present), key=place)


def control_level(untreated: Level, in_order: Sequence[Level]) -> Level:
    """The level that the others are compared with.

    >>> control_level(0.0, [0.0, 10.0]), control_level(0.0, [0.1]), control_level(0.0, [])
    (0.0, 0.1, 0.0)
    """
    return in_order[0] if in_order and untreated not in in_order else untreated


def is_named(untreated: Level, in_order: Collection[Level], control: Level) -> bool:
    """Whether arms at the control level are named after it.

    They are if "untreated" would not say what was done: of names of which several occur, and of
    doses of which none is the untreated one.

    >>> is_named("scrambled", ["scrambled", "siB"], "scrambled"), is_named(0.0, [0.0, 1.0], 0.0)
    (True, False)
    """
    if len(in_order) < 2:
        return False
    if isinstance(control, str):
        return control.lower() not in NOTHING_GIVEN
    return control != untreated
