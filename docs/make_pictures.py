"""The pictures of docs/first-study.md, made again by `.venv/bin/python -m docs.make_pictures`.

A simulated study as instruments write its files is begun, filled in, checked and run in a temporary
folder (some minutes), and its workbook, check, first screen and gates are drawn with Chromium.
"""

import html
import subprocess
import sys
import tempfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from coculture import new_study, simulate
from coculture.simulate.parameters import Mishaps
from tests.new_study.instruments import fill_in, raw_folders

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
MOST_BYTES = 150_000
COLOURS = 64
"""Enough for text and a few colours, and a quarter of the bytes."""
_PAGE = """<!doctype html><style>body{{margin:14px;width:max-content;font:15px sans-serif}}
pre{{font:14px monospace;background:#111;color:#eee;padding:14px;margin:0}}
table{{border-collapse:collapse}}td,th{{border:1px solid #bbb;padding:2px 9px;text-align:left}}
th{{background:#eee}}p{{margin:12px 0 4px}}</style>{}"""
FINDING = """
comparison:
  findings:
    - id: "1"
      kind: higher
      endpoint: apoptosis
      statement: DEX raises apoptosis
      arm: {cells: control, DEX: 1000}
      compared_with: [{cells: control}]
    - id: "2"
      kind: lower
      endpoint: IL-6
      statement: IL-1Ra lowers IL-6
      arm: {cells: il1b, IL1Ra: 500}
      compared_with: [{cells: il1b}]
"""


def main() -> None:
    """Make every picture."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        folder = Path(name)
        book, config = _begun(folder)
        _text(page, _sheets(book), "workbook")
        fill_in(book, config)
        text = config.read_text(encoding="utf-8").replace("name: cells,", "name: myeloma,")
        text = text.replace('"IL6", unit: ng/mL', '"IL6", unit: ng/mL, adds_analyte: IL-6')
        config.write_text(text.partition("\ncomparison:")[0] + FINDING, encoding="utf-8")
        said = _run([sys.executable, "-m", "coculture", "check", str(config)], folder)
        said = said[said.index("config/mine.yaml: no problems") :]
        _text(
            page,
            f"<pre>$ make check STUDY=config/mine.yaml\n...\n{html.escape(said.strip())}</pre>",
            "check",
        )
        _run(
            [str(Path(sys.executable).parent / "snakemake"), "--snakefile", str(ROOT / "Snakefile"),
             "--directory", str(folder), "--configfile", str(config), "--cores", "2"],
            folder,
        )  # fmt: skip
        results = folder / "results" / "mine"
        for file, name_of_picture in (("report.html", "first-screen"), ("gates.html", "gates")):
            page.goto((results / file).as_uri())
            page.wait_for_timeout(2000)
            _save(page.screenshot(), name_of_picture)
        browser.close()


def _begun(folder: Path) -> tuple[Path, Path]:
    """A study of three experiments as BD Diva names its tubes; its workbook and config."""
    design = replace(simulate.EXAMPLE.design, experiments=3, wells=1, mishaps=Mishaps())
    simulate.study(folder / "written", 3, replace(simulate.EXAMPLE, design=design))
    raw = raw_folders(folder / "written", folder / "raw", "diva")
    (folder / "config").mkdir()
    new_study.begin(folder, "mine", raw.flow, raw.elisa, raw.maps)
    return folder / "data/raw/mine/mine.xlsx", folder / "config/mine.yaml"


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return done.stdout.replace(f"{folder}/", "")


def _sheets(book: Path) -> str:
    workbook = openpyxl.load_workbook(book)
    parts = [("treatments", 9, 4), ("flow", 12, 8)]
    return "".join(_sheet(workbook[title], rows, columns) for title, rows, columns in parts)


def _sheet(sheet: Worksheet, rows: int, columns: int) -> str:
    """The first rows of a sheet as a table, with the colours of its cells."""
    lines = []
    for row in sheet.iter_rows(max_row=rows, max_col=columns):
        cells = ""
        for cell in row:
            filled = cell.fill.fill_type == "solid"
            colour = f"background:#{cell.fill.fgColor.rgb[-6:]}" if filled else ""
            kind = "th" if cell.row == 1 else "td"
            text = "" if cell.value is None else str(cell.value).rpartition("/")[2]
            cells += f'<{kind} style="{colour}">{html.escape(text)}</{kind}>'
        lines.append(f"<tr>{cells}</tr>")
    return f"<p>sheet “{sheet.title}”</p><table>{''.join(lines)}</table>"


def _text(page: Page, body: str, name: str) -> None:
    page.set_content(_PAGE.format(body))
    _save(page.locator("body").screenshot(), name)


def _save(picture: bytes, name: str) -> None:
    path = FOLDER / f"{name}.png"
    image = Image.open(BytesIO(picture)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path} has {path.stat().st_size} bytes, more than {MOST_BYTES}")


if __name__ == "__main__":
    main()
