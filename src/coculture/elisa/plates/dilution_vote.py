"""Which dilutions of a culture are believed: those that agree, by a vote where not all do.

A hook lowers the least diluted wells, a matrix may lower or raise them, and a mistyped dilution
moves one of them. None of these can be seen in one dilution alone. Two dilutions that disagree
leave no number; of three or more, those that agree outvote the rest. Rules and
constants: ../shared/measured/elisa_wells.md, section 2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from coculture.distributions import as_likely
from coculture.elisa.plates.dilution_groups import (
    AT_MOST,
    DilutionGroup,
    Floats,
    bound_contradicts,
    groups_agree,
)
from coculture.elisa.plates.scatter import FEWEST_ERRORS

# With 2.0 for two, one clean culture in fifty more has a caution; with 3.6, 6 instead of 2 of 424
# cultures with a matrix effect are silent (1-5-25 in duplicate, CV 10 %). With Student's t for
# three and more 6 of 267 are, not 1.
_ERRORS = {2: 2.4, 3: 2.4}
_ERRORS_OF_MORE = 2.65
"""Standard errors of their difference within which two of so many dilutions agree by chance."""
_VOTE_NEAR_LLOQ = 0.5
_LEAD = 0.5
"""Votes by which the winner must lead. With a lead of 1 a matrix effect leaves no number in 37 % of
cultures instead of 2 %."""
_CHAIN = 2 * float(np.log(1.3))
"""Three dilutions or more, of which the outer two agree with those between and not quite with each
other, may lie so far apart by chance of a whole study: their mean is then within 30 % of each. This
was the caution of a third of sound cultures that had one at a CV of 5 %."""
_DILUTION_ERROR = 0.05
"""Standard error of ln of a dilution step, which keeps one precise dilution from deciding alone."""


@dataclass(frozen=True)
class Verdict:
    """What the dilutions on one plate say together.

    Attributes
    ----------
    used
        The groups that make the value; none if there is no number.
    left_out
        Groups in range, or bounds, that the used ones outvote.
    by_chance
        Groups in range that the used ones outvote, but that chance explains: on a plateau, or near
        the LLOQ where the wells' scatter has few degrees of freedom.
    rivals
        If no set wins: the groups and bounds that contradict one another.
    """

    used: tuple[DilutionGroup, ...]
    left_out: tuple[DilutionGroup, ...] = ()
    by_chance: tuple[DilutionGroup, ...] = ()
    rivals: tuple[DilutionGroup, ...] = ()


def vote(
    groups: Sequence[DilutionGroup],
    degrees_of_freedom: float = np.inf,
    by_chance_in_study: float = FEWEST_ERRORS,
) -> Verdict:
    """The dilutions that are believed.

    Parameters
    ----------
    groups
        All dilutions of one culture on one plate, by rising dilution; discordant ones are ignored.
    degrees_of_freedom
        Those of the wells' scatter. With few, chance allows two dilutions more (Student's t for
        the normal distribution). Three and more vote, and are held to the narrow limits: with the
        wide ones a matrix effect was silent in 1 to 2 % of them.
    by_chance_in_study
        Standard errors that chance exceeds in few sound studies (`Scatter.errors_by_chance`). A
        dilution whose response is no farther from that expected is left out with a note.
    """
    inside = [group for group in groups if group.state == "in_range"]
    bounds = [group for group in groups if group.state in ("below", "above")]
    if not inside:
        return Verdict(())
    errors = _allowed(len(inside), degrees_of_freedom)
    of_two = max(errors, by_chance_in_study)
    rivals = _without_chance(_agreeing_sets(inside, errors), of_two if len(inside) == 2 else errors)
    against = [
        [bound for bound in bounds if _contradicts(bound, rival, errors)] for rival in rivals
    ]
    if len(rivals) == 1 and not against[0]:
        chance = tuple(group for group in inside if group not in rivals[0])
        return Verdict(tuple(rivals[0]), by_chance=chance)
    votes = [_votes(rival, place, bounds, against) for place, rival in enumerate(rivals)]
    best = int(np.argmax(votes))
    others = [own for place, own in enumerate(votes) if place != best]
    supported = len(rivals[best]) >= 2 or _supporting(best, bounds, against) >= 1
    leads = all(votes[best] >= other + _LEAD for other in others)
    if supported and leads and len(against[best]) < votes[best]:
        # Without the scatter of these dilutions: else two that hardly agree would excuse any third.
        mean, variance, _ = _mean(rivals[best])
        outvoted = [group for group in inside if group not in rivals[best]]
        wide = as_likely(_known_errors(len(inside)), degrees_of_freedom)
        by_chance = [
            group
            for group in outvoted
            if group.is_chance_at(mean, variance**0.5, wide)
            or group.is_expected_at(mean, variance**0.5, by_chance_in_study)
            or (group.is_weak and all(groups_agree(group, one, wide) for one in rivals[best]))
        ]
        lost = [group for group in outvoted if group not in by_chance]
        return Verdict(tuple(rivals[best]), tuple(lost + against[best]), tuple(by_chance))
    contradicting = [bound for bound in bounds if any(bound in of_rival for of_rival in against)]
    if not contradicting and _are_chain(inside, by_chance_in_study):
        return Verdict(tuple(inside))
    return Verdict((), rivals=tuple(sorted(inside + contradicting, key=lambda one: one.dilution)))


def _are_chain(inside: Sequence[DilutionGroup], errors: float) -> bool:
    """Whether three or more lie within `_CHAIN`, and within so many errors of one another."""
    ln = [group.ln for group in inside]
    return (
        len(inside) > 2
        and float(np.ptp(ln)) <= _CHAIN
        and all(groups_agree(one, other, errors) for one, other in combinations(inside, 2))
    )


def _allowed(inside: int, degrees_of_freedom: float) -> float:
    """Standard errors that chance allows between so many dilutions in range."""
    known = _known_errors(inside)
    return known if inside > 2 else as_likely(known, degrees_of_freedom)


def _known_errors(inside: int) -> float:
    """The same if the scatter of wells were known."""
    return _ERRORS.get(max(inside, 2), _ERRORS_OF_MORE)


def weighted_mean(groups: Sequence[DilutionGroup]) -> tuple[float, float, float]:
    """Mean of ln concentration, its variance from the wells, and that from the curve.

    The wells' variance grows with the scatter of the wells around the mean, and never shrinks.
    Each weight is that at the mean: by their own readings, wells near a plateau that read low by
    chance would count more than those that read high.
    """
    mean, own, weight = _mean(groups)
    shared = float((weight * [group.curve_error for group in groups]).sum())
    return mean, own * max(1.0, _scatter(groups, mean)), shared**2


def _mean(groups: Sequence[DilutionGroup]) -> tuple[float, float, Floats]:
    """Mean of ln concentration, its variance by the errors of wells, and the weights."""
    ln = np.array([group.ln for group in groups])
    errors = np.array([group.error for group in groups])
    mean = float((_weights(errors) * ln).sum())
    errors = np.array([group.error_if(mean) for group in groups])
    weight = _weights(errors)
    return float((weight * ln).sum()), float(((weight * errors) ** 2).sum()), weight


def _weights(errors: Floats) -> Floats:
    weight = 1 / (errors**2 + _DILUTION_ERROR**2)
    shares: Floats = weight / weight.sum()
    return shares


def _scatter(groups: Sequence[DilutionGroup], mean: float) -> float:
    """Chi-square of the wells around the mean over its degrees of freedom; 1 for a single well."""
    squares, count = 0.0, 0
    for group in groups:
        # The error of one well: that of the mean of n wells times root n.
        error = group.error * group.count**0.5
        off = group.ln_of_wells[group.stands] - mean
        squares += float(np.square(off / error).sum()) if error > 0 else 0.0
        count += group.count
    return squares / (count - 1) if count > 1 else 1.0


def _agreeing_sets(groups: Sequence[DilutionGroup], errors: float) -> list[list[DilutionGroup]]:
    """The largest sets of groups that all agree with one another (maximal cliques)."""
    agree = {
        frozenset((i, j)): groups_agree(groups[i], groups[j], errors)
        for i, j in combinations(range(len(groups)), 2)
    }
    found: list[frozenset[int]] = []
    for size in range(len(groups), 0, -1):
        for chosen in combinations(range(len(groups)), size):
            one = frozenset(chosen)
            if any(one <= other for other in found):
                continue
            if all(agree[frozenset(pair)] for pair in combinations(chosen, 2)):
                found.append(one)
    return [[groups[place] for place in sorted(one)] for one in found]


def _without_chance(
    rivals: Sequence[Sequence[DilutionGroup]], errors: float
) -> list[Sequence[DilutionGroup]]:
    """The rivals without those of which two dilutions that agree say that they are chance.

    These are out of range by the value of the two, and their responses are as near to what is
    expected there as wells scatter. Of two dilutions alone one says so: the other then tells no
    more than a dilution above the range. Not if they are more than `AT_MOST` apart: with wells of a
    CV of 10 %, dilutions that were mistyped 4 to 8-fold made the value.
    """
    are_two = sum(len(rival) for rival in rivals) == 2
    confirmed = [(rival, _mean(rival)) for rival in rivals if len(rival) >= 2 or are_two]

    def is_chance(rival: Sequence[DilutionGroup]) -> bool:
        return any(
            all(
                group.is_chance_at(mean, variance**0.5, errors)
                and (len(other) >= 2 or abs(group.ln - mean) <= AT_MOST)
                for group in rival
                if group not in other
            )
            for other, (mean, variance, _) in confirmed
            if other is not rival
        )

    # Two that each say so of the other remain rivals.
    return [rival for rival in rivals if not is_chance(rival)] or list(rivals)


def _contradicts(bound: DilutionGroup, rival: Sequence[DilutionGroup], errors: float) -> bool:
    mean, own, _ = weighted_mean(rival)
    return bound_contradicts(bound, mean, own**0.5, errors)


def _votes(
    rival: Sequence[DilutionGroup],
    place: int,
    bounds: Sequence[DilutionGroup],
    against: Sequence[Sequence[DilutionGroup]],
) -> float:
    """A vote for each group, and one for or against for each bound that sets rivals apart."""
    own = sum(_VOTE_NEAR_LLOQ if group.is_weak else 1.0 for group in rival)
    opposed = sum(1 for bound in against[place] if any(bound not in other for other in against))
    return own + _supporting(place, bounds, against) - opposed


def _supporting(
    place: int, bounds: Sequence[DilutionGroup], against: Sequence[Sequence[DilutionGroup]]
) -> int:
    """Bounds that fit this rival and not another."""
    return sum(
        1
        for bound in bounds
        if bound not in against[place] and any(bound in other for other in against)
    )
