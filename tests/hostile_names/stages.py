"""The stages of a small study in this process, by the scripts of the workflow."""

from pathlib import Path
from typing import Any

from coculture import gate_page, provenance
from coculture.clinical import figures as clinical_figures
from coculture.comparison import figures as comparison_figures
from coculture.comparison.comparison import TABLES
from coculture.report import parts
from coculture.study import Study, gates_file, summary
from tests.hostile_names.assay_stages import AssayResults, run_elisa, run_flow
from tests.hostile_names.steps import Steps

ROOT = Path(__file__).parents[2]
MANY = 1000
"""So many samples that each experiment and plate has a page of its own."""

Tables = dict[str, list[str]]


def run_stages(study: Study, results: Path) -> list[str]:
    """Do what the workflow does with a study that was accepted.

    Parameters
    ----------
    results
        The folder of the results. What a run keeps for the next one goes into folders beside it.

    Returns
    -------
    Every result that the workflow has.
    """
    summary(study)
    steps = Steps(results)
    record = _record(study, steps)
    flow, elisa = run_flow(study, steps), run_elisa(study, steps)
    clinical, drawn = _clinical(study, steps)
    cultures, compared, figures = _comparison(study, steps, flow, elisa)
    drawn += [*flow.figures, *elisa.figures, *figures]
    flags = steps.files("", flags=".csv")["flags"]
    # In the order in which they are listed.
    of_stages = {
        "study": [record["flags"]],
        "flow": flow.flags,
        "drift": [flow.of_all["drift_flags"]] if flow.of_all else [],
        "plates": elisa.flags,
        "elisa_cultures": [elisa.of_all["flags"]] if elisa.of_all else [],
        "comparison": [compared["flags"]],
    }
    steps.run("report_flags", of_stages, {"flags": flags})
    written = {
        **{f"study/{name}.csv": [record[name]] for name in ("files", "excluded", "values")},
        **_of_assays(flow, elisa),
        "cultures.csv": [cultures],
        "flags.csv": [flags],
        **{f"comparison/{name}.csv": [compared[name]] for name in TABLES},
        **clinical,
    }
    stored = {"config": record["config"], "gates": flow.gates, "curves": elisa.gates}
    software = _software(steps, flow, elisa)
    _report(study, steps, written, {**stored, "software": software}, drawn)
    if flow.of_all:
        _gate_page(study, steps, flow, record["config"], cultures, compared["findings"])
    _run_record(study, steps, software, record["files"])
    return steps.made


def _record(study: Study, steps: Steps) -> dict[str, Any]:
    record = steps.files(
        *("study",), config=".yaml", files=".csv", excluded=".csv", values=".csv", flags=".csv"
    )
    steps.run(
        *("study_record", {}, record),
        config=study.config,
        files=study.raw_files(),
        excluded=study.excluded(),
        values=study.value_rows(),
        flags=study.value_flags(),
    )
    return record


def _clinical(study: Study, steps: Steps) -> tuple[Tables, list[str]]:
    if not len(study.clinical):
        return {}, []
    tables = steps.files("clinical", changes=".csv", summary=".csv", correlations=".csv")
    figures = steps.figures("clinical", clinical_figures.NAMES)
    drawn = [path for paths in figures.values() for path in paths]
    rows = study.clinical_rows()
    steps.run("clinical_table", {}, {**tables, "figure": drawn}, rows=rows, simulated=False)
    return {f"clinical/{name}.csv": [path] for name, path in tables.items()}, drawn


def _comparison(
    study: Study, steps: Steps, flow: AssayResults, elisa: AssayResults
) -> tuple[str, dict[str, str], list[str]]:
    """The joined cultures, the tables, and the figures."""
    settings, values = study.comparison_settings(), study.value_rows()
    population = study.report_population
    cultures = steps.files("", cultures=".csv")["cultures"]
    of_cultures = [elisa.of_all["cultures"]] if elisa.of_all else []
    steps.run(
        *("comparison_join", {"flow": flow.wells, "elisa": of_cultures}, {"cultures": cultures}),
        cultures=study.culture_rows(),
        values=values,
        population=population,
        settings=settings,
    )
    measured = {
        "cultures": cultures,
        "elisa_wells": elisa.wells,
        "flow_wells": flow.wells,
        "plate_factors": [elisa.of_all["plate_factors"]] if elisa.of_all else [],
        "flow_alternatives": flow.alternatives,
        "elisa_alternatives": elisa.alternatives,
    }
    compared = steps.files("comparison", **dict.fromkeys([*TABLES, "flags"], ".csv"))
    steps.run(
        *("comparison_compare", measured, compared),
        values=values,
        population=population,
        settings=settings,
        stated=study.stated,
    )
    figures = comparison_figures.of_study(study.planned_comparison(), study.endpoints)
    files = steps.figures("comparison", [one.name for one in figures])
    drawn = [path for paths in files.values() for path in paths]
    tables = list(compared.values())
    steps.run(
        "comparison_figures",
        {"cultures": cultures, "tables": tables, "wells": flow.wells},
        {"figures": drawn},
        settings=settings,
        figures=figures,
        style="superplot",
        simulated=False,
        kept=str(steps.results.with_name("kept_figures")),
        made_by="",
    )
    return cultures, compared, drawn


