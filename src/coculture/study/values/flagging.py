"""Everything to know about the finished numbers, for flags.csv."""

import pandas as pd

from coculture.exchange.flags import Flag
from coculture.study.values.exclusions import exclusion_flags
from coculture.study.values.fractions import fraction_flags


def flags(values: pd.DataFrame, cultures: pd.DataFrame) -> list[Flag]:
    """Cautions about percents that may be fractions, and a note for each row that is not used."""
    return [*fraction_flags(values), *exclusion_flags(values, cultures)]
