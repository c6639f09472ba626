"""The day of acquisition, however it is written, and the day of most files."""

import datetime
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from coculture.flow import read_fcs
from coculture.flow.gating.acquisition_date import usual_day
from coculture.flow.tubes import Tube

WriteFcs = Callable[..., Path]
NAMES = ["FSC-A", "FL1-A", "FL2-A"]


@pytest.fixture
def written() -> NDArray[np.float64]:
    return np.random.default_rng(4).integers(0, 1000, (20, 3)).astype(np.float64)


@pytest.mark.parametrize(
    ("keywords", "date"),
    [
        ({"$DATE": "02-JAN-2020"}, "2020-01-02"),
        ({"$DATE": "2-Jan-20"}, "2020-01-02"),
        ({"$DATE": "02 JAN 2020"}, "2020-01-02"),
        ({"$DATE": "2020/01/02"}, "2020-01-02"),
        ({"$DATE": "20200102"}, "2020-01-02"),
        ({"$DATE": "2020-01-02T10:11:12Z", "$BTIM": "10:11:12:59", "$ETIM": "late"}, "2020-01-02"),
        ({"$BEGINDATETIME": "2020-01-02T10:11:12.5+01:00"}, "2020-01-02"),
        ({"$DATE": "01/02/2020"}, "01/02/2020"),
        ({"$DATE": "31-FEB-2020"}, "31-FEB-2020"),
        ({}, ""),
    ],
)
def test_dates(
    write_fcs: WriteFcs,
    written: NDArray[np.float64],
    keywords: dict[str, str],
    date: str,
) -> None:
    assert read_fcs(write_fcs(written, NAMES, keywords=keywords)).date == date


def test_the_usual_day_is_that_of_most_files(open_tube: Callable[..., Tube]) -> None:
    days = ["28-FEB-2024", "01-MAR-2024", "01-MAR-2024", "unknown"]
    headers = [
        open_tube({"FSC-A": [1.0]}, fcs=f"{row}.fcs", keywords={"$DATE": day}).header
        for row, day in enumerate(days)
    ]
    assert usual_day(headers) == datetime.date(2024, 3, 1)
    assert usual_day(headers[-1:]) is None
