"""Estimates and tests, with the experiment as the unit of replication."""
