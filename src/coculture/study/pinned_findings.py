"""The findings as they were stated, in a file for version control: `make pin-findings`.

It needs the config alone, so that it can be done before anything is measured. Each pin is added to
the file and none is removed. That nobody has changed the file or the clock is shown by version
control: who needs proof commits it, or registers it, when it is made.
"""

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from coculture.comparison.findings import kind_of
from coculture.comparison.pin import FORM, changes
from coculture.comparison.settings import LIMITS
from coculture.exchange import records
from coculture.exchange.make_command import make_command
from coculture.exchange.problems import Problem, StudyError

KEY = "pinned_findings"
_OF_ALL = ("endpoints", "analytes", "families")
"""Keys of the config's section `comparison` that the meaning of findings depends on."""


def statement(config: Mapping[str, Any]) -> dict[str, Any]:
    """What the config states: its findings with every limit, and what these depend on.

    Returns
    -------
    Plain values: findings, factors, reference cells, and the keys `_OF_ALL` that the config has.
    """
    section = config["comparison"]
    stated = {
        "findings": [_with_limits(one, section) for one in section["findings"]],
        **{key: section[key] for key in _OF_ALL if section.get(key)},
        "factors": config["factors"],
        "reference cells": config["cells"]["reference"],
    }
    plain: dict[str, Any] = json.loads(json.dumps(stated))
    return plain


def _with_limits(finding: Mapping[str, Any], section: Mapping[str, Any]) -> dict[str, Any]:
    """A finding with the limits that it takes from the section, and its words on one line."""
    used = kind_of(finding["kind"]).limits
    limits = {limit: finding.get(limit, section.get(limit)) for limit in LIMITS if limit in used}
    words = {key: " ".join(str(finding.get(key, "")).split()) for key in ("statement", "caveat")}
    return {**finding, **words, **{key: one for key, one in limits.items() if one is not None}}


def pin(config_path: Path, config: Mapping[str, Any], now: datetime.datetime) -> tuple[Path, bool]:
    """Add the findings of a config to the file of pins; whether they were not the last in it.

    The file is the one that the config names, or a new one beside it.

    Raises
    ------
    StudyError
        If the file that the config names is no file of pins.
    """
    place = config_path.parent / (config[KEY] or f"{config['study']}.findings.yaml")
    stated = statement(config)
    pins = _read(place, str(config_path)) if place.exists() else []
    if pins and not changes(pins[-1]["stated"], stated):
        return place, False
    at = now.astimezone(datetime.UTC).strftime(FORM)
    place.parent.mkdir(parents=True, exist_ok=True)
    records.write_yaml({"pins": [*pins, {"pinned": at, "stated": stated}]}, place)
    return place, True


def read(config_path: Path, config: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """When the findings in force were pinned, and what has changed since; empty without a pin.

    Of several pins the first that is what the config states counts, else the last; the times of all
    that are what it states, and of the others, are given too.

    Returns
    -------
    Plain values for a step's parameters, which `Pin.of` reads: pinned, changes, same, others. And
    the problem of a file that cannot be read.
    """
    written = config[KEY]
    if not written:
        return {}, []
    try:
        pins = _read(config_path.parent / written, str(config_path))
    except StudyError as error:
        return {}, list(error.problems)
    stated = statement(config)
    found = [(one["pinned"], changes(one["stated"], stated)) for one in pins]
    at, differing = next((one for one in found if not one[1]), found[-1])
    listed = [[one.finding, one.key, one.before, one.now] for one in differing]
    same, others = ([at for at, change in found if bool(change) is each] for each in (False, True))
    return {"pinned": at, "changes": listed, "same": same, "others": others}, []


def _read(place: Path, config: str) -> list[dict[str, Any]]:
    def refused(why: str) -> StudyError:
        again = f"Create it with: {make_command('pin-findings', config)}"
        return StudyError([Problem(config, f"{why} {again}", None, KEY, str(place))])

    try:
        content = records.read_yaml(place)
    except OSError as error:
        raise refused(f"cannot be read ({error.strerror}).") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise refused("is not a file of pinned findings; it was damaged.") from error
    pins = content.get("pins") if isinstance(content, dict) else None
    if not isinstance(pins, list) or not pins or not all(map(_is_pin, pins)):
        raise refused("is not a file of pinned findings.")
    return pins


def _is_pin(one: object) -> bool:
    if not isinstance(one, dict) or not isinstance(one.get("stated"), dict):
        return False
    try:
        datetime.datetime.strptime(str(one.get("pinned")), FORM)
    except ValueError:
        return False
    findings = one["stated"].get("findings")
    return isinstance(findings, list) and all(
        isinstance(each, dict) and "id" in each for each in findings
    )
