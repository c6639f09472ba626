"""The scatter of wells that tests take as known: an SD of 0.005 without signal, and a CV of 5 %."""

from coculture.elisa import Scatter, VarianceFunction

FUNCTION = VarianceFunction(0.005, 0.05, 4, 38, "stated")
KNOWN = Scatter(FUNCTION, FUNCTION, is_assumed=False)
