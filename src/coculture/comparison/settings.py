"""The settings of the comparison: the config's section `comparison`, as frozen values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from coculture.comparison.quantities.declared import declared, default_entries
from coculture.comparison.quantities.kind import QuantityError
from coculture.comparison.quantities.measured import Measured
from coculture.comparison.quantities.quantity import Margin, Quantity
from coculture.exchange import units
from coculture.exchange.factor_levels import Level, control_level, is_named, levels_in_order
from coculture.exchange.names import column_prefix
from coculture.exchange.problems import CocultureError

APOPTOSIS = "apoptosis"
_NAMES_OF_FLOW = (APOPTOSIS, "viable")
"""Names of the endpoints of flow cytometry in result tables (apoptosis, ln_viable)."""

COMPARISON = "comparison"
"""The part of a finding's differences that the config gives as `arm` and `compared_with`."""
LIMITS = (
    *("margin_points", "margin_ratio"),
    *("residual_fraction", "alpha_difference", "alpha_margin"),
)
"""Margins and error rates: the section has them for all findings, a finding may have its own."""
_MARGINS = ("margin_points", "margin_ratio")
_COMMON_KEYS = (
    *("id", "kind", "endpoint", "statement", "caveat", "family", "arm", "compared_with"),
    *LIMITS,
)

ArmPattern = Mapping[str, str | float]
"""An arm in the config: columns of cultures.csv and their values."""


class ComparisonError(CocultureError):
    """The comparison cannot be made as configured; the message says where and what to do."""


@dataclass(frozen=True)
class Interference:
    """Why an endpoint says nothing about the cells where a factor was given.

    Attributes
    ----------
    endpoint
        Its name in the config: apoptosis, or an analyte.
    reason
        As it continues a sentence after the endpoint and the factor.
    is_addition
        Whether the factor is the endpoint's own analyte. Its values are then left out; others are
        compared, and labelled with the reason.
    """

    endpoint: str
    reason: str
    is_addition: bool = False


@dataclass(frozen=True)
class Factor:
    """A drug with its doses, or a category with named levels, such as siRNAs.

    Attributes
    ----------
    untreated
        The level that the others are compared with; a name of a category, a number of a drug.
    adds_analyte
        The analyte that it adds to the culture.
    adds_to
        The endpoint that measures this analyte, empty if none does; None if it is called so.
    interferes_with
        Endpoint -> the reason, where it interferes with the assay of an endpoint.
    levels
        Names in the order of the config.
    absent
        The untreated level of the config, if no culture has it (`in_study`).
    named_control
        Whether arms without it are named after their level, because it is not "untreated".
    """

    name: str
    column: str
    unit: str
    untreated: Level
    adds_analyte: str | None = None
    interferes_with: tuple[tuple[str, str], ...] = ()
    levels: tuple[str, ...] = ()
    absent: Level | None = None
    named_control: bool = False
    adds_to: str | None = None

    @classmethod
    def from_config(cls, mapping: Mapping[str, Any]) -> "Factor":
        """Read one entry of the config's `factors`."""
        levels = tuple(mapping.get("levels") or ())
        untreated = mapping.get("untreated")
        if untreated is None:
            untreated = levels[0] if levels else 0.0
        return cls(
            name=mapping["name"],
            column=mapping["column"],
            unit=(
                ""
                if isinstance(untreated, str)
                else units.of_dose(mapping.get("unit") or "", mapping["column"])
            ),
            untreated=untreated if isinstance(untreated, str) else float(untreated),
            adds_analyte=mapping.get("adds_analyte"),
            interferes_with=tuple((mapping.get("interferes_with") or {}).items()),
            levels=levels,
        )

    @property
    def is_category(self) -> bool:
        """Whether its levels are names."""
        return isinstance(self.untreated, str)

    def level_of(self, value: object) -> Level:
        """A cell of its column, or a value of the config, as a level.

        Raises
        ------
        ComparisonError
            If it must be a number and is not.
        """
        return str(value) if self.is_category else number_in(self.column, value)

    def in_order(self, present: Iterable[Level]) -> list[Level]:
        """Each level once, as figures and tables show them."""
        return levels_in_order(present, self.levels)

    def in_study(self, present: Iterable[Level]) -> "Factor":
        """The factor in a study whose cultures have the levels `present`.

        If none has the untreated level, the others are compared with the first that there is.
        """
        in_order = self.in_order(present)
        control = control_level(self.untreated, in_order)
        return replace(
            self,
            untreated=control,
            absent=None if control == self.untreated else self.untreated,
            named_control=is_named(self.untreated, in_order, control),
        )

    def is_given(self, level: Level) -> bool:
        """Whether it was given at `level`, even if all cultures have that level."""
        return level != (self.untreated if self.absent is None else self.absent)

    @property
    def interferences(self) -> tuple[Interference, ...]:
        """The endpoints that say nothing about the cells where it was given."""
        others = tuple(Interference(endpoint, reason) for endpoint, reason in self.interferes_with)
        endpoint = self.adds_analyte if self.adds_to is None else self.adds_to
        if not endpoint:
            return others
        return (Interference(endpoint, "it was added", is_addition=True), *others)


