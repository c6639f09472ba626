"""Plate-reader exports: one module a vendor, tried in the order of `READERS`."""

from coculture.elisa.readers.registry import READERS, Reader, read_plates

__all__ = ["READERS", "Reader", "read_plates"]
