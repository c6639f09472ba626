"""Cultures from the names of the samples in tables of finished numbers.

A name is read by columns of the table that say it, by words ("MM1S on HS5 LEN 10uM 2"), or by the
pattern that most names have. Names that are wells have their culture in a plate map.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from coculture.new_study import name_pattern
from coculture.new_study.exports import experiment_in
from coculture.new_study.fcs_facts import tube_in
from coculture.new_study.known import NOTHING, OPEN, Known
from coculture.new_study.labelled_cultures import in_label, says_stroma
from coculture.new_study.name_pattern import NamePattern, replicate_number, stroma_named
from coculture.new_study.number_tables import NumberTable, Sample
from coculture.new_study.sessions import usable
from coculture.study import treatments
from coculture.study.plate_maps.wells_in_names import plain_well, wells_in_names

_MOST = 0.5
"""Names are read by their words if more of them have such words."""
_DAY = re.compile(r"(?:19|20)?\d{6}(?!\d)|20\d\d-\d\d-\d\d(?!\d)")
_FCS = re.compile(r"\.fcs$", re.IGNORECASE)


@dataclass(frozen=True)
class SampledCulture:
    """A culture as a table of finished numbers names it.

    Attributes
    ----------
    table, sample
        The table, and its name there.
    tube
        What its name says, without what programs add.
    experiment
        Empty where nothing says it.
    fields
        Field (cells, stroma, treatment) -> what is known; stroma is "none" without it.
    replicate
        Empty where the name has none.
    keeps_name
        Whether its name is that of the table, which calls it a culture.
    """

    table: Path
    sample: str
    tube: str
    experiment: Known
    fields: Mapping[str, Known]
    replicate: Known
    keeps_name: bool
    has_experiment_in_name: bool

    @property
    def name(self) -> str:
        """Its name in the workbook: that of the tube, with the experiment where it lacks it."""
        if self.keeps_name:
            return self.sample
        name = self.tube or without_ending(self.sample)
        if self.has_experiment_in_name or not self.experiment:
            return name
        return f"{self.experiment.text}-{name}"

    @property
    def content(self) -> tuple[str, ...]:
        """What tells it from other cultures, whatever tables call it."""
        fields = (known.text for _, known in sorted(self.fields.items()))
        return (self.experiment.text, *fields, self.replicate.text)


@dataclass(frozen=True)
class SampledCultures:
    """The cultures of tables of finished numbers.

    Attributes
    ----------
    patterns
        By which the names of a table are read; none for tables whose names need none.
    of_tables
        The experiment of all rows of a table, for tables that have one.
    wells
        How many samples are called after wells.
    """

    cultures: tuple[SampledCulture, ...] = ()
    patterns: Mapping[Path, NamePattern] = field(default_factory=dict)
    of_tables: Mapping[Path, Known] = field(default_factory=dict)
    wells: int = 0

    @property
    def experiments(self) -> list[Known]:
        """The experiments that are known, each once."""
        named = [*(one.experiment for one in self.cultures), *self.of_tables.values()]
        return list({one.text: one for one in named if one}.values())


def without_ending(sample: str) -> str:
    """The name of a sample without folders and .fcs."""
    return _FCS.sub("", re.split(r"[/\\]", sample)[-1])


def sampled_cultures(tables: Sequence[NumberTable], pattern: NamePattern | None) -> SampledCultures:
    """The cultures that tables name; `pattern` is the person's, in place of a guess for each."""
    patterns: dict[Path, NamePattern] = {}
    read: list[tuple[_Named, dict[str, Known]]] = []
    for table in tables:
        samples = _named(table)
        names = [one.tube for one in samples if one.tube and not one.has_treatment]
        are_labels = sum(says_stroma(_split(one)[1]) for one in names) > _MOST * len(names)
        used = pattern or (None if are_labels else name_pattern.guess(names, _days(names)))
        if used is not None and names:
            patterns[table.path] = used
        read += [(one, _texts(one, used, are_labels)) for one in samples]
    # A sample of which nothing is known but its well has its culture in a plate map.
    wells = [one for one, text in read if not one.tube and not text]
    of_tables = _experiments_of(
        [one for one, text in read if not one.sample.experiment and "experiment" not in text]
    )
    named = [_culture(one, text, of_tables) for one, text in read if one not in wells]
    return SampledCultures(_each_once(named), patterns, of_tables, len(wells))


def _each_once(named: Sequence[SampledCulture]) -> tuple[SampledCulture, ...]:
    """Each sample of a table once; one without a replicate in its name is counted in its table."""
    replicates: Counter[tuple[Path, tuple[str, ...]]] = Counter()
    found: dict[tuple[Path, str, str], SampledCulture] = {}
    for one in named:
        key = one.table, one.experiment.text, without_ending(one.sample).lower()
        if key not in found:
            replicates[one.table, one.content] += 1
            counted = Known(str(replicates[one.table, one.content]), "counted", True)
            found[key] = replace(one, replicate=one.replicate or counted)
    return tuple(found.values())


