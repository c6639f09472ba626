"""The kinds of differences, what matters most first: results, then what went into the runs."""

from coculture.differences import (
    culture_values,
    estimates,
    exclusions,
    flags,
    gates,
    raw_files,
    settings,
    table_rows,
    verdicts,
    versions,
)

KINDS = (
    *(verdicts.KIND, estimates.OF_FINDINGS, estimates.OF_CONTRASTS, culture_values.KIND),
    *(flags.KIND, gates.KIND),
    *(settings.KIND, exclusions.KIND, table_rows.KIND, raw_files.KIND, versions.KIND),
)
INPUTS = tuple(
    one.name
    for one in (settings.KIND, exclusions.KIND, table_rows.KIND, raw_files.KIND, versions.KIND)
)
"""Kinds of what went into a run."""
