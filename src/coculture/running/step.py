"""One step of a study: a script, what it is given, and the fingerprint of what it is made from."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from coculture.running import fingerprint

Main = Callable[[Any, Any, Any], None]
"""`main(inputs, outputs, parameters)` of a script."""


@dataclass(frozen=True)
class Step:
    """One step of a study.

    Attributes
    ----------
    script
        The file in scripts/ whose `main` does the work; its name is the step's.
    part
        The experiment or plate, where the step is done for each; else empty.
    parameters
        What the script gets besides files.
    made_from
        Fingerprint of everything that its results depend on: its code, the packages, its
        parameters, and the same of every step whose results it reads. Dates are not in it.
    sources
        `made_from` of every step that it depends on, directly or through others.
    """

    script: Path
    part: str
    parameters: Mapping[str, Any]
    made_from: str
    sources: frozenset[str]

    @property
    def name(self) -> str:
        """The script's name without .py, with the part: flow_gate/E1."""
        return f"{self.script.stem}/{self.part}" if self.part else self.script.stem


Plan = Sequence[tuple[Step, Sequence[str]]]
"""Every step that a study has now, with the files that it writes."""


class Steps:
    """Makes the steps of a study.

    Parameters
    ----------
    scripts
        The folder of the scripts.
    depend_on
        Fingerprints of what every step depends on, such as the installed packages.
    code
        Finds the fingerprints of the scripts.
    """

    def __init__(
        self, scripts: str | Path, *depend_on: str, code: fingerprint.Code | None = None
    ) -> None:
        self._scripts = Path(scripts).absolute()
        self._depend_on = depend_on
        self.code = (code or fingerprint.Code()).of_scripts(scripts)
        """Fingerprint of each script and the code that it imports, by the script's name."""

    def step(
        self, name: str, part: str = "", after: Iterable[Step] = (), **parameters: Any
    ) -> Step:
        """The step of the script `name`, which reads results of the steps `after`."""
        before = list(after)
        made_from = fingerprint.of_texts(
            self.code[name],
            *self._depend_on,
            json.dumps(parameters, default=str),
            *(one.made_from for one in before),
        )
        sources = frozenset().union(*({one.made_from, *one.sources} for one in before))
        return Step(self._scripts / f"{name}.py", part, parameters, made_from, sources)


Paths = str | list[str]


def by_name(files: Any) -> dict[str, Paths]:
    """The input or output of a workflow's job: paths by name, each as plain text.

    Parameters
    ----------
    files
        Has `items()`; a value is a path or a sequence of paths.
    """
    return {
        name: str(paths) if isinstance(paths, str) else [str(path) for path in paths]
        for name, paths in files.items()
    }


def flat(files: Mapping[str, Paths]) -> list[str]:
    """Every path in `files`."""
    return [
        path for paths in files.values() for path in ([paths] if isinstance(paths, str) else paths)
    ]


class Files(SimpleNamespace):
    """Paths as a script takes them: `inputs.wells`, or `outputs["wells"]`."""

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)
