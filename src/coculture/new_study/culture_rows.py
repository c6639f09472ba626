"""The rows of a new study's cultures: from names of tubes, labels of wells and names of samples."""

from collections import Counter
from collections.abc import Iterator, Mapping

from coculture.new_study.found import Found, Tube
from coculture.new_study.known import OPEN, Known
from coculture.new_study.name_pattern import replicate_number, stroma_named
from coculture.new_study.sampled_cultures import SampledCulture, without_ending
from coculture.study import treatments

Row = dict[str, Known]
_TELLING = ("experiment", "donor", "cells", "stroma", "hours", treatments.COLUMN, "replicate")
"""What tells one culture from another."""
FILE = "file"
"""The column with the name that a table of values has for a culture."""


def culture_rows(found: Found) -> list[Row]:
    """One row for each culture that a name says, whatever it was measured with."""
    rows = _Rows()
    for tube, row in zip(found.cultures, _of_tubes(found), strict=True):
        rows.add(row, tube.facts.path.name, tube.facts.tube.text)
    for row in _of_labels(found):
        rows.add(row)
    only = next(iter(found.experiments.values())) if len(found.experiments) == 1 else OPEN
    for one in found.sampled.cultures:
        row = _of_sample(one, only)
        same = rows.known(row, one.sample)
        if same is None:
            rows.add(row, one.sample)
        elif not rows.is_called(same, one.sample) and FILE not in same:
            same[FILE] = Known(one.sample, "name of the sample", True)
            rows.add_name(same, one.sample)
    return rows.rows


class _Rows:
    """Rows of cultures, found again by what they are called and by what they are."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._by_key: dict[tuple[str, ...], Row] = {}

    def add(self, row: Row, *names: str) -> None:
        """Add a row that is also known by `names`."""
        self.rows.append(row)
        for name in (row["culture"].text, *names):
            self.add_name(row, name)
        if treatments.COLUMN in row:
            self._by_key.setdefault(_content(row), row)

    def add_name(self, row: Row, name: str) -> None:
        self._by_key.setdefault(_called(row, name), row)

    def known(self, row: Row, name: str) -> Row | None:
        """The row of the same culture: with its name, or with the same content."""
        keys = [_called(row, name), _called(row, row["culture"].text)]
        keys += [_content(row)] if treatments.COLUMN in row else []
        return next((self._by_key[key] for key in keys if key in self._by_key), None)

    def is_called(self, row: Row, name: str) -> bool:
        return self._by_key.get(_called(row, name)) is row


def _called(row: Row, name: str) -> tuple[str, ...]:
    return "name", _text(row, "experiment"), without_ending(name).lower()


def culture_name(found: Found, tube: Tube) -> Known:
    """A culture is called after its tube, with its experiment where the name lacks it."""
    name = tube.facts.tube
    if "experiment" in tube.fields:
        return name
    return Known(f"{found.experiments[tube.session].text}-{name.text}", name.source, True)


def _of_tubes(found: Found) -> Iterator[Row]:
    source = f"name of the tube, by {found.pattern.text}" if found.pattern else ""
    replicates: Counter[tuple[str, ...]] = Counter()
    for tube in found.cultures:
        experiment = found.experiments[tube.session]
        row = {
            key: Known(text, source, True)
            for key, text in tube.fields.items()
            if key not in ("experiment", "stroma")
        }
        if "stroma" in tube.fields:
            stroma = stroma_named(tube.fields["stroma"])
            row["stroma"] = Known(stroma or "none", source, True)
        row |= {"culture": culture_name(found, tube), "experiment": experiment}
        if "replicate" not in tube.fields:
            arm = (experiment.text, *(tube.fields[key] for key in sorted(tube.fields)))
            replicates[arm] += 1
            row["replicate"] = Known(str(replicates[arm]), "counted", True)
        else:
            number = replicate_number(tube.fields["replicate"])
            row["replicate"] = Known(number, source, True)
        yield row


def _of_labels(found: Found) -> Iterator[Row]:
    """The cultures that the maps of the ELISA plates name."""
    source = "label in the map of an ELISA plate"
    for one in found.labelled:
        texts = {
            "culture": one.name,
            "experiment": one.experiment,
            "cells": one.cells,
            "stroma": one.stroma,
            treatments.COLUMN: one.treatment,
            "replicate": str(one.replicate),
        }
        yield {key: Known(text, source, True) for key, text in texts.items() if text}


def _of_sample(one: SampledCulture, only: Known) -> Row:
    """The row of a sample; one without an experiment is of the only one, if there is no other."""
    row = {**one.fields, "experiment": one.experiment or only, "replicate": one.replicate}
    row["culture"] = Known(one.name, "name of the sample")
    if one.name.lower() != without_ending(one.sample).lower():
        row[FILE] = Known(one.sample, "name of the sample")
    return row


def _content(row: Mapping[str, Known]) -> tuple[str, ...]:
    texts = (_text(row, column).lower() for column in _TELLING)
    return ("content", *("" if text == "none" else text for text in texts))


def _text(row: Mapping[str, Known], column: str) -> str:
    return row[column].text if column in row else ""
