"""The JSON Schemas of the config and of each table: loading, defaults, and problems in words.

The schemas are in schemas/ beside this file. Their descriptions are the documentation of every key
and column, so nothing here repeats what they say.
"""

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from coculture.comparison.findings import KINDS, FindingKind
from coculture.comparison.quantities.kind import QuantityKind
from coculture.comparison.quantities.registry import KINDS as QUANTITIES
from coculture.comparison.settings import LIMITS
from coculture.exchange.vocabulary import nearest

FOLDER = Path(__file__).parent / "schemas"

Schema = Mapping[str, Any]

_NOT_ALLOWED: Schema = {"not": {}}
"""Accepts no value. (Errors of the schema `false` lack the key.)"""


def schema(name: str) -> Schema:
    """The schema `name` ("config", "cultures.table", ...) with every reference resolved."""
    return _load(FOLDER / f"{name}.schema.yaml")


@cache
def _load(path: Path) -> Schema:
    document = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    if path.name == "comparison.schema.yaml":
        _add_finding_kinds(document)
        _add_quantity_kinds(document)
    resolved: Schema = _inline(document, document, path.parent)
    return resolved


def _add_finding_kinds(document: dict[str, Any]) -> None:
    """Complete the schema of a finding with the keys and rules of every kind of finding."""
    finding = document["$defs"]["finding"]
    properties = finding["properties"]
    properties["kind"] = {
        "description": "; ".join(f"{kind.name} - {kind.description}" for kind in KINDS) + ".",
        "enum": [kind.name for kind in KINDS],
    }
    for kind in KINDS:
        properties |= kind.keys
    for limit in LIMITS:
        rule = dict(document["properties"][limit])
        rule.pop("default", None)
        properties[limit] = rule | {
            "description": f"For this finding, instead of the {limit} of the section."
        }
    finding["allOf"] = [_rules_of_kind(kind) for kind in KINDS]


def _add_quantity_kinds(document: dict[str, Any]) -> None:
    """Complete the schema of an endpoint with the keys and rules of every kind of quantity."""
    endpoint = document["$defs"]["endpoint"]
    properties = endpoint["properties"]
    properties["measure"] = {
        "description": "; ".join(f"{kind.name} - {kind.description}" for kind in QUANTITIES) + ".",
        "enum": [kind.name for kind in QUANTITIES],
    }
    for kind in QUANTITIES:
        properties |= kind.keys
    endpoint["allOf"] = [_rules_of_quantity(kind) for kind in QUANTITIES]


def _rules_of_quantity(kind: QuantityKind) -> dict[str, Any]:
    """Its required keys; keys of other kinds are not allowed."""
    others = {key for other in QUANTITIES for key in other.keys} - set(kind.keys)
    properties: dict[str, Any] = dict.fromkeys(sorted(others), _NOT_ALLOWED)
    return {
        "if": {"properties": {"measure": {"const": kind.name}}, "required": ["measure"]},
        "then": {"required": list(kind.required), "properties": properties},
    }


def _rules_of_kind(kind: FindingKind) -> dict[str, Any]:
    """Its required keys; keys and limits of other kinds are not allowed."""
    others = {key for other in KINDS for key in other.keys} - set(kind.keys)
    others |= set(LIMITS) - set(kind.limits)
    properties: dict[str, Any] = dict.fromkeys(sorted(others), _NOT_ALLOWED)
    return {
        "if": {"properties": {"kind": {"const": kind.name}}, "required": ["kind"]},
        "then": {"required": list(kind.required), "properties": properties},
    }


