"""The config of one study: read from YAML, checked, with defaults; each problem with its line."""

import math
import re
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from coculture.comparison.settings import Factor
from coculture.exchange import input_file, units
from coculture.exchange.problems import Problem, StudyError
from coculture.exchange.unicode_forms import composed
from coculture.study.schema import faults, schema, with_defaults
from coculture.study.table_files import tables_in
from coculture.study.workbook import WorkbookError

KeyPath = tuple[str | int, ...]


MOST_MB = 0.2
"""A config has 0.01, a file of gates of a hundred experiments 0.1."""
_MERGE = "tag:yaml.org,2002:merge"
_MOST_REPEATED = 100_000
"""Values that aliases may repeat: nine lines of ten aliases each would make a billion of them."""


class _OnceLoader(yaml.SafeLoader):
    """YAML as data only; a key that occurs twice is refused instead of overwritten."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            if key_node.tag == _MERGE:
                continue
            if not isinstance(key_node, yaml.ScalarNode):
                raise _not_allowed("a key is a list or has keys itself; write text", key_node)
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise _not_allowed(f'the key "{key}" occurs twice', key_node)
            seen.add(key)
        return super().construct_mapping(node, deep)

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> Any:
        value = super().construct_scalar(node)
        if isinstance(value, str) and any("\ud800" <= one <= "\udfff" for one in value):
            raise _not_allowed("half of a character (\\ud800 to \\udfff) is no text", node)
        # An escape ("e\\u0301") is read only here.
        return composed(value) if isinstance(value, str) else value


def _not_allowed(why: str, node: yaml.Node) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, why, node.start_mark)


def read(path: Path) -> tuple[dict[str, Any], list[Problem]]:
    """Read, check and complete the config at `path`.

    Returns
    -------
    The config with every default, and its problems. A key with a wrong value is reported and then
    ignored, so that the tables can be checked too.

    Raises
    ------
    StudyError
        If the file cannot be read, is not YAML, or lacks keys that the tables are checked by.
    """
    config, lines = parse(path)
    if isinstance(config.get("tables"), str):
        config["tables"] = _tables_of_workbook(path, config["tables"], lines)
    whole = schema("config")
    still_open = list(_open(config))
    wrong = [one for one in faults(config, whole) if one[1] != OPEN]
    found = [*wrong, *not_finite(config), *unprintable(config)]
    problems = [
        Problem(
            str(path),
            message,
            row=nearest_line(where, lines),
            column=".".join(map(str, where)),
            value=None if value is None or isinstance(value, dict | list) else str(value),
        )
        for where, value, message in [*still_open, *found]
    ]
    for where, _, _ in found:
        _leave_out(config, where)
    # What is open keeps its place where the schema allows: so it does not count as missing, too.
    for where, value, _ in list(faults(config, whole)):
        if value == OPEN:
            _leave_out(config, where)
    if list(faults(config, whole)):
        raise StudyError(problems)
    filled: dict[str, Any] = with_defaults(config, whole)
    for factor in filled["factors"]:
        if factor["untreated"] is None:
            factor["untreated"] = Factor.from_config(factor).untreated
        factor["unit"] = factor["unit"] and units.canonical(factor["unit"])
    for section, (*above, name), clashes in (
        (filled, ("factors",), _faulty_factors),
        (filled["comparison"], ("comparison", "findings"), _doubled_findings),
    ):
        clashing = clashes(section[name])
        for place, message in clashing.items():
            where = (*above, name, place)
            column = ".".join(map(str, where))
            problems.append(Problem(str(path), message, nearest_line(where, lines), column))
        section[name] = [one for place, one in enumerate(section[name]) if place not in clashing]
    for factor in filled["factors"]:
        factor["unit"] = Factor.from_config(factor).unit or None
    return filled, problems


def _tables_of_workbook(path: Path, written: str, lines: dict[KeyPath, int]) -> dict[str, str]:
    """The tables that one workbook has, each with its path as the config has it.

    Raises
    ------
    StudyError
        If the workbook cannot be read, or has no cultures.
    """
    try:
        return dict.fromkeys(tables_in(path.parent / written), written)
    except WorkbookError as error:
        row = nearest_line(("tables",), lines)
        raise StudyError([Problem(str(path), str(error), row, "tables", written)]) from error


def line_of(path: Path, key: KeyPath) -> int | None:
    """The line of a key in the config at `path`, which has been read before.

    Keys of a list are positions: ("comparison", "findings", 0). For a key that is not in the file,
    the line of the nearest key above it.
    """
    return nearest_line(key, parse(path)[1])


def _faulty_factors(factors: list[dict[str, Any]]) -> dict[int, str]:
    """Factors, by position, that clash with another or with themselves, and what to do."""
    fixed = schema("cultures.table")["properties"]
    clashing = {
        position: fault for position, factor in enumerate(factors) if (fault := _own_fault(factor))
    }
    for position, factor in enumerate(factors):
        earlier = factors[:position]
        if factor["column"] in fixed:
            clashing[position] = (
                f'the column "{factor["column"]}" of cultures.csv already has another meaning; '
                "use another column for the dose."
            )
        elif factor["column"] in [one["column"] for one in earlier]:
            clashing[position] = (
                f'the column "{factor["column"]}" is already used by another factor.'
            )
        elif factor["name"].lower() in [one["name"].lower() for one in earlier]:
            clashing[position] = f'another factor is already called "{factor["name"]}".'
    return clashing


def _own_fault(factor: dict[str, Any]) -> str:
    """What is wrong with the levels and the unit of a factor; empty if nothing is."""
    untreated, levels, unit = (factor[key] for key in ("untreated", "levels", "unit"))
    if not isinstance(untreated, str):
        if levels:
            return f"levels are names, so untreated must be one of them, not {untreated:g}."
        return _fault_of_unit(factor["column"], unit)
    if levels and untreated not in levels:
        return f'untreated is "{untreated}", which is not among levels: {", ".join(levels)}.'
    if unit:
        return f'its levels are names, so it has no unit; remove "{unit}".'
    if factor["adds_analyte"]:
        return "adds_analyte needs doses; a factor with names cannot add an analyte."
    return ""


def _fault_of_unit(column: str, unit: str | None) -> str:
    """The unit of doses is given, or is in the heading of their column; they do not disagree."""
    in_heading = units.of_dose("", column)
    if unit is None:
        return "" if in_heading else "this key is missing: unit, the unit of the dose."
    if in_heading not in ("", unit):
        return (
            f"the column {column} says {in_heading}, and unit says {unit}; correct the one that is "
            "wrong."
        )
    return ""


def _doubled_findings(findings: list[dict[str, Any]]) -> dict[int, str]:
    """Findings, by position, that repeat an earlier id, and what to do."""
    ids = [str(finding["id"]) for finding in findings]
    return {
        position: f'another finding already has the id "{name}"; give each finding a different id.'
        for position, name in enumerate(ids)
        if name in ids[:position]
    }


OPEN = "?"
"""What make new writes where something has to be filled in."""
STILL_OPEN = "is still open; fill it in, or delete the key."


def _open(node: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any, str]]:
    """Values that still have to be filled in."""
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in items if isinstance(node, dict | list) else ():
        if isinstance(value, dict | list):
            yield from _open(value, (*path, key))
        elif value == OPEN:
            yield (*path, key), value, STILL_OPEN


def not_finite(node: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any, str]]:
    """Numbers that are not finite (.nan, .inf), which the limits of a schema do not catch."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from not_finite(value, (*path, key))
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from not_finite(value, (*path, position))
    elif isinstance(node, int | float) and not _is_finite(node):
        yield path, node, "must be a finite number."


