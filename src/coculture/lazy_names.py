"""Names of a package that are imported from its modules when they are first used.

A run with nothing to do spends most of its time on imports, and needs a third of the modules.
"""

import importlib
import sys
from collections.abc import Callable, Mapping


def from_modules(package: str, modules: Mapping[str, str]) -> Callable[[str], object]:
    """`__getattr__` of a package (PEP 562).

    The package imports the same names under `TYPE_CHECKING`, where type checkers and the
    fingerprints of code (`coculture.running.fingerprint`) see them.

    Parameters
    ----------
    package
        Its name.
    modules
        Name -> the module that has it, below the package or with its full name.

    Examples
    --------
    >>> t_quantile = from_modules("coculture", {"t_quantile": "distributions"})("t_quantile")
    >>> round(t_quantile(0.975, 3), 9)
    3.182446305
    """

    def attribute(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = modules[name]
        full = module if module.startswith("coculture.") else f"{package}.{module}"
        value = getattr(importlib.import_module(full), name)
        setattr(sys.modules[package], name, value)
        return value

    return attribute
