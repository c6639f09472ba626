"""The findings that a study states in advance, one module for each kind of finding."""

from coculture.comparison.findings.registry import KINDS, FindingKind, kind_of

__all__ = ["KINDS", "FindingKind", "kind_of"]