def _factor(entry: Mapping[str, Any], quantities: Iterable[Quantity]) -> Factor:
    """An entry of the config's `factors`, with the endpoint that measures what it adds."""
    factor = Factor.from_config(entry)
    if factor.adds_analyte is None:
        return factor
    measuring = [
        one.name
        for one in quantities
        if (one.source == "elisa.csv" and one.options["analyte"] == factor.adds_analyte)
        or (one.source == "values.csv" and one.name == factor.adds_analyte)
    ]
    return replace(factor, adds_to=next(iter(measuring), ""))


def number_in(column: str, value: object) -> float:
    """A value of a column that must hold numbers.

    Raises
    ------
    ComparisonError
        If it is no number.
    """
    try:
        return float(str(value))
    except ValueError as error:
        raise ComparisonError(f'{column} is "{value}", which is not a number') from error


@dataclass(frozen=True)
class Difference:
    """One arm minus another, and the part of the finding that this difference is."""

    arm: ArmPattern
    compared_with: ArmPattern
    part: str = COMPARISON


@dataclass(frozen=True)
class Finding:
    """One pre-stated finding.

    Attributes
    ----------
    kind
        Name of its kind (`coculture.comparison.findings.KINDS`).
    differences
        Each difference that it is about: the arm minus each arm that it is compared with (part
        `COMPARISON`), or differences that the config names (parts effect and residual).
    margin
        The smallest change that matters, in points or as a ratio as its endpoint is compared;
        neither if nothing gives one.
    own_margin
        What the finding itself gives, on whatever scale.
    residual_fraction, alpha_difference, alpha_margin
        Fractions below 1.
    options
        Further keys of the config that its kind allows.
    family
        The findings that it is corrected for, by the name of their family; those without a name
        are one family.
    subject
        What sentences call its endpoint: "PI-positive cells" of the endpoint PI-positive.
    """

    id: str
    kind: str
    endpoint: str
    statement: str
    caveat: str
    differences: tuple[Difference, ...]
    margin: Margin
    own_margin: Margin
    residual_fraction: float
    alpha_difference: float
    alpha_margin: float
    options: Mapping[str, Any] = field(default_factory=dict)
    family: str = ""
    subject: str = ""

    @property
    def has_margin(self) -> bool:
        """Whether there is a margin on the scale of its endpoint."""
        return self.margin != Margin()

    @property
    def margin_on_scale(self) -> float:
        """The margin on the analysis scale: points, or the logarithm of the ratio.

        Raises
        ------
        ComparisonError
            If it has none.
        """
        if self.margin.ratio is not None:
            return float(np.log(self.margin.ratio))
        if self.margin.points is not None:
            return self.margin.points
        raise ComparisonError(
            f"no margin is given for {self.endpoint}: the smallest change that matters"
        )

    @property
    def margin_shown(self) -> str:
        """The margin in sentences: "5 points", "1.5-fold"; empty without one."""
        if self.margin.ratio is not None:
            return f"{self.margin.ratio:g}-fold"
        return "" if self.margin.points is None else f"{self.margin.points:g} points"

    def part(self, name: str) -> list[Difference]:
        """Its differences of one part."""
        return [difference for difference in self.differences if difference.part == name]


