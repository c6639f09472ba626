"""The endpoints of a comparison: which quantity, on which scale."""

from dataclasses import dataclass

from coculture.comparison.settings import APOPTOSIS, ComparisonSettings
from coculture.exchange.names import column_prefix

PERCENT, LOGIT, LN_VIABLE = "percent_apoptotic", "logit_apoptotic", "ln_viable"
PER_VIABLE_CELL = "_per_viable_cell"


@dataclass(frozen=True)
class Endpoint:
    """One quantity on one scale.

    Attributes
    ----------
    name
        Its name in result tables.
    subject
        Its name in the config: apoptosis, or the analyte.
    unit
        Unit of a difference on this scale.
    title_shown, unit_shown
        Axis title and unit of its values in figures.
    """

    name: str
    subject: str
    unit: str
    title_shown: str
    unit_shown: str

    @property
    def is_ratio(self) -> bool:
        """Whether the exponential of a contrast is a ratio (of odds, viability, concentration)."""
        return self.name != PERCENT

    @property
    def per_viable_cell(self) -> bool:
        """Whether it is a concentration divided by the number of viable cells in the culture."""
        return self.name.endswith(PER_VIABLE_CELL)


def endpoints(settings: ComparisonSettings) -> list[Endpoint]:
    """Apoptosis on three scales, then each analyte, per volume and per viable cell."""
    return [
        Endpoint(PERCENT, APOPTOSIS, "percentage points", "Apoptotic cells (%)", "%"),
        Endpoint(LOGIT, APOPTOSIS, "log odds", "Odds of apoptosis", "odds"),
        Endpoint(LN_VIABLE, APOPTOSIS, "ln viable", "Viable cells (fraction)", "fraction"),
        *(endpoint for analyte in settings.analytes for endpoint in _of_analyte(analyte)),
    ]


def _of_analyte(analyte: str) -> tuple[Endpoint, Endpoint]:
    name = f"ln_{column_prefix(analyte)}"
    million, title = "pg per million viable cells", f"{analyte} (pg/million viable cells)"
    return (
        Endpoint(name, analyte, "ln pg/mL", f"{analyte} (pg/mL)", "pg/mL"),
        Endpoint(f"{name}{PER_VIABLE_CELL}", analyte, f"ln {million}", title, million),
    )


def primary_endpoint(subject: str, settings: ComparisonSettings) -> Endpoint:
    """The scale on which findings about `subject` are tested: percent, or the logarithm."""
    return next(endpoint for endpoint in endpoints(settings) if endpoint.subject == subject)
