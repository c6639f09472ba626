"""The command that a message tells the user to type."""

import shlex
from pathlib import Path


def make_command(verb: str, config: str | Path) -> str:
    """`make` with a study, whose path may have spaces and quotes.

    >>> make_command("run", "config/mine.yaml"), make_command("pin", "my study.yaml")
    ('make run STUDY=config/mine.yaml', "make pin STUDY='my study.yaml'")
    """
    return f"make {verb} STUDY={shlex.quote(str(config))}"
