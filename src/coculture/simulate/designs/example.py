"""The embedded example: DEX, IL-1Ra and added IL-6 at one dose each, in two kinds of cells."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from coculture.simulate import configuration, files, patients, readme, truth
from coculture.simulate.designs.simulated_design import Table
from coculture.simulate.parameters import Mishaps, Parameters


@dataclass(frozen=True)
class Example:
    """The example, or with other parameters a study of the same drugs."""

    parameters: Parameters = field(default_factory=Parameters)

    @property
    def mishaps(self) -> Mishaps:
        """What went wrong on the bench."""
        return self.parameters.design.mishaps

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of cultures.csv."""
        return files.CULTURES

    def cultures(self, rng: np.random.Generator) -> pd.DataFrame:
        """The cultures that were measured, with what is true of each."""
        design = self.parameters.design
        designed = truth.cultures(design)
        realised = truth.realise(designed, self.parameters, rng)
        return truth.marked(truth.survivors(designed.merge(realised, on="culture"), design))

    def other_tables(self, rng: np.random.Generator) -> Mapping[str, Table]:
        """The patients."""
        return {"clinical.csv": Table(patients.draw(rng), files.CLINICAL)}

    def readme(self, seed: int, cultures: pd.DataFrame, wells: pd.DataFrame) -> str:
        """The README of the study."""
        return readme.text(self.parameters, seed, cultures, wells)

    def config(self, name: str, tables: str) -> str:
        """The config; its findings are those of the example."""
        return configuration.text(name, tables, self.parameters)

    def of_size(
        self, experiments: int | None = None, wells: int | None = None, events: int | None = None
    ) -> "Example":
        """The same design with other numbers of experiments, wells an arm, and events a culture."""
        design, cytometer = self.parameters.design, self.parameters.cytometer
        return Example(
            replace(
                self.parameters,
                design=replace(
                    design,
                    experiments=experiments or design.experiments,
                    wells=wells or design.wells,
                ),
                cytometer=replace(cytometer, events=events or cytometer.events),
            )
        )
