"""What cells are counted per, and volumes that cannot be read or are in another unit."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from coculture.flow.files import flow_files
from coculture.flow.gating.cell_density import Amounts, amounts, volume
from coculture.flow.tubes import Tube, open_tubes
from tests.flow.mishaps import base_study
from tests.flow.mishaps.base_study import BASE, tubes

SMALL = replace(
    BASE, experiments=1, doses=(0.0,), percents=(8.0,), wells=4, events_sample=50, controls=()
)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Tube]:
    written = base_study.write(tmp_path_factory.mktemp("study"), SMALL, tubes(SMALL))
    return open_tubes(flow_files(written.files), base_study.settings())


def found(
    samples: Sequence[Tube], keywords: Sequence[Mapping[str, str]], beads: int = 0
) -> Amounts:
    """The amounts of samples whose files have these keywords."""
    tubes = [
        replace(tube, header=replace(tube.header, keywords={**tube.header.keywords, **own}))
        for tube, own in zip(samples, keywords, strict=True)
    ]
    rows = [tube.row for tube in tubes]
    return amounts(tubes, dict.fromkeys(rows, beads), dict.fromkeys(rows, 60.0))


def of_volumes(samples: Sequence[Tube], *written: str) -> Amounts:
    return found(samples, [{"$VOL": text} if text else {} for text in written])


@pytest.mark.parametrize(
    ("written", "microlitres"),
    [
        *(("50000", 50), ("50000 nL", 50), ("50 uL", 50), ("50µl", 50), ("0.05 mL", 50)),
        *(("5e4", 50), ("50000,5", 50.0005), ("full", math.nan), ("50 l", math.nan)),
        *(("", math.nan), ("1,000,000", math.nan)),
    ],
)
def test_a_volume_is_in_nanolitres_unless_it_says_so(written: str, microlitres: float) -> None:
    assert volume(written) == pytest.approx(microlitres, nan_ok=True)


def test_density_is_per_microlitre(samples: Sequence[Tube]) -> None:
    one = of_volumes(samples, *["50000"] * 4)
    assert (one.unit, one.notes) == ("µL", ())
    assert one.density(samples[0].row, 500) == pytest.approx(10)
    assert math.isnan(one.density(999, 500))


def test_a_missing_volume_leaves_the_other_wells(samples: Sequence[Tube]) -> None:
    one = of_volumes(samples, "50000", "", "50000", "50000")
    assert samples[1].row not in one.of_row
    assert len(one.of_row) == 3
    (note,) = one.notes
    assert note.startswith(f"1 file, the first {samples[1].fcs} (no $VOL): no volume can be read")


def test_a_volume_with_its_unit_is_read_and_noted(samples: Sequence[Tube]) -> None:
    one = of_volumes(samples, "50 uL", "50000", "50000", "50000")
    assert one.of_row[samples[0].row] == pytest.approx(50)
    (note,) = one.notes
    assert "($VOL '50 uL'): the volume was read as 50 µL" in note


def test_another_unit_is_not_compared(samples: Sequence[Tube]) -> None:
    one = of_volumes(samples, "50", "50000", "40000", "60000")
    assert samples[0].row not in one.of_row
    assert "it may be in another unit" in one.notes[0]
    assert of_volumes(samples, "5000", "50000", "50000", "50000").notes == ()


def test_beads_go_before_volume_and_volume_before_time(samples: Sequence[Tube]) -> None:
    keywords = [{"$VOL": "50000", "$FLOWRATE": "35"}] * 4
    assert found(samples, keywords, beads=400).unit == "counting bead"
    assert found(samples, keywords, beads=49).unit == "µL"
    assert found(samples, [{"$FLOWRATE": "35"}] * 4).unit == "second"


def test_seconds_are_compared_at_one_known_flow_rate_only(samples: Sequence[Tube]) -> None:
    assert found(samples, [{"FLOW RATE": "35"}] * 3 + [{"FLOW RATE": "60"}]).of_row == {}
    assert found(samples, [{}] * 4) == Amounts()
    unread = [{"$VOL": "full", "$FLOWRATE": "35"}] * 4
    one = found(samples, unread)
    assert (one.unit, len(one.of_row), len(one.notes)) == ("second", 4, 1)
