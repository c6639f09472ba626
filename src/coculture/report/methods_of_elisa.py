"""What the Methods section says of the ELISA."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from coculture.exchange.vocabulary import listed, number

_ZERO_STANDARDS = {
    "fit": "the zero standard was part of the fit",
    "subtract": "the mean of the blanks was subtracted first",
}

_FACTORS_APPLIED = (
    " The values of cultures were divided by the factor of their plate, estimated by least squares "
    "on the logarithms of what was on several plates."
)


def elisa_paragraph(elisa: Mapping[str, Any], curves: Mapping[str, Mapping[str, Any]]) -> str:
    """How the plates were read, and concentrations computed from their curves."""
    model, weighting = (elisa[key].replace("_", " ") for key in ("model", "weighting"))
    given = _given(curves)
    if given and all(_is_given(of_analyte) for of_analyte in curves.values()):
        return (
            f"Immunoassay: {given.strip()}{_medium(curves)} Concentrations are those of the "
            "undiluted supernatant. Values outside the range of the reader's software are reported "
            "as bounds."
        )
    return (
        f"ELISA: {_readings(curves)}. {given}One {model} standard curve was fitted for each "
        f"{'other ' if given else ''}plate and analyte [curve], weights: {weighting}; "
        f"{_ZERO_STANDARDS[elisa['zero_standard']]}.{_shared(elisa['curve_of'])}"
        f"{_FACTORS_APPLIED if elisa['plate_factors'] == 'apply' else ''}"
        f"{_units(elisa['pg_per_unit'])}{_medium(curves)} Concentrations are those of the "
        "undiluted supernatant, with a 95 % interval on the log scale from the errors of curve and "
        f"wells. {_scatter(curves)}Of replicates and dilutions, those that agree make the value; "
        "where they do not, a caution says which were left out, or that there is no number. Values "
        "outside the quantifiable range (LLOQ and ULOQ times the dilution) are reported as bounds."
    )


def _scatter(curves: Mapping[str, Mapping[str, Any]]) -> str:
    """Where the error of a well is from."""
    entries = [entry for of_analyte in curves.values() for entry in of_analyte.values()]
    found = next((entry["well_scatter"] for entry in entries if "well_scatter" in entry), None)
    if found is None:
        return ""
    cv = f"a CV of {number(found['cv_percent'], 2)} % at high signal"
    if found["is_assumed"]:
        return (
            f"The scatter of wells ({cv}) is assumed, because no sample or control has replicates. "
        )
    return f"The scatter of wells ({cv}) is that of the {found['rule']}. "


def _shared(curve_of: Mapping[str, str]) -> str:
    """The plates that were read from the standards of another."""
    plates: dict[str, list[str]] = {}
    for plate, source in curve_of.items():
        plates.setdefault(source, []).append(plate)
    return "".join(
        f" Plate{'s' if len(of) > 1 else ''} {listed(of)} had no curve of "
        f"{'their' if len(of) > 1 else 'its'} own and {'were' if len(of) > 1 else 'was'} read from "
        f"the standards of {source}."
        for source, of in plates.items()
    )


def _is_given(of_analyte: Mapping[str, Any]) -> bool:
    """Whether the reader's software gave the concentrations of a plate."""
    return any("source" in entry for entry in of_analyte.values())


def _given(curves: Mapping[str, Mapping[str, Any]]) -> str:
    """The plates whose concentrations are those of the reader's software, and the error assumed."""
    plates = [plate for plate, of_analyte in curves.items() if _is_given(of_analyte)]
    if not plates:
        return ""
    cv = next(iter(curves[plates[0]].values()))["assumed_cv_percent"]
    return (
        f"The concentrations of plate{'s' if len(plates) > 1 else ''} {listed(plates)} are those "
        f"of the reader's software, with an assumed CV of {cv:g} % for a well. "
    )


def _medium(curves: Mapping[str, Mapping[str, Any]]) -> str:
    """Whether the medium was subtracted."""
    entries = [entry for of_analyte in curves.values() for entry in of_analyte.values()]
    if not any(entry.get("medium_subtracted") for entry in entries):
        return ""
    return (
        " The mean concentration of the medium blanks was subtracted from the samples of the same "
        "plate and medium, in pg/mL; a medium below the LLOQ counted as zero."
    )


def _units(pg_per_unit: Mapping[str, float]) -> str:
    """The factors by which standards in units of activity became pg/mL."""
    return "".join(
        f" Standards in U/mL were converted: 1 U of {analyte} as {factor:g} pg."
        for analyte, factor in pg_per_unit.items()
    )


def _readings(curves: Mapping[str, Mapping[str, Any]]) -> str:
    """The readings that were used, as the steps recorded them; with plates where they differ."""
    plates: dict[str, list[str]] = {}
    with_reference = []
    for plate, of_analyte in curves.items():
        used = next((entry.get("readings") for entry in of_analyte.values()), None)
        if used:
            plates.setdefault(_readings_of_plate(used), []).append(plate)
            with_reference.append(used["reference"] is not None)
    if len(plates) < 2:
        found = f"optical density{next(iter(plates), '')}"
    else:
        each = (f"{words} ({_plates(on)})" for words, on in plates.items())
        found = f"optical density{';'.join(each)}"
    if not plates or all(with_reference):
        return found
    of_these = " from those with one reading alone" if any(with_reference) else ""
    return f"{found}; no reference reading was subtracted{of_these}"


def _plates(names: Sequence[str]) -> str:
    return f"plate{'s' if len(names) > 1 else ''} {listed(names)}"


def _readings_of_plate(used: Mapping[str, Any]) -> str:
    main, reference = used["measurement"], used["reference"]
    if reference is None:
        return _reading(main)
    return f"{_reading(main)} minus that{_reading(reference)}"


def _reading(reading: Mapping[str, Any]) -> str:
    """The wavelength, with the reading's name where that says more."""
    name, wavelength = reading["name"], reading["wavelength_nm"]
    quoted = f'"{name}"'
    if wavelength is None:
        return f" of the reading {quoted}" if name else " (the file states no wavelength)"
    says_more = re.sub(r"\W|nm|od|abs|a", "", name.casefold()) != f"{wavelength:g}"
    return f" at {wavelength:g} nm" + (f" (reading {quoted})" if name and says_more else "")
