"""Which pages a report has: report.html, and of a large study one for each experiment and plate.

The page of an experiment shows its flow cytometry; that of a plate its ELISA.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from coculture.exchange.names import natural_key

MAIN = "report.html"
FOLDER = "report"
"""The folder of the other pages, beside report.html."""
MOST_EXPERIMENTS = 4
"""Experiments, and plates, up to which everything is in report.html."""
MOST_PLATES = 8
MOST_SAMPLES = 240
"""FCS files of samples up to which everything is in report.html: each adds about 10 kB."""

FLOW, ELISA = "flow", "elisa"


@dataclass(frozen=True)
class Part:
    """A page of one experiment (stage flow) or plate (stage elisa).

    Attributes
    ----------
    subject
        The name of the experiment or plate.
    """

    stage: str
    subject: str

    @property
    def title(self) -> str:
        """What the page is called: Experiment E1."""
        return f"{'Experiment' if self.stage == FLOW else 'Plate'} {self.subject}"

    @property
    def name(self) -> str:
        """Name of its file; never one that a system keeps for itself, such as con."""
        word = "experiment" if self.stage == FLOW else "plate"
        return f"{word}-{quote(self.subject, safe='')}.html"

    @property
    def path(self) -> str:
        """Where it is below the results folder."""
        return f"{FOLDER}/{self.name}"

    @property
    def address(self) -> str:
        """Its address from report.html."""
        return quote(self.path)

    @property
    def address_beside(self) -> str:
        """Its address from another page of its folder."""
        return quote(self.name)


def parts(samples: Mapping[str, int], plates: Sequence[str]) -> list[Part]:
    """The pages beside report.html, experiments first, E2 before E10; none for a small study.

    Parameters
    ----------
    samples
        Experiment -> its number of FCS files of samples.
    plates
        The ELISA plates.

    >>> parts({"E1": 36, "E2": 36}, ["P1"])
    []
    >>> [one.path for one in parts({"E1": 200, "con": 200}, ["P 1"])]
    ['report/experiment-E1.html', 'report/experiment-con.html', 'report/plate-P%201.html']
    """
    is_small = (
        len(samples) <= MOST_EXPERIMENTS
        and len(plates) <= MOST_PLATES
        and sum(samples.values()) <= MOST_SAMPLES
    )
    return [] if is_small else list(_all(samples, plates))


def _all(samples: Mapping[str, int], plates: Sequence[str]) -> Iterator[Part]:
    yield from (Part(FLOW, experiment) for experiment in sorted(samples, key=natural_key))
    yield from (Part(ELISA, plate) for plate in sorted(plates, key=natural_key))
