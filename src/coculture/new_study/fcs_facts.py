"""What one FCS file says of itself: its well, tube, plate, experiment, time and channels.

The keywords are those of BD Diva and HTS, FACSCalibur, Accuri, Attune NxT, MACSQuant, CytoFLEX,
Aurora, LMD, Stratedigm and Guava.
"""

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from coculture.flow.fcs import wells
from coculture.flow.fcs.header import FcsHeader
from coculture.flow.gating.acquisition_date import acquired_at, day_of
from coculture.new_study.known import NOTHING, Known
from coculture.study.plate_maps.wells_in_names import plain_well, wells_in_names

WELL_KEYWORDS = (
    *wells.WELL_KEYWORDS,
    *("BDPM$WELL", "GTI$WELL", "$LOCATIONID", "$SMNO", "$SRC"),
)
TUBE_KEYWORDS = (
    *("TUBE NAME", "TUBENAME", "TUBE_NAME", "#SAMPLE"),
    *("@SAMPLEID1", "@SAMPLEID2", "@SAMPLEID3", "@SAMPLEID4"),
    *("SAMPLE ID", "SAMPLEID", "$CELLS", "$SMNO"),
)
PLATE_KEYWORDS = ("PLATE NAME", "$PLATENAME", "$PLATEID", "$CARRIERID")
EXPERIMENT_KEYWORDS = ("EXPERIMENT NAME",)
_NO_NAMES = ("", "na", "n/a", "untitled", "default", "-1", "none", "unknown")
_COUNTER = re.compile(r"(?:[\s_.-]+\d{3,})+$")
"""What programs add to file names: `_001`."""
_SPECIMEN = re.compile(r"^specimen[\s_]*\d+[\s_-]*", re.IGNORECASE)
FILE_NAME, FOLDER = "file name", "folder"


@dataclass(frozen=True)
class FcsFacts:
    """What is known of one file; `started` is None if it gives no time."""

    path: Path
    well: Known
    tube: Known
    plate: Known
    experiment: Known
    started: datetime.datetime | None
    labels: Mapping[str, str]
    """Channel ($PnN) -> label ($PnS)."""
    has_matrix: bool


def facts_of(headers: Sequence[FcsHeader]) -> list[FcsFacts]:
    """The facts of the files, in their order; wells that only the names of the files have, too."""
    found = [_facts(header) for header in headers]
    by_folder: dict[Path, list[int]] = {}
    for place, one in enumerate(found):
        by_folder.setdefault(one.path.parent, []).append(place)
    for places in by_folder.values():
        open_ones = [place for place in places if not found[place].well]
        in_names = wells_in_names([found[place].path.stem for place in open_ones])
        for place, well in zip(open_ones, in_names, strict=True):
            known = Known(well, FILE_NAME) if well else NOTHING
            found[place] = _with_name(replace(found[place], well=known))
    return found


def _facts(header: FcsHeader) -> FcsFacts:
    started = acquired_at(header)
    day = day_of(header)
    time = (
        datetime.datetime.fromisoformat(started)
        if started
        else datetime.datetime.combine(day, datetime.time())
        if day
        else None
    )
    well = next(
        (
            Known(well, keyword)
            for keyword in WELL_KEYWORDS
            if (well := plain_well(_value(header, keyword)))
        ),
        NOTHING,
    )
    found = FcsFacts(
        path=header.path,
        well=well,
        tube=_named(header, TUBE_KEYWORDS),
        plate=_named(header, PLATE_KEYWORDS),
        experiment=_named(header, EXPERIMENT_KEYWORDS),
        started=time,
        labels=header.labels,
        has_matrix=any(key in header.keywords for key in ("$SPILLOVER", "SPILL", "SPILLOVER")),
    )
    return _with_name(found)


def _value(header: FcsHeader, keyword: str) -> str:
    """The text of a keyword; some programs write standard keywords without their `$`."""
    return header.keywords.get(keyword) or header.keywords.get(keyword.lstrip("$"), "")


def _named(header: FcsHeader, keywords: Iterable[str]) -> Known:
    """The first of the keywords that holds a name, and not the well alone."""
    for keyword in keywords:
        text = _value(header, keyword).strip()
        if text.lower() not in _NO_NAMES and not plain_well(text):
            return Known(text, keyword)
    return NOTHING


def _with_name(facts: FcsFacts) -> FcsFacts:
    """A tube without a name is called after its file, without well and counter."""
    if facts.tube and facts.tube.source != FILE_NAME:
        return facts
    name = tube_in(facts.path.stem, facts.well.text)
    return replace(facts, tube=Known(name, FILE_NAME) if name else NOTHING)


def tube_in(stem: str, well: str = "") -> str:
    """The name of a tube in that of its file: without what programs add, and without its well.

    >>> tube_in("Specimen_001_E1-DEX-1_003"), tube_in("E1-DEX-1_B07", "B7")
    ('E1-DEX-1', 'E1-DEX-1')
    """
    parts = re.split(r"(?<=[\s_])|(?=[\s_])", _SPECIMEN.sub("", _COUNTER.sub("", stem)))
    kept = [part for part in parts if not well or plain_well(part) != well]
    return re.sub(r"[\s_]{2,}", "_", "".join(kept)).strip(" _-")
