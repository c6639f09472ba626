"""The flags of the comparison: what limits the findings, and which readings are missing."""

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from coculture.comparison.design.arms import Design
from coculture.comparison.design.joining import EXCLUDED
from coculture.comparison.findings.finding_result import FindingResult
from coculture.comparison.settings import APOPTOSIS, ComparisonSettings
from coculture.comparison.statistics.contrasts import MIN_EXPERIMENTS
from coculture.exchange.flags import Concerns, Flag
from coculture.exchange.names import column_prefix
from coculture.exchange.vocabulary import ABOVE_RANGE, BELOW_RANGE, many

FINDINGS = "comparison/findings.csv"
CULTURES = "cultures.csv"

FEW_EXPERIMENTS = "few_experiments"
POOLED_ERROR_DISAGREES = "pooled_error_disagrees"
UNDECIDED = "undecided_by_range"
BOUND = "estimate_is_bound"
LEFT_OUT = "left_out"
READING_EXCLUDED = "reading_excluded"
DIFFERENT_PLATES = "arms_on_different_plates"
BETWEEN_EXPERIMENTS = "between_experiments"


def comparison_flags(
    results: Iterable[FindingResult],
    design: Design,
    settings: ComparisonSettings,
    cultures: pd.DataFrame,
    elisa_wells: pd.DataFrame,
) -> Iterator[Flag]:
    """All flags of the comparison: study, plates, findings, cultures.

    Parameters
    ----------
    cultures
        cultures.csv (`join_cultures`).
    elisa_wells
        elisa/wells.csv of all plates; may be empty.
    """
    yield from _few_experiments(cultures)
    yield from arms_on_different_plates(cultures, elisa_wells)
    for result in results:
        yield from _of_finding(result, design)
    yield from _excluded_readings(cultures, settings)


def _few_experiments(cultures: pd.DataFrame) -> Iterator[Flag]:
    count = int(cultures["experiment"].nunique())
    if count < MIN_EXPERIMENTS:
        yield Flag(
            Concerns(FINDINGS, "study"),
            FEW_EXPERIMENTS,
            "caution",
            f"The study has only {many(count, 'experiment')}. Wells of one experiment are not "
            f"independent, so no claim is tested with fewer than {MIN_EXPERIMENTS} experiments.",
            count,
            MIN_EXPERIMENTS,
            "experiments",
        )


def _of_finding(result: FindingResult, design: Design) -> Iterator[Flag]:
    name = result.finding.id
    concerns = Concerns(FINDINGS, "finding", finding=name)
    if result.pooled_disagrees:
        yield Flag(
            concerns,
            POOLED_ERROR_DISAGREES,
            "caution",
            f'Finding {name} is "{result.verdict}", but "{result.pooled}" by the pooled-error '
            "analysis.",
        )
    if any(test.undecided and result.decides(test) for test in result.tests):
        yield Flag(
            concerns,
            UNDECIDED,
            "note",
            f"Finding {name} may be true: it is not shown because cultures outside the "
            "quantifiable range count at the limit that argues against it.",
        )
    if result.estimate.relation:
        yield Flag(
            concerns,
            BOUND,
            "note",
            f"The estimate of finding {name} is only a bound, because cultures are outside the "
            "quantifiable range.",
            result.estimate.value,
            unit=result.estimate.unit,
        )
    if result.compared:
        yield Flag(
            concerns,
            BETWEEN_EXPERIMENTS,
            "note",
            f"Finding {name} is compared {result.compared}, because its arms share none: whatever "
            "else differs between their experiments, such as days or reagents, is part of the "
            "difference.",
        )
    for experiment, arm in _lacking(result):
        yield Flag(
            Concerns(FINDINGS, "finding", experiment=experiment, finding=name, arm=arm),
            LEFT_OUT,
            "note",
            design.with_display_labels(
                f"{experiment} is not in every test of finding {name}: it lacks {arm}."
            ),
        )


def _lacking(result: FindingResult) -> list[tuple[str, str]]:
    """The experiments that a test of the finding leaves out, each with every arm that it lacks."""
    lacking = dict.fromkeys(
        (experiment, arm)
        for test in result.tests
        for experiment, arms in test.contrast.left_out.items()
        for arm in arms
    )
    return sorted(lacking, key=lambda one: one[0])


def _excluded_readings(cultures: pd.DataFrame, settings: ComparisonSettings) -> Iterator[Flag]:
    """A note for every culture and measurement whose readings are all excluded."""
    for subject in (APOPTOSIS, *settings.analytes):
        prefix = column_prefix(subject)
        excluded = cultures[cultures[f"{prefix}_state"] == EXCLUDED]
        for row in excluded.to_dict("records"):
            yield Flag(
                Concerns(
                    CULTURES,
                    "culture",
                    experiment=str(row["experiment"]),
                    analyte="" if subject == APOPTOSIS else subject,
                    culture=str(row["culture"]),
                ),
                READING_EXCLUDED,
                "note",
                f"{row['culture']} has no value for {subject}. Reason: {row[f'{prefix}_reason']}.",
            )


def arms_on_different_plates(cultures: pd.DataFrame, elisa_wells: pd.DataFrame) -> Iterator[Flag]:
    """A caution for each experiment and analyte whose arms are not all on the same plates.

    Differences between plates are then part of the differences between arms.
    """
    if elisa_wells.empty:
        return
    is_measured = elisa_wells["state"].isin(("ok", *BELOW_RANGE, *ABOVE_RANGE))
    samples = elisa_wells[(elisa_wells["role"] == "sample") & is_measured]
    wells = samples[["culture", "analyte", "plate"]].merge(
        cultures[["culture", "experiment", "arm"]], on="culture"
    )
    for (experiment, analyte), group in wells.groupby(["experiment", "analyte"]):
        plates_of_arms = [set(plates) for _, plates in group.groupby("arm")["plate"]]
        if any(plates != plates_of_arms[0] for plates in plates_of_arms):
            plates = sorted(set().union(*plates_of_arms))
            yield _different_plates(str(experiment), str(analyte), plates)


def _different_plates(experiment: str, analyte: str, plates: Sequence[str]) -> Flag:
    return Flag(
        Concerns(CULTURES, "experiment", experiment=experiment, plate=plates[0], analyte=analyte),
        DIFFERENT_PLATES,
        "caution",
        f"{analyte} in {experiment}: arms were measured on different plates "
        f"({', '.join(plates)}), so differences between plates are part of the contrasts.",
        len(plates),
        1.0,
        "plates",
    )
