"""What a kind of quantity must provide: everything about it is in one module."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from coculture.comparison.quantities.endpoint import Scale
from coculture.comparison.quantities.measured import Measured
from coculture.comparison.quantities.quantity import Quantity, Source
from coculture.exchange.vocabulary import NOT_MEASURED

OK, EXCLUDED, MISSING = "ok", "excluded", NOT_MEASURED
"""States of a reading: used; acquired but not used; not made. Some kinds have more."""


class QuantityError(ValueError):
    """An entry of the config's endpoints cannot be used. The message continues its name."""


@dataclass(frozen=True)
class Readings:
    """The result tables that the assays of a study wrote; empty for an assay it did not make.

    `flow_wells` is flow/wells.csv of all experiments, `elisa_cultures` is elisa/cultures.csv, and
    `finished` the rows of values.csv (culture, endpoint, value, unit, count, note, relation,
    exclude).
    """

    flow_wells: pd.DataFrame
    elisa_cultures: pd.DataFrame
    finished: pd.DataFrame
    population: str = ""
    """The population that is reported, for quantities that name none."""

    def population_of(self, named: str) -> str:
        """The population that a quantity is read from."""
        return named or self.population


class QuantityKind(Protocol):
    """One kind of quantity. To add one, write it in a module of its own and enter it in `KINDS`."""

    @property
    def name(self) -> str:
        """Its name in the config (key `measure`)."""

    @property
    def description(self) -> str:
        """What it is, for the documentation of the config."""

    @property
    def keys(self) -> Mapping[str, Mapping[str, Any]]:
        """The config keys of its own, each with its JSON schema."""

    @property
    def required(self) -> Sequence[str]:
        """Those of `keys` that must be given."""

    @property
    def scales(self) -> Sequence[Scale]:
        """The scales that the config can ask for, the default first."""

    @property
    def source(self) -> Source:
        """The table of the study that its readings come from."""

    def made(self, entry: Mapping[str, Any], measured: Measured) -> Quantity:
        """The quantity of an entry of the config, with its columns and scales.

        Raises
        ------
        QuantityError
            If the study does not measure it.
        """

    def readings(self, quantity: Quantity, readings: Readings) -> pd.DataFrame:
        """What was read of each culture, index culture.

        Returns
        -------
        The columns of `quantity.columns` but the reason, as cultures.csv orders them (state is one
        of OK, EXCLUDED, or a state outside a range), then `flags` (codes) and `reason` (why there
        is no value; empty if there is one).
        """

    def missing(self, quantity: Quantity) -> str:
        """The reason of a culture without any reading."""
