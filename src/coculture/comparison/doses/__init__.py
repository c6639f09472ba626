"""Doses: which factors are one, the curve of each experiment, and what all experiments say."""