@dataclass(frozen=True)
class Family:
    """Findings that are corrected for one another.

    `is_in_order` is whether they are tested in the order of the config, each at its full level
    until the first fails.
    """

    name: str
    is_in_order: bool = False


@dataclass(frozen=True)
class WeightedArms:
    """A comparison of the user's own: a weighted sum of arms on one endpoint."""

    name: str
    endpoint: str
    weights: tuple[tuple[ArmPattern, float], ...]


@dataclass(frozen=True)
class ComparisonSettings:
    """Everything that the comparison depends on besides the joined cultures."""

    quantities: tuple[Quantity, ...]
    findings: tuple[Finding, ...]
    contrasts: tuple[WeightedArms, ...]
    factors: tuple[Factor, ...]
    reference_cells: str
    cell_labels: Mapping[str, str]
    families: tuple[Family, ...] = ()

    @classmethod
    def from_config(
        cls,
        mapping: Mapping[str, Any],
        factors: Sequence[Mapping[str, Any]],
        cells: Mapping[str, Any],
        measured: Mapping[str, Any] | None = None,
    ) -> "ComparisonSettings":
        """Read the config's sections `comparison`, `factors` and `cells`, with all defaults.

        Parameters
        ----------
        measured
            What the study measures (`Measured.from_mapping`); without it FCS files with Annexin V
            and a viability dye.

        Raises
        ------
        ComparisonError
            If two findings have the same id, two endpoints the same columns, or an endpoint is not
            measured.
        """
        of_study = Measured() if measured is None else Measured.from_mapping(measured)
        analytes = mapping["analytes"] or of_study.analytes or ()
        entries = mapping.get("endpoints") or default_entries(analytes, of_study)
        require_own_columns(one["name"] for one in entries if one["measure"] == "analyte")
        try:
            quantities = declared(entries, of_study)
        except QuantityError as error:
            raise ComparisonError(f"config, comparison, endpoints: {error}") from error
        by_name = {quantity.name: quantity for quantity in quantities}
        findings = tuple(_finding(entry, mapping, by_name) for entry in mapping["findings"])
        ids = [finding.id for finding in findings]
        for doubled in sorted({i for i in ids if ids.count(i) > 1}):
            raise ComparisonError(
                f'config, comparison, findings: two findings have the id "{doubled}"; '
                "give each finding its own id"
            )
        return cls(
            quantities=quantities,
            findings=findings,
            contrasts=tuple(_weighted_arms(entry) for entry in mapping["contrasts"]),
            factors=tuple(_factor(entry, quantities) for entry in factors),
            reference_cells=cells["reference"],
            cell_labels=dict(cells.get("labels") or {}),
            families=tuple(
                Family(one["name"], one["order"] == "stated") for one in mapping.get("families", ())
            ),
        )

    @property
    def subjects(self) -> tuple[str, ...]:
        """The names of what is compared, in the order in which it is shown."""
        return tuple(quantity.name for quantity in self.quantities)

    @property
    def analytes(self) -> tuple[str, ...]:
        """The analytes that are compared, as ELISA plates name them; each once."""
        of_plates = (one for one in self.quantities if one.source == "elisa.csv")
        return tuple(dict.fromkeys(str(one.options["analyte"]) for one in of_plates))

    def quantity(self, subject: str) -> Quantity | None:
        """What is compared under this name; None if nothing is."""
        return next((one for one in self.quantities if one.name == subject), None)

    def compared(self, subject: str) -> Quantity:
        """What is compared under this name.

        Raises
        ------
        ComparisonError
            If nothing is.
        """
        found = self.quantity(subject)
        if found is None:
            raise ComparisonError(f"{subject} is not an endpoint of this study")
        return found


