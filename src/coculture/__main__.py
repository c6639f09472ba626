"""The command line: `coculture --help`."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from coculture import drawing, new_study, simulate, study
from coculture.comparison import ComparisonError, ComparisonSettings, figures, planning
from coculture.comparison.design.arms import Design
from coculture.exchange import result_tables
from coculture.provenance.sameness import differences
from coculture.running import disk
from coculture.running.records import Records
from coculture.study import documentation
from coculture.study.pinned import KEY
from coculture.study.pinned_findings import KEY as FINDINGS_KEY


def main() -> None:
    """Run one command.

    Raises
    ------
    SystemExit
        With a message, if the study has problems, a file is missing or two runs differ.
    """
    chosen = _commands().parse_args()
    try:
        chosen.run(chosen)
        sys.stdout.flush()
    except study.StudyError as error:
        sys.exit(str(error))
    except BrokenPipeError:
        # As in `coculture check ... | head`: without this Python complains at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _commands() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="coculture", description=__doc__)
    commands = parser.add_subparsers(required=True)

    def command(run: Callable[[argparse.Namespace], None], words: str) -> argparse.ArgumentParser:
        name = run.__name__.removeprefix("_").replace("_", "-")
        added = commands.add_parser(name, help=words)
        added.set_defaults(run=run)
        return added

    check = command(_check, "check a study's tables and files without running anything")
    check.add_argument("config", type=Path, help="the study's config")
    pin = command(_pin, "record the checksums of a study's raw files")
    pin.add_argument("config", type=Path, help="the study's config")
    pin_findings = command(_pin_findings, "record the findings with their limits and the time")
    pin_findings.add_argument("config", type=Path, help="the study's config; no data are needed")
    compare = command(_compare, "compare two results folders byte for byte")
    compare.add_argument("first", type=Path, help="the results folder of one run")
    compare.add_argument("second", type=Path, help="the results folder of the other")
    plan = command(_plan, "power of each finding by experiments and wells")
    plan.add_argument("config", type=Path, help="the config of a study that has been run")
    plan.add_argument(
        "--runs", type=_positive, default=2000, help="simulated studies for each number"
    )
    plan.add_argument("--seed", type=int, default=1, help="the same seed, the same table")
    plan.add_argument(
        "--sd",
        nargs=3,
        action="append",
        default=[],
        metavar=("ENDPOINT", "PART", "SD"),
        help="an SD to assume instead of the study's own: of apoptosis (on the logit scale) or an "
        "analyte (of its natural logarithm), between experiment, arm (inside experiments) or well; "
        "can be given several times",
    )
    plan.add_argument(
        "--effect",
        nargs="+",
        action="append",
        default=[],
        metavar="WORD",
        help="FINDING SIZE: the effect to plan for, instead of what this study found: the arm "
        "minus what it is compared with, in points or the endpoint's unit, or the ratio of both "
        'where ratios are compared; FINDING PART SIZE where a finding has parts ("effect", '
        '"residual"); can be given several times',
    )
    new = command(_new, "begin a study from folders of raw files")
    new.add_argument("name", help="the name of the study")
    new.add_argument("--flow", type=Path, help="the folder of the FCS files")
    new.add_argument("--elisa", type=Path, help="the folder of the plate reader's exports")
    new.add_argument("--maps", type=Path, help="a workbook with your plate maps")
    new.add_argument("--pattern", help="how names of tubes are read, such as {cells}-{treatment}")
    new.add_argument("--root", type=Path, default=Path(), help="the checkout")
    example = command(_example, "regenerate the embedded example study")
    example.add_argument("root", type=Path, nargs="?", default=Path(), help="the checkout")
    written = command(_document, "generate config/README.md from the schemas")
    written.add_argument("root", type=Path, nargs="?", default=Path(), help="the checkout")
    made = command(_simulate, "write a study with known truth")
    made.add_argument("folder", type=Path, help="folder to write to; created if absent")
    made.add_argument("--seed", type=int, required=True, help="the same seed, the same study")
    made.add_argument(
        "--design", choices=simulate.DESIGNS, default="example", help="default: example"
    )
    for name, words in (
        ("experiments", "how many experiments"),
        ("wells", "wells of each arm in an experiment"),
        ("events", "events of each culture"),
    ):
        made.add_argument(f"--{name}", type=_positive, help=f"{words}; default: the design's own")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is below 1")
    return number


def _check(chosen: argparse.Namespace) -> None:
    found = study.load(chosen.config)
    refused = disk.fault(Path("results") / found.name)
    if refused:
        sys.exit(f"Results cannot be written, so nothing was run. {refused}")
    print(study.summary(found))


def _pin(chosen: argparse.Namespace) -> None:
    place = study.pin(chosen.config)
    name = os.path.relpath(place, chosen.config.parent)
    print(f"{place} written. To compare with it in every run, add to the config:\n{KEY}: {name}")


def _pin_findings(chosen: argparse.Namespace) -> None:
    place, is_new = study.pin_findings(chosen.config)
    name = os.path.relpath(place, chosen.config.parent)
    if not is_new:
        print(f"{place} already has these findings; nothing was changed.")
        return
    print(
        f"{place} written. Put it under version control now, which shows when it was made. In the "
        f"config:\n{FINDINGS_KEY}: {name}"
    )


def _compare(chosen: argparse.Namespace) -> None:
    first, second = chosen.first, chosen.second
    for folder in (first, second):
        if not folder.is_dir():
            sys.exit(f"{folder}: folder not found.")
    found = [
        f"{study_name}: {words}"
        for study_name in sorted({one.name for one in (*first.iterdir(), *second.iterdir())})
        for words in differences(first / study_name, second / study_name)
    ]
    if found:
        sys.exit("\n  ".join(["The runs differ:", *found]))
    print("The two runs gave the same bytes.")


def _plan(chosen: argparse.Namespace) -> None:
    """Simulate studies with the spread of this one; table and figure go into its results."""
    found = study.load(chosen.config)
    results = Path("results") / found.name
    if not (results / "cultures.csv").exists():
        sys.exit(f"{results}/cultures.csv not found; run make run STUDY={chosen.config} first.")
    settings = ComparisonSettings.from_config(*found.comparison_settings())
    cultures = result_tables.read(results / "cultures.csv")
    design = Design.of(cultures, settings)
    try:
        effects = planning.stated_effects(chosen.effect, settings, design)
        own = planning.assumptions_of(cultures, settings)
        assumed = planning.with_effects(planning.with_stated(own, chosen.sd), settings, effects)
        stated_sd = {subject for subject, part, _ in chosen.sd if part == planning.DECISIVE_SD}
        needs = planning.needs(
            cultures, design, settings, assumed, effects, stated_sd, seed=chosen.seed
        )
    except ComparisonError as error:
        sys.exit(f"{error}.")
    _ask_for_effects(settings, effects)
    for subject, given in assumed.items():
        print(
            f"{subject}: SD {given.sd_experiment:.3g} between {given.unit}, {given.sd_arm:.3g} "
            f"between arms inside them, {given.sd_well:.3g} between wells "
            f"({_scale_name(subject, settings)})"
        )
    power = planning.power(assumed, design, settings, runs=chosen.runs, seed=chosen.seed)
    folder = results / "plan"
    tables = [folder / "power.csv", folder / "experiments_needed.csv"]
    result_tables.write(power, tables[0], "plan/power.csv")
    result_tables.write(planning.need_table(needs), tables[1], "plan/experiments_needed.csv")
    figure = [folder / f"power{ending}" for ending in (".svg", ".png")]
    drawing.save(figures.power(power, needs), figure, found.config["simulated"])
    Records(results / "steps").keep("plan", [*tables, *figure])
    print(
        f"Needed for a power of {100 * planning.ENOUGH_POWER:.0f} % by its own test, with as many "
        f"wells as in this study ({100 * planning.CONFIDENCE:.0f} % limits):"
    )
    for line in planning.sentences(needs):
        print(f"  {line}")
    print(f"Tables and figure: {folder}/experiments_needed.csv, power.csv, power.svg, power.png")


def _ask_for_effects(
    settings: ComparisonSettings, effects: Sequence[planning.StatedEffect]
) -> None:
    """Ask for the effects that are not stated, in their unit."""
    lacking = planning.to_state(settings, effects)
    if lacking:
        print(
            "State first, for each finding, the effect that you expect or would not want to miss. "
            "What this study\nhappened to find is a poor guide: it makes the ranges wide.\n"
            f"  coculture plan {{config}} {lacking[0]}"
        )
        for line in lacking[1:]:
            print(f"    {line}")


def _scale_name(subject: str, settings: ComparisonSettings) -> str:
    scale = planning.simulated_on(settings.compared(subject)).scale
    return "ln" if scale == "log" else scale


def _new(chosen: argparse.Namespace) -> None:
    try:
        lines = new_study.begin(
            chosen.root, chosen.name, chosen.flow, chosen.elisa, chosen.maps, chosen.pattern
        )
    except new_study.NewStudyError as error:
        sys.exit(str(error))
    print("\n".join(lines))


def _example(chosen: argparse.Namespace) -> None:
    simulate.embedded_example(chosen.root)


def _document(chosen: argparse.Namespace) -> None:
    page = chosen.root / "config" / "README.md"
    page.write_text(documentation.markdown(), encoding="utf-8")


def _simulate(chosen: argparse.Namespace) -> None:
    if chosen.seed < 0:
        sys.exit(f"--seed {chosen.seed} is below 0.")
    sizes = (chosen.experiments, chosen.wells, chosen.events)
    request = simulate.Request(chosen.design, chosen.seed, *sizes)
    request.write(chosen.folder, chosen.folder / "config.yaml")


if __name__ == "__main__":
    main()
