"""Whether the results are those of the study, and of the code, that are archived with them."""

from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import yaml

from coculture import provenance
from coculture.archive.archive_error import ArchiveError
from coculture.exchange import records, result_tables
from coculture.exchange.make_command import make_command
from coculture.running.raw_files import sha256
from coculture.study import Study

_MOST_NAMED = 3


def require_results(study: Study, results: Path, commit: provenance.Commit) -> None:
    """Refuse results that are unfinished, edited, or of another config, data or code.

    Raises
    ------
    ArchiveError
        With what is wrong.
    """
    listed = results / "checksums.txt"
    again = f"Run the study first: {make_command('run', study.path)}"
    if not (listed.is_file() and (results / "provenance" / "run.json").is_file()):
        raise ArchiveError(f"{results}: holds no finished run. {again}")
    digests = provenance.read_checksums(listed)
    edited = [name for name, digest in digests.items() if not _is(results / name, digest)]
    if edited:
        named = ", ".join(edited[:_MOST_NAMED])
        raise ArchiveError(
            f"{results}: {named} {'is' if len(edited) == 1 else 'are'} not as the run wrote "
            f"{'it' if len(edited) == 1 else 'them'}. Delete, and run again: "
            f"{make_command('run', study.path)}"
        )
    for what, are_same in (
        ("another config", _same_config(study, results)),
        ("other raw files", _same_raw_files(study, results)),
        ("other code of the workflow", _same_code(results, commit)),
    ):
        if not are_same:
            raise ArchiveError(f"{results}: made with {what} than there is now. {again}")


def _is(path: Path, digest: str) -> bool:
    return path.is_file() and sha256(path) == digest


def _same_config(study: Study, results: Path) -> bool:
    """Whether the config, with every default and the gates file, is that of the run."""
    now = yaml.safe_load(yaml.safe_dump(study.config))
    return bool(records.read_yaml(results / "study" / "config.yaml") == now)


def _same_raw_files(study: Study, results: Path) -> bool:
    made_of = result_tables.read(results / "study" / "files.csv").to_dict("records")
    return made_of == study.raw_files()


def _same_code(results: Path, commit: provenance.Commit) -> bool:
    made_by = records.read_json(results / "provenance" / "software.json")["workflow"]
    return bool(made_by == {"version": version("coculture"), **asdict(commit)})
