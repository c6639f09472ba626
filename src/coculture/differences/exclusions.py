"""What is left out, by the tables or the gates file."""

from collections.abc import Iterator

from coculture.differences.difference import Difference, Kind
from coculture.differences.run_results import RunResults

NAME = "exclusion"


def find(before: RunResults, now: RunResults) -> Iterator[Difference]:
    """Files, wells and rows that one run leaves out and the other uses; other reasons."""
    ours, theirs = _reasons(before), _reasons(now)
    for subject in dict.fromkeys((*theirs, *ours)):
        was, has = ours.get(subject), theirs.get(subject)
        if was is None:
            told = f"{subject} is now left out: {has}."
            yield Difference(NAME, subject, "left out", "", has or "", told, is_cause=True)
        elif has is None:
            told = f"{subject} is used again; it was left out: {was}."
            yield Difference(NAME, subject, "left out", was, "", told, is_cause=True)
        elif was != has:
            yield Difference(NAME, subject, "reason", was, has)


def _reasons(run: RunResults) -> dict[str, str]:
    """The reason of each item that is left out, by table and item."""
    return {
        f"{row['table']} {row['item']}": str(row["reason"]).rstrip(".")
        for row in run.table("study/excluded.csv").to_dict("records")
    }


KIND = Kind(NAME, "exclusion", "exclusions", find)
