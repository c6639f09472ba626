"""The layouts that are looked for, in the order in which they are said."""

from collections.abc import Iterator

import pandas as pd

from coculture.comparison.design.arms import Design
from coculture.comparison.layout import acquisition_order, different_plates, edge_wells
from coculture.comparison.layout.layout import Layout
from coculture.comparison.layout.readings import pairs_of_findings
from coculture.comparison.settings import ComparisonSettings


def layouts_of(
    readings: pd.DataFrame,
    plate_factors: pd.DataFrame,
    design: Design,
    settings: ComparisonSettings,
) -> Iterator[Layout]:
    """Every layout in which arms differ in more than treatment.

    Parameters
    ----------
    readings
        Of both assays (`readings`).
    plate_factors
        elisa/plate_factors.csv; may be empty.
    """
    if readings.empty:
        return
    pairs = list(pairs_of_findings(settings, design))
    of_flow = [one.name for one in settings.quantities if one.source == "flow.csv"]
    of_elisa = readings[~readings["endpoint"].isin(of_flow)]
    yield from different_plates.layouts(of_elisa, plate_factors)
    analytes = [one.name for one in settings.quantities if one.source == "elisa.csv"]
    yield from edge_wells.layouts(pairs, readings, design, analytes)
    yield from acquisition_order.layouts(pairs, readings, design)
