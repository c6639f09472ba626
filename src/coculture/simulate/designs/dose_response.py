"""Doses of one drug at two levels of a second, in two lines, with and without stroma.

What is true of an arm, with d the dose of bortezomib (BTZ):

    percent apoptotic = bottom + (top - bottom) / (1 + (EC50 / d)^slope)
    IL-6 = level of the arm x (floor + (1 - floor) / (1 + (d / IC50)^slope))

Stroma and dexamethasone (DEX) change the EC50 by factors, and DEX raises the bottom. Experiments
differ in bottom and top (normal on the logit scale), in EC50 and in IL-6 (log-normal); arms and
wells in the logit and in ln IL-6. Stroma alone is measured by ELISA only, cells without stroma by
flow cytometry only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from coculture.simulate.designs import dose_response_texts as texts
from coculture.simulate.designs.simulated_design import Table
from coculture.simulate.parameters import Cytometer, Mishaps, Parameters, PlateReader

Values = NDArray[np.float64]

BTZ, DEX = "btz_nM", "dex_nM"
COLUMNS = (
    "culture", "experiment", "donor", "cells", "stroma", BTZ, DEX, "hours", "replicate",
)  # fmt: skip
_CURVES = (
    "endpoint", "cells", "stroma", DEX, "ec50_nM", "slope", "at_zero", "plateau", "unit",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """Myeloma cells: what is true without stroma and DEX, and how much IL-6 stroma makes with them.

    Attributes
    ----------
    bottom, top
        Percent apoptotic at dose zero and at the highest doses.
    ec50_nM
        The dose of BTZ half way between them.
    il6_pg_ml
        On stroma, untreated.
    """

    name: str
    bottom: float
    top: float
    ec50_nM: float  # noqa: N815  as the column is written
    il6_pg_ml: float


@dataclass(frozen=True)
class Truth:
    """Every number that the truth depends on.

    Attributes
    ----------
    protection, sensitisation
        The EC50 on stroma as a multiple of that without, and with DEX as a multiple of that
        without.
    bottom_with_dex
        What DEX adds to the bottom, in percentage points.
    """

    lines: tuple[Line, ...] = (
        Line("MM1S", bottom=6.0, top=86.0, ec50_nM=3.0, il6_pg_ml=2_400.0),
        Line("U266", bottom=9.0, top=82.0, ec50_nM=6.0, il6_pg_ml=1_300.0),
    )
    slope: float = 2.0
    protection: float = 2.5
    sensitisation: float = 0.5
    bottom_with_dex: float = 8.0
    il6_of_stroma_alone: float = 500.0
    il6_ic50_nM: float = 7.0  # noqa: N815
    il6_slope: float = 1.5
    il6_floor: float = 0.12
    il6_with_dex: float = 0.55
    sd_bottom: float = 0.20
    sd_top: float = 0.20
    sd_ln_ec50: float = 0.12
    sd_arm: float = 0.06
    sd_well: float = 0.08
    sd_ln_il6: float = 0.25
    sd_ln_il6_arm: float = 0.08
    sd_ln_il6_well: float = 0.08

    def line(self, name: str) -> Line:
        """The line of this name."""
        return next(one for one in self.lines if one.name == name)

    def ec50(self, cells: str, stroma: str, dex: float) -> float:
        """The EC50 of apoptosis, in nM."""
        factors = (self.protection if stroma else 1.0) * (self.sensitisation if dex else 1.0)
        return self.line(cells).ec50_nM * factors

    def bottom(self, cells: str, dex: float) -> float:
        """Percent apoptotic without BTZ."""
        return self.line(cells).bottom + (self.bottom_with_dex if dex else 0.0)

    def il6(self, cells: str, dex: float) -> float:
        """IL-6 on stroma without BTZ, in pg/mL; without cells that of stroma alone."""
        level = self.line(cells).il6_pg_ml if cells else self.il6_of_stroma_alone
        return level * (self.il6_with_dex if dex else 1.0)


@dataclass(frozen=True)
class DoseResponse:
    """Two lines, on HS-5 or without stroma, and HS-5 alone; BTZ in six doses, with or without DEX.

    Donors (of the serum) take turns by halves of the experiments.
    """

    truth: Truth = field(default_factory=Truth)
    experiments: int = 4
    wells: int = 1
    donors: int = 2
    doses: tuple[float, ...] = (0.0, 1.0, 3.0, 6.0, 12.0, 25.0, 50.0)
    second: tuple[float, ...] = (0.0, 100.0)
    stroma: str = "HS-5"
    alone: tuple[tuple[float, float], ...] = ((0.0, 0.0), (12.0, 0.0), (50.0, 0.0), (0.0, 100.0))
    hours: float = 48.0
    parameters: Parameters = field(
        default_factory=lambda: Parameters(
            cytometer=Cytometer(events=900, events_control=1_200),
            plate_reader=PlateReader(dilutions=(5, 20), dilutions_high=(5, 20)),
        )
    )

    @property
    def mishaps(self) -> Mishaps:
        """Nothing went wrong."""
        return Mishaps()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of cultures.csv."""
        return COLUMNS

    def cultures(self, rng: np.random.Generator) -> pd.DataFrame:
        """Every culture with what is true of it."""
        table = pd.DataFrame(self._rows())
        known = self.truth
        experiments, experiment = np.unique(table["experiment"], return_inverse=True)
        count = len(experiments)
        bottom, top, ec50, il6 = (
            rng.normal(0, sd, count)[experiment]
            for sd in (known.sd_bottom, known.sd_top, known.sd_ln_ec50, known.sd_ln_il6)
        )
        arms, arm = np.unique(table["experiment"] + table["arm"], return_inverse=True)
        noise = rng.normal(0, known.sd_arm, len(arms))[arm]
        noise += rng.normal(0, known.sd_well, len(table))
        noise_il6 = il6 + rng.normal(0, known.sd_ln_il6_arm, len(arms))[arm]
        noise_il6 += rng.normal(0, known.sd_ln_il6_well, len(table))
        percents, levels = np.full(len(table), np.nan), np.full(len(table), np.nan)
        for place, (cells, stroma, dose, dex) in enumerate(
            table[["cells", "stroma", BTZ, DEX]].itertuples(index=False, name=None)
        ):
            if cells:
                low = expit(logit(known.bottom(cells, dex) / 100) + bottom[place])
                high = expit(logit(known.line(cells).top / 100) + top[place])
                middle = known.ec50(cells, stroma, dex) * np.exp(ec50[place])
                percent = low + (high - low) * _hill(dose, middle, known.slope)
                percents[place] = 100 * expit(logit(percent) + noise[place])
            if stroma:
                left = 1 - (1 - known.il6_floor) * _hill(dose, known.il6_ic50_nM, known.il6_slope)
                levels[place] = known.il6(cells, dex) * left * np.exp(noise_il6[place])
        return table.assign(
            percent_apoptotic=percents.round(6),
            il6_pg_ml=levels.round(4),
            treated=(table[BTZ] > 0) | (table[DEX] > 0),
            much_il6=False,
        )

    def _rows(self) -> Iterator[dict[str, object]]:
        places = [(line.name, stroma) for line in self.truth.lines for stroma in ("", self.stroma)]
        given = [(dose, dex) for dex in self.second for dose in self.doses]
        arms = [(*place, *one) for place in places for one in given]
        arms += [("", self.stroma, *one) for one in self.alone]
        for number in range(self.experiments):
            for cells, stroma, dose, dex in arms:
                where = cells + ("-HS5" if cells and stroma else "") if cells else "HS5"
                arm = f"{where}-BTZ{dose:g}" + (f"-DEX{dex:g}" if dex else "")
                for well in range(1, self.wells + 1):
                    yield {
                        "culture": f"E{number + 1}-{arm}-{well}",
                        "experiment": f"E{number + 1}",
                        "donor": f"D{number * self.donors // self.experiments + 1}",
                        "cells": cells,
                        "stroma": stroma,
                        BTZ: dose,
                        DEX: dex,
                        "hours": self.hours,
                        "replicate": well,
                        "arm": arm,
                    }

    def other_tables(self, rng: np.random.Generator) -> Mapping[str, Table]:  # noqa: ARG002
        """What is true of each dose-response curve, of the average experiment."""
        return {"truth_curves.csv": Table(pd.DataFrame(self._curves()), _CURVES)}

    def _curves(self) -> Iterator[dict[str, object]]:
        known = self.truth
        for line in known.lines:
            for stroma in ("", self.stroma):
                for dex in self.second:
                    numbers = known.ec50(line.name, stroma, dex), known.slope
                    ends = known.bottom(line.name, dex), line.top
                    row = ("apoptosis", line.name, stroma, dex, *numbers, *ends, "%")
                    yield dict(zip(_CURVES, row, strict=True))
        for cells in (*(line.name for line in known.lines), ""):
            for dex in self.second:
                level = known.il6(cells, dex)
                numbers = known.il6_ic50_nM, known.il6_slope
                ends = level, round(level * known.il6_floor, 4)
                row = ("IL-6", cells, self.stroma, dex, *numbers, *ends, "pg/mL")
                yield dict(zip(_CURVES, row, strict=True))

    def readme(self, seed: int, cultures: pd.DataFrame, wells: pd.DataFrame) -> str:
        """The README of the study."""
        return texts.README.format(
            seed=seed,
            design=self,
            truth=self.truth,
            cultures=len(cultures),
            events=self.parameters.cytometer.events,
            plates=wells["plate"].nunique(),
            cv=100 * self.parameters.plate_reader.cv,
        )

    def config(self, name: str, tables: str) -> str:
        """The config, with the findings of the default doses."""
        return texts.config(name, tables)

    def of_size(
        self, experiments: int | None = None, wells: int | None = None, events: int | None = None
    ) -> "DoseResponse":
        """The same design with other numbers of experiments, wells an arm, and events a culture."""
        cytometer = self.parameters.cytometer
        return replace(
            self,
            experiments=experiments or self.experiments,
            wells=wells or self.wells,
            parameters=replace(
                self.parameters, cytometer=replace(cytometer, events=events or cytometer.events)
            ),
        )


def _hill(dose: float, middle: float, slope: float) -> float:
    """The part of the effect at a dose: 0 at dose zero, a half at `middle`."""
    return 0.0 if dose == 0 else 1 / (1 + (middle / dose) ** slope)