LONGEST_TEXT = 10_000
"""Characters of a text of the config: a page of a book has 3,000."""


def unprintable(node: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any, str]]:
    """Texts that a page or workbook cannot show: endless ones, and those with control signs."""
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from unprintable(value, (*path, key))
    elif isinstance(node, str):
        if len(node) > LONGEST_TEXT:
            yield path, None, f"has {len(node):,} characters; shorten it to {LONGEST_TEXT:,}."
        elif unseen := _CONTROL.search(node):
            yield (
                path,
                None,
                f"contains an invisible character (U+{ord(unseen[0]):04X}); retype it.",
            )


_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufffe\uffff]"
)
"""Without tab and line break, with the marks that turn the direction of a text around, and with
those that take no room, by which two names could look the same. Texts in Persian or Hindi need the
joiners (U+200C, U+200D)."""


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # of a whole number with more than 308 digits
        return False


def parse(
    path: Path, without_keys: str = "copy config/config.yaml and adapt it."
) -> tuple[dict[str, Any], dict[KeyPath, int]]:
    """The keys of a YAML file, and the line of each; `without_keys`: what to do if it has none.

    Raises
    ------
    StudyError
        If the file cannot be read, or is not YAML with keys.
    """
    shown = str(path)
    try:
        text = composed(input_file.read_bytes(path, MOST_MB).decode("utf-8-sig"))
    except OSError as error:
        raise StudyError([Problem(shown, f"cannot be read ({error.strerror}).")]) from error
    except UnicodeDecodeError as error:
        raise StudyError([Problem(shown, "is not UTF-8 text; save it as UTF-8.")]) from error
    try:
        loader = _OnceLoader(text)
        root = loader.get_single_node()
        if _repeated(root) > _MOST_REPEATED:
            raise ValueError("its aliases (*name) repeat too much; write the values out")
        # Before the values, which moves merged keys (<<) to where they are merged.
        lines = _lines(root)
        config = None if root is None else loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else None
        raise StudyError([Problem(shown, f"is not valid YAML: {error.problem}.", line)]) from error
    except RecursionError as error:
        why = "it is nested too deeply, or an alias (*name) is inside of what it names"
        raise StudyError([Problem(shown, f"is not valid YAML: {why}.")]) from error
    except (yaml.YAMLError, TypeError, ValueError) as error:
        why = " ".join(str(error).split())
        raise StudyError([Problem(shown, f"is not valid YAML: {why}.")]) from error
    if not isinstance(config, dict):
        raise StudyError([Problem(shown, f"has no keys; {without_keys}")])
    return config, lines


