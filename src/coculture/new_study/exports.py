"""The plates of the reader's exports in a folder, and the wavelengths that they were read at."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coculture.elisa import PlateError, UnknownFormatError, read_plates
from coculture.study.schema import schema

_ENDINGS = (".txt", ".csv", ".tsv", ".xlsx", ".xls", ".asc", ".xpt", ".json")


@dataclass(frozen=True)
class ExportedPlate:
    """One plate of an export, with the wells that were read.

    Attributes
    ----------
    name
        Different for each plate: that of the file, and of the plate where the file has several.
    in_file
        The plate's name in the file; empty if the file has one plate.
    """

    name: str
    path: Path
    in_file: str
    wavelengths_nm: tuple[float, ...]
    wells: int


@dataclass(frozen=True)
class Exports:
    """The plates that were read, and the files that were not, each with the reason."""

    plates: tuple[ExportedPlate, ...]
    not_read: tuple[str, ...]

    @property
    def wavelength_nm(self) -> float | None:
        """That of the measurement: the usual one if the plates have it, or the only one."""
        read = Counter(w for plate in self.plates for w in plate.wavelengths_nm)
        elisa = schema("elisa")["properties"]
        low, high = elisa["reference_wavelength_nm"]["default"]
        measured = [w for w in read if not low <= w <= high]
        usual = float(elisa["wavelength_nm"]["default"])
        if usual in read:
            return usual
        return measured[0] if len(measured) == 1 else None


def analyte_in(name: str) -> str:
    """The analyte that the name of a plate says; empty if none is known in it.

    >>> analyte_in("IL6-exp1"), analyte_in("2026 TNFa p2"), analyte_in("plate 3")
    ('IL-6', 'TNF-a', '')
    """
    interleukin = _INTERLEUKIN.search(name)
    if interleukin:
        return f"IL-{interleukin['number']}"
    return next((one for one, words in _OTHERS.items() if words.search(name)), "")


def experiment_in(name: str) -> str:
    """The part of a plate's name that names its experiment; empty if none does.

    >>> experiment_in("IL6-exp1-plate2"), experiment_in("IL6_E3"), experiment_in("plate 3")
    ('exp1', 'E3', '')
    """
    parts = re.split(r"[\s_.-]+", name)
    return next((part for part in parts if _EXPERIMENT.fullmatch(part)), "")


_EXPERIMENT = re.compile(r"(?:e|exp|experiment|day|donor|run)\d+", re.IGNORECASE)
_INTERLEUKIN = re.compile(r"(?<![a-z])IL[\s_-]?(?P<number>\d{1,2}[A-Za-z]?)(?![a-z0-9])", re.I)
_OTHERS = {
    name: re.compile(rf"(?<![a-z]){spelt}(?![a-z0-9])", re.I)
    for name, spelt in {
        "TNF-a": r"TNF[\s_-]?(?:a|alpha|α)?",
        "VEGF": r"VEGF(?:[\s_-]?A)?",
        "MCP-1": r"(?:MCP[\s_-]?1|CCL2)",
        "GM-CSF": r"GM[\s_-]?CSF",
        "HGF": "HGF",
        "BAFF": "BAFF",
        "APRIL": "APRIL",
        "SDF-1": r"(?:SDF[\s_-]?1a?|CXCL12)",
    }.items()
}
"""Cytokines that ELISA kits for co-cultures of myeloma are sold for, as people write them."""


def exports_in(paths: Sequence[Path]) -> Exports:
    """The plates of all files of a folder that may be exports."""
    plates: list[ExportedPlate] = []
    not_read: list[str] = []
    for path in paths:
        if path.suffix.lower() not in _ENDINGS:
            continue
        try:
            found = read_plates(path)
        except UnknownFormatError as error:
            not_read.append(error.in_one_line)
            continue
        except PlateError as error:
            not_read.append(str(error).splitlines()[0])
            continue
        for plate in found:
            several = len(found) > 1
            name = f"{path.stem}-{plate.name}" if several else path.stem
            waves = sorted({float(w) for w in plate.wells["wavelength_nm"] if w == w})
            plates.append(
                ExportedPlate(
                    name="".join(c if c.isalnum() or c in "._+-" else "-" for c in name),
                    path=path,
                    in_file=plate.name if several else "",
                    wavelengths_nm=tuple(waves),
                    wells=plate.wells["well"].nunique(),
                )
            )
    return Exports(tuple(plates), tuple(not_read))
