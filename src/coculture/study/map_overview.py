"""What the plate maps of a study mean, well by well, as `make check` shows it."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from coculture.comparison import ComparisonSettings
from coculture.comparison.design.arms import Design, arms_of
from coculture.exchange.vocabulary import many
from coculture.study.study import Study

Meaning = tuple[str, str]
"""What a well is, which heads its line, and what is to be said of the well itself."""


def map_overview(study: Study) -> Iterator[str]:
    """For each map its sheet, then a line for each arm, standard or culture with its wells."""
    meanings = {"cultures.csv": _arms(study), "elisa.csv": _contents(study.elisa)}
    for table, meaning in meanings.items():
        drawn: dict[tuple[str, str], dict[str, list[str]]] = {}
        places = study.places.get(table, {})
        for row, (what, detail) in meaning.items():
            place = places.get(row)
            if place is not None and place.well:
                wells = drawn.setdefault((place.sheet, place.plate), {}).setdefault(what, [])
                wells.append(f"{place.well}{detail}")
        several = Counter(sheet for sheet, _ in drawn)
        for (sheet, plate), by_what in drawn.items():
            number = sum(map(len, by_what.values()))
            of_plate = f" for {plate}" if several[sheet] > 1 else ""
            yield f'Plate map "{sheet}"{of_plate}, {many(number, "well")}:'
            yield from (f"  {what}: {', '.join(wells)}" for what, wells in by_what.items())


def _arms(study: Study) -> Mapping[int, Meaning]:
    settings = ComparisonSettings.from_config(*study.comparison_settings())
    design = Design.of(study.cultures, settings)
    labels = map(design.display_label, arms_of(study.cultures, settings.factors))
    rows = zip(study.cultures.index, labels, strict=True)
    return {int(row): (label, "") for row, label in rows}


def _contents(elisa: pd.DataFrame) -> Mapping[int, Meaning]:
    """In the order of the lines: standards from the highest, then what has no culture."""
    contents = {
        int(row): (_rank(well), _content(well))
        for row, well in zip(elisa.index, elisa.to_dict("records"), strict=True)
    }
    return {row: contents[row][1] for row in sorted(contents, key=lambda row: contents[row][0])}


def _rank(well: Mapping[Hashable, Any]) -> tuple[int, float]:
    role, value = well["role"], well["concentration_pg_ml"]
    order = ("standard", "anchor", "blank", "medium_blank", "control", "sample", "spike")
    return order.index(role), -value if value == value and role != "spike" else 0.0


def _content(well: Mapping[Hashable, Any]) -> Meaning:
    role, value = str(well["role"]), well["concentration_pg_ml"]
    amount = f" {value:g} pg/mL" if value == value else ""
    if role == "sample":
        return well["culture"], f" x{well['dilution']:g}"
    if role == "spike":
        return f"{well['culture']} spiked with{amount}", ""
    return f"{role.replace('_', ' ')}{amount}", ""
