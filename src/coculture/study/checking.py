"""The problems of a study whose tables could be read, those that explain others first."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from coculture.comparison import ComparisonError, ComparisonSettings
from coculture.elisa import ElisaSettings
from coculture.exchange.outcomes import outcomes_of
from coculture.exchange.problems import Problem
from coculture.flow import FlowSettings, FlowSettingsError
from coculture.study import arms_of_cultures, copies, folder_names, raw_file_validation, values
from coculture.study.configuration import line_of
from coculture.study.study import FILE_COLUMNS, Study
from coculture.study.table_validation import (
    any_table,
    clinical_rules,
    config_rules,
    culture_rules,
    elisa_rules,
    flow_rules,
    named_cultures,
)


def problems(study: Study, *, with_events: bool) -> Iterator[Problem]:
    """What is wrong with the tables, the raw files and the findings of a study."""
    cultures, factors = study.cultures, study.config["factors"]
    config = str(study.path)
    yield from folder_names.of_study(config, study.name, line_of(study.path, ("study",)))
    yield from folder_names.of_rows("cultures.csv", cultures, "experiment")
    yield from folder_names.of_rows("elisa.csv", study.elisa, "plate")
    yield from culture_rules.doubled_cultures(cultures)
    yield from any_table.names_alike("cultures.csv", cultures, ["experiment", "donor"])
    yield from any_table.names_alike(
        "cultures.csv", cultures, ["cells", "stroma", "medium"], hyphens=False
    )
    yield from culture_rules.cells_or_stroma(cultures)
    yield from culture_rules.level_names(cultures, factors)
    yield from culture_rules.baselines(cultures, factors)
    yield from culture_rules.media(cultures)
    yield from any_table.names_alike("elisa.csv", study.elisa, ["plate"])
    yield from culture_rules.doubled_replicates(cultures, factors)
    yield from culture_rules.untreated_arms(cultures, factors)
    yield from named_cultures.unmeasured_cultures(
        cultures,
        _written(study, "flow", "elisa", "values"),
    )
    yield from any_table.exclusions(values.NAME, study.values)
    yield from values.problems(study.values, _measured_from_raw_data(study))
    yield from any_table.exclusions("flow.csv", study.flow)
    yield from any_table.exclusions("elisa.csv", study.elisa)
    yield from named_cultures.references("flow.csv", study.flow, cultures)
    yield from flow_rules.flow_rows(study.flow, cultures)
    yield from flow_rules.flow_cells(study.flow, cultures)
    yield from named_cultures.references("elisa.csv", study.elisa, cultures)
    yield from elisa_rules.elisa_rows(study.elisa)
    yield from elisa_rules.dilutions(study.elisa)
    yield from config_rules.plates_with_own_readings(
        str(study.path), study.elisa, study.config["elisa"]
    )
    yield from config_rules.shared_curves(
        str(study.path), study.elisa, study.config["elisa"]["curve_of"]
    )
    compared = study.config["comparison"]["analytes"]
    yield from config_rules.analytes(str(study.path), study.elisa, compared, factors)
    yield from clinical_rules.clinical_rows(study.clinical)
    yield from raw_file_problems(study, with_events=with_events)
    yield from _comparison_problems(study)


def _written(study: Study, *names: str) -> dict[str, pd.DataFrame]:
    """Those of the tables that the config has, by their names in messages."""
    return {
        f"{name}.csv": getattr(study, name)
        for name in names
        if study.config["tables"][name] is not None
    }


def _measured_from_raw_data(study: Study) -> dict[str, str]:
    """The names of what the raw data give, each with the table that names the files."""
    of_flow = {}
    if len(study.flow):
        outcomes = outcomes_of(study.config["flow"]).outcomes
        of_flow = values.names_of_flow([outcome.name for outcome in outcomes])
    return dict.fromkeys(study.analytes, "elisa.csv") | of_flow


def raw_file_problems(study: Study, *, with_events: bool) -> Iterator[Problem]:
    """Missing files first; only the files that are there are then looked into."""
    factors = study.config["factors"]
    there: dict[str, pd.DataFrame] = {}
    for table, column in FILE_COLUMNS.items():
        rows: pd.DataFrame = getattr(study, table)
        named = rows[rows[column].fillna("") != ""]
        missing = list(
            raw_file_validation.raw_files(
                *(f"{table}.csv", named, column, _allowed(study, table)), study.archived
            )
        )
        yield from missing
        there[table] = named.loc[~named[column].isin([problem.value for problem in missing])]
    yield from raw_file_validation.same_content(there["flow"], study.checksums)
    yield from raw_file_validation.controls_alike(there["flow"], study.checksums)
    is_used = study.config["flow"]["compensation"]["source"] == "csv"
    yield from raw_file_validation.spillover_file(
        str(study.path), study.spillover_files(), there["flow"] if is_used else None
    )
    try:
        settings = FlowSettings.from_config(study.config["flow"])
    except FlowSettingsError as error:
        yield Problem(str(study.path), str(error))
    else:
        yield from raw_file_validation.gates(
            str(study.path), there["flow"], settings, study.gates_file
        )
        arms = arms_of_cultures.treated_controls(
            there["flow"], study.cultures, factors, study.config["cells"]
        )
        yield from raw_file_validation.fcs_files(
            there["flow"].assign(arm=arms), settings, with_events=with_events
        )
    elisa_settings = ElisaSettings.from_config(study.config["elisa"])
    yield from raw_file_validation.plate_exports(there["elisa"], elisa_settings)
    if with_events:
        cultures = study.cultures.dropna(subset=["culture", "experiment"])
        arms = arms_of_cultures.names_of_arms(cultures, factors, study.config["cells"])
        yield from copies.problems(
            *(there["flow"], there["elisa"], cultures.assign(arm=arms), elisa_settings),
            checksums=study.checksums,
        )


def _allowed(study: Study, table: str) -> tuple[Path, ...]:
    folder = study.path.parent
    own = folder / (study.config["tables"][table] or "")
    outside = [folder / named for named in study.config["folders_outside"]]
    return (own.parent, *outside, *map(study.archived.here, outside))


def _comparison_problems(study: Study) -> Iterator[Problem]:
    try:
        settings = ComparisonSettings.from_config(*study.comparison_settings())
    except ComparisonError as error:
        yield Problem(str(study.path), str(error))
    else:
        yield from folder_names.of_endpoints(str(study.path), study.endpoints)
        yield from config_rules.findings(
            str(study.path), study.cultures, settings, list(study.endpoints)
        )