def _leave_out(config: Any, where: KeyPath) -> None:
    *above, last = where
    for part in above:
        config = config[part] if _has(config, part) else None
    if isinstance(config, dict):
        config.pop(last, None)


def _has(node: Any, part: str | int) -> bool:
    return (isinstance(node, dict) and part in node) or (
        isinstance(node, list) and isinstance(part, int) and part < len(node)
    )


def _repeated(root: yaml.Node | None) -> int:
    """How many values stand there only because aliases repeat them."""
    sizes: dict[int, int] = {}

    def size(node: Any) -> int:
        if id(node) not in sizes:
            sizes[id(node)] = 0  # of an alias inside of what it names
            inner = node.value if isinstance(node, yaml.CollectionNode) else ()
            of_inner = (
                sum(map(size, one)) if isinstance(one, tuple) else size(one) for one in inner
            )
            sizes[id(node)] = 1 + sum(of_inner)
        return sizes[id(node)]

    return size(root) - len(sizes)


def _lines(node: yaml.Node | None, path: KeyPath = ()) -> dict[KeyPath, int]:
    found: dict[KeyPath, int] = {}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue  # refused when the values are made
            here = (*path, key.value)
            found[here] = key.start_mark.line + 1
            found |= _lines(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            here = (*path, position)
            found[here] = value.start_mark.line + 1
            found |= _lines(value, here)
    return found


def nearest_line(path: KeyPath, lines: Mapping[KeyPath, int]) -> int | None:
    """The line of the key, or of the nearest key above it that is in the file."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None
