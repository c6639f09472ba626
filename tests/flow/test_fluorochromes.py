"""Which detectors are named for a stain that the config calls by no channel of the file."""

import pytest

from coculture.flow.channels import ChannelError, find_channel
from coculture.flow.fluorochromes import usual_detectors

NAMES = {
    "Diva": (["FITC-A", "PE-A", "PerCP-Cy5-5-A", "APC-A", "Pacific Blue-A"], range(5)),
    "Attune": (["BL1-A", "BL2-A", "BL3-A", "RL1-A", "VL1-A"], range(5)),
    "filters": (["B530-A", "B585-A", "B675-A", "R660-A", "V450-A"], range(5)),
    "FACSCalibur": (["FL1-H", "FL2-H", "FL3-H", "FL4-H", "x"], range(5)),
}
STAINS = ["Annexin V-FITC", "CD138 PE", "7-AAD", "Annexin V-APC", "DAPI"]


@pytest.mark.parametrize(("names", "places"), NAMES.values(), ids=NAMES)
def test_fluorochromes_have_their_usual_detectors(names: list[str], places: range) -> None:
    for stain, place in zip(STAINS[:4], places, strict=False):
        assert usual_detectors(stain, ["FSC-A", *names]) == [names[place]]
    assert usual_detectors("CD105", names) == []


def test_an_error_names_the_detector_and_no_name_that_is_only_a_little_alike() -> None:
    with pytest.raises(ChannelError) as raised:
        find_channel("7-AAD", ["FSC-A", "APC-A", "PerCP-Cy5-5-A"], {})
    said = str(raised.value)
    assert "Its fluorochrome is usually read in PerCP-Cy5-5-A." in said
    assert "Nearest" not in said
