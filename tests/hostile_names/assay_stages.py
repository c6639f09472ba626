"""The steps of FCS files and of ELISA plates, as in workflow/rules/flow.smk and elisa.smk."""

from dataclasses import dataclass, field

from coculture.elisa import figures as elisa_figures
from coculture.flow import FlowSettings
from coculture.flow import figures as flow_figures
from coculture.study import Study
from tests.hostile_names.steps import Steps

Paths = list[str]


@dataclass
class AssayResults:
    """What later steps read; each list has a path for each experiment or plate."""

    wells: Paths = field(default_factory=list)
    alternatives: Paths = field(default_factory=list)
    flags: Paths = field(default_factory=list)
    figures: Paths = field(default_factory=list)
    gates: Paths = field(default_factory=list)
    """Of plates, their curves."""
    plots: Paths = field(default_factory=list)
    spillover: Paths = field(default_factory=list)
    of_all: dict[str, str] = field(default_factory=dict)
    """What is made of all experiments, or plates, together; empty if there are none."""


def run_flow(study: Study, steps: Steps) -> AssayResults:
    """Gate the files of each experiment, and compare the experiments."""
    found = AssayResults()
    every_file = {experiment: study.fcs_files(experiment) for experiment in study.experiments}
    names = flow_figures.names(FlowSettings.from_config(study.flow_settings()))
    for experiment, files in every_file.items():
        tables = {"wells": ".csv", "spillover": ".csv", "alternatives": ".csv", "flags": ".csv"}
        gated = steps.files(f"flow/{experiment}", **tables, gates=".yaml", gate_plots=".json")
        gated["plots"] = gated.pop("gate_plots")
        gated["gating_ml"] = gated["gates"].replace("gates.yaml", "gates.xml")
        settings = study.flow_settings(experiment)
        steps.run("flow_gate", {}, gated, files=files, settings=settings, threads=1)
        figures = steps.figures(f"flow/{experiment}", names)
        steps.run(
            *("flow_figures", gated, figures), files=files, settings=settings, simulated=False
        )
        for name in ("wells", "alternatives", "flags", "gates", "plots", "spillover"):
            getattr(found, name).append(gated[name])
        found.figures += [path for paths in figures.values() for path in paths]
    if every_file:
        found.of_all = steps.files("flow", drift=".csv", drift_flags=".csv", miflowcyt=".md")
        of_all = found.of_all
        steps.run(
            "flow_drift",
            {"wells": found.wells, "gates": found.gates},
            {
                "drift": of_all["drift"],
                "sheet": of_all["miflowcyt"],
                "flags": of_all["drift_flags"],
            },
            files=study.control_files(),
            samples=[
                file for files in every_file.values() for file in files if file["role"] == "sample"
            ],
            every_file=every_file,
            study=study.name,
            reagents=study.config["flow"]["reagents"],
            settings=study.flow_settings(),
        )
    return found


def run_elisa(study: Study, steps: Steps) -> AssayResults:
    """Fit the curve of each plate, and combine the wells of each culture."""
    found = AssayResults()
    if not study.plates:
        return found
    settings = study.config["elisa"]
    variance = steps.files("elisa", variance_function=".json")["variance_function"]
    steps.run(
        *("elisa_variance", {}, {"variance": variance}),
        wells=study.elisa_wells(),
        settings=settings,
    )
    for plate in study.plates:
        fitted = steps.files(f"elisa/{plate}", wells=".csv", curve=".json", flags=".csv")
        steps.run(
            *("elisa_quantify", {"variance": variance}, fitted),
            wells=study.elisa_wells(plate),
            source=study.source_wells(plate),
            settings=settings,
        )
        names = elisa_figures.plate_figures(study.elisa_roles)
        figures = steps.figures(f"elisa/{plate}", names)
        steps.run("elisa_plate_figures", fitted, figures, figures=names, simulated=False)
        found.wells.append(fitted["wells"])
        found.gates.append(fitted["curve"])
        found.flags.append(fitted["flags"])
        found.figures += [path for paths in figures.values() for path in paths]
    tables = dict.fromkeys(["cultures", "plate_factors", "alternatives", "flags"], ".csv")
    found.of_all = steps.files("elisa", **tables)
    found.alternatives = [found.of_all["alternatives"]]
    of_all = {**found.of_all, "factors": found.of_all["plate_factors"]}
    of_all.pop("plate_factors")
    names = elisa_figures.study_figures(study.elisa_roles)
    drawn = [path for paths in steps.figures("elisa", names).values() for path in paths]
    inputs = {"wells": found.wells, "curves": found.gates, "flags": found.flags}
    steps.run(
        *("elisa_cultures", {**inputs, "variance": variance}, {**of_all, "recovery": drawn}),
        settings=settings,
        figures=names,
        simulated=False,
    )
    found.figures += drawn
    return found
