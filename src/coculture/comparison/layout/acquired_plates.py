"""The plates on which samples were acquired, also where flow.csv leaves their names empty.

Without names, the wells A1 of two days would be one place. An experiment is then one plate, and
each of its days if it was acquired on several.
"""

import pandas as pd

_LETTERS_OF_A_DAY = 10
"""Of a time as ISO 8601 writes it."""


def acquired_plates(samples: pd.DataFrame) -> "pd.Series[str]":
    """The name of the plate of each sample.

    Parameters
    ----------
    samples
        Rows of flow/wells.csv with experiment, plate and well, acquired if known, and culture.

    Returns
    -------
    The plate of flow.csv; where it is empty, the experiment, with the day if its samples without a
    plate are from several: "E1, 2004-10-05". Where one well of a plate had several cultures, there
    were as many plates, and all but the first are numbered: "E1 (plate 2)".

    Examples
    --------
    >>> wells = pd.DataFrame({"experiment": "E1", "plate": ["", "", "P"], "well": "A1"})
    >>> wells = wells.assign(culture=["a", "b", "c"], acquired=["2004-10-05", "2004-10-06", ""])
    >>> acquired_plates(wells).to_list()
    ['E1, 2004-10-05', 'E1, 2004-10-06', 'P']
    """
    named = samples["plate"].fillna("").astype(str)
    days = samples.get("acquired", pd.Series("", samples.index)).fillna("").astype(str)
    days = days.str[:_LETTERS_OF_A_DAY].where(named == "", "")
    experiments = samples["experiment"].astype(str)
    several = days.groupby(experiments).transform(lambda of: of[of != ""].nunique()) > 1
    without = experiments + (", " + days).where(several & (days != ""), "")
    plates = named.where(named != "", without)
    place = [plates, samples["well"].fillna("").astype(str)]
    number = samples["culture"].groupby(place).transform(lambda of: pd.factorize(of)[0] + 1)
    again = (number > 1) & (place[1] != "")
    return plates + (" (plate " + number.astype(str) + ")").where(again, "")
