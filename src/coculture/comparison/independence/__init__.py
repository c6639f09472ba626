"""Whether the experiments of a study are what it counts them as: independent repeats."""
