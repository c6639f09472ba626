"""The wells of one dilution on one plate: which replicates stand, and what they say together.

Replicates are believed if they agree. A single well, or a pair that disagrees, says nothing that
the other dilutions do not confirm. Rules and
constants: ../shared/measured/elisa_wells.md, section 2.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.elisa.plates.scatter import FEWEST_ERRORS
from coculture.exchange.vocabulary import ABOVE_RANGE, BELOW_RANGE

WITHIN = float(np.log(1.54))
"""Two values closer than this factor agree whatever their errors: a CV of 30 % for two."""
AT_MOST = float(np.log(2.5))
"""Two values farther apart disagree whatever their errors: else poor wells would agree with all."""
MOST_BY_CHANCE, FEWEST_BY_CHANCE = float(np.log(2.0)), 2.4
"""A dilution that reads farther off than this factor is chance only within so many standard
deviations, those of two dilutions that agree."""
_NEAR_LLOQ = 2.0
"""Of a pair below this multiple of the LLOQ the errors grow too fast for `AT_MOST`."""

Floats = NDArray[np.float64]
ErrorAt = Callable[[float], float]
"""Concentration in a well of a plate (pg/mL) -> standard error of its ln, from its own scatter."""
DeviationsAt = Callable[[Floats, float, float], float]
"""Responses of replicates, a concentration in the well (pg/mL) and the standard error of its ln ->
by how many standard deviations their mean is off the response that is expected at it."""


@dataclass(frozen=True, eq=False)
class DilutionGroup:
    """The replicates of one dilution on one plate.

    Attributes
    ----------
    state
        in_range, below, above or discordant: of their mean. A discordant group is not used.
    ln
        Mean of ln concentration (undiluted, pg/mL) of the wells that stand; of a group out of range
        the ln of its bound; of a discordant one of all wells.
    value
        The same in pg/mL.
    error
        Standard error of `ln` from the wells' own scatter; 0 for a bound.
    curve_error
        That from the curve, which all wells of the plate share.
    measured
        All its wells, rows of elisa/wells.csv.
    ln_of_wells
        ln concentration of each (undiluted, pg/mL), shape (wells,).
    stands
        Which of them make `ln`, shape (wells,).
    deviations_at
        How far its response lies from that at another concentration; None without a curve.
    """

    plate: str
    dilution: float
    state: str
    ln: float
    value: float
    error: float
    curve_error: float
    measured: pd.DataFrame
    ln_of_wells: Floats
    stands: NDArray[np.bool_]
    lloq: float
    uloq: float
    error_at: ErrorAt
    deviations_at: DeviationsAt | None = None

    @property
    def wells(self) -> pd.DataFrame:
        """The wells that stand, with the column `ln`."""
        return self.measured.assign(ln=self.ln_of_wells)[self.stands]

    @property
    def left_out(self) -> pd.DataFrame:
        """Replicates that disagree with the others, with the column `ln`."""
        return self.measured.assign(ln=self.ln_of_wells)[~self.stands]

    @property
    def count(self) -> int:
        """Number of wells that stand."""
        return int(np.count_nonzero(self.stands))

    def error_if(self, ln: float) -> float:
        """The larger of `error` and the error that the mean would have if `ln` were true."""
        within = float(np.clip(np.exp(ln), self.lloq, self.uloq)) / self.dilution
        return max(self.error, float(self.error_at(within) / np.sqrt(self.count)))

    def is_chance_at(self, ln: float, error: float, errors: float) -> bool:
        """Whether its wells would be out of range if `ln` were true, and are in it by chance."""
        is_outside = not self.lloq <= np.exp(ln) <= self.uloq
        return is_outside and self.is_expected_at(ln, error, errors)

    def is_expected_at(self, ln: float, error: float, errors: float) -> bool:
        """Whether its mean response is within so many standard deviations of that at `ln`.

        On a plateau a well that reads a few percent lower gives a fraction of the concentration.
        Outside the range the response at its limit has to be as near, since beyond the highest
        standard a curve may be so uncertain that it excludes nothing. `error` is the standard error
        of `ln`. A reading less than half as much, or more than twice, is chance within fewer
        standard deviations: in some a real fault would else pass as chance.
        """
        if self.deviations_at is None:
            return False
        expected = float(np.exp(ln))
        in_range = float(np.clip(expected, self.lloq, self.uloq))
        if abs(self.ln - np.log(max(in_range, np.finfo(float).tiny))) > MOST_BY_CHANCE:
            errors = min(errors, FEWEST_BY_CHANCE)
        responses = self.measured["response"].to_numpy(float)[self.stands]
        return all(
            self.deviations_at(responses, concentration / self.dilution, error) <= errors
            for concentration in (expected, in_range)
        )

    @property
    def is_weak(self) -> bool:
        """Whether it is so near the LLOQ that it counts half in a vote."""
        return bool(np.exp(self.ln) < _NEAR_LLOQ * self.lloq)


def dilution_group(
    wells: pd.DataFrame,
    error_at: ErrorAt,
    deviations_at: DeviationsAt | None = None,
    errors: float = FEWEST_ERRORS,
) -> DilutionGroup:
    """Judge the replicates of one dilution on one plate.

    Parameters
    ----------
    wells
        Rows of elisa/wells.csv that were measured, at least one.
    error_at
        The error of a well at a concentration.
    deviations_at
        How far responses are from the one that is expected at a concentration.
    errors
        Standard errors of their difference within which replicates agree.

    Wells without a number (beyond an asymptote, or off the reader) count as their limit, and a mean
    with such a well is a bound.
    """
    first = (wells[name].to_numpy(float)[0] for name in ("dilution", "lloq_pg_ml", "uloq_pg_ml"))
    dilution, lowest, highest = map(float, first)
    # The limits of a reader's software are known only if it marked some well with them.
    lloq = float(np.nan_to_num(lowest, nan=0.0))
    uloq = float(np.nan_to_num(highest, nan=np.inf, posinf=np.inf))
    within = wells["in_well_pg_ml"].to_numpy(float)
    states = wells["state"].tolist()
    above = np.array([state in ABOVE_RANGE for state in states])
    below = np.array([state in BELOW_RANGE for state in states])
    has_number = np.isfinite(within)
    ln = np.log(np.where(has_number, within * dilution, np.where(above, uloq, lloq)))

    # Of three or more, the others say which well is wrong, also near the LLOQ.
    is_near_lloq = len(ln) == 2 and np.exp(ln.mean()) < _NEAR_LLOQ * lloq

    def agree(i: int, j: int) -> bool:
        error = max(
            error_at(float(np.clip(np.exp(value), lloq, uloq)) / dilution) for value in ln[[i, j]]
        )
        allowed = errors * 2**0.5 * error
        if abs(ln[i] - ln[j]) > max(WITHIN, allowed):
            return False
        # On the plateau above the range a concentration means little: a well counts as the ULOQ.
        below_top = np.minimum(ln[[i, j]], np.log(uloq))
        return is_near_lloq or bool(np.ptp(below_top) <= AT_MOST)

    stands = _standing(ln, agree)
    is_discordant = not stands.any()
    stands = np.ones(len(ln), dtype=bool) if is_discordant else stands
    mean = float(np.exp(ln[stands].mean()))
    # A bound is the limit itself, to the last digit.
    mean = next((limit for limit in (lloq, uloq) if np.isclose(mean, limit, rtol=1e-12)), mean)
    unknown = ~has_number & stands & (not is_discordant)
    state, value = _state(mean, unknown & below, unknown & above, lloq, uloq)
    if is_discordant and state == "in_range":
        state = "discordant"
    curve_errors = wells["ln_se_curve"].to_numpy(float)[stands]
    known = curve_errors[np.isfinite(curve_errors)]
    has_error = state in ("in_range", "discordant")
    own = wells["ln_se_well"].to_numpy(float)[stands]
    return DilutionGroup(
        plate=str(wells["plate"].iloc[0]),
        dilution=dilution,
        state=state,
        ln=float(np.log(value)),
        value=value,
        error=_error(own, within[stands], error_at) if has_error else 0.0,
        curve_error=float(known.mean()) if len(known) else 0.0,
        measured=wells,
        ln_of_wells=ln,
        stands=stands,
        lloq=lloq,
        uloq=uloq,
        error_at=error_at,
        deviations_at=deviations_at,
    )


def _agree(difference: float, errors: float, at_most: float) -> bool:
    """Whether two values of ln agree; `errors` is what chance allows."""
    return bool(abs(difference) <= max(WITHIN, min(errors, at_most)))


def groups_agree(one: DilutionGroup, other: DilutionGroup, errors: float) -> bool:
    """Whether two dilutions agree: within `errors` standard errors of their difference.

    Half of each curve's variance is added: on one plate the other half is shared.
    """
    squared = one.error_if(other.ln) ** 2 + other.error_if(one.ln) ** 2
    squared += (one.curve_error**2 + other.curve_error**2) / 2
    return _agree(one.ln - other.ln, errors * squared**0.5, AT_MOST)


def bound_contradicts(bound: DilutionGroup, ln: float, error: float, errors: float) -> bool:
    """Whether a group out of range says that there is less, or more, than exp(ln)."""
    beyond = ln - bound.ln if bound.state == "below" else bound.ln - ln
    squared = error**2 + bound.error_if(ln) ** 2 + bound.curve_error**2 / 2
    return bool(beyond > max(WITHIN, errors * squared**0.5))


def _standing(ln: Floats, agree: Callable[[int, int], bool]) -> NDArray[np.bool_]:
    """The largest set of replicates that agree with one another, if it is more than half of them.

    Of two sets as large, the one whose values are closer together.
    """
    order = np.argsort(ln, kind="stable")
    count = len(ln)
    for size in range(count, count // 2, -1):
        runs = [order[start : start + size] for start in range(count - size + 1)]
        sound = [run for run in runs if all(agree(i, j) for i, j in combinations(run, 2))]
        if sound:
            closest = min(sound, key=lambda run: float(ln[run[-1]] - ln[run[0]]))
            return np.isin(np.arange(count), closest)
    return np.zeros(count, dtype=bool)


def _state(
    mean: float,
    lacking_below: NDArray[np.bool_],
    lacking_above: NDArray[np.bool_],
    low: float,
    high: float,
) -> tuple[str, float]:
    """State and value (pg/mL) of a group; wells without a number make their mean a bound."""
    if lacking_above.any() and lacking_below.any():
        return "discordant", mean
    if lacking_above.any() or mean > high:
        return "above", min(mean, high)
    if lacking_below.any() or mean < low:
        return "below", max(mean, low)
    return "in_range", mean


def _error(own: Floats, within: Floats, error_at: ErrorAt) -> float:
    """Standard error of the mean of ln concentration, from those of its wells."""
    each = [
        error if np.isfinite(error) else error_at(float(concentration))
        for error, concentration in zip(own, within, strict=True)
    ]
    return float(np.sqrt(np.square(each).sum()) / len(each))