def _of_assays(flow: AssayResults, elisa: AssayResults) -> Tables:
    tables: Tables = {}
    if flow.of_all:
        tables["flow/wells.csv"] = flow.wells
        tables["flow/alternatives.csv"] = flow.alternatives
        tables["flow/spillover.csv"] = flow.spillover
        tables["flow/drift.csv"] = [flow.of_all["drift"]]
    if elisa.of_all:
        tables["elisa/wells.csv"] = elisa.wells
        of_all = ("cultures", "plate_factors", "alternatives")
        tables |= {f"elisa/{name}.csv": [elisa.of_all[name]] for name in of_all}
    return tables


def _report(
    study: Study, steps: Steps, written: Tables, stored: dict[str, Any], figures: list[str]
) -> None:
    columns = steps.files("", columns=".csv")["columns"]
    steps.run("report_columns", {"figures": figures}, {"columns": columns}, tables=written)
    # What is read under each alternative is many rows; the page shows what comes of them.
    read = {name: paths for name, paths in written.items() if "alternatives" not in name}
    read |= {"columns.csv": [columns]}
    inputs = {**stored, "figures": figures, "differences": []}
    samples = dict.fromkeys(study.experiments, MANY)
    every_part = parts(samples, study.plates)
    pages = {
        "page": str(steps.results / "report.html"),
        "parts": [str(steps.results / part.path) for part in every_part],
    }
    steps.run(
        *("report_page", inputs, pages),
        tables=read,
        samples=samples,
        plates=study.plates,
        kept=str(steps.results.with_name("kept_of_page")),
        made_by="",
    )
    measured = study.planned_comparison().measured
    prism = {
        endpoint: str(steps.results / "prism" / f"{name}.pzfx")
        for endpoint, name in study.endpoints.items()
        if measured.get(endpoint)
    }
    outputs = {"workbook": str(steps.results / "report.xlsx"), "prism": list(prism.values())}
    steps.run("report_spreadsheet", stored, outputs, tables=read, prism=prism)


def _gate_page(
    study: Study, steps: Steps, flow: AssayResults, config: str, cultures: str, findings: str
) -> None:
    wells = {
        experiment: sum(
            file["role"] == "sample" and not file["exclude"] for file in study.fcs_files(experiment)
        )
        for experiment in study.experiments
    }
    steps.run(
        "gate_page_write",
        {
            "config": config,
            "plots": flow.plots,
            "gates": flow.gates,
            "cultures": cultures,
            "findings": findings,
        },
        {"pages": [str(steps.results / name) for name in gate_page.page_names(wells)]},
        wells=wells,
        file_name=gates_file.beside(study.path).name,
        file={},
    )


def _software(steps: Steps, flow: AssayResults, elisa: AssayResults) -> str:
    running = steps.results.with_name("running")
    running.write_text(f"1\n{provenance.started(['snakemake'])}", encoding="utf-8")
    made = steps.files("provenance", software=".json", gates=".yaml", curves=".json", Snakefile="")
    made["workflow"] = made.pop("Snakefile")
    steps.run(
        *("provenance_software", {"gates": flow.gates, "curves": elisa.gates}, made),
        lock=str(ROOT / "requirements.lock"),
        workflow=str(ROOT / "Snakefile"),
        running=str(running),
    )
    return str(made["software"])


def _run_record(study: Study, steps: Steps, software: str, raw_files: str) -> None:
    checksums = str(steps.results / "checksums.txt")
    steps.run("provenance_checksums", {}, {"checksums": checksums})
    outputs = {
        "run": str(steps.results / "provenance" / "run.json"),
        "crate": str(steps.results / "ro-crate-metadata.json"),
    }
    steps.run(
        "provenance_run",
        {"checksums": checksums, "software": software, "raw_files": raw_files},
        outputs,
        study=study.name,
        title=study.config["title"],
        running=str(steps.results.with_name("running")),
    )
