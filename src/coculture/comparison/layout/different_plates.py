"""Arms of an experiment on different ELISA plates.

A caution only where the plates differ by what is on both (bridge samples, elisa/plate_factors.csv)
and were not corrected for it. Without such samples nobody can know; the note says so.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from coculture.comparison.layout.layout import Layout
from coculture.exchange.flags import Concerns
from coculture.exchange.vocabulary import listed

CODE = "arms_on_different_plates"
LIMIT = 1.2
"""Times that one plate reads another: as far as the mean of replicates may be off (ICH M10)."""
ERRORS = 3.0
"""Standard errors, of the bridge samples' wells and of both curves."""


def layouts(readings: pd.DataFrame, factors: pd.DataFrame) -> Iterator[Layout]:
    """One for each experiment and analyte whose arms are not all on the same plates.

    Parameters
    ----------
    readings
        Of ELISA (`elisa_readings`).
    factors
        elisa/plate_factors.csv; may be empty.
    """
    of_arms = readings[readings["arm"].fillna("") != ""]
    for (experiment, analyte), group in of_arms.groupby(["experiment", "endpoint"]):
        plates_of_arms = [set(plates) for _, plates in group.groupby("arm")["plate"]]
        if any(plates != plates_of_arms[0] for plates in plates_of_arms):
            plates = sorted(set().union(*plates_of_arms))
            yield _layout(str(experiment), str(analyte), plates, factors)


def _layout(experiment: str, analyte: str, plates: Sequence[str], factors: pd.DataFrame) -> Layout:
    concerns = Concerns(
        "cultures.csv", "experiment", experiment=experiment, plate=plates[0], analyte=analyte
    )
    where = f"{analyte} in {experiment}: arms were measured on different plates ({listed(plates)})"
    known = _known(plates, analyte, factors)
    apart = [pair for pair in combinations(known.index, 2) if _differ(known, *pair)]
    if apart and not known["applied"].all():
        one, other = max(apart, key=lambda pair: abs(_ln_ratio(known, *pair)))
        ratio = float(np.exp(abs(_ln_ratio(known, one, other))))
        high, low = (one, other) if _ln_ratio(known, one, other) > 0 else (other, one)
        return Layout(
            concerns,
            CODE,
            where,
            f", and {high} reads {ratio:.2f} times what {low} reads of the same samples, so "
            "this is part of the contrasts",
            True,
            ratio,
            LIMIT,
            "fold",
        )
    if len(known) == len(plates):
        why = "; they do not differ in the samples that are on both"
        why = "; their values were corrected by the samples on both" if apart else why
    else:
        why = (
            ", and no sample or control is on all of them to compare them; measure one on each "
            "plate next time"
        )
    return Layout(concerns, CODE, where, why, False, len(plates), 1.0, "plates")


def _known(plates: Sequence[str], analyte: str, factors: pd.DataFrame) -> pd.DataFrame:
    """The factors of those of the plates that are compared with one another, by plate."""
    if factors.empty:
        return pd.DataFrame(columns=["factor", "ln_se", "applied"])
    rows = factors[(factors["analyte"] == analyte) & factors["plate"].isin(list(plates))]
    if rows.empty or len(set(rows["compared"])) > 1:
        return rows.iloc[:0].set_index("plate")
    return rows.set_index("plate")


def _ln_ratio(known: pd.DataFrame, one: str, other: str) -> float:
    return float(np.log(known["factor"][one] / known["factor"][other]))


def _differ(known: pd.DataFrame, one: str, other: str) -> bool:
    error = float(np.hypot(known["ln_se"][one], known["ln_se"][other]))
    return abs(_ln_ratio(known, one, other)) > max(float(np.log(LIMIT)), ERRORS * error)
