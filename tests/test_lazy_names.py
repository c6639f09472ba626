"""Names that packages import when they are first used."""

import ast
import importlib
import inspect

import pytest

PACKAGES = ("flow", "elisa", "comparison")


@pytest.mark.parametrize("name", PACKAGES)
def test_every_name_is_imported_where_fingerprints_of_code_see_it(name: str) -> None:
    package = importlib.import_module(f"coculture.{name}")
    imported = {
        alias.asname or alias.name: node.module
        for node in ast.walk(ast.parse(inspect.getsource(package)))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for one, module in package._MODULES.items():
        short = module if module.startswith("coculture.") else f"{package.__name__}.{module}"
        assert imported.get(one) == short, one
    assert set(package.__all__) <= set(imported)


@pytest.mark.parametrize("name", PACKAGES)
def test_every_name_of_a_package_is_there_and_no_module_hides_it(name: str) -> None:
    package = importlib.import_module(f"coculture.{name}")
    for module in package._MODULES.values():
        importlib.import_module(
            module if module.startswith("coculture.") else f"{package.__name__}.{module}"
        )
    for one in package.__all__:
        assert not inspect.ismodule(getattr(package, one)), one


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'gates'"):
        _ = importlib.import_module("coculture.flow").gates
