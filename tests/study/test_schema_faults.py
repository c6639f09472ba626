"""What is said of a value that its schema does not allow."""

from typing import Any

import pytest

from coculture.study.schema import faults


def test_each_missing_key_is_said_once() -> None:
    schema: dict[str, Any] = {"type": "object", "required": ["a", "b", "c"], "properties": {}}
    assert [path for path, _, _ in faults({}, schema)] == [("a",), ("b",), ("c",)]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (12, "must be text; put it in quotes."),
        (True, "must be text; put it in quotes."),
        ({"a": 1}, "must be text."),
        (["a"], "must be text."),
        (None, "must be text."),
    ],
)
def test_quotes_are_advised_where_yaml_reads_text_as_something_else(value: Any, said: str) -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {"name": {"type": "string"}}}
    ((_, _, message),) = faults({"name": value}, schema)
    assert message == said


def test_of_several_forms_the_fault_is_that_of_the_form_that_fits_best() -> None:
    number = {"type": "number"}
    named = {"type": "object", "properties": {"limit": number}}
    schema: dict[str, Any] = {"type": "object", "properties": {"a": {"anyOf": [number, named]}}}
    found = [(path, message) for path, _, message in faults({"a": {"limit": "x"}}, schema)]
    assert found == [(("a", "limit"), "must be a number.")]
