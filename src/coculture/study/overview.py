"""What a study consists of, shown before it is run."""

from coculture.comparison import ComparisonSettings
from coculture.comparison.design.arms import wells_by_arm
from coculture.exchange.vocabulary import many
from coculture.study.study import Study


def summary(study: Study) -> str:
    """How many cultures, files and plates a study has, and a table of its arms by experiment."""
    settings = ComparisonSettings.from_config(*study.comparison_settings())
    wells = wells_by_arm(study.cultures, settings).rename_axis(index=None, columns=None)
    counts = (
        many(len(study.cultures), "culture"),
        many(len(study.flow), "FCS file"),
        many(len(study.plates), "ELISA plate"),
    )
    return (
        f"{study.path}: no problems. {', '.join(counts)}. Its report: "
        f"results/{study.name}/report.html\n"
        "Cultures of each arm in each experiment (a mistyped dose appears as a separate arm):\n"
        f"{wells.astype(str).replace('0', '-').to_string()}"
    )
