"""Whether a spike is read back: a supernatant that hides or feigns analyte does not give it."""

from collections.abc import Iterator

import numpy as np

from coculture.distributions import as_likely, normal_quantile
from coculture.elisa.plates.checks import subjects
from coculture.elisa.plates.checks.curve_data import WellData
from coculture.exchange.flags import Flag

_FALSE = 0.002
"""Probability, two-sided and for all spikes of a plate together, that one which is fully recovered
carries a caution: wells of CV 10 % alone give 80 or 120 %. A study has several plates."""


def flags(data: WellData) -> Iterator[Flag]:
    """The percent of each spike: a caution beyond the limit and chance, otherwise a note."""
    limit = data.settings.limits.spike_recovery_percent
    judged = sum(np.isfinite(one.recovery_percent) for one in data.spikes)
    known = normal_quantile(1 - _FALSE / 2 / max(judged, 1))
    freedom = data.scatter.wells.degrees_of_freedom
    by_chance = as_likely(known, freedom) if freedom > 0 else known
    for one in data.spikes:
        concerns = subjects.culture(one.culture, one.analyte, one.plate)
        at = "undiluted" if one.dilution == 1 else f"at dilution {one.dilution:g}"
        wells = f"{at}, wells {', '.join(one.wells)} of plate {one.plate}"
        if not np.isfinite(one.recovery_percent):
            sentence = f"No spike recovery ({wells}): {one.reason}."
            yield Flag(concerns, "spike_recovery", "note", sentence)
            continue
        off = abs(one.recovery_percent - 100)
        is_off = off > limit and off > by_chance * one.error_percent
        sentence = f"Spike recovery {one.recovery_percent:.0f} % ({wells})."
        if is_off:
            side = "hides" if one.recovery_percent < 100 else "adds to"
            sentence = (
                f"Spike recovery {one.recovery_percent:.0f} % (limit {100 - limit:g} to "
                f"{100 + limit:g} %; {wells}): the supernatant {side} {one.analyte}. Use a higher "
                "dilution."
            )
        yield Flag(
            concerns,
            "spike_recovery",
            "caution" if is_off else "note",
            sentence,
            one.recovery_percent,
            limit,
            "%",
        )
