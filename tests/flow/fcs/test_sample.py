"""Reading FCS files: against FlowIO, against published contents, and files that must be refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flowio
import numpy as np
import pytest
from numpy.typing import NDArray

from coculture.flow import FcsError, read_fcs
from coculture.flow.fcs.data import read_events
from coculture.flow.fcs.header import read_header

WriteFcs = Callable[..., Path]
NAMES = ["FSC-A", "FL1-A", "Time"]


def events(rows: int = 50, columns: int = 3, top: int = 250) -> NDArray[np.float64]:
    return np.random.default_rng(1).integers(0, top, (rows, columns)).astype(np.float64)


def with_flowio(path: Path) -> NDArray[np.float64]:
    read: NDArray[np.float64] = flowio.FlowData(
        str(path), ignore_offset_discrepancy=True
    ).as_array()
    return read


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    "formats",
    [
        ["f4", "f4", "f4"],
        ["f8", "f8", "f8"],
        ["u1", "u1", "u1"],
        ["u2", "u2", "u2"],
        ["u3", "u3", "u3"],
        ["u4", "u4", "u4"],
        ["u2", "u4", "u1"],
        ["u3", "u1", "u2"],
    ],
)
@pytest.mark.parametrize("version", ["FCS2.0", "FCS3.0", "FCS3.1", "FCS3.2"])
def test_every_number_format(
    write_fcs: WriteFcs, formats: list[str], order: str, version: str
) -> None:
    written = events()
    path = write_fcs(written, NAMES, formats=formats, order=order, version=version)
    sample = read_fcs(path)
    np.testing.assert_array_equal(sample.events.to_numpy(), written)
    assert list(sample.events.columns) == NAMES
    if "u3" not in formats and version != "FCS3.2":
        np.testing.assert_array_equal(sample.events.to_numpy(), with_flowio(path))


def test_bits_above_the_range_are_masked(write_fcs: WriteFcs) -> None:
    written = np.array([[5 + 1024, 7], [1023, 2047]], dtype=np.uint16)
    path = write_fcs(
        written, ["A", "B"], formats=["u2", "u2"], keywords={"$P1R": "1024", "$P2R": "1000"}
    )
    np.testing.assert_array_equal(read_fcs(path).events, [[5, 7], [1023, 1023]])


def test_logarithmic_amplifier_and_gain(write_fcs: WriteFcs) -> None:
    path = write_fcs(
        np.array([[0, 512, 10]], dtype=np.uint16),
        ["A", "B", "C"],
        formats=["u2"] * 3,
        keywords={
            **{f"$P{n}R": "1024" for n in (1, 2, 3)},
            "$P1E": "4,0",
            "$P2E": "4,0.1",
            "$P3G": "4.0",
        },
    )
    np.testing.assert_allclose(read_fcs(path).events, [[1.0, 10.0, 2.5]], rtol=1e-14)


def test_time_is_in_seconds_and_its_gain_left_out(write_fcs: WriteFcs) -> None:
    path = write_fcs(
        np.array([[1.0, 250.0]]), ["A", "Time"], keywords={"$TIMESTEP": "0.01", "$P2G": "0.01"}
    )
    assert read_fcs(path).events.loc[0, "Time"] == 2.5
    np.testing.assert_allclose(read_fcs(path).events, with_flowio(path))


def test_only_the_channels_asked_for_in_their_order(write_fcs: WriteFcs) -> None:
    written = events()
    header = read_header(write_fcs(written, NAMES))
    np.testing.assert_array_equal(
        read_events(header, ["Time", "FSC-A"]), written[:, [2, 0]].astype(np.float32)
    )


def test_nonfinite_events_are_counted_and_left_out(write_fcs: WriteFcs) -> None:
    written = events(5)
    written[1, 0], written[3, 2] = np.nan, np.inf
    sample = read_fcs(write_fcs(written, NAMES))
    assert sample.nonfinite_events == 2
    np.testing.assert_array_equal(sample.events, written[[0, 2, 4]])


def test_what_the_file_says_of_itself(write_fcs: WriteFcs) -> None:
    path = write_fcs(
        events(),
        NAMES,
        keywords={
            "$CYT": "FACSCalibur™",
            "$WELLID": "C03",
            "$DATE": "19-FEB-2019",
            "$P2S": "Annexin V/FITC",
            "$SPILLOVER": "2,FSC-A,FL1-A,1,0.1,0.2,1",
        },
        delimiter="/",
    )
    sample = read_fcs(path)
    assert (sample.cytometer, sample.well, sample.date) == ("FACSCalibur™", "C03", "2019-02-19")
    assert sample.labels == {"FSC-A": "", "FL1-A": "Annexin V/FITC", "Time": ""}
    assert sample.keywords["$CYT"] == "FACSCalibur™"
    assert sample.spillover is not None
    assert sample.spillover.loc["FSC-A", "FL1-A"] == 0.1
    assert sample.spillover.loc["FL1-A", "FSC-A"] == 0.2


def test_latin_1_text(write_fcs: WriteFcs) -> None:
    sample = read_fcs(
        write_fcs(events(), NAMES, keywords={"$OP": "Böhm"}, encoding="latin-1", name="l.fcs")
    )
    assert sample.keywords["$OP"] == "Böhm"


def test_double_names_are_made_unique_and_said(write_fcs: WriteFcs) -> None:
    sample = read_fcs(write_fcs(events(), ["A", "A", "A_2"]))
    assert list(sample.events.columns) == ["A", "A_3", "A_2"]
    assert sample.notes == (
        "The channel name A occurs more than once; the later one was renamed A_3.",
    )


def test_zero_events(write_fcs: WriteFcs) -> None:
    assert read_fcs(write_fcs(events(0), NAMES)).events.shape == (0, 3)


def test_no_final_delimiter(write_fcs: WriteFcs) -> None:
    written = events()
    path = write_fcs(written, NAMES, end_delimiter=False)
    np.testing.assert_array_equal(read_fcs(path).events, written)


@pytest.mark.parametrize("shift", [-1, 1])
def test_header_and_text_a_byte_apart(write_fcs: WriteFcs, shift: int) -> None:
    written = events() + 0.5
    sample = read_fcs(write_fcs(written, NAMES, header_shift=shift))
    np.testing.assert_array_equal(sample.events, written)
    assert "disagree" in sample.notes[0]


def test_end_of_data_counted_exclusively(write_fcs: WriteFcs) -> None:
    written = events()
    path = write_fcs(written, NAMES)
    content = path.read_bytes()
    last = int(content[34:42])
    path.write_bytes(
        content.replace(f"{last:8d}".encode(), f"{last + 1:8d}".encode()).replace(
            f"{last:010d}".encode(), f"{last + 1:010d}".encode()
        )
    )
    sample = read_fcs(path)
    np.testing.assert_array_equal(sample.events, written)
    assert sample.notes == ("The end of the data is wrong by one byte; $TOT was used.",)


def test_second_data_set_is_named_and_can_be_chosen(write_fcs: WriteFcs) -> None:
    first, second = events(4), events(6)[::-1]
    one = write_fcs(first, NAMES, name="one.fcs", keywords={"$NEXTDATA": "0000"}).read_bytes()
    two = write_fcs(second, NAMES, name="two.fcs").read_bytes()
    both = write_fcs(first, NAMES, name="both.fcs", keywords={"$NEXTDATA": f"{len(one):04d}"})
    both.write_bytes(both.read_bytes() + two)
    np.testing.assert_array_equal(read_fcs(both).events, first)
    assert read_fcs(both).notes == ("The file has more than one data set; data set 1 was read.",)
    np.testing.assert_array_equal(read_fcs(both, data_set=2).events, second)
    with pytest.raises(FcsError, match="has only 2 data set"):
        read_fcs(both, data_set=3)


def shorten(path: Path, size: int) -> Path:
    path.write_bytes(path.read_bytes()[:size])
    return path


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "histogram": ({"$MODE": "U"}, r"has histogram data \(\$MODE U\)"),
    "ascii": ({"$DATATYPE": "A"}, r"ASCII text \(\$DATATYPE A\)"),
    "unknown type": ({"$DATATYPE": "X"}, r"\$DATATYPE 'X'"),
    "total too large": (
        {"$TOT": "60"},
        r"60 events according to \$TOT.*but its data segment.* 50 events",
    ),
    "total too small": (
        {"$TOT": "40"},
        r"40 events according to \$TOT.*but its data segment.* 50 events",
    ),
    "too few parameters": (
        {"$PAR": "2"},
        r"2 parameters according to \$PAR but describes more: \$P3N",
    ),
    "too many parameters": ({"$PAR": "4"}, r"4 parameters according to \$PAR but lacks \$P4B"),
    "byte order": ({"$BYTEORD": "3,4,1,2"}, r"\$BYTEORD '3,4,1,2'"),
    "not a number": ({"$TOT": "many"}, r"\$TOT 'many', which is not a number"),
    "no parameters": ({"$PAR": None}, r"without the number of parameters"),
    "log floats": (
        {"$P1E": "4,1", "$P1R": "1024"},
        r"logarithmic amplifier \(\$PnE 4 decades\).*they may be linear or logarithmic",
    ),
}


@pytest.mark.parametrize("fault", REFUSALS)
def test_refused_by_name(write_fcs: WriteFcs, fault: str) -> None:
    keywords, message = REFUSALS[fault]
    with pytest.raises(FcsError, match=r"^bad\.fcs: .*" + message):
        read_fcs(write_fcs(events(), NAMES, name="bad.fcs", keywords=keywords))


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (0, "is empty"),
        (30, "cut short in its header: it has 30 of 58 bytes"),
        (100, "cut short in its TEXT segment"),
        (-300, "cut short in its data: 300 of 600 bytes are there, 25 of 50 events"),
    ],
)
def test_cut_short(write_fcs: WriteFcs, size: int, message: str) -> None:
    path = write_fcs(events(), NAMES)
    shorten(path, size if size >= 0 else path.stat().st_size + size)
    with pytest.raises(FcsError, match=message):
        read_fcs(path)


def test_not_fcs_and_not_there(tmp_path: Path) -> None:
    path = tmp_path / "table.fcs"
    path.write_text("well,count\nA1,10\n" * 20)
    with pytest.raises(FcsError, match="is not an FCS file: it begins with 'well,c'"):
        read_fcs(path)
    with pytest.raises(FcsError, match="cannot be opened"):
        read_fcs(tmp_path / "absent.fcs")


# Reference material ----------------------------------------------------------------------------

REFUSED = {
    "edge/empty.fcs": "is empty",
    "edge/notfcs.txt.fcs": "is not an FCS file",
    "edge/tot_too_big.fcs": "2,000 events",
    "edge/trunc_data_half.fcs": "cut short in its data",
    "edge/trunc_text.fcs": "cut short in its TEXT segment",
    "corrupted_10bytes.fcs": "is not an FCS file",
}
SHAPES = {
    "accuriC6plus": (1589, 14),
    "aria3_index_7AAD_CD138": (384, 13),
    "attuneNxT": (5785, 12),
    "calibur_cellquest_emptyPnS": (10000, 8),
    "cytek_NL2000_noenddelim": (20000, 27),
    "cytoflexS_wellC3": (36123, 14),
    "diva_marrow_CD38_CD45": (83411, 12),
    "facscan_fcs2_log": (20949, 6),
    "flowjo_quad_diamond": (200000, 2),
    "gatingml_ref_data1": (13367, 8),
    "lsr2_blank": (10000, 13),
    "macsquant_PBMC_PI": (66165, 10),
}


@pytest.mark.reference
def test_edge_files_hold_what_was_written(reference: Path) -> None:
    truth = json.loads((reference / "fcs/edge/truth.json").read_text("utf-8"))
    assert len(truth) == 15
    for name, expected in truth.items():
        read = read_fcs(reference / f"fcs/edge/{name}.fcs").events.to_numpy()
        assert len(read) == expected["events"], name
        if len(read):
            np.testing.assert_allclose(read[:5], expected["first_rows"], rtol=1e-12, err_msg=name)
            np.testing.assert_allclose(read[-5:], expected["last_rows"], rtol=1e-12, err_msg=name)
            np.testing.assert_allclose(
                read.sum(axis=0), expected["column_sums"], rtol=1e-12, err_msg=name
            )


@pytest.mark.reference
@pytest.mark.parametrize("name", REFUSED)
def test_broken_reference_files_are_refused(reference: Path, name: str) -> None:
    with pytest.raises(FcsError, match=f"^{Path(name).name}: .*{REFUSED[name]}"):
        read_fcs(reference / "fcs" / name)


@pytest.mark.reference
@pytest.mark.parametrize("name", SHAPES)
def test_real_instruments_as_flowio_reads_them(reference: Path, name: str) -> None:
    path = reference / f"fcs/{name}.fcs"
    sample = read_fcs(path)
    assert sample.events.shape == SHAPES[name]
    np.testing.assert_allclose(sample.events.to_numpy(), with_flowio(path), rtol=1e-12)


@pytest.mark.reference
def test_empty_labels_do_not_shift(reference: Path) -> None:
    sample = read_fcs(reference / "fcs/calibur_cellquest_emptyPnS.fcs")
    names = ["FSC-H", "SSC-H", "FL1-H", "FL2-H", "FL3-H", "FL1-A", "FL4-H", "Time"]
    assert list(sample.events.columns) == names
    assert sample.labels["FL1-H"] == ""
    assert sample.labels["Time"] == "Time (51.20 sec.)"


@pytest.mark.reference
def test_embedded_spillover_of_eight_colours(reference: Path) -> None:
    spillover = read_fcs(reference / "fcs/diva_marrow_CD38_CD45.fcs").spillover
    assert spillover is not None
    assert spillover.shape == (8, 8)
    np.testing.assert_array_equal(np.diag(spillover), 1)
    assert list(spillover.columns[:2]) == ["FITC-A", "PE-A"]
