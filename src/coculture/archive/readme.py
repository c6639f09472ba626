"""The README of an archive: what it holds and how to run it again."""

from coculture.exchange.make_command import make_command
from coculture.exchange.vocabulary import many
from coculture.provenance import Commit

_TEXT = """\
# {title}

The study `{study}` as it was run with coculture {version} ({code}): its config, tables, results and
their provenance, the code that made them, and the locked list of packages.

- `results/{study}/report.html`: the page with the findings. It needs a browser and no network.
- `results/{study}/report.xlsx`: every table. `results/{study}/columns.csv` explains their columns.
- `{config}`: the config. Its tables: {tables}.
- `results/{study}/checksums.txt`: whether a result has changed
  (`cd results/{study} && sha256sum --check checksums.txt`).
- `results/{study}/provenance/`: raw files with SHA-256, gates, curves, versions, command.
- `README-workflow.md`: the workflow itself.

## Raw files

{raw}

## Run it again

You need Linux, macOS or Windows with WSL, and Python 3.11 or newer with pip and make.

    {check}   # installs the locked packages, then checks the files
    {again}   # runs the study into the folder again/, and compares

The last prints what differs from these results, in words, or that all is the same, byte for byte.
Other versions of Python and other processors may change the last digits of numbers, and so bytes.
"""
_INCLUDED = "They are included ({files}), each where its table says."
_BY_CHECKSUM = """\
They are not included ({files}). `{record}` has the SHA-256 of each;
`make check` names every file that is missing, its SHA-256 and the folder to put it into."""
_MADE = "They are simulated: the workflow writes them itself when they are needed."
_MOVED = """

Folders that lay outside the study are in `outside/`; `{record}` says which is which."""


def readme(
    *,
    study: str,
    title: str,
    version: str,
    commit: Commit,
    config: str,
    tables: list[str],
    raw_files: int,
    with_raw: bool,
    is_made: bool,
    record: str,
    has_outside: bool,
) -> str:
    """The text of the README; places are paths below the archive's top folder."""
    if is_made:
        raw = _MADE
    else:
        raw = (_INCLUDED if with_raw else _BY_CHECKSUM).format(
            files=many(raw_files, "file"), record=record
        )
    return _TEXT.format(
        title=title or study,
        study=study,
        version=version,
        code=_code(commit),
        config=config,
        check=make_command("check", config),
        again=make_command("again", config),
        tables=", ".join(f"`{name}`" for name in tables) or "written by the workflow",
        raw=raw + (_MOVED.format(record=record) if has_outside else ""),
    )


def _code(commit: Commit) -> str:
    if commit.commit is None:
        return "its commit is not known"
    changed = " with uncommitted changes, which are included" if commit.uncommitted_changes else ""
    return f"git commit {commit.commit}{changed}"
