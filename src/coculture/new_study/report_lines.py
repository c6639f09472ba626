"""What was found and guessed, in lines to print."""

from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path

from coculture.exchange.vocabulary import listed, many
from coculture.new_study.config_text import FinishedNumbers
from coculture.new_study.exports import experiment_in
from coculture.new_study.found import Found
from coculture.new_study.study_workbook import Added
from coculture.study import treatments

_NOTHING_ADDED = "nothing was added; all that was found is there already"
_SHOWN = 5
"""Names that are shown with what a pattern finds in them."""


def report(found: Found, new_maps: Collection[str]) -> Iterator[str]:
    """What was found; `new_maps` are the titles of the maps that the workbook did not have."""
    for text in found.not_read:
        yield f"Not read: {text}"
    if found.tubes:
        roles = Counter(tube.role.role.text for tube in found.tubes)
        counted = ", ".join(f"{count} {role}" for role, count in roles.most_common())
        yield f"{many(len(found.tubes), 'FCS file')}: {counted}."
        for name, what in consists_of(found):
            yield f"  experiment {name}: {what}"
    yield from _pattern_report(found)
    yield from _numbers_report(found)
    if found.exports.plates:
        names = [plate.name for plate in found.exports.plates]
        yield f"{many(len(names), 'ELISA plate')}: {listed(names)}."
    for name, what in consists_of(found) if not found.tubes else ():
        yield f"  experiment {name}: {what}"
    if found.labelled:
        yield f"The labels of the ELISA plates name {many(len(found.labelled), 'culture')}."
    for own in found.maps:
        added = f", with the lines {listed(own.added)}" if own.added else ""
        is_new = own.title in new_maps
        done = f"copied{added}" if is_new else "was there and is unchanged"
        yield f'Plate map "{own.title}": {done}.'
    for title in found.sheets_that_are_no_map:
        yield f'Sheet "{title}" of the plate maps has no grid of wells and was not copied.'


def _pattern_report(found: Found) -> Iterator[str]:
    samples = [tube for tube in found.tubes if tube.is_sample]
    if found.pattern is None:
        if samples and not any(own.table == "cultures" for own in found.maps):
            yield (
                "The names of the tubes do not say what they are. Fill in the plate maps of the "
                "cultures, or give a pattern: "
                'PATTERN="{experiment}-{cells}-{treatment}-{replicate}".'
            )
        return
    matched = [tube for tube in samples if tube.fields]
    yield (
        f"Names are read by the pattern {found.pattern.text}: {len(matched)} of {len(samples)} "
        "samples match. For example:"
    )
    for tube in matched[:_SHOWN]:
        fields = ", ".join(f"{key} {text}" for key, text in tube.fields.items())
        yield f"  {tube.facts.tube.text}: {fields}"
    for tube in [tube for tube in samples if not tube.fields][:_SHOWN]:
        yield f"  {tube.facts.tube.text}: no match"
    named = {tube.fields.get("experiment", "") for tube in matched} - {""}
    if len(named) > len(found.experiments):
        yield (
            f"The names have {len(named)} experiments ({listed(sorted(named))}), but by their "
            f"times the files are of {len(found.experiments)}. Files of one day are no independent "
            "repeats; correct the column experiment if the times are wrong."
        )


def _numbers_report(found: Found) -> Iterator[str]:
    for table in found.numbers:
        endpoints = many(len(table.endpoints), "endpoint")
        yield f"{table.path.name}: {many(table.values, 'number')} of {endpoints}."
        yield from (f"  {text}" for text in table.problems[:_SHOWN])
        if len(table.problems) > _SHOWN:
            yield f"  {many(len(table.problems) - _SHOWN, 'more problem')}; make check lists them."
        if table.not_used:
            yield f"  not read as measurements: {listed(table.not_used)}"
        for name, word in table.controls.items():
            yield f'  no culture, by "{word}" in the name: {name}'
    sampled = found.sampled
    if sampled.wells:
        yield f"{many(sampled.wells, 'sample')} are wells; plate maps say what is in them."
    for path, pattern in sampled.patterns.items():
        yield f"Names in {path.name} are read by the pattern {pattern.text}."
    said = [one for one in sampled.cultures if treatments.COLUMN in one.fields]
    if sampled.cultures:
        yield f"What samples are is read of {len(said)} of {len(sampled.cultures)}. For example:"
    for one in said[:_SHOWN]:
        known = {"experiment": one.experiment, **one.fields, "replicate": one.replicate}
        fields = ", ".join(f"{key} {what.text}" for key, what in known.items() if what)
        yield f"  {one.sample}: {fields}"
    for one in [one for one in sampled.cultures if one not in said][:_SHOWN]:
        yield f"  {one.sample}: not read; fill in its row"


