"""Pinned raw files: a study refuses to run if a file has another SHA-256 than was recorded."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from coculture.exchange.make_command import make_command
from coculture.exchange.problems import Problem
from coculture.provenance import checksum_lines, read_checksums
from coculture.study.checksums import Checksums

KEY = "raw_data_checksums"


def problems(
    config: str, written: str, used: Iterable[str], checksums: Checksums
) -> Iterator[Problem]:
    """Raw files that differ from the pinned ones, or that are not pinned.

    Parameters
    ----------
    config
        The study's config, as its problems name it.
    written
        The file of checksums that the config names, relative to the config; its names are relative
        to itself.
    used
        Paths of the raw files that the study reads, each of which is there.
    checksums
        Of these files, as they are now.
    """
    place = Path(config).parent / written
    try:
        pinned = read_checksums(place)
    except OSError as error:
        why = f"cannot be read ({error.strerror}). Create it with: {make_command('pin', config)}"
        yield Problem(config, why, None, KEY, written)
        return
    except ValueError as error:
        yield Problem(config, str(error), None, KEY, written)
        return
    expected = {_absolute(place.parent / name): digest for name, digest in pinned.items()}
    again = f"If the change is intended, pin again: {make_command('pin', config)}"
    for path in sorted(set(used)):
        digest = expected.get(_absolute(Path(path)))
        if digest is None:
            message = f"is used but is not in {written}. {again}"
            yield Problem(config, message, None, KEY, path)
        elif digest != checksums.of(path):
            message = (
                f"differs from the file pinned in {written} (SHA-256 {digest[:12]}..., now "
                f"{checksums.of(path)[:12]}...). Restore the pinned file. {again}"
            )
            yield Problem(config, message, None, KEY, path)


def write(place: Path, used: Iterable[str]) -> None:
    """Write the checksums of the files `used` to the file `place`, names relative to it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    text = checksum_lines(used, place.parent)
    place.write_text(text, encoding="utf-8")


def _absolute(path: Path) -> Path:
    return path.absolute().resolve()
