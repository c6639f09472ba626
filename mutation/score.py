"""The share of mutations that the tests notice, by package, and what they do not notice."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mutation.mutants import Mutant
from mutation.trials import Outcome

LEAST = 0.9
"""Of the mutations that are not equivalent, this share must be killed."""
EQUIVALENT = Path(__file__).parent / "equivalent.toml"


@dataclass(frozen=True)
class Equivalents:
    """The mutations that change nothing that anyone could see."""

    reasons: Mapping[tuple[str, str, str, str, str, int], str]

    @classmethod
    def read(cls, file: Path = EQUIVALENT) -> "Equivalents":
        """Those that the project lists."""
        listed = tomllib.loads(file.read_text("utf-8")).get("equivalent", [])
        return cls(
            {
                (
                    one["file"],
                    one["function"],
                    one["kind"],
                    one["before"],
                    one["after"],
                    one.get("occurrence", 1),
                ): one["reason"]
                for one in listed
            }
        )

    def __contains__(self, mutant: Mutant) -> bool:
        return mutant.key in self.reasons

    def not_drawn(self, drawn: Sequence[Mutant], packages: Sequence[str]) -> list[str]:
        """Those of the packages that no mutation of this sample is."""
        keys = {mutant.key for mutant in drawn}
        folders = tuple(f"src/coculture/{package}/" for package in packages)
        return [
            f"{file} {function}: {before}  ->  {after}"
            for file, function, kind, before, after, occurrence in self.reasons
            if file.startswith(folders)
            and (file, function, kind, before, after, occurrence) not in keys
        ]


def share(outcomes: Sequence[Outcome]) -> float:
    """The killed of the tried."""
    return sum(one.killed for one in outcomes) / len(outcomes) if outcomes else 1.0


def table(
    drawn: Mapping[str, Sequence[Mutant]], outcomes: Sequence[Outcome], equivalents: Equivalents
) -> str:
    """A row for each package, the survivors, and what the list of equivalents has too much."""
    columns = ("drawn", "killed", "survived", "cut short", "equivalent", "score")
    lines = [_row("package", columns)]
    every = [one for its in drawn.values() for one in its]
    for package, its in [*drawn.items(), ("all", every)]:
        keys = {one.key for one in its}
        tried = [one for one in outcomes if one.mutant.key in keys]
        counts = [
            len(its),
            sum(one.killed for one in tried),
            sum(not one.killed and not one.cut_short for one in tried),
            sum(one.cut_short for one in tried),
            sum(one in equivalents for one in its),
        ]
        lines.append(_row(package, [*map(str, counts), f"{share(tried):.1%}"]))
    survived = [f"  {one.mutant} ({one.by})" for one in outcomes if not one.killed]
    lines += ["", "Survived or cut short:", *survived] if survived else []
    spare = equivalents.not_drawn(every, [*drawn])
    lines += (
        ["", "Listed as equivalent, but not in this sample:", *map("  {}".format, spare)]
        if spare
        else []
    )
    return "\n".join(lines)


def _row(package: str, values: Sequence[str]) -> str:
    return f"{package:<12}" + "".join(f"{value:>12}" for value in values)
