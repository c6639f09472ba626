"""Draw the findings, and every arm for each endpoint."""

from typing import Any

from coculture import result_tables, step, style
from coculture.comparison import ComparisonSettings, figures, read_tables


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    settings = ComparisonSettings.from_config(*parameters.settings)
    cultures = result_tables.read(inputs.cultures)
    tables = read_tables(inputs.tables)
    findings = figures.findings_overview(tables.findings, tables.finding_tests, settings)
    style.save_all(findings, outputs.findings)
    style.save_all(figures.combination(tables, settings), outputs.combination)
    wells = result_tables.read_all(inputs.wells)
    style.save_all(figures.plate_maps(cultures, wells, settings), outputs.plates)
    for endpoint, name in parameters.endpoints.items():
        arms = figures.superplot(cultures, tables, endpoint, settings)
        style.save_all(arms, [path for path in outputs.arms if f"/arms_{name}." in path])
        crossed = figures.interaction(cultures, tables, endpoint, settings)
        paths = [path for path in outputs.interaction if f"/interaction_{name}." in path]
        style.save_all(crossed, paths)


if "snakemake" in globals():
    step.run(main, globals()["snakemake"])
