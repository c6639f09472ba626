"""Find problems in a clinical table before it is summarised."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from coculture.clinical.changes import PER_G_PER_DL, is_m_protein
from coculture.exchange.problems import CocultureError, Problem


class ClinicalError(CocultureError):
    """A clinical table cannot be summarised."""


def check(clinical: pd.DataFrame) -> list[Problem]:
    """All problems for which `summarise` would reject the table, in the order of its rows.

    Problems are: a patient with two rows of one analyte, one analyte in different units, M-protein
    in an unknown unit, infinite values, patients chosen by an analyte that is not in the table, and
    different choices in different rows. Rows without a patient or an analyte and an empty table are
    reported by the checks of the study, not here.
    """
    if not {"patient", "analyte"} <= set(clinical.columns):
        return []
    rows = clinical.dropna(subset=["patient", "analyte"])
    problems = [
        *_duplicates(rows),
        *_mixed_units(rows),
        *_m_protein_units(rows),
        *_infinite(rows),
        *_selections(rows),
    ]
    order = {row: place for place, row in enumerate(rows.index)}
    return sorted(problems, key=lambda problem: order[problem.row])


def _duplicates(rows: pd.DataFrame) -> Iterator[Problem]:
    seen = set()
    for row, patient, analyte in _identified(rows):
        if (patient, analyte) in seen:
            message = f'patient "{patient}" has two rows of "{analyte}"; keep one.'
            yield Problem("clinical.csv", message, row, "patient", patient)
        seen.add((patient, analyte))


def _mixed_units(rows: pd.DataFrame) -> Iterator[Problem]:
    first: dict[str, tuple[str, str]] = {}
    for (row, patient, analyte), unit in zip(_identified(rows), texts(rows, "unit"), strict=True):
        one, its_unit = first.setdefault(analyte, (patient, unit))
        if unit != its_unit:
            message = (
                f'"{analyte}" is in {_unit(unit)} in patient "{patient}" and in {_unit(its_unit)} '
                f'in patient "{one}"; convert the values and write one unit in every row.'
            )
            yield Problem("clinical.csv", message, row, "unit", unit)


def _m_protein_units(rows: pd.DataFrame) -> Iterator[Problem]:
    """The first row of M-protein with a unit that cannot be converted to g/dL."""
    for (row, _, analyte), unit in zip(_identified(rows), texts(rows, "unit"), strict=True):
        if is_m_protein(analyte) and unit.lower() not in PER_G_PER_DL:
            message = (
                f'"{analyte}" is in {unit}, but progression is defined as a rise by 0.5 g/dL; '
                "convert the values to g/dL, or write g/L, mg/dL or mg/L if that is their unit."
            )
            yield Problem("clinical.csv", message, row, "unit", unit)
            return


def _infinite(rows: pd.DataFrame) -> Iterator[Problem]:
    for column in ("on_study", "month_6"):
        if column not in rows:
            continue
        values = pd.to_numeric(rows[column], errors="coerce").to_numpy(dtype=float)
        for (row, patient, analyte), value in zip(_identified(rows), values, strict=True):
            if np.isinf(value):
                message = (
                    f'"{analyte}" of patient "{patient}" is infinite; write the value, or leave '
                    "it empty."
                )
                yield Problem("clinical.csv", message, row, column, str(value))


def _selections(rows: pd.DataFrame) -> Iterator[Problem]:
    """Each choice that names an analyte not in the table, or differs from the first choice."""
    analytes = list(dict.fromkeys(rows["analyte"].astype(str)))
    seen: list[str] = []
    for (row, _, _), selected_on in zip(_identified(rows), texts(rows, "selected_on"), strict=True):
        if not selected_on or selected_on in seen:
            continue
        seen.append(selected_on)
        unknown = [name for name in analytes_named(selected_on) if name not in analytes]
        if unknown:
            message = (
                f'the patients were chosen by "{unknown[0]}", which is not an analyte of this '
                f"table; its analytes are {', '.join(analytes)}."
            )
        elif set(analytes_named(selected_on)) != set(analytes_named(seen[0])):
            message = (
                f'the patients were chosen by "{selected_on}" here and by "{seen[0]}" in an '
                "earlier row; write the same in every row."
            )
        else:
            continue
        yield Problem("clinical.csv", message, row, "selected_on", selected_on)


def _identified(rows: pd.DataFrame) -> list[tuple[int, str, str]]:
    """Each row's index, patient and analyte."""
    return [
        (int(row), str(patient), str(analyte))
        for row, patient, analyte in zip(rows.index, rows["patient"], rows["analyte"], strict=True)
    ]


def texts(rows: pd.DataFrame, column: str) -> list[str]:
    """The values of a text column, which may be missing or have empty cells."""
    if column not in rows:
        return [""] * len(rows)
    return ["" if pd.isna(text) else str(text).strip() for text in rows[column]]


def analytes_named(selected_on: str) -> list[str]:
    """The analytes in one value of selected_on, which may list several."""
    return [name.strip() for name in selected_on.split(";") if name.strip()]


def _unit(unit: str) -> str:
    return unit or "no unit"
