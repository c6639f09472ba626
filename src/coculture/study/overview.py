"""What a study consists of, shown before it is run."""

from coculture import flow
from coculture.comparison import ComparisonSettings
from coculture.comparison.design.arms import wells_by_arm
from coculture.exchange.vocabulary import many
from coculture.study import values
from coculture.study.study import Study


def summary(study: Study) -> str:
    """What a study has: cultures, files, plates and arms; what is to be looked at before a run.

    That is how its compensation is known, and what differs between FCS files that belong together.
    """
    settings = ComparisonSettings.from_config(*study.comparison_settings())
    wells = wells_by_arm(study.cultures, settings).rename_axis(index=None, columns=None)
    noticed = _noticed(study)
    notices = "".join(f"\n  {one}" for one in noticed)
    return (
        f"{study.path}: no problems. {', '.join(_counts(study))}. Its report: "
        f"results/{study.name}/report.html\n"
        "Cultures of each arm in each experiment (a mistyped dose appears as a separate arm):\n"
        f"{wells.astype(str).replace('0', '-').to_string()}"
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
    return [*_noticed_in_flow(study), *values.notices(study.values)]


def _noticed_in_flow(study: Study) -> list[str]:
    if study.flow.empty:
        return []
    settings = flow.FlowSettings.from_config(study.flow_settings())
    differing = map(str, flow.notices(study.flow, settings))
    return [*flow.compensation_notices(study.flow, settings), *differing]
