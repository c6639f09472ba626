"""What a step is made from, and how its files are handed over."""

from collections.abc import Callable

import pytest

from coculture.running.step import Files, Step, Steps, by_name, flat

Make = Callable[..., Step]


def test_the_same_step_has_the_same_fingerprint(script: Make) -> None:
    assert script("pass", a=1).made_from == script("pass", a=1).made_from


@pytest.mark.parametrize(
    "change",
    [
        {"body": "return"},
        {"a": 2},
        {"a": "1"},
        {"a": {"x": 1, "y": 2}},
        {"more": None},
    ],
)
def test_code_and_parameters_change_it(script: Make, change: dict[str, object]) -> None:
    before = script("pass", a=1).made_from
    given = {"a": 1, **change}
    body = str(given.pop("body", "pass"))
    assert script(body, **given).made_from != before


def test_a_change_reaches_every_step_after_it(script: Make) -> None:
    def last(threshold: int) -> Step:
        first = script("pass", name="first", threshold=threshold)
        middle = script("pass", name="middle", after=[first])
        return script("pass", name="last", after=[middle])

    assert last(1).made_from == last(1).made_from
    assert last(1).made_from != last(2).made_from


def test_what_all_steps_depend_on_changes_all(script: Make) -> None:
    folder = script("pass").script.parent
    one, other = Steps(folder, "packages"), Steps(folder, "other packages")
    assert one.step("own").made_from != other.step("own").made_from


def test_the_order_of_keys_counts(script: Make) -> None:
    """The order of arms in the config is their order in every table."""
    one = script("pass", factors={"dex": 0, "il1ra": 0})
    other = script("pass", factors={"il1ra": 0, "dex": 0})
    assert one.made_from != other.made_from


def test_a_part_is_in_the_name(script: Make) -> None:
    assert script("pass", part="E1").name == "own/E1"
    assert script("pass").name == "own"


def test_files_are_plain_text_by_name() -> None:
    class Path(str):
        pass

    files = by_name({"one": Path("a"), "several": (Path("b"), Path("c")), "none": []})
    assert files == {"one": "a", "several": ["b", "c"], "none": []}
    assert type(files["one"]) is str
    assert flat(files) == ["a", "b", "c"]
    assert Files(**files).several == Files(**files)["several"] == ["b", "c"]
