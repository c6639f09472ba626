"""Which control sets or checks a threshold, at the limits of the documented rules."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri

from coculture.flow.gating.ladder import marker_block, stain_block
from coculture.flow.gating.pool import PooledTube
from coculture.flow.gating.thresholds import Values
from coculture.flow.settings import Marker
from coculture.flow.tubes import Tube

Pooled = Callable[..., PooledTube]
ANNEXIN, DYE, GFP = "FL1-A", "FL2-A", "FL3-A"


@pytest.fixture
def pooled(open_tube: Callable[..., Tube]) -> Pooled:
    """A tube of a role whose events have the given values in one channel and 1 in the others."""

    def of(role: str, name: str, channel: str, values: Values, stain: str = "") -> PooledTube:
        file = {"FSC-A": [1.0], ANNEXIN: [1.0], DYE: [1.0], GFP: [1.0]}
        tube = open_tube(file, fcs=name, role=role, channel=stain)
        events = pd.DataFrame({column: np.ones(len(values)) for column in file})
        return PooledTube(tube, events.assign(**{channel: values}))

    return of


def around(middle: float, events: int = 2000) -> Values:
    """Log-normal values, SD 0.05 decades, without noise."""
    return np.asarray(middle * 10 ** (0.05 * ndtri((np.arange(events) + 0.5) / events)))


def annexin(source: str, *tubes: PooledTube) -> dict[str, object]:
    panel = tubes[0].tube.panel
    return dict(stain_block("annexin", source, "cells", panel, tubes, tubes))  # type: ignore[arg-type]


@pytest.mark.parametrize("bright", [29, 31])
def test_the_live_peak_gives_way_to_its_control_at_three_percent(
    pooled: Pooled, bright: int
) -> None:
    """Of 1000 control events 29 or 31 lie at 2000, above the live cells at 300.

    The control's 99.5th percentile is then 2000.
    """
    sample = pooled("sample", "s.fcs", ANNEXIN, np.concatenate([around(300), around(50_000)]))
    control = np.repeat([100.0, 2000.0], [1000 - bright, bright])
    block = annexin("live_peak", sample, pooled("unstained", "u.fcs", ANNEXIN, control))
    threshold = float(str(block["threshold"]))
    if bright == 31:
        assert threshold == pytest.approx(2000)
        assert str(block["rule"]).endswith(
            "raised to the 99.5th percentile of the unstained control"
        )
    else:
        assert 300 < threshold < 600
        assert str(block["rule"]).endswith("; 2.9 % of the unstained control above it")


@pytest.mark.parametrize(("multiple", "source"), [(4.5, "live_peak"), (5.5, "unstained")])
def test_live_cells_lie_below_five_times_the_controls_percentile(
    pooled: Pooled, multiple: float, source: str
) -> None:
    """All control events have one value, which is their 99.5th percentile."""
    sample = pooled("sample", "s.fcs", ANNEXIN, np.concatenate([around(450), around(50_000)]))
    control = pooled("unstained", "u.fcs", ANNEXIN, np.full(1000, 450 / multiple))
    assert str(annexin("auto", sample, control)["rule"]).split(":")[0] == source


def test_a_marker_is_not_set_by_the_negative_control_of_another_channel(pooled: Pooled) -> None:
    own = pooled("population_negative", "own.fcs", GFP, np.full(500, 100.0), GFP)
    of_all = pooled("population_negative", "all.fcs", GFP, np.full(500, 100.0))
    other = pooled("population_negative", "other.fcs", GFP, np.full(500, 9000.0), DYE)
    block = marker_block("cells", Marker("GFP", True), GFP, [own, of_all, other])
    assert block["controls"] == ["all.fcs", "own.fcs"]
    assert block["threshold"] == pytest.approx(100)
    assert block["events"] == 1000


def test_the_single_stain_of_the_dye_and_no_other_stands_in_for_the_fmo(pooled: Pooled) -> None:
    of_dye = pooled("single_stain", "dye.fcs", ANNEXIN, np.full(500, 100.0), DYE)
    of_gfp = pooled("single_stain", "gfp.fcs", ANNEXIN, np.full(500, 9000.0), GFP)
    own = pooled("single_stain", "own.fcs", ANNEXIN, np.full(500, 9000.0), ANNEXIN)
    block = annexin("fmo", own, of_gfp, of_dye)
    assert block["controls"] == ["dye.fcs"]
    assert block["threshold"] == pytest.approx(100)
