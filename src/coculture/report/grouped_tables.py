"""Each endpoint as Prism lays out grouped data: arms, experiments beside each other, wells in them.

Rows are arms, columns are experiments, and the sub-columns of an experiment are its wells. A well
outside a range has no number that a mean could take: it is a bound, and the notes count them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coculture.exchange.names import natural_key
from coculture.exchange.vocabulary import ABOVE_RANGE, BELOW_RANGE, many
from coculture.report.results import Results, with_labels
from coculture.report.table_labels import ENDPOINTS

_FEW = 3
"""Cultures that a note names; of more the first ones."""
_AS_SHOWN = ("points", "log")
"""Scales whose axis title is that of the value itself."""


@dataclass(frozen=True)
class Cell:
    """One well: a number, and "<=" or ">=" if it is only a bound."""

    value: float
    relation: str = ""

    @property
    def shown(self) -> float | str:
        """What a sheet shows: a bound as text, so that it cannot be averaged."""
        return f"{self.relation} {self.value:.4g}" if self.relation else self.value


@dataclass(frozen=True)
class GroupedTable:
    """One endpoint in Prism's grouped layout.

    Attributes
    ----------
    name
        Of the endpoint in the config.
    title
        What its values are, with their unit.
    arms, experiments
        Rows and columns.
    cells
        (arm, experiment) -> its wells in the order of cultures.csv; None without a value.
    notes
        What a reader must know, one sentence each.
    """

    name: str
    title: str
    arms: tuple[str, ...]
    experiments: tuple[str, ...]
    cells: Mapping[tuple[str, str], tuple[Cell | None, ...]]
    notes: tuple[str, ...]

    @property
    def wells(self) -> int:
        """The sub-columns of each experiment: the most wells that an arm has in one."""
        return max((len(wells) for wells in self.cells.values()), default=0)

    def frame(self) -> pd.DataFrame:
        """One row an arm, one column a well of an experiment; a bound is text."""
        columns = [f"{e} well {well + 1}" for e in self.experiments for well in range(self.wells)]
        rows = [[arm, *(cell and cell.shown for cell in self.row(arm))] for arm in self.arms]
        return pd.DataFrame(rows, columns=["arm", *columns], dtype=object)

    def row(self, arm: str) -> list[Cell | None]:
        """The wells of an arm in all experiments, with empty cells for those that it lacks."""
        row: list[Cell | None] = []
        for experiment in self.experiments:
            wells = self.cells.get((arm, experiment), ())
            row += [*wells, *[None] * (self.wells - len(wells))]
        return row


def grouped_tables(results: Results) -> list[GroupedTable]:
    """One table for each endpoint of which any culture has a value."""
    described = results.table(ENDPOINTS)
    if described.empty:
        return []
    primary = described[described["is_primary"].astype(bool)].to_dict("records")
    return [table for one in primary if (table := _table(one, results)) is not None]


def _table(endpoint: Mapping[Any, Any], results: Results) -> GroupedTable | None:
    cultures, arms = results.table("cultures.csv"), results.table("comparison/arms.csv")
    value, state = str(endpoint["value_column"]), str(endpoint["state_column"])
    if cultures.empty or not {value, state} <= set(cultures.columns):
        return None
    groups = arms[(arms["endpoint"] == endpoint["endpoint"]) & arms["mean"].notna()]
    compared = list(zip(groups["arm"], groups["experiment"], strict=True))
    keys = pd.Series(list(zip(cultures["arm"], cultures["experiment"], strict=True)))
    rows = cultures.reset_index(drop=True).assign(key=keys)
    rows = rows.assign(cell=pd.Series(list(_cells(rows, endpoint)), rows.index, dtype=object))
    used = rows[rows["key"].isin(compared)]
    if used["cell"].isna().all():
        return None
    labels = {str(arm): with_labels(str(arm), results) for arm in groups["arm"]}
    cells: dict[tuple[str, str], tuple[Cell | None, ...]] = {}
    for arm, experiment, cell in zip(used["arm"], used["experiment"], used["cell"], strict=True):
        key = labels[str(arm)], str(experiment)
        cells[key] = (*cells.get(key, ()), cell)
    return GroupedTable(
        str(endpoint["name"]),
        _title(endpoint),
        tuple(dict.fromkeys(labels.values())),
        tuple(sorted(set(groups["experiment"].astype(str)), key=natural_key)),
        cells,
        tuple(_notes(endpoint, used, rows[~rows["key"].isin(compared)])),
    )


def _cells(rows: pd.DataFrame, endpoint: Mapping[Any, Any]) -> Iterator[Cell | None]:
    """The cell of each culture; a bound where its state says that it is outside the range."""
    bound = str(endpoint["bound_column"])
    for row in rows.to_dict("records"):
        state = row[endpoint["state_column"]]
        relation = "<=" if state in BELOW_RANGE else ">=" if state in ABOVE_RANGE else ""
        number = row[bound] if relation and bound in row else row[endpoint["value_column"]]
        yield None if pd.isna(number) else Cell(float(number), relation)


def _title(endpoint: Mapping[Any, Any]) -> str:
    if endpoint["scale"] in _AS_SHOWN:
        return str(endpoint["title"])
    return f"{endpoint['name']}, as measured ({endpoint['unit']})"


def _notes(
    endpoint: Mapping[Any, Any], used: pd.DataFrame, left_out: pd.DataFrame
) -> Iterator[str]:
    yield (
        "Rows are arms, columns are experiments, sub-columns are the wells of an arm in an "
        "experiment. n is the number of experiments: average the wells first; do not test wells."
    )
    if endpoint["difference_unit"] == "ratio":
        yield "The report compares logarithms (ratios and geometric means), not these numbers."
    elif endpoint["scale"] == "specific":
        yield "The report compares specific values, computed from these and the untreated wells."
    outside = [cell for cell in used["cell"] if cell is not None and cell.relation]
    if outside:
        yield (
            f"{many(len(outside), 'well')} outside the quantifiable range: not a number but a "
            "bound. Here it is text (<= or >=); in the Prism file it is an excluded value at its "
            "limit. No mean contains it, so means without these wells are biased: use the means "
            'and bounds of the sheet "arms", which take them into account.'
        )
    empty = used.loc[used["cell"].isna(), "culture"]
    if len(empty):
        yield f"Empty because they have no usable value: {_some(empty)}."
    if len(left_out):
        lacking = f"no value of {endpoint['name']}"
        yield f"Left out, as in the comparison ({lacking}): {_some(left_out['culture'])}."


def _some(cultures: "pd.Series[Any]") -> str:
    names = [str(one) for one in cultures]
    if len(names) <= _FEW:
        return ", ".join(names)
    return f"{len(names)} cultures, such as {', '.join(names[:_FEW])}"
