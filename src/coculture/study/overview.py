"""What a study consists of, shown before it is run."""

from coculture import flow
from coculture.comparison import ComparisonSettings
from coculture.comparison.design.arms import wells_by_arm
from coculture.exchange.vocabulary import many
from coculture.study.study import Study


def summary(study: Study) -> str:
    """How many cultures, files and plates a study has, a table of its arms by experiment, and what
    differs between FCS files that belong together."""
    settings = ComparisonSettings.from_config(*study.comparison_settings())
    wells = wells_by_arm(study.cultures, settings).rename_axis(index=None, columns=None)
    counts = (
        many(len(study.cultures), "culture"),
        many(len(study.flow), "FCS file"),
        many(len(study.plates), "ELISA plate"),
    )
    noticed = flow.notices(study.flow, flow.FlowSettings.from_config(study.config["flow"]))
    differing = "".join(f"\n  {one}" for one in noticed)
    return (
        f"{study.path}: no problems. {', '.join(counts)}. Its report: "
        f"results/{study.name}/report.html\n"
        "Cultures of each arm in each experiment (a mistyped dose appears as a separate arm):\n"
        f"{wells.astype(str).replace('0', '-').to_string()}"
        + (f"\nTo look at before the results are used:{differing}" if noticed else "")
    )
