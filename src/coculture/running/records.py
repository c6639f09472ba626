"""What each step of a study made, from what, and how long it took: one small file for each step.

They show which files a study's results consist of, so that those of parts that the study no longer
has are found, and whether a result is still what its step wrote.
"""

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from coculture.running.raw_files import sha256
from coculture.running.step import Step
from coculture.running.work import Outcome


@dataclass(frozen=True)
class Record:
    """One step that was begun.

    Attributes
    ----------
    step
        Its name and part: flow_gate/E1.
    made_from
        Fingerprint of all that its results depend on.
    made
        SHA-256 of each file by its path; None in each while the step has not ended well.
    """

    step: str
    made_from: str
    made: Mapping[str, str | None]
    seconds: float | None = None
    cpu_seconds: float | None = None
    peak_memory_mb: float | None = None

    @property
    def ended(self) -> bool:
        """Whether the step ended well."""
        return None not in self.made.values()


@dataclass(frozen=True)
class Made:
    """A result as its step wrote it: its SHA-256, and what the step was made from."""

    sha256: str
    made_from: str


class Records:
    """The records below the folder `kept`; can be used from several threads."""

    def __init__(self, kept: str | Path) -> None:
        self._kept = Path(kept)
        self._known: dict[str, Record] | None = None
        self._made: dict[str, Made] = {}
        self._changing = threading.Lock()

    def all(self) -> list[Record]:
        """Every record, sorted by step."""
        with self._changing:
            return [record for _, record in sorted(self._read().items())]

    def of(self, step: str) -> Record | None:
        """The record of the step with that name, if it was ever begun."""
        with self._changing:
            return self._read().get(step)

    def begin(self, step: Step, outputs: Iterable[str]) -> None:
        """Note that `step` begins to write `outputs`."""
        self._write(Record(step.name, step.made_from, dict.fromkeys(outputs)))

    def end(self, step: Step, outcome: Outcome) -> None:
        """Note how `step` ended."""
        self._write(
            Record(
                step=step.name,
                made_from=step.made_from,
                made=outcome.made,
                seconds=round(outcome.seconds, 3),
                cpu_seconds=round(outcome.cpu_seconds, 3),
                peak_memory_mb=round(outcome.peak_memory_mb, 1),
            )
        )

    def keep(self, name: str, files: Iterable[str | Path]) -> None:
        """Note files that a command made besides the steps; the next run removes them."""
        self._write(Record(name, "", {str(path): sha256(path) for path in files}))

    def forget(self, step: str) -> None:
        """Remove the record of a step."""
        with self._changing:
            self._read().pop(step, None)
            self._file(step).unlink(missing_ok=True)

    def made(self, paths: Iterable[str]) -> dict[str, Made]:
        """Those of `paths` that a step made, as it made them."""
        with self._changing:
            self._read()
            return {path: self._made[path] for path in paths if path in self._made}

    def edited(self) -> list[str]:
        """The paths of results that are not as their step wrote them, sorted."""
        with self._changing:
            self._read()
            made = sorted(self._made.items())
        return [path for path, one in made if Path(path).is_file() and sha256(path) != one.sha256]

    def _write(self, record: Record) -> None:
        with self._changing:
            self._read()
            self._learn(record)
            path = self._file(record.step)
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_suffix(".unfinished")
            unfinished.write_text(json.dumps(asdict(record), indent=1) + "\n", encoding="utf-8")
            unfinished.replace(path)

    def _file(self, step: str) -> Path:
        return self._kept / f"{step}.json"

    def _read(self) -> dict[str, Record]:
        if self._known is None:
            self._known = {}
            for path in sorted(self._kept.rglob("*.json")):
                record = self._valid(path)
                if record is not None:
                    self._learn(record)
        return self._known

    def _valid(self, path: Path) -> Record | None:
        """The record in a file; None if it is damaged, or is not of the step that its name says."""
        try:
            record = Record(**json.loads(path.read_text(encoding="utf-8")))
            named = record.step == path.relative_to(self._kept).with_suffix("").as_posix()
            texts = [record.made_from, *record.made, *filter(None, record.made.values())]
            return record if named and all(isinstance(text, str) for text in texts) else None
        except (OSError, ValueError, TypeError, AttributeError):
            return None

    def _learn(self, record: Record) -> None:
        assert self._known is not None
        self._known[record.step] = record
        for path, digest in record.made.items():
            if digest is None:
                self._made.pop(path, None)
            else:
                self._made[path] = Made(digest, record.made_from)
