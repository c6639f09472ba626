"""Each mutant of a package against the package's tests."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from mutation import forked
from mutation.copied import all_noted, written
from mutation.mutants import Mutant
from mutation.reach import Reached
from mutation.selection import Names, seconds, tests_of

KEPT = Path(".mutation")
"""What tests reach, and the last outcome of each mutant; git ignores it."""


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant."""

    mutant: Mutant
    tests: int
    left_out: int
    """Tests that reach it and were not run, for want of time."""
    killed: bool
    by: str
    """The test that failed, or why none was run."""

    @property
    def cut_short(self) -> bool:
        """Whether a longer test may notice it yet."""
        return not self.killed and self.left_out > 0

    @property
    def word(self) -> str:
        if self.killed:
            return "killed"
        return "CUT SHORT" if self.cut_short else "SURVIVED"


def trials(
    root: Path, copy: Path, package: str, drawn: Sequence[Mutant], most_seconds: float
) -> Iterator[Outcome]:
    """Try each mutant in turn, against so many seconds of tests."""
    folder = f"src/coculture/{package}"
    forked.warm(copy, [f"tests/{package}", folder])
    reached = _reached(root, copy, package)
    names = Names.read(copy, folder)
    for mutant in drawn:
        selected = tests_of(mutant, copy, names, reached, most_seconds)
        if not selected.tests:
            yield Outcome(mutant, 0, 0, False, "no test reaches it")
            continue
        limit = round(20 + 5 * seconds(selected.tests))
        with written(copy, mutant):
            passed, first = forked.passes(copy, selected.tests, limit)
        yield Outcome(mutant, len(selected.tests), selected.left_out, not passed, first)


def _reached(root: Path, copy: Path, package: str) -> list[Reached]:
    """What each test of a package reaches: recorded again for new and changed test files."""
    folder = f"src/coculture/{package}"
    kept = root / KEPT / f"reached_{package}.json"
    known = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    files = [*(copy / "tests" / package).rglob("test_*.py"), *(copy / folder).rglob("*.py")]
    now = {
        file.relative_to(copy).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(files)
    }
    doctests = {file for file in now if file.startswith("src/") and ">>>" not in _text(copy, file)}
    changed = [
        file
        for file, text in now.items()
        if file not in doctests and known.get(file, {}).get("text") != text
    ]
    if changed:
        with all_noted(copy, folder):
            reached, not_passed = forked.recorded(copy, changed)
        for test in not_passed:
            print(f"    left out, it does not pass on the code as it is: {test}")
        for file in changed:
            of_file = [asdict(one) for one in reached if one.file == file]
            tests = [{**one, "functions": sorted(one["functions"])} for one in of_file]
            known[file] = {"text": now[file], "tests": tests}
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(json.dumps(known), "utf-8")
    return [
        Reached(**{**one, "functions": frozenset(map(tuple, one["functions"]))})
        for file in now
        for one in known.get(file, {"tests": []})["tests"]
    ]


def _text(copy: Path, file: str) -> str:
    return (copy / file).read_text("utf-8")
