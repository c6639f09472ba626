"""What must hold between cultures.csv and the tables that name its cultures."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pandas as pd

from coculture.exchange.problems import Problem
from coculture.exchange.vocabulary import listed, nearest
from coculture.study.table_validation import numbered


def unmeasured_cultures(
    cultures: pd.DataFrame, measuring: Mapping[str, pd.DataFrame]
) -> Iterator[Problem]:
    """Every culture is measured in at least one table of the study that names cultures.

    Parameters
    ----------
    measuring
        flow.csv, elisa.csv and values.csv, as far as the study has them.
    """
    measured: set[str] = set()
    for table, rows in measuring.items():
        counts = rows["role"] != "spike" if table == "elisa.csv" else rows["culture"].notna()
        measured |= set(rows.loc[counts, "culture"])
    if not measuring:
        return
    things = {"flow.csv": "FCS file", "elisa.csv": "ELISA well", "values.csv": "number"}
    for row, name in numbered.cells(cultures["culture"].dropna()):
        if name not in measured:
            message = (
                f"this culture is {_in_none_of(list(measuring))}; add its "
                f"{' or its '.join(things[table] for table in measuring)}, or remove the row."
            )
            yield Problem("cultures.csv", message, row, "culture", name)


def _in_none_of(tables: Sequence[str]) -> str:
    if len(tables) == 1:
        return f"not in {tables[0]}"
    if len(tables) == 2:
        return f"in neither {tables[0]} nor {tables[1]}"
    return f"in none of {', '.join(tables)}"


def references(table: str, rows: pd.DataFrame, cultures: pd.DataFrame) -> Iterator[Problem]:
    """Samples name a culture of cultures.csv; controls name none, but unstained ones can."""
    known = list(dict.fromkeys(cultures["culture"].dropna()))
    for row, role, culture in rows[["role", "culture"]].itertuples():
        if role == "sample" and culture == "":
            message = "a sample needs its culture, spelled as in cultures.csv."
            yield Problem(table, message, row, "culture", "")
        elif role == "spike" and culture == "":
            message = "a spike needs the culture to which it was added, as in cultures.csv."
            yield Problem(table, message, row, "culture", "")
        elif (
            role in ("sample", "unstained", "spike")
            and pd.notna(culture)
            and culture not in ("", *known)
        ):
            message = f"this culture is not in cultures.csv. {nearest(culture, known)}"
            if len(known) > 12 and "Known are" in message:
                message = "this culture is not in cultures.csv."
            several = _called_so(culture, known) if table == "elisa.csv" else []
            if len(several) > 1:
                message = (
                    f"{len(several)} cultures are called so ({listed(several[:3])}"
                    f"{' ...' if len(several) > 3 else ''}): write the experiment into the label, "
                    "or into a line of the plate map: cultures, its name."
                )
            yield Problem(table, message, row, "culture", culture)
        elif pd.notna(role) and role not in ("sample", "unstained", "spike") and culture != "":
            having = "samples and spikes"
            if table == "flow.csv":
                having = "samples and unstained controls of treated cells"
            message = f'only {having} have a culture, but this row has the role "{role}".'
            yield Problem(table, message, row, "culture", culture)


def _called_so(label: str, known: Iterable[str]) -> list[str]:
    """The cultures whose name is a label behind the name of their experiment."""
    bare = _letters(label)
    return [one for one in known if len(bare) > 2 and _letters(one).endswith(bare)]


def _letters(name: str) -> str:
    return "".join(sign for sign in name.lower() if sign.isalnum())
