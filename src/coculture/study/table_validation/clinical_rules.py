"""What must hold in clinical.csv."""

from collections.abc import Iterator

import pandas as pd

from coculture import clinical
from coculture.exchange.problems import Problem


def clinical_rows(clinical_table: pd.DataFrame) -> Iterator[Problem]:
    """Each patient has each analyte once, in one unit."""
    yield from clinical.check(clinical_table)
