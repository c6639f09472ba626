"""Apoptosis and IL-6 in myeloma-stroma co-cultures: from raw files to tested findings.

The stages, in the order in which data passes them: :mod:`coculture.study` (tables and
config), :mod:`coculture.flow` (FCS files to percent apoptotic), :mod:`coculture.elisa` (plate
exports to pg/mL), :mod:`coculture.comparison` (contrasts and findings), :mod:`coculture.report`.
"""

from importlib.metadata import version

__version__ = version("coculture")
