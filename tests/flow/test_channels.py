"""Channels by the names people use."""

import pytest

from coculture.flow.channels import ChannelError, find_channel

NAMES = ["FSC-A", "FSC-H", "BL1-A", "BL1-H", "RL1-A", "BL3-A"]
LABELS = {"BL1-A": "GFP", "BL1-H": "", "RL1-A": "Annexin V-APC", "BL3-A": "viability;7-AAD;695/40"}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("BL1-A", "BL1-A"),
        ("GFP", "BL1-A"),
        ("bl1 h", "BL1-H"),
        ("gfp", "BL1-A"),
        ("annexin-v apc", "RL1-A"),
        ("Annexin V", "RL1-A"),
        ("7AAD", "BL3-A"),
        ("7-AAD", "BL3-A"),
        ("FSC", "FSC-A"),
    ],
)
def test_case_and_punctuation_aside(wanted: str, found: str) -> None:
    assert find_channel(wanted, NAMES, LABELS) == found


def test_an_unknown_channel_lists_what_there_is_and_the_nearest() -> None:
    with pytest.raises(ChannelError) as error:
        find_channel("Anexin V APC", NAMES, LABELS)
    assert str(error.value) == (
        'has no channel "Anexin V APC". Nearest: Annexin V-APC. It has FSC-A, FSC-H, BL1-A (GFP), '
        "BL1-H, RL1-A (Annexin V-APC), BL3-A (viability;7-AAD;695/40)."
    )


def test_a_name_that_fits_several_is_not_guessed() -> None:
    with pytest.raises(ChannelError, match='several channels that "PE" could mean: PE-A, PE-Cy7-A'):
        find_channel("PE", ["PE-A", "PE-Cy7-A"], {})


def test_part_of_a_word_is_not_the_word() -> None:
    with pytest.raises(ChannelError):
        find_channel("CD3", ["FL1"], {"FL1": "CD38 PE"})
