"""Why a study cannot be archived."""

from coculture.exchange.problems import CocultureError


class ArchiveError(CocultureError):
    """A study cannot be archived as it is; the message says what to do."""