def clashing_analytes(analytes: Iterable[str]) -> dict[str, str]:
    """Each analyte whose columns would overwrite those of another or of apoptosis, and why.

    Two analytes clash if they have the same `column_prefix`. The reason continues a sentence that
    begins with the name of the analyte.
    """
    first: dict[str, str] = {}
    clashing: dict[str, str] = {}
    for analyte in analytes:
        prefix = column_prefix(analyte)
        if prefix in _NAMES_OF_FLOW:
            clashing[analyte] = (
                "is the name of a flow cytometry measurement in the results; give the analyte "
                "another name."
            )
        elif first.setdefault(prefix, analyte) != analyte:
            clashing[analyte] = (
                f'differs from "{first[prefix]}" only in characters that column names cannot '
                f'contain (both would be "{prefix}"); write the same analyte in the same way, and '
                "different analytes with different letters."
            )
    return clashing


def require_own_columns(analytes: Iterable[str]) -> None:
    """Check that no analytes have the same columns (`clashing_analytes`).

    Raises
    ------
    ComparisonError
        If some have; the message names the first.
    """
    for analyte, reason in clashing_analytes(analytes).items():
        raise ComparisonError(f'the analyte "{analyte}" {reason}')


def _finding(
    entry: Mapping[str, Any], section: Mapping[str, Any], quantities: Mapping[str, Quantity]
) -> Finding:
    others = entry.get("compared_with", ())
    others = [others] if isinstance(others, Mapping) else others
    compared = [Difference(entry["arm"], other) for other in others]
    own = {key: value for key, value in entry.items() if key not in _COMMON_KEYS}
    named = {key: value for key, value in own.items() if _is_difference(value)}
    quantity = quantities.get(entry["endpoint"])
    compared += [
        Difference(value["arm"], value["compared_with"], part) for part, value in named.items()
    ]
    return Finding(
        id=str(entry["id"]),
        kind=entry["kind"],
        endpoint=entry["endpoint"],
        statement=entry["statement"].strip(),
        caveat=entry.get("caveat", "").strip(),
        differences=tuple(compared),
        options={key: value for key, value in own.items() if key not in named},
        family=entry.get("family", ""),
        margin=_margin(entry, section, quantity),
        own_margin=Margin(entry.get("margin_points"), entry.get("margin_ratio")),
        subject=quantity.in_sentences if quantity else entry["endpoint"],
        **{
            limit: float(entry.get(limit, section[limit]))
            for limit in LIMITS
            if limit not in _MARGINS
        },
    )


def _margin(
    entry: Mapping[str, Any], section: Mapping[str, Any], quantity: Quantity | None
) -> Margin:
    """The margin on the scale of the endpoint: of the finding, of the endpoint, of the section.

    The points of the section are percentage points, so they are for percents alone.
    """
    if quantity is None:
        return Margin()
    if quantity.primary.is_ratio:
        given = (entry.get("margin_ratio"), quantity.margin.ratio, section.get("margin_ratio"))
        return Margin(ratio=next((float(one) for one in given if one is not None), None))
    of_section = section["margin_points"] if quantity.is_percent else None
    points = (entry.get("margin_points"), quantity.margin.points, of_section)
    return Margin(points=next((float(one) for one in points if one is not None), None))


def _is_difference(value: object) -> bool:
    return isinstance(value, Mapping) and set(value) == {"arm", "compared_with"}


def _weighted_arms(entry: Mapping[str, Any]) -> WeightedArms:
    weights = tuple((term["arm"], float(term["weight"])) for term in entry["weights"])
    return WeightedArms(entry["name"], entry["endpoint"], weights)
