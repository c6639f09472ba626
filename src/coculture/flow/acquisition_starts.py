"""When each FCS file was acquired, from the headers alone."""

import pandas as pd

from coculture.flow.fcs.text import FcsError
from coculture.flow.files import flow_files, open_file
from coculture.flow.gating.acquisition_date import acquired_at


def acquisition_starts(files: pd.DataFrame) -> pd.DataFrame:
    """`files` with a column `acquired`, as in flow/wells.csv.

    Parameters
    ----------
    files
        Rows of flow.csv. The time of a file that cannot be read is not known.
    """
    times = []
    for file in flow_files(files):
        try:
            times.append(acquired_at(open_file(file)))
        except (FcsError, OSError):
            times.append("")
    return files.assign(acquired=times)
