"""One validated study: its config with every default, and its tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from coculture.comparison import ComparisonSettings
from coculture.comparison.figures import PlannedStudy
from coculture.comparison.quantities.quantity import Quantity
from coculture.exchange.flags import Flag
from coculture.exchange.names import natural_key
from coculture.flow.settings import ALL_CELLS
from coculture.study import files, values
from coculture.study.archived import Archived
from coculture.study.arms_of_cultures import is_untreated, names_of_arms, settings_of
from coculture.study.checksums import Checksums
from coculture.study.earlier_results import EarlierResults
from coculture.study.table_files import Place

FILE_COLUMNS = {"flow": "fcs", "elisa": "file"}
"""The column that names a raw file, for each table that has one."""


@dataclass(frozen=True)
class Study:
    """One validated study: its config with every default, and its tables.

    The index of a table is the row that a spreadsheet shows. `flow` and `elisa` have a column
    `path`: the raw file relative to the current folder. A table that the study lacks is empty.
    `checksums` gives the SHA-256 of each raw file.
    """

    path: Path
    config: dict[str, Any]
    cultures: pd.DataFrame
    flow: pd.DataFrame
    elisa: pd.DataFrame
    values: pd.DataFrame
    """Numbers that were measured elsewhere, a row for each, with the columns of
    `study.values.COLUMNS`: `relation` is "<=" or ">=" where a value is a bound; several rows of one
    culture and endpoint are replicates; the numbers of one spreadsheet row share an index."""
    clinical: pd.DataFrame
    checksums: Checksums
    stated: Mapping[str, Any] = field(default_factory=dict)
    """When the findings were pinned, and what has changed since (`pinned_findings.read`)."""
    shared: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """Row of flow.csv of a control without an experiment -> the experiments that it serves."""
    places: Mapping[str, Mapping[int, Place]] = field(default_factory=dict)
    """Table ("flow.csv") -> row -> where it is, for the tables that are in a workbook."""
    gates_file: Path | None = None
    """The file with the gates that a person set (`study.gates_file`)."""
    earlier_results: EarlierResults | None = None
    """The results that the config compares with."""
    archived: Archived = field(default_factory=lambda: Archived(Path()))
    """Where an archived study has its raw files."""

    @property
    def name(self) -> str:
        """The name of its folder under results/."""
        return str(self.config["study"])

    @property
    def experiments(self) -> list[str]:
        """The experiments that have FCS files, E2 before E10."""
        names = (name for name in self.flow["experiment"].dropna().unique() if name)
        return sorted(names, key=natural_key)

    @property
    def plates(self) -> list[str]:
        """The ELISA plates, E2 before E10."""
        return sorted(self.elisa["plate"].dropna().unique(), key=natural_key)

    @property
    def elisa_roles(self) -> set[str]:
        """The roles of the wells of all plates."""
        return set(self.elisa["role"])

    @property
    def analytes(self) -> list[str]:
        """The analytes that the ELISA plates measure, sorted."""
        return sorted(self.elisa["analyte"].dropna().unique())

    @property
    def endpoints(self) -> dict[str, str]:
        """The endpoints that are compared and measured, each with its name in file names."""
        quantities = ComparisonSettings.from_config(*self.comparison_settings()).quantities
        return {
            one.name: one.prefix
            for one in quantities
            if one.source != "elisa.csv" or one.options["analyte"] in self.analytes
        }

    @property
    def report_population(self) -> str:
        """The population whose percent apoptotic the comparison uses."""
        # Not by `FlowSettings`, which refuse a section with a mistake: the check asks this, too.
        flow = self.config["flow"]
        first = next((one["name"] for one in flow["populations"]), ALL_CELLS)
        return str(flow["report_population"] or first)

    def planned_comparison(self) -> PlannedStudy:
        """What the tables say of the comparison before anything is measured."""
        settings = ComparisonSettings.from_config(*self.comparison_settings())
        wells = self.flow.loc[self._are_used_samples(self.flow), "well"]
        return PlannedStudy(
            self.cultures,
            settings,
            {one.name: frozenset(self._cultures_of(one)) for one in settings.quantities},
            has_positions=bool((wells != "").any()),
        )

    def _cultures_of(self, quantity: Quantity) -> list[str]:
        """The cultures for which a table names a file, a well or a number of a quantity."""
        if quantity.source == "flow.csv":
            used = self.flow[self._are_used_samples(self.flow)]
        elif quantity.source == "elisa.csv":
            used = self.elisa[self._are_used_samples(self.elisa)]
            used = used[used["analyte"] == quantity.options["analyte"]]
        else:
            used = self.values[self.values["exclude"] == ""]
            used = used[used["endpoint"] == quantity.options["values"]]
        return list(used["culture"].astype(str))

    @staticmethod
    def _are_used_samples(table: pd.DataFrame) -> "pd.Series[bool]":
        return (table["role"] == "sample") & (table["exclude"] == "")

    def culture_rows(self) -> list[dict[str, Any]]:
        """The rows of cultures.csv."""
        return self._records(self.cultures.drop(columns="file"))

    def value_rows(self) -> list[dict[str, Any]]:
        """The finished numbers, a row for each, also of those that are excluded.

        One that is excluded may have no culture and no value.
        """
        return self._records(self.values)

    def value_flags(self) -> list[Flag]:
        """A note for each row of numbers that is excluded, a caution for doubtful percents."""
        return values.flags(self.values, self.cultures)

    def clinical_rows(self) -> list[dict[str, Any]]:
        """The rows of clinical.csv."""
        return self._records(self.clinical)

    def fcs_files(self, experiment: str) -> list[dict[str, Any]]:
        """The rows of flow.csv of one experiment, each with its file's SHA-256.

        A sample has the cells of its culture; `untreated` says whether that culture got no drug,
        `arm` what it got, `setting` its stroma, medium and hours. An unstained control of a treated
        culture has its arm, but no culture: it is no measurement of it. A control that serves
        several experiments is among the rows of each; `shared_with` names the others.
        """
        rows = self._of_experiment(experiment)
        cultures, untreated, arms, settings = self._of_cultures
        is_sample = rows["role"] == "sample"
        is_untreated_row = rows["culture"].map(untreated).fillna(False).astype(bool)
        of_culture = rows["culture"].isin(cultures.index)
        return self._records(
            rows.assign(
                cells=rows["cells"].where(~of_culture, rows["culture"].map(cultures["cells"])),
                untreated=is_untreated_row & is_sample,
                arm=rows["culture"].map(arms).fillna("").where(is_sample | ~is_untreated_row, ""),
                setting=rows["culture"].map(settings).fillna("").where(is_sample, ""),
                culture=rows["culture"].where(is_sample, ""),
                shared_with=self._shared_with(rows, experiment),
            )
        )

    @cached_property
    def _of_cultures(self) -> tuple[pd.DataFrame, pd.Series, pd.Series, pd.Series]:
        """The cultures by name; whether each is untreated; its arm; stroma, medium and hours."""
        cultures = self.cultures.set_index("culture")
        return (
            cultures,
            is_untreated(cultures, self.config["factors"]),
            names_of_arms(cultures, self.config["factors"], self.config["cells"]),
            settings_of(cultures),
        )

    def control_files(self) -> list[dict[str, Any]]:
        """The rows of flow.csv of all experiments that are neither samples nor of one culture."""
        is_control = (self.flow["role"] != "sample") & (self.flow["culture"] == "")
        controls = self.flow[is_control & (self.flow["experiment"] != "")]
        shared = [
            self.flow.loc[[row]].assign(experiment=experiment)
            for row, experiments in self.shared.items()
            for experiment in experiments
        ]
        return self._records(pd.concat([controls, *shared]))

    def _of_experiment(self, experiment: str) -> pd.DataFrame:
        serving = [row for row, served in self.shared.items() if experiment in served]
        is_own = self.flow["experiment"] == experiment
        rows = self.flow[is_own | self.flow.index.isin(serving)]
        return rows.assign(experiment=experiment)

    @cached_property
    def _sharing(self) -> dict[tuple[str, str, float], set[str]]:
        """Path, role and data set of a control -> the experiments that use it so."""
        sharing: dict[tuple[str, str, float], set[str]] = {}
        controls = self.flow[self.flow["role"] != "sample"]
        keys = controls[["path", "role"]].assign(data_set=controls["data_set"].fillna(1))
        for (row, *key), experiment in zip(
            keys.itertuples(name=None), controls["experiment"], strict=True
        ):
            using = {str(experiment), *self.shared.get(row, ())} - {""}
            sharing.setdefault(tuple(key), set()).update(using)
        return sharing

    def _shared_with(self, rows: pd.DataFrame, experiment: str) -> list[str]:
        """For each row the other experiments that use its file in its role; none of samples."""
        keys = zip(rows["path"], rows["role"], rows["data_set"].fillna(1), strict=True)
        return [", ".join(sorted(self._sharing.get(key, set()) - {experiment})) for key in keys]

    def elisa_wells(self, plate: str | None = None) -> list[dict[str, Any]]:
        """The rows of elisa.csv, of one plate or of all, each with its file's SHA-256."""
        return self._records(self._of_plate(plate))

    def _of_plate(self, plate: str | None) -> pd.DataFrame:
        return self.elisa if plate is None else self._plates.get(plate, self.elisa.iloc[:0])

    @cached_property
    def _plates(self) -> dict[str, pd.DataFrame]:
        """The rows of each plate: to look through all rows for each plate grows with its square."""
        return {str(plate): rows for plate, rows in self.elisa.groupby("plate", sort=False)}

    def source_wells(self, plate: str) -> list[dict[str, Any]]:
        """The rows of the plate whose standards a plate is read from; none if it has its own."""
        source = self.config["elisa"]["curve_of"].get(plate)
        return [] if source is None else self.elisa_wells(source)

    def source_exports(self, plate: str) -> list[str]:
        """The file of that plate."""
        source = self.config["elisa"]["curve_of"].get(plate)
        return [] if source is None else self.plate_exports(source)

    def plate_exports(self, plate: str | None = None) -> list[str]:
        """The files of one plate, or of all plates."""
        return sorted(set(self._of_plate(plate)["path"]))

    def flow_settings(self, experiment: str | None = None) -> dict[str, Any]:
        """The flow section of the config, with the path of the spillover matrix.

        With an experiment, only the gates of that one are in it; else those of none.
        """
        flow = self.config["flow"]
        compensation = {**flow["compensation"], "file": next(iter(self.spillover_files()), None)}
        gates = {name: gate for name, gate in flow["gates"].items() if name == experiment}
        # With the name of the gates file, or reagents, every experiment would be gated again.
        unused: dict[str, Any] = {"gates_file": None, "reagents": []}
        return {**flow, "compensation": compensation, "gates": gates, **unused}

    def spillover_files(self) -> list[str]:
        """The spillover matrix that the config names, if it names one."""
        written = self.config["flow"]["compensation"]["file"]
        return [files.usable(self.path.parent / written)] if written else []

    def spillover_rows(self) -> list[dict[str, str]]:
        """The spillover matrix that the config names, with its SHA-256: path, sha256."""
        return [
            {"path": path, "sha256": self.checksums.of(path)} for path in self.spillover_files()
        ]

    def value_files(self) -> list[str]:
        """The tables of finished numbers."""
        named = values.value_tables(self.config)
        return [files.usable(self.path.parent / one.written) for one in named]

    def comparison_settings(self) -> list[Any]:
        """The sections of the config that the comparison takes, then what is measured.

        Of the flow section only what names the stains is in it.
        """
        flow = self.config["flow"]
        stains = {key: flow[key] for key in ("channels", "stains", "outcomes") if key in flow}
        named = {one["name"] for one in flow["populations"]}
        measured = {
            "flow": stains if len(self.flow) else None,
            "populations": [self.report_population, *sorted(named - {self.report_population})],
            "analytes": self.analytes,
            "values": self._finished_units(),
        }
        return [*(self.config[key] for key in ("comparison", "factors", "cells")), measured]

    def _finished_units(self) -> dict[str, str]:
        """The endpoints of the finished numbers that are used, each with its unit."""
        used = self.values.loc[self.values["exclude"] == "", ["endpoint", "unit"]]
        return {str(endpoint): str(unit) for endpoint, unit in used.itertuples(index=False)}

    def raw_files(self) -> list[dict[str, str]]:
        """Every raw file of the study with its SHA-256, sorted: table, file, sha256.

        A table of values is a raw file itself: what its numbers were computed from is not known.
        """
        paths = zip(values.value_tables(self.config), self.value_files(), strict=True)
        named = {("values", one.name, path) for one, path in paths}
        named |= {
            (table, str(name), str(path))
            for table, column in FILE_COLUMNS.items()
            for name, path in getattr(self, table)[[column, "path"]].itertuples(index=False)
        }
        return [
            {"table": f"{table}.csv", "file": name, "sha256": self.checksums.of(path)}
            for table, name, path in sorted(named)
        ]

    def raw_paths(self) -> list[str]:
        """The path of every raw file of the study."""
        named = (getattr(self, table)["path"].dropna() for table in FILE_COLUMNS)
        return sorted(
            {str(path) for paths in named for path in paths}
            | {*self.spillover_files(), *self.value_files()}
        )

    def excluded(self) -> list[dict[str, str]]:
        """Every row that the tables exclude, with its reason: table, row, item, reason."""
        return [
            {"table": f"{table}.csv", "row": str(row), "item": item, "reason": reason}
            for table in FILE_COLUMNS
            for row, item, reason in _exclusions(table, getattr(self, table))
        ] + [
            {"table": one.table, "row": one.row, "item": one.item, "reason": one.reason}
            for one in values.exclusions(self.values)
        ]

    def _records(self, rows: pd.DataFrame) -> list[dict[str, Any]]:
        """Rows as plain values, those of raw files with their SHA-256."""
        if "path" in rows:
            rows = rows.assign(sha256=[self.checksums.of(path) for path in rows["path"]])
        return [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]


def _exclusions(table: str, rows: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
    item = rows["fcs"] if table == "flow" else rows["plate"] + " " + rows["well"]
    for row in rows.index[rows["exclude"] != ""]:
        yield int(row), str(item[row]), str(rows.loc[row, "exclude"])
