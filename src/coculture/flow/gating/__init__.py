"""Gating: how each gate is set and applied, and quality checks."""
