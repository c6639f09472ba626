"""What differs between two runs, in sentences."""

from collections.abc import Iterator, Sequence

from coculture.differences import raw_files, settings, verdicts
from coculture.differences.cause import cause
from coculture.differences.difference import Difference, Kind
from coculture.differences.found import RunDifferences
from coculture.differences.registry import KINDS

_MOST_NAMED = 6
"""So many things are named in a sentence; more are counted, and all are in the list below."""


def sentences(found: RunDifferences) -> list[str]:
    """What differs, the verdicts first, then why, then a sentence for each other kind."""
    return [*_comparability(found), *_verdicts(found), *filter(None, [cause(found)]), *_rest(found)]


def _comparability(found: RunDifferences) -> Iterator[str]:
    """What makes the two runs hard to compare."""
    studies = [str(run.config["study"]) for run in (found.before, found.now)]
    if studies[0] != studies[1]:
        yield (
            f"These are two studies, {studies[0]} and {studies[1]}: what has the same name in both "
            "is compared, whether or not it is the same."
        )
    versions = [run.schema_version for run in (found.before, found.now)]
    if versions[0] != versions[1]:
        redefined = versions[0].partition(".")[0] != versions[1].partition(".")[0]
        yield (
            f"The result tables have different versions, {versions[0]} and {versions[1]}: only "
            "columns that both have are compared."
            + (
                " Columns were removed or redefined (CHANGELOG.md says which), so a number may "
                "differ for that reason alone. To be sure, run the older study again."
                if redefined
                else ""
            )
        )


def _verdicts(found: RunDifferences) -> list[str]:
    changed = [one.sentence for one in found.of_kind(verdicts.NAME)]
    return changed or ["No verdict differs."]


def _rest(found: RunDifferences) -> Iterator[str]:
    """A sentence for each kind with differences, and one that names the kinds without."""
    same = []
    for kind in KINDS:
        differing = found.of_kind(kind.name)
        if kind.name == verdicts.NAME:
            continue
        if differing:
            yield _counted(kind, differing)
        else:
            same.append(kind.many)
    if same:
        yield f"Nothing differs in: {', '.join(same)}."


def _counted(kind: Kind, differing: Sequence[Difference]) -> str:
    named = list(dict.fromkeys(one.subject for one in differing))
    of = f", of {len(named)}" if len(named) != len(differing) and len(named) > _MOST_NAMED else ""
    count = (
        f"1 {kind.one} differs" if len(differing) == 1 else f"{len(differing)} {kind.many} differ"
    )
    if kind.name in (settings.NAME, raw_files.NAME) or len(named) <= _MOST_NAMED:
        shown = "; ".join(named[:_MOST_NAMED])
        more = f"; and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
        return f"{count}: {shown}{more}."
    return f"{count}{of}."
