"""Wells in flow.csv and in the files: swaps, moved plates, and names that are no wells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest

from coculture.flow.fcs.header import FcsHeader
from coculture.flow.files import FlowFile
from coculture.flow.named_wells import is_whole_plate, other_wells, whole_plate
from coculture.flow.tubes import Tube


@pytest.fixture
def pairs(
    open_tube: Callable[..., Tube],
) -> Callable[..., list[tuple[FlowFile, FcsHeader]]]:
    """Files in the wells of flow.csv, each with keywords of its own."""
    header = open_tube({"FSC-A": [1.0]}).header

    def made(wells: Mapping[str, Mapping[str, str]]) -> list[tuple[FlowFile, FcsHeader]]:
        return [
            (
                FlowFile(row=row, fcs=f"{well}.fcs", path="", well=well, plate="P"),
                replace(header, keywords=dict(keywords)),
            )
            for row, (well, keywords) in enumerate(wells.items(), start=2)
        ]

    return made


def own(keyword: str, names: Sequence[str]) -> list[dict[str, str]]:
    return [{keyword: name} for name in names]


TABLE = ["A1", "A2", "A3", "B01", "b2"]


@pytest.mark.parametrize("keyword", ["$WELLID", "WELL ID", "TUBE NAME", "$SMNO"])
def test_a_swap_names_both(
    pairs: Callable[..., list[tuple[FlowFile, FcsHeader]]], keyword: str
) -> None:
    named = own(keyword, ["A01", "A03", "Specimen_A2", "B1", "B2"])
    found = other_wells(pairs(dict(zip(TABLE, named, strict=True))))
    assert [(one.file.well, one.own, one.keyword, one.is_swap) for one in found] == [
        ("A2", "A3", keyword, True),
        ("A3", "A2", keyword, True),
    ]
    assert "A3.fcs the other way round: the two may be swapped" in found[0].sentence


def test_names_of_tubes_that_are_no_wells_are_left_alone(
    pairs: Callable[..., list[tuple[FlowFile, FcsHeader]]],
) -> None:
    named = own("TUBE NAME", ["A1", "D1", "D2", "D3", "dex"])
    assert other_wells(pairs(dict(zip(TABLE, named, strict=True)))) == []


def test_a_turned_plate_is_one_thing(
    pairs: Callable[..., list[tuple[FlowFile, FcsHeader]]],
) -> None:
    files = pairs(dict(zip(TABLE, own("$WELLID", ["H12", "H11", "H10", "G12", "B2"]), strict=True)))
    found = other_wells(files)
    assert is_whole_plate(found, [file for file, _ in files])
    assert whole_plate(found).startswith(
        "4 files name another well than flow.csv, the first A1.fcs ($WELLID H12, in flow.csv A1)."
    )
    assert not is_whole_plate(found[:2], [file for file, _ in files])


def test_without_a_well_nothing_is_compared(
    pairs: Callable[..., list[tuple[FlowFile, FcsHeader]]],
) -> None:
    assert other_wells(pairs({"": {"$WELLID": "A1"}, "A2": {}, "A3": {"$WELLID": "?"}})) == []
