"""Which culture is in which well of which plate, as the maps of cultures say."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from coculture.study.plate_maps.map_row import MapRow

_WELL = re.compile(r"(?P<plate>.*?)[\s_:.-]*(?P<row>[A-P])0?(?P<number>\d{1,2})", re.IGNORECASE)


@dataclass(frozen=True)
class WellsOfCultures:
    """Cultures by plate and well, and by their own names."""

    by_well: Mapping[tuple[str, str], str] = field(default_factory=dict)
    by_name: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[MapRow]) -> "WellsOfCultures":
        """From the rows of the maps.

        A well is known by its plate, and by its experiment if that has no other such well.
        """
        found: dict[tuple[str, str], str] = {}
        doubled: set[tuple[str, str]] = set()
        for row in rows:
            culture, experiment = row.texts["culture"], row.texts["experiment"]
            found[_key(row.plate, row.well)] = culture
            if _alike(experiment) != _alike(row.plate):
                key = _key(experiment, row.well)
                doubled |= {key} & set(found)
                found[key] = culture
        return cls({key: one for key, one in found.items() if key not in doubled})

    def with_names(self, names: Iterable[str]) -> "WellsOfCultures":
        """The same with the names of all cultures, also of those that no map has."""
        return replace(self, by_name={_alike(name): name for name in names})

    def named(self, label: str, home: str = "") -> str:
        """The culture that a label names: by its well ("E1 B3", or "B3" on the plate `home`), or by
        its name, whole or without the plate (DEX-1 for E1-DEX-1), whatever its spaces and hyphens.

        A label that names no culture is returned as it is.
        """
        match = _WELL.fullmatch(label)
        by_well = match and self.at(match["plate"] or home, match["row"] + match["number"])
        names = (_alike(label), _alike(home) + _alike(label))
        by_name = next((self.by_name[one] for one in names if one in self.by_name), "")
        return by_well or by_name or label

    def at(self, plate: str, well: str) -> str:
        """The culture in a well of a plate or experiment; empty if none is known."""
        return self.by_well.get(_key(plate, well), "")


def _key(plate: str, well: str) -> tuple[str, str]:
    match = _WELL.fullmatch(well)
    return _alike(plate), f"{match['row'].upper()}{match['number']}" if match else well


def _alike(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).lower()
