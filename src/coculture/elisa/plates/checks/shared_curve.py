"""Whether a plate that is read from the standards of another agrees with it.

The two plates read what is on both of them (controls, standards, supernatants at one dilution)
from the same curve, so that a difference beyond the error of the wells is one of the plates: of the
incubation, the reagents or the reading.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from coculture.elisa.plates.bridge_samples import CONTROLS_AND_SAMPLES, bridges, ratio
from coculture.elisa.plates.checks import subjects
from coculture.elisa.plates.dilution_groups import ErrorAt
from coculture.exchange.flags import Flag
from coculture.exchange.vocabulary import listed

CODE = "shared_curve"
LIMIT = 1.35
"""The error is estimated from few replicates, so that standard errors alone are no safe limit: in
simulations (CV 8 %, two controls in duplicate) ln of the factor of sound plates has a standard
deviation of 0.09, of which this is 3.4."""
_ERRORS = 3.0
"""Standard errors that the factor has to be beyond as well, where there are fewer wells."""


def flags(own: pd.DataFrame, other: pd.DataFrame, error_at: ErrorAt) -> Iterator[Flag]:
    """A caution with the factor where they do not agree, otherwise a note.

    Parameters
    ----------
    own, other
        The wells of one analyte on the plate and on that of its standards, as `read_from_curve`
        gives them, both from the one curve.
    """
    plate, source = str(own["plate"].iloc[0]), str(other["plate"].iloc[0])
    concerns = subjects.curve(plate, str(own["analyte"].iloc[0]))
    read = f"Read from the standards of plate {source} (elisa.curve_of)."
    roles = (*CONTROLS_AND_SAMPLES, "standard")
    found = ratio(bridges(pd.concat([own, other]), lambda _: error_at, roles), plate, source)
    if found is None:
        unknown = "No control in range is on both plates, so whether they agree is not known."
        yield Flag(concerns, CODE, "note", f"{read} {unknown}")
        return
    factor = float(np.exp(found.ln))
    by = f"By {listed(found.names)} it reads {factor:.2f} times what {source} does"
    is_off = abs(found.ln) > max(np.log(LIMIT), _ERRORS * found.error)
    do = (
        f"All its concentrations may be off by this factor. Measure standards on {plate}, or take "
        f"it out of elisa.curve_of if it has them."
    )
    sentence = f"{read} {by} (limit {LIMIT:g} times). {do}" if is_off else f"{read} {by}."
    yield Flag(concerns, CODE, "caution" if is_off else "note", sentence, factor, LIMIT, "fold")
