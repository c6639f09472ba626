"""Which test files are near to a module."""

from pathlib import Path

from mutation.near import near_tests

FILES = {
    "src/coculture/toy/__init__.py": "",
    "src/coculture/toy/inner.py": "",
    "src/coculture/toy/outer.py": "from coculture.toy.inner import one\n",
    "src/coculture/toy/alone.py": "",
    "src/coculture/toy/shown.py": '"""\n>>> 1 + 1\n2\n"""\n',
    "tests/toy/shared.py": "from coculture.toy.outer import one\n",
    "tests/toy/test_by_shared.py": "from tests.toy.shared import two\n" + "#" * 200,
    "tests/toy/test_by_package.py": "from coculture.toy import (\n    first,\n    outer,\n)\n",
    "tests/toy/test_outer.py": "from coculture.toy.outer import one\n" + "#" * 300,
    "tests/toy/test_others.py": "from coculture.toy.outermost import one\n",
}


def test_its_own_tests_come_first_then_those_that_import_it(tmp_path: Path) -> None:
    _write(tmp_path)
    nearest = ["test_outer.py", "test_by_package.py", "test_by_shared.py"]
    assert near_tests(tmp_path, "src/coculture/toy/outer.py") == [
        f"tests/toy/{name}" for name in nearest
    ]


def test_a_module_that_no_test_imports_has_the_tests_of_those_that_use_it(tmp_path: Path) -> None:
    _write(tmp_path)
    of_outer = near_tests(tmp_path, "src/coculture/toy/outer.py")
    assert sorted(near_tests(tmp_path, "src/coculture/toy/inner.py")) == sorted(of_outer)
    assert near_tests(tmp_path, "src/coculture/toy/alone.py") == []


def test_the_examples_of_a_module_are_tests_of_it(tmp_path: Path) -> None:
    _write(tmp_path)
    assert near_tests(tmp_path, "src/coculture/toy/shown.py") == ["src/coculture/toy/shown.py"]


def _write(folder: Path) -> None:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
