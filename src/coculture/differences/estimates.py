"""The estimates of the findings and of all contrasts, with their intervals and tests."""

from collections.abc import Iterator

from coculture.differences.difference import Difference, Kind
from coculture.differences.rows import row_changes
from coculture.differences.run_results import RunResults
from coculture.differences.values import written

FINDINGS, CONTRASTS = "estimate", "contrast"
_NUMBERS = {
    "relation": "bound",
    "estimate": "estimate",
    "lower": "lower limit",
    "upper": "upper limit",
    "unit": "unit",
    "p": "p",
    "holm_ratio": "p / level after correction",
    "level": "level",
    "n": "experiments",
    "ratio": "ratio",
}
"""What is compared of an estimate, and what it is called. A new finding is a verdict."""


def of_findings(before: RunResults, now: RunResults) -> Iterator[Difference]:
    """Numbers of findings that both runs tested."""
    ours, theirs = (run.table("comparison/findings.csv") for run in (before, now))
    for one in row_changes(ours, theirs, ("id",), list(_NUMBERS)):
        if one.change == "changed":
            what = _NUMBERS[one.column]
            yield Difference(FINDINGS, one.key[0], what, written(one.before), written(one.now))


def of_contrasts(before: RunResults, now: RunResults) -> Iterator[Difference]:
    """Numbers of contrasts; contrasts that one run lacks."""
    ours, theirs = (run.table("comparison/contrasts.csv") for run in (before, now))
    key = ("endpoint", "contrast", "analysis")
    for one in row_changes(ours, theirs, key, list(_NUMBERS)):
        endpoint, contrast, analysis = one.key
        subject = f"{contrast}, {endpoint}, {analysis.replace('_', ' ')}"
        if one.change == "changed":
            what = _NUMBERS[one.column]
            yield Difference(CONTRASTS, subject, what, written(one.before), written(one.now))
        else:
            is_now = one.change == "added"
            told = ("", "computed") if is_now else ("computed", "")
            yield Difference(CONTRASTS, subject, "contrast", *told)


OF_FINDINGS = Kind(
    FINDINGS, "number of the findings' tests", "numbers of the findings' tests", of_findings
)
OF_CONTRASTS = Kind(CONTRASTS, "number of the contrasts", "numbers of the contrasts", of_contrasts)
