"""The command line: `coculture --help`."""

import argparse
import datetime
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from coculture import archive, differences, drawing, new_study, serve_gates, simulate, study
from coculture.comparison import ComparisonError, ComparisonSettings, figures, planning
from coculture.comparison.design.arms import Design
from coculture.exchange import records, result_tables
from coculture.exchange.make_command import make_command
from coculture.exchange.manual_gates import Decision
from coculture.flow.interchange.xml_file import InterchangeError
from coculture.provenance.sameness import differences as differing_files
from coculture.running import disk, project_folder
from coculture.running.records import Records
from coculture.study import documentation, gate_import, gates_file
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
    diff = command(_diff, "what differs between two runs, in words and numbers")
    diff.add_argument("first", type=Path, help="the results of one study, such as results/mine")
    diff.add_argument("second", type=Path, help="the results that they are compared with")
    diff.add_argument("--all", action="store_true", help="print every number")
    packed = command(_archive, "put a study with results and code into one .zip")
    packed.add_argument("config", type=Path, help="the config of a study that has been run")
    packed.add_argument("--raw", action="store_true", help="include the raw files")
    packed.add_argument("--output", type=Path, help="the file; default: archives/STUDY.zip")
    packed.add_argument("--root", type=Path, default=Path(), help="the checkout")
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
    new = command(_new, "begin a study from raw files or tables of finished numbers")
    new.add_argument("name", help="the name of the study")
    new.add_argument("--flow", type=Path, help="the folder of the FCS files")
    new.add_argument("--elisa", type=Path, help="the folder of the plate reader's exports")
    new.add_argument(
        "--values",
        type=Path,
        action="append",
        default=[],
        help="a table of finished numbers, or a folder of them; can be given several times",
    )
    new.add_argument("--maps", type=Path, help="a workbook with your plate maps")
    new.add_argument("--pattern", help="how names are read, such as {cells}-{treatment}")
    new.add_argument("--root", type=Path, default=Path(), help="the checkout")
    gates = commands.add_parser("gates", help="see, move and save the gates of a study")
    of_gates = gates.add_subparsers(required=True)
    imported = of_gates.add_parser("import", help="turn gates of another program into a gates file")
    imported.set_defaults(run=_import_gates)
    imported.add_argument("file", type=Path, help="Gating-ML 2.0 (.xml), or FlowJo 10 (.wsp)")
    imported.add_argument(
        "--study", type=Path, default=Path("config/config.yaml"), help="the study's config"
    )
    imported.add_argument(
        "--as",
        dest="steps",
        action="append",
        default=[],
        metavar="STEP=GATE",
        help='which gate is which step: annexin="Q1", cells=Cells, or POPULATION/STEP=GATE; can be '
        "given several times; without it the gates are only listed",
    )
    imported.add_argument("--by", default="", help="your name or initials")
    imported.add_argument("--reason", default="", help="why; without it, that they were drawn so")
    imported.add_argument("--date", default="", help="the date; without it, today")
    imported.add_argument(
        "--output", type=Path, help="the gates file; by default beside the config"
    )
    served = of_gates.add_parser("serve", help="open the gate page so that it can save and run")
    served.set_defaults(run=_serve_gates)
    served.add_argument("config", type=Path, help="the config of a study that has been run")
    served.add_argument("--port", type=int, default=0, help="0 takes a free one")
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
    try:
        project_folder.require_usable(Path.cwd())
    except project_folder.UnusableFolderError as error:
        sys.exit(str(error))
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
        for words in differing_files(first / study_name, second / study_name)
    ]
    if found:
        sys.exit("\n  ".join(["The runs differ:", *found]))
    print("The two runs gave the same bytes.")


def _diff(chosen: argparse.Namespace) -> None:
    """Ends with 0 if the results are the same, with 1 if they differ and with 2 on an error."""
    try:
        words, do_differ = differences.printed(chosen.first, chosen.second, everything=chosen.all)
    except differences.NoResultsError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    print(words, end="", flush=True)
    sys.exit(int(do_differ))


