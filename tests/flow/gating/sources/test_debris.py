"""Where debris ends in forward scatter that has three piles."""

from collections.abc import Callable
from dataclasses import replace
from math import log10
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri

from coculture.exchange.outcomes import Stain
from coculture.flow import FlowSettings, gate_experiment
from coculture.flow.gating.sources import debris
from coculture.flow.tubes import Panel
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, LIGHT, tubes


@pytest.mark.parametrize(
    ("piles", "low", "high"),
    [
        # Cells of two sizes, 10^4.45 being more than a quarter of 10^5, with nothing between them.
        ([(2000, 4.0, 0.07), (2000, 4.45, 0.07), (6000, 5.0, 0.04)], 4.1, 4.35),
        # Debris of two sizes, with nothing between them.
        ([(2000, 3.0, 0.05), (2000, 4.3, 0.1), (6000, 5.0, 0.1)], 4.45, 4.85),
    ],
    ids=["cells of two sizes", "debris of two sizes"],
)
def test_cells_begin_between_the_highest_debris_and_the_smallest_cells(
    write_fcs: Callable[..., Path],
    flow_settings: Callable[..., FlowSettings],
    piles: list[tuple[int, float, float]],
    low: float,
    high: float,
) -> None:
    """Piles are (events, log10 of the size, SD in decades); the main one is the last."""
    logs = [mean + sd * ndtri((np.arange(n) + 0.5) / n) for n, mean, sd in piles]
    path = write_fcs(10 ** np.concatenate(logs)[:, None], ["FSC-A"])
    absent = ("forward_scatter_height", "side_scatter_area", "annexin", "viability_dye", "time")
    settings = flow_settings(
        channels=dict.fromkeys(absent), compensation={"source": "none"}, populations=[]
    )
    files = pd.DataFrame([{"fcs": str(path), "experiment": "e", "role": "sample"}])
    block = gate_experiment(files, settings).gates["populations"]["all"]["cells"]
    assert block["source"] == "debris_valley"
    assert low < log10(block["threshold"]) < high


def smallest(piles: list[tuple[int, float, float]], *, has_dye: bool = True) -> tuple[float, str]:
    """log10 of the smallest cell; piles are (events, log10 of size, share that takes the dye)."""
    logs = [mean + 0.08 * ndtri((np.arange(n) + 0.5) / n) for n, mean, _ in piles]
    takes = [np.arange(n) % 100 < 100 * share for n, _, share in piles]
    sizes = np.concatenate(logs)
    dyed = debris.Dyed(sizes, np.concatenate(takes)) if has_dye else None
    threshold, source = debris.smallest_cell(10**sizes, dyed)
    return log10(threshold), source


def test_densest_pile_without_dye_is_debris_below_far_larger_cells() -> None:
    threshold, source = smallest([(6000, 3.9, 0.0), (3000, 4.95, 0.1)])
    assert source == "debris_valley"
    assert 4.1 < threshold < 4.75


def test_densest_pile_that_takes_the_dye_is_of_cells() -> None:
    threshold, source = smallest([(6000, 3.9, 0.5), (3000, 4.95, 0.1)])
    assert source == "main_peak_share"
    assert threshold < 3.2


def test_small_cells_beside_stroma_are_kept() -> None:
    threshold, _ = smallest([(6000, 4.45, 0.0), (2000, 5.1, 0.1)])
    assert threshold < 4.0


def test_shrunken_dead_cells_are_kept() -> None:
    threshold, _ = smallest([(1500, 4.2, 0.9), (6000, 4.95, 0.02)])
    assert threshold < 4.15


def test_without_dye_the_densest_pile_cannot_be_tested() -> None:
    piles = [(6000, 3.9, 0.0), (3000, 4.95, 0.0)]
    assert smallest(piles)[1] == "densest_pile"
    assert smallest(piles, has_dye=False)[1] == "densest_pile"


def test_sixty_percent_debris_is_told_from_cells_by_the_dye(tmp_path: Path) -> None:
    study = replace(
        BASE,
        experiments=1,
        wells=1,
        events_sample=3000,
        events_control=500,
        controls=("unstained",),
        embedded=LIGHT,
        debris_share=0.6,
    )
    written = base_study.write(tmp_path, study)
    asked = {"compensation": {"source": "embedded"}, "populations": []}
    wells = gate_experiment(written.files, base_study.settings(**asked)).wells.set_index("fcs")
    truth = written.truth[written.truth["role"] == "sample"]["percent_of_all_cells"]
    assert (wells["percent_apoptotic"].reindex(truth.index) - truth).abs().max() < 3.5


def test_piles_that_cannot_be_tested_carry_a_caution(tmp_path: Path) -> None:
    study = replace(
        BASE, experiments=1, wells=1, controls=("unstained",), embedded=LIGHT, debris_share=0.6
    )
    undyed = [replace(tube, stains=(1.0, 1.0, 0.0)) for tube in tubes(study)]
    written = base_study.write(tmp_path, study, undyed)
    asked = {"compensation": {"source": "embedded"}, "populations": []}
    flags = gate_experiment(written.files, base_study.settings(**asked)).flags
    (flag,) = [flag for flag in flags if flag.code == "debris_not_testable"]
    assert (flag.severity, flag.concerns.channel) == ("caution", "FSC-A")


def test_the_reason_names_the_dye_or_says_that_there_is_none() -> None:
    annexin, dye = Stain("annexin", "Annexin V", "A"), Stain("viability_dye", "7-AAD", "D")
    panel = Panel("FSC-A", None, None, None, "A", "D", None, (annexin, dye), {}, {})
    assert debris.why_untested(panel) == "nothing takes the 7-AAD"
    without = replace(panel, viability_dye=None, of_stains=(annexin,))
    assert debris.why_untested(without).startswith("the study has no viability dye")
