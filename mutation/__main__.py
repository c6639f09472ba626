"""How many mutations of the code its tests notice.

    .venv/bin/python -m mutation [--packages curves elisa] [--number 50] [--seed 22]
    .venv/bin/python -m mutation --near
    .venv/bin/python -m mutation --again [--seconds 300]

A mutation changes one expression: a comparison's sign or boundary, a constant, a degree of freedom,
swapped ends, a dropped condition. Of each package so many are drawn and run against the package's
own tests that reach them. Mutations that change nothing that anyone could see are in
`equivalent.toml`, each with the reason. Texts, messages, annotations, and the sizes and positions
in figures are left alone.
Each mutation meets the nearest test files first, and where these notice nothing, at most
`--seconds` of all tests that reach it. To know which do, all tests run once; `--near` leaves this
out. A mutation is cut short where nothing noticed it and tests were left out: it is not killed, but
one of these may notice it yet.
`--again` tries only what was not killed the last time. Linux and macOS only: it forks.
"""

import argparse
import compileall
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

PACKAGES = ("flow", "elisa", "curves", "comparison", "study", "report")
ROOT = Path(__file__).parents[1]


def main(given: Sequence[str]) -> int:
    """Print the table and what survived; 1 if too few were killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", nargs="+", default=PACKAGES)
    parser.add_argument("--number", type=int, default=50, help="mutations of each package")
    parser.add_argument("--seed", type=int, default=22)
    parser.add_argument("--seconds", type=float, default=25, help="of tests for each mutation")
    parser.add_argument("--near", action="store_true", help="only the nearest test files")
    parser.add_argument("--again", action="store_true", help="only what was not killed last time")
    chosen = parser.parse_args(given)
    # Before numpy is imported: threads do not survive a fork.
    os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1"))
    from mutation import copied, mutants, score, trials

    every = {one: mutants.mutants(ROOT, f"src/coculture/{one}") for one in chosen.packages}
    drawn = {one: mutants.sample(every[one], chosen.number, chosen.seed) for one in every}
    equivalents = score.Equivalents.read()
    outcomes: list[trials.Outcome] = []
    with tempfile.TemporaryDirectory() as scratch:
        copy = copied.copy_checkout(ROOT, Path(scratch))
        compileall.compile_dir(copy / "src", quiet=2)
        copied.use(copy)
        for package, its in drawn.items():
            tried = [one for one in its if one not in equivalents]
            before = {repr(one.key): one for one in tried}
            kept = ROOT / trials.KEPT / f"outcomes_{package}.json"
            last = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
            if chosen.again:
                known = [key for key in before if last.get(key, {}).get("killed")]
                outcomes += [trials.Outcome(before.pop(key), **last[key]) for key in known]
            start = time.monotonic()
            for outcome in trials.Trials(ROOT, copy, package, chosen.seconds, chosen.near).of(
                [*before.values()]
            ):
                outcomes.append(outcome)
                fields = asdict(outcome)
                del fields["mutant"]
                last[repr(outcome.mutant.key)] = fields
                kept.parent.mkdir(exist_ok=True)
                kept.write_text(json.dumps(last), "utf-8")
                took = time.monotonic() - start
                print(f"{took:6.0f} s {outcome.word:9} {outcome.mutant} ({outcome.by})", flush=True)
    print(score.table(drawn, outcomes, equivalents))
    return 0 if score.share(outcomes) >= score.LEAST else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
