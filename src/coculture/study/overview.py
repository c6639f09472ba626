"""What a study consists of, shown before it is run."""

from collections.abc import Iterator

import pandas as pd

from coculture import flow
from coculture.comparison import ComparisonSettings
from coculture.comparison.design.arms import Design, arms_of, wells_by_arm
from coculture.comparison.findings.protocol import doubts
from coculture.comparison.independence.shared_days import shared_days
from coculture.comparison.independence.unclear_donors import unclear_donors
from coculture.comparison.layout.readings import readings_of
from coculture.comparison.layout.registry import layouts_of
from coculture.comparison.settings import Factor
from coculture.exchange.vocabulary import many
from coculture.study import gates_file, values
from coculture.study.arms_of_cultures import shown_level
from coculture.study.map_overview import map_overview
from coculture.study.study import Study


def summary(study: Study) -> str:
    """What a study has: cultures, files, plates and arms; what is to be looked at before a run.

    That is how its compensation is known, and what differs between FCS files that belong together.
    """
    settings = ComparisonSettings.from_config(*study.comparison_settings())
    wells = wells_by_arm(study.cultures, settings).rename_axis(index=None, columns=None)
    noticed = _noticed(study)
    by_hand = gates_file.in_words(study.path, study.gates_file)
    # The maps first: they are long, and what is to be read is at the end of a terminal.
    drawn = "".join(f"{line}\n" for line in map_overview(study))
    moved = "".join(f"\n{line}" for line in by_hand)
    notices = "".join(f"\n  {one}" for one in noticed)
    return (
        f"{drawn}{study.path}: no problems. {', '.join(_counts(study))}. Its report: "
        f"results/{study.name}/report.html\n"
        "Cultures of each arm in each experiment (a mistyped dose appears as a separate arm):\n"
        f"{wells.astype(str).replace('0', '-').to_string()}{moved}"
        + (f"\nTo look at before the results are used:{notices}" if noticed else "")
    )


def _counts(study: Study) -> list[str]:
    """How much there is of what the study has."""
    counts = [many(len(study.cultures), "culture")]
    if len(study.flow):
        counts.append(many(len(study.flow), "FCS file"))
    if study.plates:
        counts.append(many(len(study.plates), "ELISA plate"))
    if len(study.values):
        counts.append(values.counted(study.values))
    return counts


def _noticed(study: Study) -> list[str]:
    return [*_noticed_in_files(study), *values.notices(study.values)]


def _noticed_in_files(study: Study) -> list[str]:
    noticed = [
        *_doubts(study),
        *_untreated_levels(study),
        *_shared_days(study),
        *_unclear_donors(study),
        *_layouts(study),
    ]
    if study.flow.empty:
        return noticed
    settings = flow.FlowSettings.from_config(study.flow_settings())
    differing = map(str, flow.notices(study.flow, settings))
    return [*noticed, *flow.compensation_notices(study.flow, settings), *differing]


def _doubts(study: Study) -> list[str]:
    """What a critical reader would ask about the findings of the config."""
    settings = ComparisonSettings.from_config(*study.comparison_settings())
    found = doubts(settings, Design.of(study.cultures, settings))
    return [f"{one.sentence} {one.action}" for one in found]


def _shared_days(study: Study) -> Iterator[str]:
    """Experiments that may be one, because they share a day."""
    files = study.flow[(study.flow["exclude"].fillna("") == "") & (study.flow["role"] == "sample")]
    timed = flow.acquisition_starts(files) if len(files) else None
    for shared in shared_days(study.cultures, timed):
        yield shared.sentence


def _unclear_donors(study: Study) -> Iterator[str]:
    """Donors that will not be tested, because not every experiment has one."""
    settings = ComparisonSettings.from_config(*study.comparison_settings())
    design = Design.of(study.cultures, settings)
    arms = [design.label(arm) for arm in arms_of(study.cultures, settings.factors)]
    for flag in unclear_donors(study.cultures.assign(arm=arms)):
        yield flag.sentence


def _layouts(study: Study) -> list[str]:
    """Layouts in which arms differ in more than treatment, each kind with its first places."""
    settings = ComparisonSettings.from_config(*study.comparison_settings())
    design = Design.of(study.cultures, settings)
    arms = [design.label(arm) for arm in arms_of(study.cultures, settings.factors)]
    elisa, files = (rows[rows["exclude"].fillna("") == ""] for rows in (study.elisa, study.flow))
    readings = readings_of(
        elisa.assign(state="ok"),
        flow.acquisition_starts(files).assign(excluded="") if len(files) else files,
        study.cultures.assign(arm=arms),
        settings,
    )
    by_code: dict[str, list[str]] = {}
    for layout in layouts_of(readings, pd.DataFrame(), design, settings):
        by_code.setdefault(layout.code, []).append(f"{layout.where}.")
    return [_first_of(places) for places in by_code.values()]


def _first_of(sentences: list[str]) -> str:
    more = len(sentences) - 1
    return sentences[0] + (f" The same is so in {many(more, 'other place')}." if more else "")


def _untreated_levels(study: Study) -> Iterator[str]:
    """Factors of which no culture has the untreated level, and what takes its place."""
    for entry in study.config["factors"]:
        factor = Factor.from_config(entry)
        levels = factor.in_order(study.cultures[factor.column].dropna())
        control = factor.in_study(levels).untreated
        if control == factor.untreated:
            continue
        text = f"{shown_level(control)} {factor.unit}".rstrip()
        if len(levels) == 1:
            yield f"{factor.name}: every culture has {text}, so it is not a treatment."
        else:
            yield (
                f"{factor.name}: no culture has {shown_level(factor.untreated)} "
                f"{factor.unit}, so the other doses are compared with {text}."
            )
