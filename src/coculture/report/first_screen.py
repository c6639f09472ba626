"""The first screen of the page: the answer in one sentence, how much was measured, the design."""

from collections.abc import Iterable, Iterator

import pandas as pd

from coculture.exchange.design_sentence import Given, design_sentence
from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import ALONE, SHOWN, SHOWN_ALONE, VERDICTS, listed
from coculture.report.results import Results

_MOST_NAMED = 3
"""Findings that are named although it is all of them."""


def answer(findings: pd.DataFrame) -> str:
    """The number of findings with each verdict, in one sentence.

    Parameters
    ----------
    findings
        comparison/findings.csv; read are `verdict`, `family` and `corrected_by`.

    >>> answer(pd.DataFrame({"verdict": ["shown", "shown by its own test", "not testable"],
    ...                      "family": "", "corrected_by": "Holm"}))
    'The config states 3 claims: 1 shown, also after correction for all 3; 1 shown by its own test, not after that correction; 1 not testable.'
    """  # noqa: E501
    if findings.empty:
        return "The config states no claim, so nothing was tested; all contrasts are exploratory."
    if len(findings) == 1:
        return f"The config states 1 claim: 1 {findings['verdict'].item()}."
    verdicts = "; ".join(text for verdict in VERDICTS for text in _counted(findings, verdict))
    return f"The config states {len(findings)} claims: {verdicts}."


def _counted(findings: pd.DataFrame, verdict: str) -> Iterator[str]:
    """How many findings have this verdict, with what they were corrected for."""
    rows = findings[findings["verdict"] == verdict]
    alone = rows["corrected_by"] == ALONE
    corrected = int((~alone).sum())
    if verdict not in (SHOWN, SHOWN_ALONE):
        if len(rows):
            yield f"{len(rows)} {verdict}"
        return
    families = findings["family"].nunique()
    which = f"all {len(findings)}" if families == 1 else "the others of its family"
    if corrected and verdict == SHOWN:
        yield f"{corrected} {verdict}, also after correction for {which}"
    elif corrected:
        yield f"{corrected} {verdict}, not after that correction"
    if alone.any():
        yield f"{int(alone.sum())} {verdict}, alone in its family and so not corrected"


_STATED = (
    "findings_pinned",
    "findings_changed_since_pinned",
    "findings_pinned_after_acquisition",
    "findings_of_an_earlier_pin",
)
"""Codes of the flags that say when the findings were stated."""


_NOT_STATED = "When the findings were stated is not recorded (make pin-findings records it)."


def stated(findings: pd.DataFrame, flags: Iterable[Flag]) -> str:
    """When the findings were stated, as far as it is recorded; empty without findings."""
    if findings.empty:
        return ""
    return next((flag.sentence for flag in flags if flag.code in _STATED), _NOT_STATED)


def conditions(findings: pd.DataFrame) -> str:
    """What verdicts "shown" depend on, in one sentence for each condition; empty for none.

    >>> conditions(pd.DataFrame({"id": ["1", "2"], "condition": ["for these 2 donors", ""]}))
    'Finding 1: shown for these 2 donors.'
    """
    if "condition" not in findings:
        return ""
    of_each = findings[findings["condition"].fillna("") != ""].groupby("condition", sort=False)[
        "id"
    ]
    return " ".join(
        f"{_which(list(map(str, ids)), len(findings))}: shown {condition}."
        for condition, ids in of_each
    )


def _which(ids: list[str], all_findings: int) -> str:
    if len(ids) == all_findings and len(ids) > _MOST_NAMED:
        return f"All {len(ids)} findings"
    return f"Finding{'s' if len(ids) > 1 else ''} {listed(ids)}"


def counts(results: Results) -> dict[str, int]:
    """How many donors, experiments, arms, cultures, files, wells and finished numbers there are."""
    cultures = results.table("cultures.csv")
    wells, files = results.table("elisa/wells.csv"), results.table("flow/wells.csv")
    values = results.table("study/values.csv")
    donors = cultures.get("donor", pd.Series(dtype=str))
    found = {
        "donors": donors[donors != ""].nunique(),
        "experiments": _experiments(cultures).nunique(),
        "arms": cultures["arm"].nunique(),
        "cultures": len(cultures),
        "FCS files": files["fcs"].nunique() if len(files) else 0,
        "ELISA wells": len(wells) - unassigned_wells(wells),
        "finished numbers": int((values["excluded"] == "").sum()) if len(values) else 0,
    }
    return {
        name.removesuffix("s") if count == 1 else name: count
        for name, count in found.items()
        if count
    }


def _experiments(cultures: pd.DataFrame) -> "pd.Series[str]":
    """The experiment of each culture, as the study names it."""
    if "shared_experiment" not in cultures:
        return cultures["experiment"]
    return cultures["shared_experiment"].mask(lambda named: named == "", cultures["experiment"])


def design(results: Results) -> str:
    """What was given, for how long and on which stroma, in one sentence; empty without cultures."""
    cultures = results.table("cultures.csv")
    if cultures.empty or not {"cells", "hours", "stroma"} <= set(cultures.columns):
        return ""
    given = [
        Given.of(
            factor["name"],
            factor["unit"] or "",
            factor["untreated"],
            cultures[factor["column"]].dropna(),
            factor.get("levels") or (),
            is_added=bool(factor.get("adds_analyte")),
        )
        for factor in results.config["factors"]
    ]
    with_cells = cultures["cells"].fillna("") != ""
    stromas, alone = (
        sorted(set(cultures.loc[rows, "stroma"].fillna(""))) for rows in (with_cells, ~with_cells)
    )
    media = sorted(set(cultures["medium"].fillna(""))) if "medium" in cultures else []
    return design_sentence(given, sorted(set(cultures["hours"])), stromas, media, alone)


def unassigned_wells(wells: pd.DataFrame) -> int:
    """The number of wells in the plate exports that are not listed in elisa.csv."""
    return int((wells["role"] == "unassigned").sum()) if len(wells) else 0


def missing_arms(cultures: pd.DataFrame) -> list[str]:
    """Each arm that some experiment lacks, with these experiments.

    An experiment that shares no arm with those that have it was made for other arms, and does not
    lack it.

    >>> missing_arms(pd.DataFrame({"experiment": ["E1", "E1", "E2"], "arm": ["a", "b", "a"]}))
    ['b (not in E2)']
    """
    arms_of: dict[str, set[str]] = {}
    for one, arm in zip(cultures["experiment"], cultures["arm"], strict=True):
        arms_of.setdefault(str(one), set()).add(str(arm))
    lacking: dict[str, list[str]] = {}
    for arm in map(str, cultures["arm"].unique()):
        beside = set().union(*(arms for arms in arms_of.values() if arm in arms))
        lacking[arm] = [
            one for one, arms in arms_of.items() if arm not in arms and not beside.isdisjoint(arms)
        ]
    return [f"{arm} (not in {', '.join(where)})" for arm, where in lacking.items() if where]
