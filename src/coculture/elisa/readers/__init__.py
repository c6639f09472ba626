"""Plate-reader exports: one module for each vendor, listed in the registry."""

from coculture.elisa.readers.registry import READERS, Reader, read_plates

__all__ = ["READERS", "Reader", "read_plates"]
