"""A study with its config, tables, results, provenance and code in one .zip: `make archive`."""

from coculture.archive.archive_error import ArchiveError
from coculture.archive.archiving import Written, archive

__all__ = ["ArchiveError", "Written", "archive"]
