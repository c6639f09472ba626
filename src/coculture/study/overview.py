"""What a study consists of, shown before it is run."""

from collections.abc import Iterator

from coculture import flow
from coculture.comparison import ComparisonSettings
from coculture.comparison.design.arms import wells_by_arm
from coculture.comparison.settings import Factor
from coculture.exchange.vocabulary import many
from coculture.study.study import Study
from coculture.study.table_validation import shown_level


def summary(study: Study) -> str:
    """What a study has: cultures, files, plates and arms; what is to be looked at before a run.

    That is how its compensation is known, and what differs between FCS files that belong together.
    """
    settings = ComparisonSettings.from_config(*study.comparison_settings())
    wells = wells_by_arm(study.cultures, settings).rename_axis(index=None, columns=None)
    counts = (
        many(len(study.cultures), "culture"),
        many(len(study.flow), "FCS file"),
        many(len(study.plates), "ELISA plate"),
    )
    noticed = _noticed(study)
    notices = "".join(f"\n  {one}" for one in noticed)
    return (
        f"{study.path}: no problems. {', '.join(counts)}. Its report: "
        f"results/{study.name}/report.html\n"
        "Cultures of each arm in each experiment (a mistyped dose appears as a separate arm):\n"
        f"{wells.astype(str).replace('0', '-').to_string()}"
        + (f"\nTo look at before the results are used:{notices}" if noticed else "")
    )


def _noticed(study: Study) -> list[str]:
    noticed = list(_untreated_levels(study))
    if study.flow.empty:
        return noticed
    settings = flow.FlowSettings.from_config(study.flow_settings())
    differing = map(str, flow.notices(study.flow, settings))
    return [*noticed, *flow.compensation_notices(study.flow, settings), *differing]


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
