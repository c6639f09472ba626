"""The flags of a study: gathered from all stages, and as the page lists them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from coculture.exchange.flags import Concerns, Flag
from coculture.exchange.vocabulary import ABOVE_RANGE, BELOW_RANGE
from coculture.report.formatting import natural_key

EXCLUDED = "excluded"
"""Code of the flag of a file or well that the study's tables exclude."""
DIFFERENT_PLATES = "arms_on_different_plates"

_STAGES = {
    "flow": "flow",
    "elisa": "ELISA",
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
        flow, ELISA, comparison or clinical.
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


def exclusions(flags: Iterable[Flag]) -> list[ListedFlag]:
    """The files and wells that the study's tables exclude, each with the reason as sentence."""
    return [listed_flag(flag) for flag in flags if flag.code == EXCLUDED]


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
    named = {
        "well": f"well {concerns.well}",
        "curve": f"curve of {concerns.analyte}",
        "finding": f"finding {concerns.finding}",
    }
    if concerns.kind in named:
        return named[concerns.kind]
    key = " ".join(filter(None, (concerns.fcs, concerns.population, concerns.channel)))
    return key or " ".join(filter(None, (concerns.kind, concerns.analyte)))


def _figure(stage: str, concerns: Concerns) -> str:
    """The figure in which a reader sees what is flagged."""
    if stage == _STAGES["flow"]:
        return "contact_sheet" if concerns.culture else "control_histograms"
    if stage == _STAGES["elisa"]:
        return "standard_curve" if concerns.kind == "curve" else "plate"
    return ""


def arms_on_different_plates(cultures: pd.DataFrame, elisa_wells: pd.DataFrame) -> list[Flag]:
    """A caution for each experiment and analyte with arms on different plates.

    Differences between the plates are then part of the differences between the arms.

    Parameters
    ----------
    cultures
        cultures.csv.
    elisa_wells
        elisa/wells.csv of all plates; may be empty.
    """
    if elisa_wells.empty:
        return []
    is_measured = elisa_wells["state"].isin(("ok", *BELOW_RANGE, *ABOVE_RANGE))
    samples = elisa_wells[(elisa_wells["role"] == "sample") & is_measured]
    wells = samples[["culture", "analyte", "plate"]].merge(
        cultures[["culture", "experiment", "arm"]]
    )
    found = []
    for (experiment, analyte), group in wells.groupby(["experiment", "analyte"]):
        of_arms = [set(plates) for _, plates in group.groupby("arm")["plate"]]
        if any(plates != of_arms[0] for plates in of_arms):
            plates = sorted(set().union(*of_arms), key=natural_key)
            found.append(_different_plates(str(experiment), str(analyte), plates))
    return found


def _different_plates(experiment: str, analyte: str, plates: Sequence[str]) -> Flag:
    return Flag(
        Concerns(
            *("elisa/cultures.csv", "experiment"),
            experiment=experiment,
            plate=plates[0],
            analyte=analyte,
        ),
        DIFFERENT_PLATES,
        "caution",
        f"{analyte} in {experiment}: arms were measured on different plates "
        f"({', '.join(plates)}), so differences between plates are part of the contrasts.",
        len(plates),
        1.0,
        "plates",
    )