def _archive(chosen: argparse.Namespace) -> None:
    try:
        written = archive.archive(
            chosen.config, chosen.output, checkout=chosen.root, with_raw=chosen.raw
        )
    except archive.ArchiveError as error:
        sys.exit(str(error))
    size_mb = written.path.stat().st_size / 1e6
    included = "included" if chosen.raw else "by checksum; RAW=include includes them"
    print(
        f"{written.path} written: {written.files} files, {size_mb:.1f} MB. "
        f"Raw files: {written.raw_files}, {included}."
    )


def _plan(chosen: argparse.Namespace) -> None:
    """Simulate studies with the spread of this one; table and figure go into its results."""
    found = study.load(chosen.config)
    results = Path("results") / found.name
    if not (results / "cultures.csv").exists():
        again = make_command("run", chosen.config)
        sys.exit(f"{results}/cultures.csv not found; run {again} first.")
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
    _ask_for_effects(chosen.config, settings, effects)
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
    config: str, settings: ComparisonSettings, effects: Sequence[planning.StatedEffect]
) -> None:
    """Ask for the effects that are not stated, in their unit."""
    lacking = planning.to_state(settings, effects)
    if lacking:
        print(
            "State first, for each finding, the effect that you expect or would not want to miss. "
            "What this study\nhappened to find is a poor guide: it makes the ranges wide.\n"
            f"  .venv/bin/coculture plan {shlex.quote(str(config))} {lacking[0]}"
        )
        for line in lacking[1:]:
            print(f"    {line}")


def _scale_name(subject: str, settings: ComparisonSettings) -> str:
    scale = planning.simulated_on(settings.compared(subject)).scale
    return "ln" if scale == "log" else scale


def _new(chosen: argparse.Namespace) -> None:
    try:
        lines = new_study.begin(
            *(chosen.root, chosen.name, chosen.flow, chosen.elisa),
            *(chosen.maps, chosen.pattern, chosen.values),
        )
    except new_study.NewStudyError as error:
        sys.exit(str(error))
    print("\n".join(lines))


def _import_gates(chosen: argparse.Namespace) -> None:
    """List the gates of a file; with steps, write them as the gates file of the study."""
    found = study.load(chosen.study, with_events=False)
    to = chosen.output or gates_file.beside(chosen.study)
    if chosen.steps and not chosen.by:
        sys.exit("--by: write your name or initials; the gates file says who set each gate.")
    if chosen.steps and to.exists():
        sys.exit(f"{to}: is there already. Name another file with --output, or remove this one.")
    table = to.with_name(f"{to.name.removesuffix('.yaml').removesuffix('.gates')}.spillover.csv")
    decision = Decision(
        chosen.reason or f"drawn so in {chosen.file.name}",
        chosen.by,
        chosen.date or datetime.date.today().isoformat(),
    )
    try:
        wanted = [gate_import.wanted_of(text, found) for text in chosen.steps]
        beside_config = os.path.relpath(table, chosen.study.parent)
        read = gate_import.import_gates(found, chosen.file, wanted, decision, beside_config)
    except InterchangeError as error:
        sys.exit(str(error))
    print("\n".join(read.lines))
    if not wanted:
        print("Nothing was written. To use a gate, name its step: --as annexin=Q1 --by RK.")
        return
    if read.matrix is not None:
        read.matrix.rename_axis("stain").to_csv(table, lineterminator="\n")
        print(f"{table} written: the spillover that the gates were drawn with.")
    records.write_yaml(read.content.as_mapping(), to)
    print(f"{to} written. Look at it with: coculture check {chosen.study}")


def _serve_gates(chosen: argparse.Namespace) -> None:
    try:
        server = serve_gates.server_of(chosen.config, port=chosen.port)
    except serve_gates.NothingToServeError as error:
        sys.exit(str(error))
    print(f"Open {server.address}\nSave writes {server.file.path}. Ctrl-C ends it.", flush=True)
    serve_gates.until_interrupted(server)


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
