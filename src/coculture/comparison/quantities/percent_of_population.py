"""A percent of the cells of a population: apoptotic, early, viable, PI-positive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from coculture.comparison.quantities import flow_wells
from coculture.comparison.quantities.declaration import chosen_scales, margin_of, title_of
from coculture.comparison.quantities.endpoint import Columns, Endpoint, Scale
from coculture.comparison.quantities.kind import QuantityError, Readings
from coculture.comparison.quantities.measured import Measured
from coculture.comparison.quantities.quantity import Quantity, Source
from coculture.exchange.names import column_prefix
from coculture.exchange.outcomes import APOPTOTIC, Outcome, Outcomes, count_column, in_columns
from coculture.exchange.vocabulary import listed, many, nearest

PERCENT_BOUNDS = (0.0, 100.0)
OUTCOME = {
    "outcome": {
        "description": (
            "The cells that are counted, as percent of the population: apoptotic (early and "
            "late), early, late, necrotic or viable; with other stains the outcomes of these "
            "(PI-positive ...)."
        ),
        "type": "string",
        "minLength": 1,
    }
}
POPULATION = {
    "population": {
        "description": "The population of the flow section; without it flow.report_population.",
        "type": "string",
        "minLength": 1,
    }
}
_SHOWN = {"early": "early apoptotic", "late": "late apoptotic"}
"""Outcomes that are called otherwise in sentences and titles."""


@dataclass(frozen=True)
class _PercentOfPopulation:
    name = "percent"
    description = "the percent of a population's cells that its stains put in an outcome"
    source: ClassVar[Source] = "flow.csv"
    keys: ClassVar[Mapping[str, Mapping[str, Any]]] = OUTCOME | POPULATION
    required: ClassVar[Sequence[str]] = ("outcome",)
    scales: ClassVar[Sequence[Scale]] = ("points", "logit")

    def made(self, entry: Mapping[str, Any], measured: Measured) -> Quantity:
        """Points, the logit, and of what dies the logarithm of what is left (for Bliss)."""
        outcome = outcome_of(entry, measured)
        columns = columns_of(entry, outcome, measured)
        subject = entry["name"]
        title = title_of(entry, f"{shown(outcome.name)} cells (%)")
        plain = columns.value.removeprefix("percent_")
        rest, rest_title = f"ln_not_{plain}", f"Cells that are not {outcome.name} (fraction)"
        if outcome.name == APOPTOTIC:
            suffix = plain.removeprefix(APOPTOTIC)
            rest, rest_title = f"ln_viable{suffix}", "Viable cells (fraction)"
        scales = percent_scales(subject, plain, title, columns)
        if measured.outcomes and outcome == measured.outcomes.outcomes[0]:
            of_rest = "ln viable" if outcome.name == APOPTOTIC else "ln of the rest"
            scales.append(
                Endpoint(rest, subject, of_rest, rest_title, "fraction", "log_rest", columns)
            )
        return Quantity(
            subject,
            self.name,
            "flow.csv",
            title,
            "%",
            columns,
            chosen_scales(scales, entry),
            options={"outcome": outcome.name, "classes": outcome.classes}
            | _population(entry, outcome, measured),
            margin=margin_of(entry),
        )

    def readings(self, quantity: Quantity, readings: Readings) -> pd.DataFrame:
        """The sums of all used files of a culture."""
        return percents(quantity, readings)

    def missing(self, quantity: Quantity) -> str:  # noqa: ARG002
        """Not measured."""
        return flow_wells.NOT_MEASURED


PERCENT_OF_POPULATION = _PercentOfPopulation()


def percent_scales(subject: str, plain: str, title: str, columns: Columns) -> list[Endpoint]:
    """A percent of cells in points, and its logit, which is named `plain`."""
    points, odds = "percentage points", f"Odds of {subject}"
    return [
        Endpoint(columns.value, subject, points, title, "%", "points", columns, PERCENT_BOUNDS),
        Endpoint(f"logit_{plain}", subject, "log odds", odds, "odds", "logit", columns),
    ]


def outcome_of(entry: Mapping[str, Any], measured: Measured) -> Outcome:
    """The outcome that an entry names.

    Raises
    ------
    QuantityError
        If the study has no FCS files or no such outcome.
    """
    if measured.outcomes is None:
        raise QuantityError("is measured by flow cytometry, and the study has no flow.csv")
    found = measured.outcomes.named(entry["outcome"])
    if found is None:
        known = [one.name for one in measured.outcomes.outcomes]
        known_text = nearest(entry["outcome"], known) if known else "Its stains give none."
        raise QuantityError(f'has the outcome "{entry["outcome"]}". {known_text}')
    return found


def population_of(entry: Mapping[str, Any], measured: Measured) -> str:
    """The population that an entry names; empty for the one that is reported.

    Raises
    ------
    QuantityError
        If there is no such population.
    """
    named = str(entry.get("population", ""))
    if named and measured.populations and named not in measured.populations:
        raise QuantityError(
            f'has the population "{named}", and the study has {listed(measured.populations)}'
        )
    return "" if measured.populations[:1] == (named,) else named


def columns_of(entry: Mapping[str, Any], outcome: Outcome, measured: Measured) -> Columns:
    """The columns of a percent; of another population than the reported one with its name."""
    population = population_of(entry, measured)
    suffix = f"_of_{in_columns(population)}" if population else ""
    prefix = column_prefix(entry["name"])
    return Columns(
        value=f"{outcome.column}{suffix}",
        state=f"{prefix}_state",
        reason=f"{prefix}_reason",
        count=f"{outcome.count}{suffix}",
        total=f"n_events{suffix}",
    )


def percents(quantity: Quantity, readings: Readings) -> pd.DataFrame:
    """Percent, events and counted events of each culture, from the counts of the classes."""
    outcome = quantity.options["outcome"]
    counted = [count_column(name) for name in quantity.options["classes"]]
    columns = quantity.columns
    wells = readings.flow_wells
    every = [name for name in map(count_column, quantity.options["all_classes"]) if name in wells]
    rows = flow_wells.of_population(
        wells,
        readings.population_of(quantity.options["population"]),
        [*every, f"percent_{in_columns(outcome)}"],
    )
    cells = rows[every].sum(axis=1, min_count=1)
    few = [
        f"no percent {outcome}" + ("" if np.isnan(n) else f" ({many(int(n), 'cell')})")
        for n in cells.to_numpy(float, na_value=np.nan)
    ]

    is_counted = [name in counted for name in every]

    counts = rows[every].to_numpy(float)

    def combined(used: NDArray[np.intp]) -> dict[str, float]:
        cells = counts[used]
        total, count = float(cells.sum()), float(cells[:, is_counted].sum())
        return {columns.value: 100 * count / total, columns.total: total, columns.count: count}

    return flow_wells.by_culture(
        rows,
        rows[f"percent_{in_columns(outcome)}"].notna(),
        pd.Series(few, rows.index, dtype=object),
        combined,
        [columns.value, columns.total, columns.count],
    )


def shown(outcome: str) -> str:
    """An outcome as titles and sentences write it, with a capital.

    >>> shown("early"), shown("PI-positive")
    ('Early apoptotic', 'PI-positive')
    """
    words = _SHOWN.get(outcome, outcome)
    return words[:1].upper() + words[1:]


def stains_seen(outcomes: Outcomes) -> dict[str, str]:
    """The columns that say whether a stain was seen, each with the name of the stain."""
    names = {f"{stain.in_columns}_seen": stain.name for stain in outcomes.stains}
    return {column: names[column] for column in outcomes.seen_columns}


def _reads_low_unstained(outcome: Outcome, outcomes: Outcomes) -> bool:
    """Whether it reads too low where a stain is missing: all that it counts is positive for it."""
    watched = [
        place
        for place, stain in enumerate(outcomes.stains)
        if f"{stain.in_columns}_seen" in outcomes.seen_columns
    ]
    return all(outcomes.signs[name][place] for name in outcome.classes for place in watched)


def _population(entry: Mapping[str, Any], outcome: Outcome, measured: Measured) -> dict[str, Any]:
    return {
        "population": str(entry.get("population", "")),
        "stains_seen": stains_seen(measured.outcomes) if measured.outcomes else {},
        "reads_low_unstained": measured.outcomes is not None
        and _reads_low_unstained(outcome, measured.outcomes),
        "all_classes": measured.outcomes.classes if measured.outcomes else (),
    }
