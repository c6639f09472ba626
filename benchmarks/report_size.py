"""How large the report of a large study is, how fast its pages open, and how much they show.

Simulated studies (one well of each arm, 500 events a culture) go through the whole workflow. The
pages are then opened in Chromium: the time is from the start of the request until the page's script
has run and the first screen is painted. `--results` measures finished results instead.

    .venv/bin/python -m benchmarks.report_size [--experiments 4 12 50]
    .venv/bin/python -m benchmarks.report_size --results results/example results/dose_response
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
TIMES = 3
"""A page is opened so often; the median counts."""
PAINTED = """() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", type=int, nargs="+", default=[4, 12, 50])
    parser.add_argument("--results", type=Path, nargs="+", default=[])
    given = parser.parse_args()
    print("study            report.html, MB  opens in, s  pages  largest, MB  opens in, s  all, MB")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        folders = given.results or (_made(Path(folder), one) for one in given.experiments)
        for results in folders:
            print(_row(results, browser), flush=True)
        browser.close()


def _made(folder: Path, experiments: int) -> Path:
    """The results of a simulated study with so many experiments."""
    study = folder / f"experiments_{experiments}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    simulate = ["coculture", "simulate", str(study), "--seed", "1", "--wells", "1"]
    simulate += ["--events", "500", "--experiments", str(experiments)]
    run = ["snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", "2", "--quiet", "all"]
    run += ["--workflow-profile", str(ROOT / "profiles/default")]
    run += ["--configfile", str(study / "config.yaml")]
    for command in (simulate, run):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
    return folder / "results" / study.name


def _row(results: Path, browser: Browser) -> str:
    main = results / "report.html"
    parts = sorted((results / "report").glob("*.html"), key=lambda one: one.stat().st_size)
    sizes = [one.stat().st_size / 1e6 for one in parts]
    of_parts = f"{0:5}" + 3 * "     –       "
    whole = main.stat().st_size / 1e6
    if parts:
        opened = _seconds(browser, parts[-1])
        of_parts = f"{len(parts):5}  {sizes[-1]:11.2f}  {opened:11.2f}  {whole + sum(sizes):7.1f}"
    return f"{results.name:16} {whole:15.2f}  {_seconds(browser, main):11.2f}  {of_parts}"


def _seconds(browser: Browser, page: Path) -> float:
    """From the request until the script has run and the page is painted."""
    times: list[float] = []
    for _ in range(TIMES):
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        tab.goto(page.absolute().as_uri())
        times.append(tab.evaluate(PAINTED) / 1000)
        tab.close()
    return statistics.median(times)


if __name__ == "__main__":
    main()
