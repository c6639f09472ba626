"""What is said of a value that its schema does not allow."""

from typing import Any

from coculture.study.schema import faults


def test_each_missing_key_is_said_once() -> None:
    schema: dict[str, Any] = {"type": "object", "required": ["a", "b", "c"], "properties": {}}
    assert [path for path, _, _ in faults({}, schema)] == [("a",), ("b",), ("c",)]
