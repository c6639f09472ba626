"""Quality checks of every file and population: one module for each check.

A check is a module with a CODE and `flags(measurement, experiment)`. To add one, write such a
module and list it here. A flagged file stays in the results.

A check is called for every measurement. One that finds the same thing in several of them (a gate
that all samples share) yields equal flags, which are written once.
"""

from collections.abc import Iterator
from typing import Protocol

from coculture.exchange.flags import Flag
from coculture.flow.gating.checks import (
    already_compensated,
    annexin_missing,
    cells_cut_off,
    cells_in_no_outcome,
    constant_channel,
    debris_not_testable,
    doublets,
    dye_missing,
    dye_peak_moved,
    exploratory_threshold,
    failed_control,
    fallback_source,
    few_counting_beads,
    few_events,
    fmo_not_used,
    gate_set_by_hand,
    gating_difference,
    live_peak_moved,
    margin_events,
    marker_background,
    marker_reversed,
    marker_separation,
    matrix_not_used,
    matrix_of_each_file,
    no_controls,
    not_finite,
    other_acquisition_day,
    other_voltage,
    other_well,
    percent_not_given,
    population_lost,
    remaining_spill,
    replicate_gain,
    replicate_population,
    replicate_staining,
    replicate_threshold,
    several_files,
    shared_control,
    spillover_coefficient,
    staining_not_seen,
    stains_swapped,
    threshold_sensitive,
    time_lost,
    too_few_cells,
    unknown_spill,
    unlabelled_beads,
    unstained_positive,
    unsteady_acquisition,
    untreated_viability,
    unusual_file,
    vanished_cells,
    volume_not_known,
    weak_stain,
)
from coculture.flow.gating.measurement import Experiment, Measurement


class Check(Protocol):
    """What the module of a check has."""

    CODE: str
    """Of its flags."""

    def flags(self, one: Measurement, experiment: Experiment) -> Iterator[Flag]:
        """What is doubtful about one file and population."""


CHECKS: tuple[Check, ...] = (
    no_controls,
    percent_not_given,
    other_well,
    other_voltage,
    matrix_of_each_file,
    unusual_file,
    several_files,
    shared_control,
    other_acquisition_day,
    not_finite,
    constant_channel,
    margin_events,
    unsteady_acquisition,
    time_lost,
    staining_not_seen,
    stains_swapped,
    annexin_missing,
    dye_missing,
    weak_stain,
    doublets,
    debris_not_testable,
    cells_cut_off,
    cells_in_no_outcome,
    too_few_cells,
    few_events,
    few_counting_beads,
    volume_not_known,
    vanished_cells,
    marker_reversed,
    population_lost,
    marker_separation,
    marker_background,
    replicate_population,
    live_peak_moved,
    dye_peak_moved,
    replicate_gain,
    replicate_staining,
    replicate_threshold,
    threshold_sensitive,
    untreated_viability,
    unstained_positive,
    failed_control,
    fallback_source,
    exploratory_threshold,
    matrix_not_used,
    already_compensated,
    remaining_spill,
    unknown_spill,
    fmo_not_used,
    unlabelled_beads,
    spillover_coefficient,
    gating_difference,
    gate_set_by_hand,
)
"""In the order in which the codes of a well are listed."""


def flags(one: Measurement, experiment: Experiment) -> list[Flag]:
    """Everything that the checks find in one file and population."""
    return [flag for check in CHECKS for flag in check.flags(one, experiment)]
