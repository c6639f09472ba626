"""Wells of a culture that are not used, because their plate fails and another has the culture."""

from collections.abc import Iterator

from coculture.elisa.plates.combination import Combination
from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import listed

CODE = "failed_plate_not_used"


def flags(combined: Combination) -> Iterator[Flag]:
    """A note that names the plates."""
    failed = combined.failed_plates
    if failed:
        several = len(failed) > 1
        yield Flag(
            combined.concerns,
            CODE,
            "note",
            f"Its wells on plate{'s' if several else ''} {listed(failed)}, which "
            f"fail{'' if several else 's'}, were not used; other plates have the culture.",
        )
