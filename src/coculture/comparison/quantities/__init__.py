"""Quantities: what a comparison compares, each declared once (kinds: one file each)."""
