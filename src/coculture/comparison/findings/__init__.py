"""The findings that a study states in advance, one module for each kind of finding."""

from coculture.comparison.findings.kind import FindingKind
from coculture.comparison.findings.registry import KINDS, kind_of

__all__ = ["KINDS", "FindingKind", "kind_of"]
