"""What a study consists of, shown before it is run."""

from coculture import flow
from coculture.comparison import ComparisonSettings
from coculture.comparison.design.arms import wells_by_arm
from coculture.exchange.vocabulary import many
from coculture.study.study import Study


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
    if study.flow.empty:
        return []
    settings = flow.FlowSettings.from_config(study.flow_settings())
    differing = map(str, flow.notices(study.flow, settings))
    return [*flow.compensation_notices(study.flow, settings), *differing]
