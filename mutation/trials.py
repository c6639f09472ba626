"""Each mutant of a package against the package's tests."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from mutation import forked
from mutation.copied import all_noted, written
from mutation.mutants import Mutant
from mutation.near import near_tests
from mutation.reach import Reached
from mutation.selection import Names, seconds, tests_of

KEPT = Path(".mutation")
"""What tests reach, and the last outcome of each mutant; git ignores it."""


_TIMES_NEAR = 4
"""The nearest test files may take so many times the seconds: most fail soon."""


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant."""

    mutant: Mutant
    killed: bool
    cut_short: bool
    """Not killed, but a test that reaches it was not run for want of time."""
    by: str
    """The test that failed, or what was run."""

    @property
    def word(self) -> str:
        if self.killed:
            return "killed"
        return "CUT SHORT" if self.cut_short else "SURVIVED"


@dataclass
class Trials:
    """The mutants of a package against its tests: the nearest files first, then what reaches them.

    What a test reaches is recorded only if a mutant is left, since this runs all tests once; once
    that is known, the nearest files are of no use.
    """

    root: Path
    copy: Path
    package: str
    most_seconds: float
    near_only: bool
    sound: dict[str, bool] = field(default_factory=dict)
    """Whether a test that killed a mutant passes on the code as it is."""

    def of(self, drawn: Sequence[Mutant]) -> Iterator[Outcome]:
        """Try each mutant in turn."""
        forked.warm(self.copy, [f"tests/{self.package}", self._folder])
        if _record(self.root, self.package).exists():
            yield from self._reaching(drawn)
            return
        left = []
        for mutant in drawn:
            outcome = self._near(mutant)
            if outcome.killed or self.near_only:
                yield outcome
            else:
                left.append(mutant)
        if left:
            yield from self._reaching(left)

    @property
    def _folder(self) -> str:
        return f"src/coculture/{self.package}"

    def _near(self, mutant: Mutant) -> Outcome:
        files = near_tests(self.copy, mutant.file)
        if not files:
            return Outcome(mutant, False, True, "no test file is near")
        with written(self.copy, mutant):
            run = forked.passes(self.copy, files, _TIMES_NEAR * round(self.most_seconds))
        if run.status == forked.TIMED_OUT:
            return Outcome(mutant, False, True, "the nearest test files did not end")
        if run.passed:
            return Outcome(mutant, False, True, f"{len(files)} test files near it pass")
        killed = self._is_sound(run.first)
        return Outcome(mutant, killed, not killed, run.first)

    def _is_sound(self, failed: str) -> bool:
        test = failed.partition(" ")[2].partition(" - ")[0]
        if "::" not in test:
            # The file cannot be imported; as the code is, every file can.
            return True
        if test not in self.sound:
            limit = _TIMES_NEAR * round(self.most_seconds)
            self.sound[test] = forked.passes(self.copy, [test], limit).passed
        return self.sound[test]

    def _reaching(self, left: Sequence[Mutant]) -> Iterator[Outcome]:
        reached = _reached(self.root, self.copy, self.package)
        names = Names.read(self.copy, self._folder)
        for mutant in left:
            selected = tests_of(mutant, self.copy, names, reached, self.most_seconds)
            if not selected.tests:
                yield Outcome(mutant, False, False, "no test reaches it")
                continue
            files = [*dict.fromkeys(test.file for test in selected.tests)]
            chosen = [test.test for test in selected.tests]
            limit = round(20 + 5 * seconds(selected.tests))
            with written(self.copy, mutant):
                run = forked.passes(self.copy, files, limit, chosen)
            by = run.first or f"{len(chosen)} tests pass, {selected.left_out} left out"
            yield Outcome(mutant, not run.passed, run.passed and selected.left_out > 0, by)


def _reached(root: Path, copy: Path, package: str) -> list[Reached]:
    """What each test of a package reaches: recorded again for new and changed test files."""
    folder = f"src/coculture/{package}"
    kept = _record(root, package)
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


def _record(root: Path, package: str) -> Path:
    return root / KEPT / f"reached_{package}.json"


def _text(copy: Path, file: str) -> str:
    return (copy / file).read_text("utf-8")
