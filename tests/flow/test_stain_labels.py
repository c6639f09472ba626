"""A channel that the file calls the other stain is refused; what may be right is not."""

from collections.abc import Callable

import pandas as pd
import pytest

from coculture.flow import FcsError, FlowSettings, check_files, gate_experiment
from coculture.flow.stain_labels import Kind, Labelled, contradiction, says

Settings = Callable[..., FlowSettings]


@pytest.mark.parametrize(
    ("name", "label", "said"),
    [
        ("B670-A", "7-AAD", "viability_dye"),
        ("BL 695/40-A", "viability;7-AAD;695/40@488/A", "viability_dye"),
        ("V450-A", "LIVE/DEAD Violet", "viability_dye"),
        ("FL2-A", "PI", "viability_dye"),
        ("R660-A", "Annexin V-APC", "annexin"),
        ("Annexin V-APC-A", "", "annexin"),
        # Names of detectors, and labels that repeat them.
        ("DAPI-A", "", None),
        ("7-AAD-A", "7-AAD", None),
        ("FL4-A", "PI/PE-Cy5-A", None),
        ("FL4-A", "Annexin V or PI", None),
        ("FL1-A", "CD138 pilot", None),
    ],
)
def test_what_a_label_says(name: str, label: str, said: Kind | None) -> None:
    assert says(name, label) == said


def test_one_wrong_label_is_enough() -> None:
    labels = {"FL1-A": "7-AAD"}
    wanted = [
        Labelled("flow.channels.annexin", "annexin", "FL1-A"),
        Labelled("flow.channels.viability_dye", "viability_dye", "FL2-A"),
    ]
    names = {"FL1-A": "FL1-A", "FL2-A": "FL2-A"}
    fault = contradiction(wanted, names, labels)
    assert fault.startswith("flow.channels.annexin is 'FL1-A', but the file calls it FL1-A (7-AAD)")
    assert "swapped" not in fault
    assert contradiction(wanted, {}, labels) == ""


def test_a_stain_by_its_own_name_is_compared_with_what_the_label_says() -> None:
    pi = Labelled("the channel of PI (flow.stains)", "PI", "FL1-A")
    fault = contradiction([pi], {"FL1-A": "FL1-A"}, {"FL1-A": "Annexin V"})
    assert fault.startswith("the channel of PI (flow.stains) is 'FL1-A', but the file calls it")
    assert "by another stain" in fault
    caspase = Labelled("the channel of caspase (flow.stains)", "caspase", "FL1-A")
    assert contradiction([caspase], {"FL1-A": "FL1-A"}, {"FL1-A": "Annexin V"}) == ""


def test_swapped_stains_are_refused_once_and_in_the_run(
    files: pd.DataFrame, myeloma_settings: Settings
) -> None:
    swapped = myeloma_settings(channels={"annexin": "7-AAD", "viability_dye": "Annexin V"})
    (problem,) = check_files(files, swapped)
    assert (problem.row, problem.column) == (files.index[0], "fcs")
    assert "The two seem to be swapped" in problem.message
    with pytest.raises(FcsError, match="seem to be swapped"):
        gate_experiment(files, swapped)
    assert check_files(files, myeloma_settings()) == []
