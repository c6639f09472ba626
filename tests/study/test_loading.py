"""Ten broken studies, one fault each, and one with all ten: the right words."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from coculture.study import StudyError, load, require_sound_controls

Break = Callable[[Path], None]


def _edit(table: str, old: str, new: str) -> Break:
    def edit(folder: Path) -> None:
        path = folder / table
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    return edit


def _append(table: str, line: str) -> Break:
    def append(folder: Path) -> None:
        path = folder / table
        path.write_text(path.read_text() + line + "\n")

    return append


def _drop(table: str, *parts: str) -> Break:
    """Take out every line that holds all `parts`."""

    def drop(folder: Path) -> None:
        path = folder / table
        lines = path.read_text().splitlines(keepends=True)
        kept = [line for line in lines if not all(part in line for part in parts)]
        assert len(kept) < len(lines)
        path.write_text("".join(kept))

    return drop


def _in_turn(*breaks: Break) -> Break:
    def all_of_them(folder: Path) -> None:
        for one in breaks:
            one(folder)

    return all_of_them


def _truncate(folder: Path) -> None:
    path = folder / "flow/E1/E1-il1b-DEX-1.fcs"
    path.write_bytes(path.read_bytes()[:20_000])


def _remove(path: str) -> Break:
    def remove(folder: Path) -> None:
        (folder / path).unlink()

    return remove


BROKEN: dict[str, tuple[Break, str]] = {
    "misspelt key in the config": (
        _edit("config.yaml", "  reference_wavelength_nm:", "  reference_wavelenght_nm:"),
        "config.yaml, line 45, elisa.reference_wavelenght_nm: unknown key. Did "
        "you mean reference_wavelength_nm?",
    ),
    "unknown column": (
        _edit("cultures.csv", "replicate\n", "replicate,plate_colour\n"),
        "cultures.csv, row 1, plate_colour: unknown column. Known are: culture, "
        "experiment, donor, date, cells, stroma, medium, hours, replicate, file, "
        "viable_cells_per_ml, dex_nM, il1ra_ng_ml, il6_ng_ml. A column of your own begins with "
        "note, or is listed under notes: in the config.",
    ),
    "negative dose": (
        _edit("cultures.csv", "DEX-1,E1,control,HS-5,1000", "DEX-1,E1,control,HS-5,-1000"),
        'cultures.csv, row 3, dex_nM "-1000": must not be below 0. The dose of DEX in nM; 0 is '
        "untreated.",
    ),
    "experiment without untreated": (
        _in_turn(
            _edit("cultures.csv", "E2,control,HS-5,0,0,0", "E2,control,HS-5,500,0,0"),
            _edit("cultures.csv", "E2,il1b,HS-5,0,0,0", "E2,il1b,HS-5,500,0,0"),
        ),
        'cultures.csv, row 14, experiment "E2": this experiment has no untreated culture, so '
        "it cannot be compared; add rows with dex_nM 0 and il1ra_ng_ml 0 and il6_ng_ml 0, or "
        "remove the experiment from the table.",
    ),
    "doubled culture": (
        _append("cultures.csv", "E1-control-untreated-1,E1,control,HS-5,0,0,0,48,2"),
        'cultures.csv, row 26, culture "E1-control-untreated-1": this culture is already in row 2; '
        "give each culture a different name.",
    ),
    "culture that nothing measured": (
        _append("cultures.csv", "E1-control-DEX-9,E1,control,HS-5,1000,0,0,48,9"),
        'cultures.csv, row 26, culture "E1-control-DEX-9": this culture is in neither flow.csv nor '
        "elisa.csv; add its FCS file or its ELISA well, or remove the row.",
    ),
    "channel that no file has": (
        _edit("config.yaml", "annexin: Annexin V-APC", "annexin: Annexin V-FITC"),
        'flow.csv, row 2, fcs "flow/E1/E1-unstained-control.fcs": The file has no channel "Annexin '
        'V-FITC". Nearest: Annexin V-APC. It has FSC-A, FSC-H, SSC-A, B530-A (GFP), R660-A '
        "(Annexin V-APC), B675-A (7-AAD), Time. No file has it: correct flow.channels.annexin in "
        "the config.",
    ),
    "missing FCS file": (
        _remove("flow/E1/E1-control-DEX-1.fcs"),
        'flow.csv, row 13, fcs "flow/E1/E1-control-DEX-1.fcs": there is no such file in '
        "{folder}/flow/E1. Did you mean E1-control-DEX+IL6-1.fcs or E1-control-DEX+IL1Ra-1.fcs?",
    ),
    "truncated FCS file": (
        _truncate,
        'flow.csv, row 19, fcs "flow/E1/E1-il1b-DEX-1.fcs": The file is cut short in its data: '
        "19,036 of 70,000 bytes are there, 679 of 2,500 events.",
    ),
    "plate well used twice": (
        _append("elisa.csv", "IL6-E1,elisa/IL6-E1.txt,A1,standard,IL-6,300,,1,"),
        'elisa.csv, row 90, well "A1": this well of the plate is already in row 2; list each '
        "well once.",
    ),
}
# With all ten, there is one more row above the last culture, and two files fewer can be checked.
AMONG_ALL = {
    'row 26, culture "E1-control-DEX-9': 'row 27, culture "E1-control-DEX-9',
    "43 more": "41 more",
}


@pytest.mark.parametrize("fault", BROKEN)
def test_one_fault_gives_one_message(small_study: Path, fault: str) -> None:
    break_it, message = BROKEN[fault]
    break_it(small_study)
    with pytest.raises(StudyError) as raised:
        load(small_study / "config.yaml")
    assert [str(problem) for problem in raised.value.problems] == [
        message.format(folder=small_study)
    ]


def test_all_ten_faults_are_told_at_once(small_study: Path) -> None:
    for break_it, _ in BROKEN.values():
        break_it(small_study)
    with pytest.raises(
        StudyError, match="10 problems were found in the study; nothing was run"
    ) as raised:
        load(small_study / "config.yaml")
    expected = "\n".join(message for _, message in BROKEN.values()).format(folder=small_study)
    for alone, among_all in AMONG_ALL.items():
        expected = expected.replace(alone, among_all)
    assert [str(problem) for problem in raised.value.problems] == expected.split("\n")


def test_a_contradiction_in_the_flow_section_is_told_with_its_file(small_study: Path) -> None:
    config = small_study / "config.yaml"
    config.write_text(config.read_text().replace("{channel: GFP,", "{channel: GFP, name: annexin,"))
    with pytest.raises(
        StudyError, match=r"config.yaml: flow.populations: the marker name 'annexin'"
    ):
        load(config)


def test_a_reading_of_a_plate_that_the_study_lacks(small_study: Path) -> None:
    """A plate named with its own wavelength that is not in elisa.csv would change nothing."""
    own = "  wavelength_nm: {any: 450, of_plate: {IL6-E9: 405}}"
    _edit("config.yaml", "  wavelength_nm: 450", own)(small_study)
    with pytest.raises(StudyError) as raised:
        load(small_study / "config.yaml")
    assert [str(problem) for problem in raised.value.problems] == [
        "config.yaml, line 44, elisa.wavelength_nm.of_plate.IL6-E9: this plate is not in "
        "elisa.csv. Did you mean IL6-E2 or IL6-E1?"
    ]


def test_controls_whose_events_are_wrong_stop_the_run_before_it_begins(small_study: Path) -> None:
    """The workflow reads no events until something has to be run."""
    table = small_study / "flow.csv"
    swapped = table.read_text().replace("E1-single-7-AAD.fcs", "E1-single-X.fcs")
    swapped = swapped.replace("E1-single-Annexin-V-APC.fcs", "E1-single-7-AAD.fcs")
    table.write_text(swapped.replace("E1-single-X.fcs", "E1-single-Annexin-V-APC.fcs"))
    with pytest.raises(StudyError, match="Is it the single stain of"):
        load(small_study / "config.yaml")
    study = load(small_study / "config.yaml", with_events=False)
    with pytest.raises(StudyError, match="Is it the single stain of"):
        require_sound_controls(study)


def test_a_study_is_read_without_packages_that_only_some_steps_need() -> None:
    """They took a fifth of the processor time of a run with nothing to do."""
    slow = {"scipy.special", "scipy.stats", "openpyxl", "matplotlib"}
    code = f"import sys, coculture.study; print({slow} & sys.modules.keys())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stdout == "set()\n", run.stdout + run.stderr


@pytest.mark.parametrize(("rows", "told"), [(3, 3), (4, 1)])
def test_up_to_three_rows_with_one_fault_are_told_one_by_one(
    small_study: Path, rows: int, told: int
) -> None:
    path = small_study / "cultures.csv"
    path.write_text(path.read_text().replace("HS-5,1000,", "HS-5,1 uM,", rows))
    with pytest.raises(StudyError) as raised:
        load(small_study / "config.yaml")
    words = [problem.message for problem in raised.value.problems]
    assert len([one for one in words if "is not a number" in one]) == told
    assert ("The same applies to 3 more rows." in " ".join(words)) == (rows == 4)
