"""Which figures a study has, as far as its tables and config say before anything is measured.

A figure that could show nothing is not made: interactions without two factors together, plates
without positions. What a study should have and did not give (every file excluded) is found when the
figure is drawn, and the figure then says so.

The conditions are here and not with the figures, because the workflow asks for them and must not
import Matplotlib.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from coculture.comparison.combinations.tables import endpoints_of_effects, in_matrices
from coculture.comparison.design.arms import Design, arms_of
from coculture.comparison.design.families import contrasts_of, interaction_weights, interactions
from coculture.comparison.doses.series import dose_series
from coculture.comparison.settings import ComparisonSettings
from coculture.comparison.statistics.combination import killing


@dataclass(frozen=True)
class PlannedStudy:
    """What the tables and the config of a study say of its comparison.

    Attributes
    ----------
    cultures
        The rows of cultures.csv.
    measured
        Endpoint -> the cultures for which the study's tables name a file, a well or a number.
    has_positions
        Whether flow.csv says where on a plate its samples were.
    """

    cultures: pd.DataFrame
    settings: ComparisonSettings
    measured: Mapping[str, frozenset[str]]
    has_positions: bool

    def cultures_of(self, subject: str) -> pd.DataFrame:
        """The cultures for which an endpoint was measured."""
        return self.cultures[self.cultures["culture"].isin(self.measured.get(subject, frozenset()))]

    def arms_of_experiments(self, subject: str) -> dict[str, set[str]]:
        """Experiment -> the names of its arms for which an endpoint was measured."""
        arms = self._arms_of_cultures(subject).groupby("experiment")["arm"]
        return {str(experiment): set(of_experiment) for experiment, of_experiment in arms}

    def has_replicates(self, subject: str) -> bool:
        """Whether an endpoint was measured in two wells of an arm in one experiment."""
        return bool(self._arms_of_cultures(subject).duplicated().any())

    def _arms_of_cultures(self, subject: str) -> pd.DataFrame:
        """Experiment and arm of each culture for which an endpoint was measured."""
        return self._arms.loc[self.cultures_of(subject).index]

    @cached_property
    def _arms(self) -> pd.DataFrame:
        """Experiment and arm of each culture."""
        names = [self.design.label(arm) for arm in arms_of(self.cultures, self.settings.factors)]
        return self.cultures[["experiment"]].assign(
            arm=pd.Series(names, index=self.cultures.index, dtype=object)
        )

    @cached_property
    def design(self) -> Design:
        """The arms of the study."""
        return Design.of(self.cultures, self.settings)


def has_findings(study: PlannedStudy) -> bool:
    """Whether the config states any finding."""
    return bool(study.settings.findings)


def has_arms(study: PlannedStudy, subject: str) -> bool:
    """Whether an endpoint was measured."""
    return bool(study.measured.get(subject))


def has_contrasts(study: PlannedStudy, subject: str) -> bool:
    """Whether any arms are compared, so that a second analysis has something to add."""
    design = Design.of(study.cultures_of(subject), study.settings)
    own = (one for one in study.settings.contrasts if one.endpoint == subject)
    reference = study.settings.reference_cells
    return has_arms(study, subject) and (bool(contrasts_of(design, reference)) or any(own))


def has_interaction(study: PlannedStudy, subject: str) -> bool:
    """Whether two factors were given alone and together, and the endpoint measured in all arms.

    Arms to which the endpoint's own analyte was added have no value of it. Pairs of doses that are
    in the figure of dose pairs have no panel.
    """
    design = study.design
    experiments = study.arms_of_experiments(subject).values()
    measured: set[str] = set().union(*experiments)
    measured -= {design.label(arm) for arm in design.arms if design.added(arm, subject)}
    elsewhere = in_matrices(design, study.settings, subject, experiments)
    return any(
        set(interaction_weights(design, arm, one, other)) <= measured
        for arm, one, other in interactions(design)
        if (arm, one, other) not in elsewhere
    )


def has_doses(study: PlannedStudy, subject: str) -> bool:
    """Whether an experiment has three levels of a drug in which the endpoint was measured."""
    design = Design.of(study.cultures_of(subject), study.settings)
    measured = study.arms_of_experiments(subject)
    labels = [design.label(arm) for arm in design.arms]
    own = study.design
    names = {design.label(arm): own.label(arm) for arm in design.arms}
    cultured = pd.DataFrame(
        {label: [names[label] in arms for arms in measured.values()] for label in labels},
        index=list(measured),
    )
    return bool(dose_series(design, cultured)) if labels else False


def has_combination(study: PlannedStudy) -> bool:
    """Whether an experiment has two drugs alone and together, and the cells that die of them.

    Pairs of doses that are in the figure of dose pairs have no panel.
    """
    quantity = killing(study.settings)
    if quantity is None:
        return False
    design, measured = study.design, study.arms_of_experiments(quantity.name).values()
    elsewhere = in_matrices(design, study.settings, quantity.name, measured)
    return any(
        set(interaction_weights(design, arm, one, other)) <= arms
        for arm, one, other in interactions(design)
        if (arm, one, other) not in elsewhere and not one.adds_analyte and not other.adds_analyte
        for arms in measured
    )


def has_dose_pairs(study: PlannedStudy) -> bool:
    """Whether an experiment has two drugs crossed at several doses, and what they change."""
    return any(
        in_matrices(
            study.design,
            study.settings,
            endpoint.subject,
            study.arms_of_experiments(endpoint.subject).values(),
        )
        for endpoint, _ in endpoints_of_effects(study.settings)
    )


def has_positions(study: PlannedStudy) -> bool:
    """Whether wells whose places on plates are known can be compared with others of their arm."""
    return study.has_positions and any(map(study.has_replicates, study.measured))


CONDITIONS: Mapping[str, Callable[..., bool]] = {
    "findings": has_findings,
    "robustness": has_findings,
    "arms_{endpoint}": has_arms,
    "arms_{endpoint}_pooled_error": has_contrasts,
    "dose_response_{endpoint}": has_doses,
    "interaction_{endpoint}": has_interaction,
    "combination": has_combination,
    "dose_pairs": has_dose_pairs,
    "plates": has_positions,
}
"""Name of a figure (registry.NAMES) -> whether a study has it (of an endpoint: for this one)."""
