"""Which source sets a threshold, and which control checks it, at the limits of their rules."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray
from scipy.special import ndtri

from coculture.flow.gating import sources
from coculture.flow.gating.gates import BLOCK_KEYS
from coculture.flow.gating.pool import PooledTube
from coculture.flow.gating.sources.threshold import Request, ThresholdError
from coculture.flow.threshold_settings import AUTO
from coculture.study.schema import FOLDER

Values = NDArray[np.float64]
Pooled = Callable[..., PooledTube]
ANNEXIN, DYE, GFP = "FL1-A", "FL2-A", "FL3-A"


def around(middle: float, events: int = 2000) -> Values:
    """Log-normal values, SD 0.05 decades, without noise."""
    return np.asarray(middle * 10 ** (0.05 * ndtri((np.arange(events) + 0.5) / events)))


def annexin(source: str, *tubes: PooledTube) -> dict[str, Any]:
    request = Request("annexin", ANNEXIN, tubes[0].tube.panel, tubes, tubes)
    return dict(sources.stain_block(request, source, "cells"))


def marker(*tubes: PooledTube) -> dict[str, Any]:
    request = Request("GFP", GFP, tubes[0].tube.panel, tubes, tubes, is_marker=True)
    return dict(sources.marker_block(request, True, "cells"))


def test_the_schema_has_every_source_and_every_key_of_a_gate() -> None:
    flow = yaml.safe_load((FOLDER / "flow.schema.yaml").read_text(encoding="utf-8"))
    gate = flow["$defs"]["gate"]["properties"]
    assert sorted(gate["source"]["enum"]) == sorted(sources.CODES)
    assert list(gate) == list(BLOCK_KEYS)
    of_stains = [one.CODE for one in (*sources.FOR_STAINS, *sources.ONLY_ON_REQUEST)]
    for stain in ("annexin", "viability_dye"):
        asked = flow["properties"]["thresholds"]["properties"][stain]["enum"]
        assert sorted(asked) == sorted([AUTO, *of_stains])


def test_every_source_describes_itself_without_numbers_of_a_study(pooled: Pooled) -> None:
    """The rule is for the Methods section; what varies between studies is in the note."""
    rules = []
    for level in (300, 3000):
        sample = pooled("sample", "s.fcs", ANNEXIN, np.concatenate([around(level), around(50_000)]))
        control = pooled("fmo_annexin", "f.fcs", ANNEXIN, around(level / 2))
        unstained = pooled("unstained", "u.fcs", ANNEXIN, around(level / 3))
        blocks = [
            annexin(code, sample, control, unstained)
            for code in ("live_peak", "fmo", "unstained", "pooled")
        ]
        assert [block["source"] for block in blocks] == ["live_peak", "fmo", "unstained", "pooled"]
        rules.append([block["rule"] for block in blocks])
    assert rules[0] == rules[1]


def test_the_best_source_that_is_possible_is_used(pooled: Pooled) -> None:
    sample = pooled("sample", "s.fcs", ANNEXIN, np.concatenate([around(300), around(50_000)]))
    fmo = pooled("fmo_annexin", "f.fcs", ANNEXIN, around(200))
    unstained = pooled("unstained", "u.fcs", ANNEXIN, around(150))
    assert annexin(AUTO, sample, fmo, unstained)["source"] == "live_peak"
    assert annexin(AUTO, fmo, unstained)["source"] == "fmo"
    assert annexin(AUTO, unstained)["source"] == "unstained"
    with pytest.raises(ThresholdError, match="needs a threshold for annexin"):
        annexin("fmo", sample, unstained)


@pytest.mark.parametrize("bright", [29, 31])
def test_the_live_peak_is_raised_from_three_percent_of_the_control_above_it(
    pooled: Pooled, bright: int
) -> None:
    """Of 1000 control events 29 or 31 are at 2000, above the live cells at 300.

    The control's 99.5th percentile is then 2000.
    """
    sample = pooled("sample", "s.fcs", ANNEXIN, np.concatenate([around(300), around(50_000)]))
    control = np.repeat([100.0, 2000.0], [1000 - bright, bright])
    block = annexin("live_peak", sample, pooled("unstained", "u.fcs", ANNEXIN, control))
    if bright == 31:
        assert block["threshold"] == pytest.approx(2000)
        assert "raised to the 99.5th percentile of the unstained control" in block["rule"]
    else:
        assert 300 < block["threshold"] < 600
        assert "raised" not in block["rule"]
        assert block["note"] == "2.9 % of the unstained control is above it"
    assert (block["samples"], block["controls"]) == (["s.fcs"], ["u.fcs"])


@pytest.mark.parametrize(("multiple", "source"), [(4.5, "live_peak"), (5.5, "unstained")])
def test_live_cells_are_below_five_times_the_controls_percentile(
    pooled: Pooled, multiple: float, source: str
) -> None:
    """All control events have one value, which is their 99.5th percentile."""
    sample = pooled("sample", "s.fcs", ANNEXIN, np.concatenate([around(450), around(50_000)]))
    control = pooled("unstained", "u.fcs", ANNEXIN, np.full(1000, 450 / multiple))
    assert annexin(AUTO, sample, control)["source"] == source


def test_a_marker_is_not_set_by_the_negative_control_of_another_channel(pooled: Pooled) -> None:
    own = pooled("population_negative", "own.fcs", GFP, np.full(500, 100.0), GFP)
    of_all = pooled("population_negative", "all.fcs", GFP, np.full(500, 100.0))
    other = pooled("population_negative", "other.fcs", GFP, np.full(500, 9000.0), DYE)
    block = marker(own, of_all, other)
    assert block["source"] == "population_negative"
    assert block["controls"] == ["own.fcs"]
    assert block["threshold"] == pytest.approx(100)
    assert marker(of_all, other)["controls"] == ["all.fcs"]


def test_a_marker_without_a_control_is_set_from_the_samples_or_the_unstained(
    pooled: Pooled,
) -> None:
    sample = pooled("sample", "s.fcs", GFP, np.concatenate([around(100), around(9000)]))
    unstained = pooled("unstained", "u.fcs", GFP, np.full(500, 100.0))
    assert marker(sample, unstained)["source"] == "pooled"
    assert marker(unstained)["source"] == "unstained"
    assert marker(unstained)["threshold"] == pytest.approx(100)
    with pytest.raises(ThresholdError, match="needs a threshold for GFP"):
        marker(pooled("sample", "s.fcs", GFP, around(100)))


def test_the_single_stain_of_the_dye_and_no_other_serves_as_fmo(pooled: Pooled) -> None:
    of_dye = pooled("single_stain", "dye.fcs", ANNEXIN, np.full(500, 100.0), DYE)
    of_gfp = pooled("single_stain", "gfp.fcs", ANNEXIN, np.full(500, 9000.0), GFP)
    own = pooled("single_stain", "own.fcs", ANNEXIN, np.full(500, 9000.0), ANNEXIN)
    block = annexin("fmo", own, of_gfp, of_dye)
    assert block["controls"] == ["dye.fcs"]
    assert block["threshold"] == pytest.approx(100)


def test_two_markers_have_a_control_each(pooled: Pooled) -> None:
    """CD138-positive, CD105-negative cells: stroma without stain, and stroma stained for CD105."""
    dark = pooled("population_negative", "dark.fcs", GFP, around(100))
    stained = pooled("population_negative", "cd105.fcs", GFP, around(9000), GFP)
    sample = pooled("sample", "s.fcs", GFP, np.concatenate([around(100), around(9000)]))
    tubes = [dark, stained, sample]
    negative = Request(
        "CD105", GFP, dark.tube.panel, tubes, tubes, is_marker=True, keeps_below=True
    )
    block = sources.marker_block(negative, False, "cells")
    assert (block["source"], block["controls"]) == ("bright_control", ["cd105.fcs"])
    assert 200 < block["threshold"] < 6000
    positive = marker(dark, pooled("population_negative", "o.fcs", GFP, around(9000), DYE), sample)
    assert (positive["source"], positive["controls"]) == ("population_negative", ["dark.fcs"])
