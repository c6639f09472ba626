"""A study that is begun with ELISA exports, and without their plate maps."""

from pathlib import Path

import openpyxl
import yaml

from coculture import new_study
from coculture.new_study.sheet_titles import LONGEST, sheet_title
from coculture.study.plate_maps import PlateMap
from tests.new_study.small_files import fcs_file
from tests.study.workbooks import plate, write

LONG = "2026-05-03_IL6_U266_DEX_IL1Ra_plate1_read2"


def _exports(root: Path, *names: str) -> Path:
    (root / "config").mkdir()
    folder = root / "elisa"
    folder.mkdir()
    grid = ["\t".join(["", *map(str, range(1, 13))])]
    grid += ["\t".join([letter, *["0.125"] * 12]) for letter in "ABCDEFGH"]
    for name in names:
        (folder / f"{name}.txt").write_text("\n".join(grid))
    return folder


def _sheets(root: Path) -> dict[str, list[list[str]]]:
    book = openpyxl.load_workbook(root / "data/raw/mine/mine.xlsx")
    return {
        page.title: [["" if c.value is None else str(c.value) for c in row] for row in page]
        for page in book.worksheets
    }


def test_a_long_name_of_a_plate_is_a_line_of_a_sheet_with_a_short_title(tmp_path: Path) -> None:
    names = [LONG, LONG.replace("U266", "MM1S"), "P1"]
    new_study.begin(tmp_path, "mine", None, _exports(tmp_path, *names))
    sheets = _sheets(tmp_path)
    assert len(sheets) == 3
    assert all(title.startswith("elisa ") and len(title) <= LONGEST for title in sheets)
    maps = [PlateMap.of(title, title[6:], rows)[0] for title, rows in sheets.items()]
    assert {one.plate for one in maps} == set(names)
    assert "plates" not in {row[0] for row in sheets["elisa P1"]}


def test_a_map_of_a_plate_with_a_long_name_names_it_too(tmp_path: Path) -> None:
    folder = _exports(tmp_path, LONG)
    write(tmp_path / "maps.xlsx", {"Layout": plate("", {"A1": "STD 600", "A2": "BLK"})})
    new_study.begin(tmp_path, "mine", None, folder, tmp_path / "maps.xlsx")
    ((title, rows),) = _sheets(tmp_path).items()
    assert len(title) <= LONGEST
    assert [one.plate for one in PlateMap.of(title, title[6:], rows)] == [LONG]


def test_short_titles_differ_where_only_the_middle_of_names_does() -> None:
    titles = {sheet_title("elisa", [f"2026-05-03_IL6_{n}_plate1_read2"]) for n in range(300)}
    assert len(titles) == 300


def _yellow(root: Path, title: str) -> set[str]:
    page = openpyxl.load_workbook(root / "data/raw/mine/mine.xlsx")[title]
    return {c.coordinate for row in page for c in row if c.fill.fgColor.rgb == "00FFF2CC"}


def test_plate_maps_that_are_missing_are_asked_for(tmp_path: Path) -> None:
    folder = _exports(tmp_path, "P1", "P2")
    said = new_study.begin(tmp_path, "mine", None, folder)
    (line,) = [line for line in said if "are missing" in line]
    assert line.startswith("The plate maps of 2 ELISA plates are missing")
    for what in ("elisa P1", "elisa P2", 'add a sheet "cultures"', "MAPS=", "docs/plate-maps.md"):
        assert what in line
    (added,) = [line for line in said if ": added " in line]
    assert added.endswith('the empty plate map "elisa P1", the empty plate map "elisa P2".')
    # The wells, below the line "file", an empty one, and the numbers of the columns.
    assert _yellow(tmp_path, "elisa P1") == {
        f"{c}{r}" for c in "BCDEFGHIJKLM" for r in range(4, 12)
    }


def test_empty_maps_of_elisa_plates_beside_tubes_are_asked_for(tmp_path: Path) -> None:
    folder = _exports(tmp_path, "P1")
    for name in ("U266_veh_1", "U266_DEX_1", "U266_veh_2", "U266_DEX_2"):
        fcs_file(tmp_path / "flow" / f"{name}.fcs")
    write(tmp_path / "maps.xlsx", {"elisa P1": plate("", {})})
    said = new_study.begin(tmp_path, "mine", tmp_path / "flow", folder, tmp_path / "maps.xlsx")
    (line,) = [line for line in said if "The plate map of 1 ELISA plate is missing" in line]
    assert "add a sheet" not in line
    assert len(_yellow(tmp_path, "elisa P1")) == 96


def test_maps_that_are_there_are_not_asked_for(tmp_path: Path) -> None:
    folder = _exports(tmp_path, "P1")
    write(tmp_path / "maps.xlsx", {"P1": plate("", {"A1": "STD 600", "A2": "BLK"})})
    said = new_study.begin(tmp_path, "mine", None, folder, tmp_path / "maps.xlsx")
    assert not any("missing" in line for line in said)
    assert any(line.endswith(': added the plate map "elisa P1".') for line in said)
    assert not _yellow(tmp_path, "elisa P1")


def test_a_later_plate_asks_for_its_map_and_not_for_a_new_beginning(tmp_path: Path) -> None:
    folder = _exports(tmp_path, "P1")
    new_study.begin(tmp_path, "mine", None, folder)
    (folder / "P2.txt").write_text((folder / "P1.txt").read_text())
    said = new_study.begin(tmp_path, "mine", None, folder)
    (line,) = [line for line in said if "missing" in line]
    assert "elisa P2" in line
    assert "elisa P1" not in line
    assert "delete" not in line


def test_again_without_new_files_says_that_nothing_was_added(tmp_path: Path) -> None:
    folder = _exports(tmp_path, "P1")
    write(tmp_path / "maps.xlsx", {"P1": plate("", {"A1": "STD 600", "A2": "BLK"})})
    first = new_study.begin(tmp_path, "mine", None, folder, tmp_path / "maps.xlsx")
    assert "Next:" in first
    again = new_study.begin(tmp_path, "mine", None, folder, tmp_path / "maps.xlsx")
    assert "Next:" not in again
    assert not any("yellow" in line or "copied" in line for line in again)
    assert 'Plate map "elisa P1": was there and is unchanged.' in again
    assert again[-1].endswith(
        "mine.xlsx: nothing was added; all that was found is there already. "
        "make check STUDY=config/mine.yaml says what is still open."
    )


def test_a_wavelength_that_no_export_says_leaves_a_config_that_can_be_read(tmp_path: Path) -> None:
    new_study.begin(tmp_path, "mine", None, _exports(tmp_path, "P1"))
    config = yaml.safe_load((tmp_path / "config/mine.yaml").read_text("utf-8"))
    assert config["elisa"]["wavelength_nm"] == "?"
    assert config["comparison"] == {"findings": []}
