"""Apoptotic cells without the viability dye: it may have been forgotten.

Where many cells are Annexin-V-positive, some have an open membrane and take the dye, except shortly
after a drug was added. Without the dye, percent late and necrotic are those of the noise, and dead
cells count as viable; percent apoptotic is not affected. In simulation sound wells have at least 45
dye-positive cells for 100 that are Annexin-V-positive, wells without dye at most one.
"""

from collections.abc import Iterator, Sequence

from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import number
from coculture.flow.gating import gates
from coculture.flow.gating.checks import subjects, wells_compared
from coculture.flow.gating.measurement import Experiment, Measurement

CODE = "dye_missing"

LEAST_PERCENT = 3.0
"""Cells bright in the dye for 100 Annexin-V-positive ones."""
USUAL_PERCENT = 12.0
"""At least so many in the other wells, where one well is said to lack the dye: a drug that has
acted for a short time leaves few."""
FEWEST = 100
"""Annexin-V-positive cells."""


def flags(one: Measurement, experiment: Experiment) -> Iterator[Flag]:
    """A caution for the experiment, or else for the well."""
    if one.tube.role != "sample" or not (experiment.settings.is_standard and _is_measured(one)):
        return
    key = (CODE, one.population.name)
    all_lack, wells = experiment.once(key, lambda: _of_all(one, experiment))
    channel = str(experiment.blocks[one.population.name][gates.VIABILITY_DYE]["channels"][0])
    if all_lack:
        positive, percent = _positive(wells), _percent(wells)
        yield Flag(
            subjects.experiment(experiment, channel, one.population.name),
            CODE,
            "caution",
            f"{experiment.name}: for 100 Annexin-V-positive cells of {one.population.name} in all "
            f"wells ({positive:,}) only {number(percent)} are bright in the viability dye "
            f"({channel}). {_ADVICE}",
            percent,
            LEAST_PERCENT,
            "percent",
        )
        return
    positive, percent = _positive([one]), _percent([one])
    if positive < FEWEST or percent >= LEAST_PERCENT or _has_peak(one):
        return
    arm = filter(_is_measured, wells_compared.replicates(experiment, one))
    others = [[w for w in of if w.tube.row != one.tube.row] for of in (arm, wells)]
    same = others[0] or others[1]
    usual = _percent(same) if _positive(same) >= FEWEST else 0.0
    if usual >= USUAL_PERCENT:
        yield Flag(
            subjects.population(one, channel),
            CODE,
            "caution",
            f"For 100 Annexin-V-positive cells of {one.population.name} in this well "
            f"({positive:,}) only {number(percent)} are bright in the viability dye ({channel}), "
            f"in {wells_compared.files([well.tube.fcs for well in same])} {number(usual)}. "
            f"{_ADVICE}",
            percent,
            LEAST_PERCENT,
            "percent",
        )


_ADVICE = (
    "The dye may have been forgotten or be too weak, or another channel may be meant; or the cells "
    "began to die shortly before. If the dye was forgotten, do not use percent late, necrotic and "
    "viable; percent apoptotic (early + late) is not affected."
)


def _of_all(one: Measurement, experiment: Experiment) -> tuple[bool, list[Measurement]]:
    """Whether all wells together lack the dye, and these wells."""
    wells = list(filter(_is_measured, wells_compared.samples(experiment, one.population.name)))
    is_lacking = _positive(wells) >= FEWEST and _percent(wells) < LEAST_PERCENT
    return is_lacking and not any(map(_has_peak, wells)), wells


def _is_measured(one: Measurement) -> bool:
    return gates.ANNEXIN in one.stained and gates.VIABILITY_DYE in one.stained


def _has_peak(one: Measurement) -> bool:
    """Whether a positive peak of the dye is seen: the live peak may be too wide to count by."""
    return one.stained[gates.VIABILITY_DYE].has_peak


def _positive(wells: Sequence[Measurement]) -> int:
    """Number of Annexin-V-positive cells."""
    return sum(well.stained[gates.ANNEXIN].positive for well in wells)


def _percent(wells: Sequence[Measurement]) -> float:
    """Cells that are bright in the dye for 100 Annexin-V-positive ones; 100 without any."""
    bright = sum(well.stained[gates.VIABILITY_DYE].bright for well in wells)
    positive = _positive(wells)
    return 100 * bright / positive if positive else 100.0
