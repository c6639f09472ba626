"""The standard curve as a 4PL or a 5PL, with each weighting."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pandas as pd

from coculture.curves.fitting import CurveError
from coculture.elisa.plates.alternatives.study_wells import (
    NotAcceptedError,
    ReadStudy,
    read_study,
    scatter_with,
)
from coculture.elisa.settings import ElisaSettings
from coculture.exchange.alternatives import Alternative

CHOICE = "curve"
_MODELS = {"4PL": "4PL", "5PL_pos": "5PL", "5PL_neg": "5PL"}
_WEIGHTINGS = {
    "variance_function": "weights from the scatter of the wells",
    "none": "equal weights",
    "1/y": "1/y weighting",
    "1/y2": "1/y2 weighting",
}


def others(
    used: ReadStudy,
    readings: pd.DataFrame,
    settings: ElisaSettings,
    passing: set[tuple[str, str]],
) -> Iterator[tuple[Alternative, pd.DataFrame | None]]:
    """Each other curve with the values of all cultures; None where it cannot be used.

    Parameters
    ----------
    used
        The study as configured.
    readings
        Its wells before a curve was fitted (`as_readings`).
    passing
        The plates and analytes that pass as configured.
    """
    if not used.curves:
        return
    # Of the two forms of the 5PL the one of the config, else the usual one.
    five = settings.model if settings.model == "5PL_neg" else "5PL_pos"
    configured = (settings.model, settings.weighting)
    scatters = {}
    for model, weighting in product(("4PL", five), _WEIGHTINGS):
        if (model, weighting) == configured and settings.as_reader is None:
            continue
        other = _with(settings, model, weighting)
        if model not in scatters:
            is_same = model == settings.model
            scatters[model] = used.scatter if is_same else scatter_with(readings, other)
        name = f"{_MODELS[model]} under {_WEIGHTINGS[weighting]}"
        try:
            study = read_study(readings, used, other, scatters[model], passing)
        except (CurveError, NotAcceptedError) as error:
            yield Alternative(name, CHOICE, str(error).rstrip(".")), None
            continue
        yield Alternative(name, CHOICE), study.values(other)


def _with(settings: ElisaSettings, model: str, weighting: str) -> ElisaSettings:
    """The settings with another curve; of a reader's fit the zero standard stays as it was."""
    other = replace(settings, model=model, weighting=weighting)
    if settings.as_reader is None:
        return other
    return replace(other, as_reader=None, zero_standard="fit")
