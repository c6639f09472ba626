"""Whether the standards may be in another unit than is written."""

from collections.abc import Iterator

from coculture.elisa.plates.checks.check_result import CheckResult
from coculture.elisa.plates.checks.curve_data import CurveData

LIMIT_PG_ML = 2.0
"""The most sensitive colorimetric kits (high-sensitivity IL-6) have a highest standard of 5 to 10
pg/mL. A usual kit, up to 2,000 pg/mL, that is written in ng/mL is below this."""


def results(data: CurveData) -> Iterator[CheckResult]:
    """A warning where even the highest standard is less than an ELISA can measure."""
    highest = float(data.levels["nominal_pg_ml"].max())
    is_low = 0 < highest < LIMIT_PG_ML
    yield CheckResult(
        "unit_of_standards",
        "highest standard",
        highest,
        LIMIT_PG_ML,
        "pg/mL",
        "warning" if is_low else "pass",
        "A highest standard below this is less than an ELISA can measure.",
        f"The highest standard is {highest:.3g} pg/mL, which is less than an ELISA can measure. If "
        "the standards are in ng/mL, all concentrations are 1,000 times too low: write them into "
        "the column concentration_ng_ml of elisa.csv."
        if is_low
        else "",
    )
