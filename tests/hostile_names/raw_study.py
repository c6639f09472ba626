"""A small study of FCS files and ELISA exports in which every name can be any text."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import yaml

from coculture.simulate.events import CHANNELS, LABELS
from coculture.simulate.files import day
from tests.hostile_names.named_study import NamedStudy, write_table
from tests.hostile_names.raw_config import config_of
from tests.hostile_names.recordings import DRUG, SILENCED, UNTREATED, Row, fcs_file, recordings

FIRST_CULTURE = f"E1-{UNTREATED.name}-1"
EXCLUDED_CULTURE = f"E2-{SILENCED.name}-1"
OWN_FILE, OTHER_FILE = f"flow/E1/{FIRST_CULTURE}.fcs", "flow/E1/E1-stroma-alone.fcs"
PLATE, OTHER_PLATE = "IL6-E1", "IL6-E2"


class RawStudy(NamedStudy):
    """Two experiments with a plate each; the names are those of the first."""

    NAMES: ClassVar[Mapping[str, str]] = {
        "title": "Dexamethasone and IL-6",
        "culture": "first well",
        "experiment": "E1",
        "donor": "D1",
        "cells": "MM1S",
        "stroma": "HS-5",
        "medium": "RPMI",
        "label": "MM.1S",
        "treatment": "with DEX",
        "factor": "DEX",
        "unit": "nM",
        "column of doses": "dose",
        "factor of names": "siRNA",
        "level": "siIL6",
        "untreated level": "scrambled",
        "reason of factor": "it binds the antibody",
        "heading of notes": "seen by",
        "note": "seen twice",
        # Of the cytometer.
        "marker label": "GFP",
        "stain label": "Annexin V",
        "dye label": "7-AAD",
        "detector": "B530-A",
        "unused label": "FSC",
        "cytometer": "Canto",
        "marker": "green",
        "population": "myeloma",
        "cytometer plate": "flow 1",
        "fcs folder": "day 1",
        "fcs file": "tube 1",
        "other fcs file": "stroma.fcs",
        "excluded tube": "clogged",
        "reagent": "PS",
        "fluorochrome": "APC",
        "clone": "none",
        "supplier": "BD",
        "catalogue number": "550475",
        "amount": "5 µL",
        # Of the plate reader.
        "plate": PLATE,
        "plate in file": "Plate 1",
        "export folder": "reader",
        "export": "first",
        "other export": "second.txt",
        "analyte": "IL-6",
        "excluded well": "scratched",
        # Of the comparison.
        "endpoint": "dying",
        "title of endpoint": "Dying (%)",
        "endpoint of analyte": "IL-6",
        "endpoint of signal": "MFI",
        "finding": "1",
        "statement": "DEX kills them",
        "caveat": "none known",
        "family": "main",
        "contrast": "DEX against siRNA",
    }

    IN_TABLES: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "cultures.csv culture": ("culture",),
        "cultures.csv experiment": ("experiment",),
        "cultures.csv donor": ("donor",),
        "cultures.csv cells": ("cells",),
        "cultures.csv stroma": ("stroma",),
        "cultures.csv medium": ("medium",),
        "flow/*/wells.csv experiment": ("experiment",),
        "flow/*/wells.csv plate": ("cytometer plate",),
        "flow/*/wells.csv culture": ("culture",),
        "flow/*/wells.csv population": ("population",),
        "elisa/*/wells.csv plate": ("plate",),
        "elisa/*/wells.csv analyte": ("analyte",),
        "elisa/*/wells.csv culture": ("culture",),
        "study/excluded.csv reason": ("excluded tube", "excluded well"),
        "study/files.csv file": ("other fcs file", "other export"),
        "comparison/findings.csv id": ("finding",),
        "comparison/findings.csv finding": ("statement",),
        "comparison/findings.csv family": ("family",),
        "comparison/endpoints.csv name": (
            *("endpoint", "endpoint of analyte", "endpoint of signal"),
        ),
        "comparison/contrasts.csv contrast": ("contrast",),
    }
    ON_PAGE: ClassVar[tuple[str, ...]] = (
        *("title", "culture", "experiment", "donor", "stroma", "medium", "label"),
        *("factor", "factor of names", "level", "reason of factor", "marker", "population"),
        *("other fcs file", "excluded tube", "excluded well"),
        *("plate", "other export", "analyte", "endpoint", "title of endpoint"),
        *("endpoint of analyte", "endpoint of signal", "finding", "statement", "caveat"),
        *("family", "contrast"),
    )

    def write(self, folder: Path) -> Path:
        """Write it into a new folder; returns its config.

        A file whose name the disk cannot have, or that would be outside, is not there.
        """
        folder.mkdir(parents=True)
        called = self.called
        write_table(folder / "cultures.csv", self._cultures(called))
        write_table(folder / "treatments.csv", _treatments(called))
        write_table(folder / "flow.csv", self._flow(folder, called))
        write_table(folder / "elisa.csv", self._elisa(folder, called))
        config = folder / "config.yaml"
        config.write_text(yaml.safe_dump(config_of(called), sort_keys=False), encoding="utf-8")
        return config

    def _cultures(self, called: Mapping[str, str]) -> list[list[str]]:
        named = ("culture", "experiment", "donor", "cells", "stroma", "medium", "treatment")
        rows = [[*named, "hours", "replicate", called["heading of notes"]]]
        for row in recordings().cultures:
            is_first = row["experiment"] == "E1"
            words = [_culture(row["culture"], called), _experiment(row, called)]
            words += [called["donor"] if is_first else "of E2", called["cells"]]
            words += [called["stroma"], called["medium"], _treatment(row, called)]
            rows.append([*words, row["hours"], row["replicate"], called["note"]])
        return rows

    def _flow(self, folder: Path, called: Mapping[str, str]) -> list[list[str]]:
        named = ("fcs", "experiment", "plate", "well", "role", "cells", "channel", "culture")
        rows = [[*named, "exclude"]]
        own = f"{called['fcs folder']}/{called['fcs file']}.fcs"
        file_names = {OWN_FILE: own, OTHER_FILE: called["other fcs file"]}
        labels = {"FSC-A": called["unused label"], "B530-A": called["marker label"]}
        labels |= {"R660-A": called["stain label"], "B675-A": called["dye label"]}
        of_control = {
            label: labels.get(channel) for channel, label in zip(CHANNELS, LABELS, strict=True)
        }
        for row in recordings().flow:
            file = file_names.get(row["fcs"], row["fcs"])
            is_first = row["experiment"] == "E1"
            content = fcs_file(
                recordings().events[row["fcs"]],
                {"B530-A": called["detector"]},
                labels,
                called["cytometer"],
                day(0 if is_first else 1),
            )
            _write_inside(folder, file, content)
            plate = called["cytometer plate"] if is_first else "flow 2"
            words = [file, _experiment(row, called), plate, row["well"], row["role"]]
            words += [row["cells"] and called["cells"], of_control.get(row["channel"]) or ""]
            words += [_culture(row["culture"], called)]
            is_excluded = row["culture"] == EXCLUDED_CULTURE
            rows.append([*words, called["excluded tube"] if is_excluded else ""])
        return rows

    def _elisa(self, folder: Path, called: Mapping[str, str]) -> list[list[str]]:
        named = ("plate", "file", "plate_in_file", "well", "role", "analyte")
        rows = [[*named, "concentration_pg_ml", "culture", "medium", "dilution", "exclude"]]
        files = {
            PLATE: f"{called['export folder']}/{called['export']}.txt",
            OTHER_PLATE: called["other export"],
        }
        in_file = {PLATE: called["plate in file"], OTHER_PLATE: OTHER_PLATE}
        plates = {PLATE: called["plate"], OTHER_PLATE: OTHER_PLATE}
        for plate, text in zip(files, recordings().exports.values(), strict=True):
            named_so = text.replace(f"\t{plate}\t", f"\t{in_file[plate]}\t", 1)
            content = named_so.encode("utf-16-le", "surrogatepass")
            _write_inside(folder, files[plate], content)
        for row in recordings().elisa:
            plate = row["plate"]
            words = [plates[plate], files[plate], in_file[plate], row["well"], row["role"]]
            words += [called["analyte"], row["concentration_pg_ml"]]
            words += [_culture(row["culture"], called)]
            words += [called["medium"] if row["role"] == "sample" else "", row["dilution"]]
            is_excluded = row["culture"] == EXCLUDED_CULTURE and row["dilution"] == "50"
            rows.append([*words, called["excluded well"] if is_excluded else ""])
        return [*rows, *_spike_and_medium(plates[PLATE], files[PLATE], in_file[PLATE], called)]


def _write_inside(folder: Path, name: str, content: bytes) -> None:
    try:
        path = (folder / name).resolve()
        if path.is_relative_to(folder.resolve()):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except (OSError, ValueError):
        return


def _culture(name: str, called: Mapping[str, str]) -> str:
    return called["culture"] if name == FIRST_CULTURE else name


def _experiment(row: Row, called: Mapping[str, str]) -> str:
    return called["experiment"] if row["experiment"] == "E1" else row["experiment"]


def _treatment(row: Row, called: Mapping[str, str]) -> str:
    if DRUG.name in row["culture"]:
        return called["treatment"]
    return "silenced" if SILENCED.name in row["culture"] else "untreated"


def _treatments(called: Mapping[str, str]) -> list[list[str]]:
    without, silenced = called["untreated level"], called["level"]
    return [
        ["treatment", called["column of doses"], "siRNA of the culture"],
        ["untreated", "0", without],
        [called["treatment"], "1000", without],
        ["silenced", "0", silenced],
    ]


def _spike_and_medium(plate: str, *file: str | Mapping[str, str]) -> list[list[str]]:
    path, in_file, called = file
    assert isinstance(called, Mapping)
    where = [plate, str(path), str(in_file)]
    medium = called["medium"]
    spike = ["spike", called["analyte"], "500", called["culture"], medium, "10", ""]
    blank = ["medium_blank", called["analyte"], "", "", medium, "", ""]
    return [[*where, "H12", *spike], [*where, "G12", *blank]]