@dataclass(frozen=True)
class _Named:
    """A sample of a table; `tube` is what its name says, empty if that is a well alone."""

    table: NumberTable
    sample: Sample
    tube: str

    @property
    def has_treatment(self) -> bool:
        """Whether a column says its treatment, so that its name does not have to."""
        return bool(dict(self.sample.said).get(treatments.COLUMN))


def _named(table: NumberTable) -> list[_Named]:
    stems = [without_ending(one.name) for one in table.samples]
    wells = wells_in_names(stems) if len(stems) > 1 else [plain_well(stem) for stem in stems]
    if any(one.names_culture for one in table.samples):
        wells = [""] * len(stems)
    tubes = [
        tube_in(stem, well) if _FCS.search(one.name) or well else stem
        for one, stem, well in zip(table.samples, stems, wells, strict=True)
    ]
    times = Counter(zip((one.experiment for one in table.samples), tubes, strict=True))
    return [
        _Named(table, one, tube if times[one.experiment, tube] == 1 or not tube else stem)
        for one, tube, stem in zip(table.samples, tubes, stems, strict=True)
    ]


def _days(names: Sequence[str]) -> list[int]:
    """A number for each day that names begin with; the same for all names without one."""
    days = [found[0] if (found := _DAY.match(name)) else "" for name in names]
    order = list(dict.fromkeys(days))
    return [order.index(one) for one in days]


def _texts(one: _Named, pattern: NamePattern | None, are_labels: bool) -> dict[str, Known]:
    """What is known of each field of a sample."""
    found: dict[str, Known] = {}
    if pattern is not None:
        source = f"name of the sample, by {pattern.text}"
        given = pattern.fields_of(one.tube)
        found = {field: Known(text, source, True) for field, text in given.items()}
    elif are_labels and one.tube:
        found = _of_label(one.tube)
    if "stroma" in found:
        stroma = found["stroma"]
        found["stroma"] = replace(stroma, text=stroma_named(stroma.text) or "none")
    said = {
        field: Known(text, f'column "{field}" of {one.table.path.name}')
        for field, text in one.sample.said
        if text
    }
    return found | said


def _split(label: str) -> tuple[str, str]:
    """The experiment that a label begins with, empty if there is none, and the rest of it."""
    first, _, rest = label.partition(" ")
    experiment = experiment_in(first)
    return (experiment, rest) if experiment else ("", label)


def _of_label(label: str) -> dict[str, Known]:
    source = "words in the name of the sample"
    experiment, rest = _split(label)
    (cells, stroma, treatment), number = in_label(rest)
    texts = {"cells": cells, "stroma": stroma, treatments.COLUMN: treatment}
    texts |= {"experiment": experiment, "replicate": "" if number is None else str(number)}
    return {field: Known(text, source, True) for field, text in texts.items() if text}


def _experiments_of(samples: Sequence[_Named]) -> dict[Path, Known]:
    """The experiment of each table whose rows do not say theirs, as far as its name does."""
    paths = list(dict.fromkeys(one.table.path for one in samples))
    stems = {path: experiment_in(path.stem) or experiment_in(path.parent.name) for path in paths}
    times = Counter(without_ending(one.sample.name).lower() for one in samples)
    are_repeated = len(paths) > 1 and any(count > 1 for count in times.values())
    are_wells = all(not one.tube for one in samples)
    if not all(stems.values()) and (are_repeated or are_wells):
        # The same names in several tables, or wells: each table is a plate or day of its own.
        alike = len({path.stem for path in paths}) < len(paths)
        stems = {path: usable(path.parent.name if alike else path.stem) for path in paths}
    if not all(stems.values()):
        return {}
    return {path: Known(name, "name of the table", True) for path, name in stems.items()}


def _culture(
    one: _Named, texts: Mapping[str, Known], of_tables: Mapping[Path, Known]
) -> SampledCulture:
    column = Known(one.sample.experiment, f"column experiment of {one.table.path.name}")
    in_name = texts.get("experiment", NOTHING)
    in_name = replace(in_name, text=usable(in_name.text)) if in_name else NOTHING
    replicate = texts.get("replicate", NOTHING)
    is_other = ("experiment", "replicate")
    return SampledCulture(
        table=one.table.path,
        sample=one.sample.name,
        tube=one.tube,
        experiment=column if column else in_name or of_tables.get(one.table.path, OPEN),
        fields={field: known for field, known in texts.items() if field not in is_other},
        replicate=replace(replicate, text=replicate_number(replicate.text)),
        keeps_name=one.sample.names_culture,
        has_experiment_in_name=bool(in_name) or (bool(column) and column.text in one.tube),
    )
