"""The classes and outcomes of Annexin V with a viability dye, for tests of single functions."""

from coculture.exchange.outcomes import outcomes_of

STANDARD = outcomes_of({"channels": {"annexin": "A", "viability_dye": "D"}})
