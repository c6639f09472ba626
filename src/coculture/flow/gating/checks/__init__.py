"""Quality checks of every file and population: one module for each check."""

from coculture.flow.gating.checks.registry import CHECKS, Check, flags

__all__ = ["CHECKS", "Check", "flags"]
