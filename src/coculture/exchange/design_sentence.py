"""The sentence on every page and figure that says what was given, for how long and on what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coculture.exchange import arm_names
from coculture.exchange.factor_levels import Level, control_level, is_named, levels_in_order
from coculture.exchange.vocabulary import listed


@dataclass(frozen=True)
class Given:
    """A factor as sentences name it.

    Attributes
    ----------
    levels
        Those that are named, in their order.
    unit
        Of doses; empty for names.
    is_added
        Whether the factor is an analyte that was added to the culture.
    in_every_culture
        Whether all cultures have the same level, which is not the untreated one.
    """

    name: str
    levels: Sequence[Level]
    unit: str
    is_added: bool
    in_every_culture: bool = False

    @classmethod
    def of(
        cls,
        name: str,
        unit: str,
        untreated: Level,
        present: Iterable[Level],
        named: Sequence[str] = (),
        *,
        is_added: bool = False,
    ) -> "Given":
        """A factor from the levels that the cultures have; `named` is the config's order of them.

        >>> Given.of("DMSO", "%", 0.0, [0.1, 0.1]).in_every_culture
        True
        """
        in_order = levels_in_order(present, named)
        control = control_level(untreated, in_order)
        is_constant = len(in_order) == 1 and control != untreated
        kept = is_constant or is_named(untreated, in_order, control)
        levels = [level for level in in_order if kept or level != control]
        return cls(name, levels, unit, is_added, is_constant)


def design_sentence(
    given: Iterable[Given],
    hours: Sequence[float],
    stromas: Sequence[str],
    media: Sequence[str] = (),
    alone: Sequence[str] = (),
) -> str:
    """What was given, for how long and on what; a factor without levels is left out.

    Parameters
    ----------
    stromas
        What the cells grew on; empty for no stroma, which is not said of a study without any.
    alone
        The stromas that were cultured without other cells, too.

    >>> design_sentence([Given("IL-6", [5, 10], "ng/mL", True)], [48.0], ["", "HS-5"])
    'added IL-6 5 and 10 ng/mL; 48 h without stroma and on HS-5.'
    >>> design_sentence([Given("siRNA", ["scrambled", "siB"], "", False)], [0, 48], [""], ["RPMI"])
    'siRNA scrambled and siB; 0 and 48 h in RPMI.'
    >>> design_sentence([], [48], ["", "HS-5"], alone=["HS-5"])
    '48 h without stroma and on HS-5; also HS-5 alone.'
    """
    drugs = [_drug(one) for one in given if one.levels]
    has_stroma = any(stromas) or any(alone)
    culture = f"{_listed(hours)} h"
    if has_stroma:
        culture += f" {listed(arm_names.ground(stroma) for stroma in stromas)}"
    if any(media):
        culture += f" in {_listed(list(filter(None, media)))}"
    others = f"also {listed([arm_names.alone(stroma) for stroma in alone])}" if alone else ""
    return "; ".join(filter(None, [", ".join(drugs), culture, others])) + "."


def _drug(one: Given) -> str:
    text = f"{'added ' if one.is_added else ''}{one.name} {_listed(one.levels)} {one.unit}".rstrip()
    return f"{text} in every culture" if one.in_every_culture else text


def _listed(levels: Sequence[Level]) -> str:
    """Levels with commas and a last "and"; doses as the names of arms have them."""
    numbers = [level for level in levels if not isinstance(level, str)]
    texts = [
        level if isinstance(level, str) else arm_names.dose(level, "", numbers) for level in levels
    ]
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))
