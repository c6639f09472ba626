"""Draw the findings, and every arm for each endpoint."""

from typing import Any

from coculture import drawing
from coculture.comparison import ComparisonSettings, figures, read_tables
from coculture.exchange import result_tables
from coculture.running import step


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    settings = ComparisonSettings.from_config(*parameters.settings)
    cultures = result_tables.read(inputs.cultures)
    tables = read_tables(inputs.tables)
    findings = figures.findings_overview(tables.findings, tables.finding_tests, settings)
    drawing.save(findings, outputs.findings, parameters.simulated)
    drawing.save(figures.combination(tables, settings), outputs.combination, parameters.simulated)
    wells = result_tables.read_all(inputs.wells)
    drawing.save(
        figures.plate_maps(cultures, wells, settings), outputs.plates, parameters.simulated
    )
    for endpoint, name in parameters.endpoints.items():
        drawn = {
            f"arms_{name}": figures.superplot(cultures, tables, endpoint, settings),
            f"arms_{name}_pooled_error": figures.superplot(
                cultures, tables, endpoint, settings, "pooled_error"
            ),
            f"interaction_{name}": figures.interaction(cultures, tables, endpoint, settings),
        }
        for kind, figure in drawn.items():
            drawing.save(
                figure, [path for path in outputs.each if f"/{kind}." in path], parameters.simulated
            )


if "snakemake" in globals():
    step.run(main, globals()["snakemake"])
