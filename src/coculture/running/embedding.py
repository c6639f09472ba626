"""How the workflow finds its study, by itself or as a module of another Snakefile."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from coculture.exchange.problems import CocultureError

CONFIG_FILE = "configfile"
"""The key with which the Snakefile of another workflow names the config of a study."""


class NoStudyError(CocultureError):
    """It is not clear which study is meant."""


def own_config(files: Sequence[str | Path], changed: Mapping[str, Any], default: str) -> str:
    """The config of the study that the workflow itself was called with.

    Parameters
    ----------
    files
        What --configfile names.
    changed
        What --config sets.
    default
        The config where none is named.

    Raises
    ------
    NoStudyError
        If several files are named, or single keys are set.
    """
    if len(files) > 1 or changed:
        raise NoStudyError(
            "One study at a time, all of it in its own file: one --configfile and no --config."
        )
    return str(next(iter(files), default))


def config_of_module(given: Mapping[str, Any], files: Sequence[str | Path]) -> str:
    """The config of the study that a module is used for.

    Parameters
    ----------
    given
        What the module statement gives as `config`: {"configfile": path}, or the content of one of
        `files`.
    files
        The config files of the Snakefile that uses the module.

    Raises
    ------
    NoStudyError
        If it is neither.
    """
    named = given.get(CONFIG_FILE)
    if isinstance(named, str) and len(given) == 1:
        return named
    fitting = [str(path) for path in files if _content(Path(path)) == given]
    if not fitting:
        raise NoStudyError(
            "As a module, coculture needs the config file of a study, which is read whole. Name it "
            'in the module statement, config: {"configfile": "config/mine.yaml"}, or write config: '
            "config if the Snakefile has no configfile but that of the study, and no --config."
        )
    return fitting[0]


def in_turn(*calls: Callable[..., Any]) -> Callable[..., None]:
    """A handler that makes several calls, one after the other, with the same arguments."""

    def handler(*arguments: Any) -> None:
        for call in calls:
            call(*arguments)

    return handler


def _content(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None
