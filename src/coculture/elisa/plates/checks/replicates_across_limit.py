"""Whether replicates lie on both sides of the LLOQ or ULOQ."""

from collections.abc import Iterator

from coculture.elisa.plates.combination import Combination
from coculture.elisa.plates.concentrations import pg_ml
from coculture.exchange.flags import Flag


def flags(combined: Combination) -> Iterator[Flag]:
    """A caution for each limit that replicates of a dilution and plate lie on both sides of."""
    for split in combined.split_replicates:
        yield Flag(
            combined.concerns,
            f"replicates_across_{split.limit_name.lower()}",
            "caution",
            f"Replicates lie on both sides of the {split.limit_name} "
            f"(mean {split.relation}{pg_ml(split.mean)}, limit {pg_ml(split.limit)}).",
            split.mean,
            split.limit,
            "pg/mL",
        )
