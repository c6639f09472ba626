"""The clean studies vary as they say, and each is the same every time."""

import numpy as np
import pandas as pd

from tests.flow.mishaps.base_study import record
from tests.flow.mishaps.clean_studies import KINDS, clean_study


def test_the_kinds_take_turns_and_a_seed_gives_the_same_study() -> None:
    studies = [clean_study(seed) for seed in range(8)]
    assert {study.kind for study in studies} == set(KINDS)
    assert repr(clean_study(3)) == repr(studies[3])
    assert len({study.study.live.marker for study in studies}) == 8


def test_the_arms_are_what_their_kind_says() -> None:
    of_kind = {clean_study(seed).kind: clean_study(seed).study.percents for seed in range(4)}
    assert max(of_kind["inert drug"]) < 8
    assert of_kind["all dead at the top dose"][2] >= 95
    assert 30 <= of_kind["primary cells"][0] <= 60


def test_hardly_an_event_of_a_control_is_carried_over() -> None:
    controls = [tube for tube in clean_study(5).tubes if not tube.is_sample]
    assert all(0 <= tube.carried_share <= 0.001 for tube in controls)


def test_days_differ_in_brightness_and_wells_of_a_day_do_not() -> None:
    study = clean_study(2)
    rng = np.random.default_rng(1)
    wells = [tube for tube in study.tubes if tube.is_sample and tube.dose == 100]
    bright = []
    for tube in wells:
        recorded = record(tube, study.study, rng)
        annexin = recorded.events[study.study.detectors[1]][recorded.kinds == "early"]
        bright.append({"day": tube.number, "median": np.log(annexin.median())})
    table = pd.DataFrame(bright)
    within = table.groupby("day")["median"].std()
    between = table.groupby("day")["median"].mean().std()
    assert (within < 0.3).all()
    assert between > 0.3
