"""Results that are not tables (JSON, YAML): the same bytes on every machine."""

import json
from pathlib import Path
from typing import Any

import yaml


def read_json(path: str | Path) -> Any:
    """What the JSON file at `path` holds."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def write_json(value: Any, path: str | Path) -> None:
    """Write plain values to `path` as JSON; letters of every alphabet stay readable."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    Path(path).write_text(text + "\n", encoding="utf-8")


def write_compact_json(value: Any, path: str | Path) -> None:
    """Write plain values to `path` as JSON without spaces: data for programs."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    Path(path).write_text(text + "\n", encoding="utf-8")


def read_yaml(path: str | Path) -> Any:
    """What the YAML file at `path` holds, as data only."""
    return yaml.safe_load(Path(path).read_text(encoding="utf-8"))


def write_yaml(value: Any, path: str | Path) -> None:
    """Write plain values to `path` as YAML, keys in the order given."""
    text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True)
    Path(path).write_text(text, encoding="utf-8")
