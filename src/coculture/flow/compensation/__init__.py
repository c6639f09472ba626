"""Compensation: the spillover between fluorescence channels, read or estimated, and corrected."""
