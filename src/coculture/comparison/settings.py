"""What the study set out to show: the config's section `comparison`, as frozen values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from coculture.exchange.names import column_prefix
from coculture.exchange.problems import CocultureError

APOPTOSIS = "apoptosis"
_OF_FLOW = (APOPTOSIS, "viable")
"""What result tables call the endpoints of flow cytometry (apoptosis, ln_viable)."""

Kind = Literal["lower", "higher", "not_raised", "eliminated"]
ArmPattern = Mapping[str, str | float]
"""An arm as the config names it: columns of cultures.csv and their levels."""


class ComparisonError(CocultureError):
    """The comparison cannot be made as asked; the message says where and what to do."""


@dataclass(frozen=True)
class Factor:
    """One drug: its display name, its column of cultures.csv, and the level that means none."""

    name: str
    column: str
    unit: str
    untreated: float
    adds_analyte: str | None = None

    @classmethod
    def from_config(cls, mapping: Mapping[str, Any]) -> "Factor":
        """Read one entry of the config's `factors`."""
        return cls(
            name=mapping["name"],
            column=mapping["column"],
            unit=mapping["unit"],
            untreated=float(mapping["untreated"]),
            adds_analyte=mapping.get("adds_analyte"),
        )


@dataclass(frozen=True)
class Difference:
    """The effect of a treatment, as one arm compared with another."""

    arm: ArmPattern
    compared_with: ArmPattern


@dataclass(frozen=True)
class Finding:
    """One pre-stated finding; `differences` holds the arm against each arm it is compared with.

    A finding of kind "eliminated" has two differences: the effect, and its residual.
    """

    id: str
    kind: Kind
    endpoint: str
    statement: str
    caveat: str
    differences: tuple[Difference, ...]
    margin_points: float
    residual_fraction: float
    alpha_difference: float
    alpha_margin: float


@dataclass(frozen=True)
class WeightedArms:
    """A comparison of the user's own: a weighted sum of arms on one endpoint."""

    name: str
    endpoint: str
    weights: tuple[tuple[ArmPattern, float], ...]


@dataclass(frozen=True)
class ComparisonSettings:
    """Everything the comparison depends on besides the joined cultures."""

    analytes: tuple[str, ...]
    findings: tuple[Finding, ...]
    contrasts: tuple[WeightedArms, ...]
    factors: tuple[Factor, ...]
    reference_cells: str
    cell_labels: Mapping[str, str]

    @classmethod
    def from_config(
        cls,
        mapping: Mapping[str, Any],
        factors: Sequence[Mapping[str, Any]],
        cells: Mapping[str, Any],
    ) -> "ComparisonSettings":
        """Read the config's sections `comparison`, `factors` and `cells`, defaults filled in.

        Raises
        ------
        ComparisonError
            If two findings share an id, or two analytes their columns.
        """
        findings = tuple(_finding(entry, mapping) for entry in mapping["findings"])
        ids = [finding.id for finding in findings]
        for doubled in sorted({i for i in ids if ids.count(i) > 1}):
            raise ComparisonError(
                f'config, comparison, findings: two findings have the id "{doubled}"; '
                "give each its own"
            )
        require_own_columns(mapping["analytes"])
        return cls(
            analytes=tuple(mapping["analytes"]),
            findings=findings,
            contrasts=tuple(_weighted_arms(entry) for entry in mapping["contrasts"]),
            factors=tuple(Factor.from_config(entry) for entry in factors),
            reference_cells=cells["reference"],
            cell_labels=dict(cells.get("labels") or {}),
        )


def clashing_analytes(analytes: Iterable[str]) -> dict[str, str]:
    """Each analyte whose columns would overwrite another's or those of apoptosis, and the reason.

    Two analytes clash if they have one `column_prefix`; the reason fits after the analyte's name.
    """
    first: dict[str, str] = {}
    clashing: dict[str, str] = {}
    for analyte in analytes:
        prefix = column_prefix(analyte)
        if prefix in _OF_FLOW:
            clashing[analyte] = (
                "is what the results call a measurement by flow cytometry; give the analyte "
                "another name."
            )
        elif first.setdefault(prefix, analyte) != analyte:
            clashing[analyte] = (
                f'differs from "{first[prefix]}" only in signs that column names cannot hold (both '
                f'would be "{prefix}"); write one analyte in one way, and two in letters that '
                "differ."
            )
    return clashing


def require_own_columns(analytes: Iterable[str]) -> None:
    """Refuse `clashing_analytes`.

    Raises
    ------
    ComparisonError
        If there are any; the message is the first one's.
    """
    for analyte, reason in clashing_analytes(analytes).items():
        raise ComparisonError(f'the analyte "{analyte}" {reason}')


def _finding(entry: Mapping[str, Any], section: Mapping[str, Any]) -> Finding:
    if entry["kind"] == "eliminated":
        differences = tuple(
            Difference(entry[part]["arm"], entry[part]["compared_with"])
            for part in ("effect", "residual")
        )
    else:
        differences = tuple(Difference(entry["arm"], other) for other in entry["compared_with"])
    limits = ("margin_points", "residual_fraction", "alpha_difference", "alpha_margin")
    return Finding(
        id=str(entry["id"]),
        kind=entry["kind"],
        endpoint=entry["endpoint"],
        statement=entry["statement"].strip(),
        caveat=entry.get("caveat", "").strip(),
        differences=differences,
        **{limit: float(entry.get(limit, section[limit])) for limit in limits},
    )


def _weighted_arms(entry: Mapping[str, Any]) -> WeightedArms:
    weights = tuple((term["arm"], float(term["weight"])) for term in entry["weights"])
    return WeightedArms(entry["name"], entry["endpoint"], weights)
