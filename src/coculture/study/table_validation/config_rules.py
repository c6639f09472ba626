"""What the config says of the tables: what it names is in them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from coculture import comparison
from coculture.exchange.names import natural_key
from coculture.exchange.problems import Problem
from coculture.exchange.vocabulary import nearest
from coculture.study.configuration import line_of
from coculture.study.table_validation import numbered


def number_of_experiments(
    config: str, cultures: pd.DataFrame, stated: int | str | None
) -> Iterator[Problem]:
    """The number of experiments that a person has confirmed is that of the cultures."""
    names = sorted(set(cultures["experiment"].dropna()), key=natural_key)
    # Cultures without any have problems of their own, as have those whose doses are open.
    if stated is None or not names or stated == len(names):
        return
    line = line_of(Path(config), ("experiments",))
    message = (
        f"the cultures are of {len(names)}: {', '.join(names)}. If these are independent repeats, "
        f"write {len(names)}; else correct the column experiment."
    )
    yield Problem(config, message, line, "experiments", str(stated))


def analytes(
    config: str,
    elisa_table: pd.DataFrame,
    compared: Sequence[str],
    factors: Sequence[Mapping[str, Any]],
) -> Iterator[Problem]:
    """Every analyte that is compared or added is measured, and spelled in one way."""
    measured = sorted(set(elisa_table["analyte"].dropna()))
    if not measured:
        return
    clashing = comparison.clashing_analytes(elisa_table["analyte"].dropna())
    for row, analyte in numbered.cells(elisa_table["analyte"].dropna().drop_duplicates()):
        if analyte in clashing:
            yield Problem("elisa.csv", clashing[analyte], row, "analyte", analyte)
    wanted = [("comparison.analytes", one) for one in compared]
    wanted += [("factors", one["adds_analyte"]) for one in factors if one["adds_analyte"]]
    for place, analyte in wanted:
        if analyte not in measured:
            message = f"this analyte is not in elisa.csv, which has {', '.join(measured)}."
            line = line_of(Path(config), tuple(place.split(".")))
            yield Problem(config, message, line, place, analyte)


def plates_with_own_readings(
    config: str, elisa_table: pd.DataFrame, settings: Mapping[str, Any]
) -> Iterator[Problem]:
    """A plate to which the elisa section gives a reading of its own is in elisa.csv."""
    plates = sorted(set(elisa_table["plate"].dropna()))
    for key in ("wavelength_nm", "reference_wavelength_nm"):
        of_plate = settings[key].get("of_plate", {}) if isinstance(settings[key], dict) else {}
        for plate in of_plate:
            if str(plate) not in plates:
                message = f"this plate is not in elisa.csv. {nearest(str(plate), plates)}"
                place = ("elisa", key, "of_plate", str(plate))
                line = line_of(Path(config), place)
                yield Problem(config, message, line, ".".join(place))


def shared_curves(
    config: str, elisa_table: pd.DataFrame, curve_of: Mapping[str, str]
) -> Iterator[Problem]:
    """A plate and the one whose standards it is read from are in elisa.csv, with its analytes."""
    plates = sorted(set(elisa_table["plate"].dropna()))
    is_standard = elisa_table["role"].isin(["standard", "anchor", "blank"])
    for plate, source in curve_of.items():
        message = ""
        unknown = next((one for one in (plate, source) if one not in plates), None)
        if unknown is not None:
            message = f"plate {unknown} is not in elisa.csv. {nearest(unknown, plates)}"
        elif source == plate:
            message = (
                f"plate {plate} is read from its own standards without this line; remove it, or "
                "name another plate."
            )
        elif source in curve_of:
            message = (
                f"plate {source} is itself read from the standards of {curve_of[source]}; name the "
                "plate that the standards are on."
            )
        else:
            own = elisa_table[(elisa_table["plate"] == plate) & (elisa_table["analyte"] != "")]
            others = elisa_table[(elisa_table["plate"] == source) & is_standard]
            lacking = sorted(set(own["analyte"].dropna()) - set(others["analyte"].dropna()))
            if lacking:
                message = f"plate {source} has no standards of {', '.join(lacking)}."
        if message:
            place = ("elisa", "curve_of", plate)
            yield Problem(config, message, line_of(Path(config), place), ".".join(place))


def findings(
    config: str,
    cultures: pd.DataFrame,
    settings: comparison.ComparisonSettings,
    measured: Sequence[str],
) -> Iterator[Problem]:
    """Every finding names arms that exist and an endpoint that is measured."""
    for problem in comparison.check_arms(cultures, settings, measured):
        yield replace(problem, file=config, row=line_of(Path(config), problem.key))
