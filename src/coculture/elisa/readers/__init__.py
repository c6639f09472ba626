"""Plate-reader exports: one module for each vendor, listed in the registry."""

from coculture.elisa.readers.registry import READERS, Reader, UnknownFormatError, read_plates

__all__ = ["READERS", "Reader", "UnknownFormatError", "read_plates"]
