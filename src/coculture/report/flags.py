"""Every quality flag of every well, file, control and culture, and the picture it is seen in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from coculture.report.numbers import in_order
from coculture.report.results import Results

FIGURES = {
    "flow sample": "contact_sheet",
    "flow control": "control_histograms",
    "ELISA": "plate",
    "ELISA curve": "standard_curve",
}
"""Which kind of figure shows what is flagged."""
_OF_CURVE = FIGURES["ELISA curve"]


@dataclass(frozen=True)
class Flag:
    """One thing that is doubtful.

    Attributes
    ----------
    assay
        flow or ELISA.
    place
        Experiment or plate; several, where a culture lies on several plates, the first.
    item
        The FCS file, the well, the curve, or "culture".
    culture
        Empty for controls.
    flag
        What is doubtful, with its number and limit.
    figure
        Kind of the figure in which it is seen.
    """

    assay: str
    place: str
    item: str
    culture: str
    flag: str
    figure: str


def flags(results: Results) -> list[Flag]:
    """All flags, flow first, in the order of the tables."""
    found = [
        *_flow(results.table("flow/wells.csv"), results.table("flow/drift.csv")),
        *_curves(results.curves),
        *_elisa(results.table("elisa/wells.csv"), results.table("elisa/cultures.csv")),
        *_spread(results),
    ]
    return list(dict.fromkeys(found))


def _flow(wells: pd.DataFrame, drift: pd.DataFrame) -> Iterator[Flag]:
    for row, flag in _each(wells):
        kind = "flow sample" if row["role"] == "sample" else "flow control"
        place, culture = _text(row, "experiment"), _text(row, "culture")
        yield Flag("flow", place, _text(row, "fcs"), culture, flag, FIGURES[kind])
    for row, flag in _each(drift):
        item = " ".join(filter(None, (_text(row, "fcs"), _text(row, "channel"))))
        yield Flag("flow", _text(row, "experiment"), item, "", flag, FIGURES["flow control"])


def _elisa(wells: pd.DataFrame, cultures: pd.DataFrame) -> Iterator[Flag]:
    for row, flag in _each(wells):
        place, culture = _text(row, "plate"), _text(row, "culture")
        yield Flag("ELISA", place, f"well {row['well']}", culture, flag, FIGURES["ELISA"])
    of_wells = {(_text(row, "culture"), flag) for row, flag in _each(wells)}
    for row, flag in _each(cultures):
        culture = _text(row, "culture")
        if (culture, flag) not in of_wells:
            plates = _split(_text(row, "plates"))
            place = plates[0] if plates else ""
            yield Flag("ELISA", place, "culture", culture, flag, FIGURES["ELISA"])


def _spread(results: Results) -> Iterator[Flag]:
    for (experiment, analyte), plates in spread_over_plates(results).items():
        words = f"arms on different plates ({', '.join(plates)})"
        item = f"{analyte} of {experiment}"
        yield Flag("ELISA", plates[0], item, "", words, FIGURES["ELISA"])


def spread_over_plates(results: Results) -> dict[tuple[str, str], list[str]]:
    """Experiments and analytes whose arms do not all lie on the same plates, with these.

    What differs between the plates is then in the differences between the arms.
    """
    cultures, elisa = results.table("cultures.csv"), results.table("elisa/cultures.csv")
    if not {"culture", "analyte", "plates"} <= set(elisa.columns) or "arm" not in cultures:
        return {}
    both = elisa[elisa["plates"] != ""].merge(cultures[["culture", "experiment", "arm"]])
    found = {}
    for (experiment, analyte), group in both.groupby(["experiment", "analyte"]):
        of_arms = [
            {plate for plates in texts for plate in _split(plates)}
            for _, texts in group.groupby("arm")["plates"]
        ]
        if any(plates != of_arms[0] for plates in of_arms):
            found[str(experiment), str(analyte)] = sorted(set().union(*of_arms), key=in_order)
    return found


def _curves(curves: Mapping[str, Mapping[str, Any]]) -> Iterator[Flag]:
    """What a curve was asked and stands in spite of; why a plate failed is told elsewhere."""
    for plate, analytes in curves.items():
        for analyte, entry in analytes.items():
            warnings = [one for one in entry.get("checks", ()) if one["verdict"] == "warning"]
            told = {one["check"]: f"{one['check']}: {one['explanation']}" for one in warnings}
            fitted = entry.get("fit") or {}
            told |= {one: one for one in fitted.get("flags", ()) if one not in told}
            for words in told.values():
                yield Flag("ELISA", plate, f"curve of {analyte}", "", words, _OF_CURVE)


def flagged_cultures(found: Iterable[Flag]) -> dict[str, list[str]]:
    """The flags of each culture that has some."""
    of_culture: dict[str, list[str]] = {}
    for one in found:
        if one.culture:
            of_culture.setdefault(one.culture, []).append(f"{one.assay}: {one.flag}")
    return of_culture


def _each(table: pd.DataFrame) -> Iterator[tuple[Mapping[str, Any], str]]:
    for row in table.to_dict("records"):
        for flag in _split(row.get("flags")):
            yield {str(name): value for name, value in row.items()}, flag


def _split(texts: Any) -> Sequence[str]:
    return [text for part in texts.split(";") if (text := part.strip())] if _is_text(texts) else []


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _text(row: Mapping[str, Any], column: str) -> str:
    value = row.get(column, "")
    return value if isinstance(value, str) else ""
