"""Excluded samples put back, counted with the gates of their experiment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from coculture.exchange.alternatives import PUT_BACK, Alternative
from coculture.exchange.problems import CocultureError
from coculture.flow.files import FlowFile
from coculture.flow.gating.compensated import Compensated, as_used
from coculture.flow.gating.counting import measure
from coculture.flow.gating.measurement import Measurement
from coculture.flow.settings import FlowSettings
from coculture.flow.tubes import open_tubes


@dataclass(frozen=True)
class PutBack:
    """An excluded sample as it would count, or why it cannot be counted."""

    alternative: Alternative
    measured: tuple[Measurement, ...] = ()
    kept_because: str = ""


def others(
    files: Sequence[FlowFile], used: Compensated, settings: FlowSettings
) -> Iterator[PutBack]:
    """Each sample of a culture that was excluded.

    Parameters
    ----------
    files
        All files of the experiment.
    used
        Its gates and matrix, which were set without the excluded files.
    """
    in_use = [file for file in files if not file.exclude]
    for file in files:
        if file.role != "sample" or not file.culture or not file.exclude:
            continue
        alternative = Alternative(f"{file.fcs} put back", PUT_BACK)
        try:
            # Beside the others, so that its channels and their ranges are those of the experiment.
            tube = open_tubes([*in_use, replace(file, exclude="")], settings)[-1]
            found = measure(
                as_used(tube, used.spillover), used.spillover.matrix, settings, used.blocks
            )
        except (CocultureError, OSError) as error:
            yield PutBack(alternative, kept_because=str(error).rstrip("."))
            continue
        yield PutBack(alternative, tuple(found))
