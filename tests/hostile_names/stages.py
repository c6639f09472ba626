"""The stages of a study of finished numbers in this process, by the scripts of the workflow."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from coculture.clinical import figures as clinical_figures
from coculture.comparison import figures as comparison_figures
from coculture.comparison.comparison import TABLES
from coculture.running.step import Files
from coculture.study import Study, summary

SCRIPTS = Path(__file__).parents[2] / "scripts"
ENDINGS = (".svg", ".png", ".csv", ".json")
OF_ASSAYS = (
    *("elisa_wells", "flow_wells", "plate_factors", "flow_alternatives"),
    "elisa_alternatives",
)
"""What this study has no files of."""


def run_stages(study: Study, results: Path) -> None:
    """Do what the workflow does with a study that was accepted; `results` is its folder."""
    summary(study)
    record = _files(results / "study", files=".csv", excluded=".csv", values=".csv", flags=".csv")
    record["config"] = str(results / "study" / "config.yaml")
    _run(
        *("study_record", {}, record),
        config=study.config,
        files=study.raw_files(),
        excluded=study.excluded(),
        values=study.value_rows(),
        flags=study.value_flags(),
    )

    of_patients = _files(results / "clinical", changes=".csv", summary=".csv", correlations=".csv")
    drawn = _figures(results / "figures" / "clinical", clinical_figures.NAMES)
    clinical = {**of_patients, "figure": drawn}
    _run("clinical_table", {}, clinical, rows=study.clinical_rows(), simulated=False)

    cultures = str(results / "cultures.csv")
    settings = study.comparison_settings()
    _run(
        *("comparison_join", {"flow": [], "elisa": []}, {"cultures": cultures}),
        cultures=study.culture_rows(),
        values=study.value_rows(),
        population=study.report_population,
        settings=settings,
    )

    compared = _files(results / "comparison", **dict.fromkeys([*TABLES, "flags"], ".csv"))
    _run(
        *("comparison_compare", {"cultures": cultures, **dict.fromkeys(OF_ASSAYS, ())}, compared),
        values=study.value_rows(),
        population=study.report_population,
        settings=settings,
        stated=study.stated,
    )

    figures = comparison_figures.of_study(study.planned_comparison(), study.endpoints)
    drawn_too = _figures(results / "figures" / "comparison", [one.name for one in figures])
    shown = {"cultures": cultures, "tables": list(compared.values()), "wells": []}
    _run(
        *("comparison_figures", shown, {"figures": drawn_too}),
        settings=settings,
        figures=figures,
        style="superplot",
        simulated=False,
        kept=str(results / "kept"),
        made_by="",
    )

    flags = str(results / "flags.csv")
    sources = dict.fromkeys(["flow", "drift", "plates", "elisa_cultures"], ())
    of_study = {"study": [record["flags"]], "comparison": [compared["flags"]]}
    _run("report_flags", {**sources, **of_study}, {"flags": flags})

    written = {
        **{f"study/{name}.csv": [record[name]] for name in ("files", "excluded", "values")},
        **{f"comparison/{name}.csv": [compared[name]] for name in TABLES},
        **{f"clinical/{name}.csv": [path] for name, path in of_patients.items()},
        "cultures.csv": [cultures],
        "flags.csv": [flags],
    }
    columns = str(results / "columns.csv")
    every_figure = [*drawn, *drawn_too]
    _run("report_columns", {"figures": every_figure}, {"columns": columns}, tables=written)
    read = {**written, "columns.csv": [columns]}
    stored = {"config": record["config"], "gates": [], "curves": [], "software": None}
    page = {"page": str(results / "report.html")}
    inputs = {**stored, "figures": every_figure, "differences": []}
    kept = {"kept": str(results / "kept_of_page"), "made_by": ""}
    _run("report_page", inputs, page, tables=read, samples={}, plates=[], **kept)
    prism = {
        endpoint: str(results / "prism" / f"{name}.pzfx")
        for endpoint, name in study.endpoints.items()
    }
    (results / "prism").mkdir()
    workbook = {"workbook": str(results / "report.xlsx")}
    _run("report_spreadsheet", stored, workbook, tables=read, prism=prism)


def _run(script: str, inputs: Any, outputs: Any, **parameters: Any) -> None:
    found = importlib.util.spec_from_file_location(script, SCRIPTS / f"{script}.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    for path in outputs.values():
        for one in [path] if isinstance(path, str) else path:
            Path(one).parent.mkdir(parents=True, exist_ok=True)
    module.main(Files(**inputs), Files(**outputs), SimpleNamespace(**parameters))


def _files(folder: Path, **endings: str) -> dict[str, Any]:
    return {name: str(folder / f"{name}{ending}") for name, ending in endings.items()}


def _figures(folder: Path, names: Any) -> list[str]:
    return [str(folder / f"{name}{ending}") for name in names for ending in ENDINGS]
