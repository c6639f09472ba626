"""The flags of a study as the page lists them."""

from collections.abc import Iterable
from dataclasses import dataclass

from coculture.exchange.flags import Concerns, Flag
from coculture.exchange.vocabulary import ABOVE_RANGE, BELOW_RANGE
from coculture.report import raw_file_names

EXCLUDED = "excluded"
"""Code of the flag of a file or well that the study's tables exclude."""
LEFT_OUT = "left_out"
"""Code of the flag of an experiment that a test of a finding leaves out, as it lacks an arm."""

BETWEEN_EXPERIMENTS = "between_experiments"
"""Code of the flag of a finding that compares arms that share no experiment."""

_STAGES = {
    "flow": "flow",
    "elisa": "ELISA",
    "study": "values.csv",
    "clinical": "clinical",
    "comparison": "comparison",
    "cultures.csv": "comparison",
}
"""Name of a stage on the page, by the first part of the names of its tables."""


@dataclass(frozen=True)
class ListedFlag:
    """A flag as the page lists it.

    Attributes
    ----------
    stage
        flow, ELISA, values.csv, comparison or clinical.
    place
        The experiment or plate; may be empty.
    item
        What is flagged there: an FCS file, a well, a curve, a finding.
    figure
        Name of the figure that shows it; empty if there is none.
    """

    flag: Flag
    stage: str
    place: str
    item: str
    figure: str

    @property
    def culture(self) -> str:
        """The flagged culture, or the culture of the flagged well or file; may be empty."""
        return self.flag.concerns.culture

    @property
    def text(self) -> str:
        """What was found, with the stage that found it."""
        return f"{self.stage}: {self.flag.sentence}"


def quality_flags(flags: Iterable[Flag]) -> list[ListedFlag]:
    """All failures, then all cautions, each in the order of flags.csv."""
    found = list(flags)
    return [
        listed_flag(flag)
        for severity in ("failure", "caution")
        for flag in found
        if flag.severity == severity
    ]


def flow_notes(flags: Iterable[Flag]) -> list[ListedFlag]:
    """The notes on FCS files and experiments, without exclusions: how unusual files were read."""
    return [
        one
        for one in map(listed_flag, (flag for flag in flags if flag.severity == "note"))
        if one.stage == _STAGES["flow"] and one.flag.code != EXCLUDED
    ]


def exclusions(flags: Iterable[Flag]) -> list[ListedFlag]:
    """What the study's tables exclude, each with the reason as sentence."""
    return [listed_flag(flag) for flag in flags if flag.code == EXCLUDED]


def lacking_arms(flags: Iterable[Flag]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Each finding with the experiments that a test leaves out: (experiment, an arm it lacks)."""
    lacking: dict[str, tuple[tuple[str, str], ...]] = {}
    for concerns in (flag.concerns for flag in flags if flag.code == LEFT_OUT):
        known = lacking.get(concerns.finding, ())
        lacking[concerns.finding] = (*known, (concerns.experiment, concerns.arm))
    return lacking


def cultures_outside_range(flags: Iterable[Flag]) -> list[Flag]:
    """The flags of cultures for which only a bound of a concentration is known."""
    return [
        flag
        for flag in flags
        if flag.concerns.kind == "culture" and flag.code in (*BELOW_RANGE, *ABOVE_RANGE)
    ]


def flags_by_culture(listed: Iterable[ListedFlag]) -> dict[str, list[str]]:
    """The texts of the flags of each flagged culture."""
    found: dict[str, list[str]] = {}
    for one in listed:
        if one.culture:
            found.setdefault(one.culture, []).append(one.text)
    return found


def listed_flag(flag: Flag) -> ListedFlag:
    """`flag` as the page lists it."""
    concerns = flag.concerns
    folder = concerns.table.partition("/")[0]
    stage = _STAGES.get(folder, folder)
    places = (concerns.experiment, concerns.plate)
    if stage == _STAGES["elisa"]:
        places = (concerns.plate, concerns.experiment)
    return ListedFlag(
        flag, stage, next(filter(None, places), ""), _item(concerns), _figure(stage, concerns)
    )


def _item(concerns: Concerns) -> str:
    fcs = raw_file_names.short(concerns.fcs)
    named = {
        "well": f"well {concerns.well}",
        "curve": f"curve of {concerns.analyte}",
        "finding": f"finding {concerns.finding}",
        "study": "all experiments",
        "arm": f"arm {concerns.arm or fcs}",
        "gate": f"{concerns.population}: gate on {concerns.channel}",
        "experiment": concerns.analyte or "all files",
        "culture": concerns.analyte or fcs or "culture",
    }
    if concerns.kind in named:
        return named[concerns.kind]
    key = " ".join(filter(None, (fcs, concerns.population, concerns.channel)))
    return key or " ".join(filter(None, (concerns.kind, concerns.analyte)))


def _figure(stage: str, concerns: Concerns) -> str:
    """The figure in which a reader sees what is flagged."""
    if stage == _STAGES["flow"]:
        return "contact_sheet" if concerns.culture else "control_histograms"
    if stage == _STAGES["elisa"]:
        return "standard_curve" if concerns.kind == "curve" else "plate"
    return ""