def _inline(node: Any, document: Mapping[str, Any], folder: Path) -> Any:
    if isinstance(node, list):
        return [_inline(item, document, folder) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" not in node:
        return {
            key: _inline(value, document, folder) for key, value in node.items() if key != "$defs"
        }
    target: str = node["$ref"]
    if target.startswith("#/"):
        found: Any = document
        for part in target[2:].split("/"):
            found = found[part]
        referred = _inline(found, document, folder)
    else:
        referred = dict(_load(folder / target))
    beside = {key: value for key, value in node.items() if key != "$ref"}
    return {**referred, **_inline(beside, document, folder)}


def with_defaults(value: Any, schema: Schema | str | Path) -> Any:
    """A copy of `value` with every default of `schema` (or of the schema file) filled in.

    The keys are in the order of the schema, so that two configs that say the same are the same;
    those that the schema does not name keep their own order, which is that of arms and experiments.

    >>> with_defaults({"b": 1, "a": 2}, {"properties": {"a": {}, "hours": {"default": 48}}})
    {'a': 2, 'hours': 48, 'b': 1}
    """
    if isinstance(schema, str | Path):
        schema = _load(Path(schema))
    if isinstance(value, dict):
        properties: Mapping[str, Schema] = schema.get("properties", {})
        defaults = {
            key: copy.deepcopy(part["default"])
            for key, part in properties.items()
            if "default" in part
        }
        named = {key: (defaults | value)[key] for key in properties if key in defaults | value}
        filled = named | {key: one for key, one in value.items() if key not in named}
        other = schema.get("additionalProperties")
        return {
            key: with_defaults(one, properties.get(key, other if isinstance(other, dict) else {}))
            for key, one in filled.items()
        }
    if isinstance(value, list):
        return [with_defaults(item, schema.get("items", {})) for item in value]
    return value


def faults(value: Any, schema: Schema) -> Iterator[tuple[tuple[str | int, ...], Any, str]]:
    """Every violation of `schema` in `value`: the path to it, the value, and what to do."""
    errors = jsonschema.Draft202012Validator(schema).iter_errors(value)
    said: set[tuple[tuple[str | int, ...], str]] = set()
    for error in sorted(errors, key=lambda error: [str(part) for part in error.absolute_path]):
        for path, found, message in _plain(error):
            # There is an error for each key that is missing, and each names them all.
            if (path, message) not in said:
                said.add((path, message))
                yield path, found, message


def _plain(
    error: jsonschema.ValidationError,
) -> Iterator[tuple[tuple[str | int, ...], Any, str]]:
    path = tuple(error.absolute_path)
    rule: Any = error.schema
    expected: Any = error.validator_value
    value: Any = error.instance
    if rule == _NOT_ALLOWED:
        yield path, None, "this key belongs to another kind; remove it."
        return
    if error.validator == "additionalProperties":
        known = list(rule.get("properties", {}))
        for key in value:
            if key not in known:
                yield (*path, key), None, f"unknown key. {nearest(str(key), known)}"
        return
    if error.validator == "required":
        for key in expected:
            if key not in value:
                about = rule.get("properties", {}).get(key, {}).get("description", "")
                yield (*path, key), None, f"this key is missing. {about}".rstrip()
        return
    if error.validator in ("anyOf", "oneOf") and error.context:
        deepest = max(error.context, key=lambda inner: len(inner.absolute_path))
        if len(deepest.absolute_path) > len(error.absolute_path):
            yield from _plain(deepest)
            return
    yield path, value, _wording(error)


def _wording(error: jsonschema.ValidationError) -> str:
    expected: Any = error.validator_value
    rule: Any = error.schema
    about = rule.get("description", "")
    wordings: dict[str, Callable[[], str]] = {
        "type": lambda: f"must be {_type_names(expected)}{_in_quotes(error.instance, expected)}",
        "enum": lambda: f"must be one of {_listed(expected)}",
        "const": lambda: f"must be {json.dumps(expected)}",
        "minimum": lambda: f"must not be below {expected:g}",
        "maximum": lambda: f"must not be above {expected:g}",
        "exclusiveMinimum": lambda: f"must be above {expected:g}",
        "exclusiveMaximum": lambda: f"must be below {expected:g}",
        "minItems": lambda: f"needs at least {expected} entries",
        "maxItems": lambda: f"must not have more than {expected} entries",
        "minLength": lambda: "must not be empty",
        "maxLength": lambda: f"must not be longer than {expected} characters",
        "minProperties": lambda: "must not be empty",
        "uniqueItems": lambda: "must not contain the same entry twice",
        "pattern": lambda: "has a form that is not allowed",
    }
    plain = wordings.get(str(error.validator), lambda: str(error.message))()
    return f"{plain}. {about}".rstrip() if about else f"{plain}."


def _type_names(names: str | Sequence[str]) -> str:
    words = {
        "string": "text",
        "number": "a number",
        "integer": "a whole number",
        "boolean": "true or false",
        "object": "a set of keys",
        "array": "a list",
        "null": "null",
    }
    listed = [names] if isinstance(names, str) else names
    return " or ".join(words[name] for name in listed)


def _in_quotes(value: Any, expected: str | Sequence[str]) -> str:
    """Advice for text that YAML reads as a number, a date or a yes."""
    read_as_another = not isinstance(value, dict | list | None)
    return "; put it in quotes" if "string" in expected and read_as_another else ""


def _listed(values: Sequence[Any]) -> str:
    return ", ".join("null" if value is None else str(value) for value in values)
