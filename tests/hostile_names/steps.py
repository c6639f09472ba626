"""Steps of the workflow in this process, by its scripts."""

import importlib.util
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from coculture.running.step import Files

SCRIPTS = Path(__file__).parents[2] / "scripts"
ENDINGS = (".svg", ".png", ".csv", ".json")


@dataclass
class Steps:
    """Runs steps.

    Attributes
    ----------
    results
        The folder of the results.
    made
        The results that the steps were asked for.
    """

    results: Path
    made: list[str] = field(default_factory=list)

    def run(
        self, script: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any], **parameters: Any
    ) -> None:
        """Run the script; every output has to be there then."""
        found = importlib.util.spec_from_file_location(script, SCRIPTS / f"{script}.py")
        assert found is not None
        assert found.loader is not None
        module = importlib.util.module_from_spec(found)
        found.loader.exec_module(module)
        paths = [
            path for one in outputs.values() for path in ([one] if isinstance(one, str) else one)
        ]
        for path in paths:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        module.main(Files(**inputs), Files(**outputs), SimpleNamespace(**parameters))
        assert all(Path(path).is_file() for path in paths), script
        self.made += paths

    def files(self, folder: str, **endings: str) -> dict[str, Any]:
        """Files in a folder of the results, each called by its name and ending."""
        return {
            name: str(self.results / folder / f"{name}{ending}") for name, ending in endings.items()
        }

    def figures(self, folder: str, names: Iterable[str]) -> dict[str, list[str]]:
        """The files of each figure."""
        place = self.results / "figures" / folder
        return {name: [str(place / f"{name}{ending}") for ending in ENDINGS] for name in names}
