"""The command line beside the workflow: `python -m coculture --help`."""

import argparse
import sys
from pathlib import Path

from coculture import result_tables, simulate, study, style
from coculture.comparison import ComparisonSettings, planning
from coculture.comparison.arms import Design
from coculture.study import documentation


def main() -> int:
    """Run one command; the exit status is 1 where a study has problems."""
    parser = argparse.ArgumentParser(prog="coculture", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="look for problems in a study, and run nothing")
    check.add_argument("config", type=Path, help="the study's config")
    example = commands.add_parser("example", help="write the embedded example study again")
    example.add_argument("root", type=Path, nargs="?", default=Path(), help="the checkout")
    written = commands.add_parser("document", help="write config/README.md from the schemas")
    written.add_argument("root", type=Path, nargs="?", default=Path(), help="the checkout")
    plan = commands.add_parser("plan", help="power of each finding by experiments and wells")
    plan.add_argument("config", type=Path, help="the config of a study that has been run")
    plan.add_argument("--runs", type=int, default=2000, help="simulated studies for each number")
    plan.add_argument("--seed", type=int, default=1, help="the same seed, the same table")
    made = commands.add_parser("simulate", help="write a study with known truth")
    made.add_argument("folder", type=Path, help="where to; made if absent")
    made.add_argument("--seed", type=int, required=True, help="the same seed, the same study")
    chosen = parser.parse_args()
    if chosen.command == "check":
        return _check(chosen.config)
    if chosen.command == "plan":
        return _plan(chosen.config, chosen.runs, chosen.seed)
    if chosen.command == "example":
        simulate.embedded_example(chosen.root)
    elif chosen.command == "document":
        page = chosen.root / "config" / "README.md"
        page.write_text(documentation.markdown(), encoding="utf-8")
    else:
        simulate.study(chosen.folder, chosen.seed)
    return 0


def _check(config: Path) -> int:
    try:
        found = study.load(config)
    except study.StudyError as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"{config}: no problems. {len(found.cultures)} cultures, {len(found.flow)} FCS files, "
        f"{len(found.plates)} ELISA plates. Its report: results/{found.name}/report.html"
    )
    return 0


def _plan(config: Path, runs: int, seed: int) -> int:
    """Simulate studies with the spread this one has; table and figure go beside its results."""
    try:
        found = study.load(config)
    except study.StudyError as error:
        print(error, file=sys.stderr)
        return 1
    results = Path("results") / found.name
    if not (results / "cultures.csv").exists():
        print(
            f"{results}/cultures.csv is not there; make run STUDY={config} first.", file=sys.stderr
        )
        return 1
    settings = ComparisonSettings.from_config(*found.comparison_settings())
    cultures = result_tables.read(results / "cultures.csv")
    power = planning.power(
        planning.assumptions_of(cultures, settings),
        Design.of(cultures, settings),
        settings,
        runs=runs,
        seed=seed,
    )
    result_tables.write(power, results / "plan" / "power.csv", "plan/power.csv")
    for ending in (".svg", ".png"):
        style.save(planning.figure(power), results / "plan" / f"power{ending}")
    print(f"Done: {results}/plan/power.csv and power.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