def to_add(numbers: FinishedNumbers | None, config: Path) -> Iterator[str]:
    """What a config that was there lacks of the tables of finished numbers."""
    if numbers is None:
        return
    text = config.read_text(encoding="utf-8")
    if any(path not in text for path, _ in numbers.tables):
        yield f"  In its tables: write values: {numbers.tables_text()}"
    lacking = {one: why for one, why in numbers.files_not_used.items() if one not in text}
    for name, reason in lacking.items():
        yield f"  In its values: files_not_used: add {name}: {reason}"


def consists_of(found: Found) -> Iterator[tuple[str, str]]:
    for number in sorted(found.experiments):
        tubes = [tube for tube in found.tubes if tube.session == number]
        times = sorted(one.facts.started for one in tubes if one.facts.started is not None)
        form = "%Y-%m-%d %H:%M" if any(one.hour or one.minute for one in times) else "%Y-%m-%d"
        days = list(dict.fromkeys(format(one, form) for one in times))
        when = f", acquired {' to '.join(days[:1] + days[1:][-1:])}" if days else ""
        name = found.experiments[number].text
        plates = [one.name for one in found.exports.plates if experiment_in(one.name) == name]
        samples = {one.content for one in found.sampled.cultures if one.experiment.text == name}
        tables = [path.name for path, one in found.sampled.of_tables.items() if one.text == name]
        parts = [f"{many(len(tubes), 'FCS file')}{when}"] if tubes else []
        parts += [many(len(plates), "ELISA plate")] if plates and not tubes else []
        parts += [many(len(samples), "culture") + " in tables"] if samples else []
        yield name, ", ".join(parts) or f"the table {listed(tables)}"


def maps_to_fill_in(added: Added, book: Path, new_config: Path | None) -> Iterator[str]:
    """What to do where nothing says what is in the wells of ELISA plates.

    `new_config`: the config, if it was not there before; so nothing of the person's is in it.
    """
    elisa = [title for title in added.empty_maps if title.startswith("elisa ")]
    if not elisa:
        return
    plates = many(len(elisa), "ELISA plate")
    missing = f"The plate map{'s' * (len(elisa) > 1)} of {plates} {_are(len(elisa))} missing"
    sheets = listed(f'"{title}"' for title in added.empty_maps)
    to_do = f"Fill in the yellow cells of {sheets}"
    if not added.has_cultures:
        to_do += ', and add a sheet "cultures" with a row for each culture'
    if new_config is not None:
        to_do += (
            f"; or delete {book} and {new_config}, and run make new again with MAPS=, the workbook "
            "of your plate maps"
        )
    yield f"{missing}: nothing says what is in the wells. {to_do}. See docs/plate-maps.md."


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def was_added(added: Added) -> str:
    """What the workbook got, in words."""
    parts = [f"{many(count, 'row')} of {title}" for title, count in added.rows.items()]
    parts += [f'the plate map "{title}"' for title in added.maps]
    parts += [f'the empty plate map "{title}"' for title in added.empty_maps]
    return f"added {', '.join(parts)}" if parts else _NOTHING_ADDED


def next_steps(name: str, book: Path, config: Path) -> list[str]:
    return [
        "Next:",
        f"  1. Open {book}: fill in the yellow cells, look at the blue ones (guesses; the comment "
        "of a cell says where it is from).",
        f"  2. Open {config}: confirm the number of experiments, fill in each ?, and uncomment "
        "your findings.",
        f"  3. make check STUDY=config/{name}.yaml, then make run STUDY=config/{name}.yaml",
    ]
