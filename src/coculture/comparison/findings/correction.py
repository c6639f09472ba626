"""The correction of a finding for the others of its family, and its words.

Every finding that was stated counts, also one that could not be tested: leaving it out would make
the limit of the others looser where data are missing. A family is the whole study, or what the
config names. Inside a family the chance of any false "shown" is at most the largest level of its
findings; for several families together it is not controlled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coculture.comparison.settings import Family
from coculture.comparison.statistics.multiplicity import holm, in_stated_order
from coculture.exchange.vocabulary import ALONE, HOLM, NOT_PINNED, STATED_ORDER, many


@dataclass(frozen=True)
class Correction:
    """What the correction says about one finding.

    Attributes
    ----------
    family
        Its name in the config; empty for the findings that name none.
    findings
        How many findings the family has.
    method
        `HOLM`, `STATED_ORDER`, `NOT_PINNED` or `ALONE`.
    ratio
        The corrected p / level, which is to be compared with 1; infinite if nothing was tested.
    failed_before
        In a stated order the first finding before this one that fails; else empty.
    """

    family: str
    findings: int
    method: str
    ratio: float
    failed_before: str = ""

    @property
    def holds(self) -> bool:
        """Whether a finding that holds by its own test also holds after the correction."""
        return self.ratio <= 1

    @property
    def not_after(self) -> str:
        """What continues "shown by its own test; "."""
        of_family = f" of the family {self.family}" if self.family else ""
        if self.failed_before:
            return f"not in the stated order{of_family}, after finding {self.failed_before}"
        return f"not after correction for the {many(self.findings, 'finding')}{of_family}"


def corrections(
    ratios: Mapping[str, float],
    family_of: Mapping[str, str],
    families: Sequence[Family],
    pinned_before_acquisition: bool | None,
) -> dict[str, Correction]:
    """The correction of each finding, by its id.

    Parameters
    ----------
    ratios
        The largest p / level of the tests of each finding, by its id, in the order of the config;
        infinite for a finding that is not testable.
    family_of
        The family of each finding, by its id; empty for those that name none.
    families
        Those that the config describes.
    pinned_before_acquisition
        Whether the findings are those that were pinned before the data were acquired; None if this
        is not known.
    """
    in_order = {family.name for family in families if family.is_in_order}
    found: dict[str, Correction] = {}
    for name in dict.fromkeys(family_of.values()):
        of_family = {one: ratio for one, ratio in ratios.items() if family_of[one] == name}
        if len(of_family) == 1:
            found |= {one: Correction(name, 1, ALONE, ratio) for one, ratio in of_family.items()}
        elif name in in_order and pinned_before_acquisition:
            found |= _in_stated_order(name, of_family)
        else:
            method = NOT_PINNED if name in in_order else HOLM
            adjusted = holm(list(of_family.values()))
            found |= {
                one: Correction(name, len(of_family), method, float(ratio))
                for one, ratio in zip(of_family, adjusted, strict=True)
            }
    return {one: found[one] for one in ratios}


def _in_stated_order(family: str, ratios: Mapping[str, float]) -> dict[str, Correction]:
    names = list(ratios)
    failed = next((position for position, one in enumerate(names) if ratios[one] > 1), len(names))
    return {
        one: Correction(
            family,
            len(names),
            STATED_ORDER,
            float(ratio),
            names[failed] if position > failed else "",
        )
        for position, (one, ratio) in enumerate(
            zip(names, in_stated_order(list(ratios.values())), strict=True)
        )
    }
