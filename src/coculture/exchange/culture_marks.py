"""Which mark shows which culture: figures write it into their SVG, the report reads it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.artist import Artist

_PREFIX = "culture:"


def mark_culture(artist: "Artist", culture: str) -> None:
    """Record in the SVG that `artist` (a mark, or the axes of a panel) shows `culture`."""
    artist.set_gid(f"{_PREFIX}{culture}")


def culture_of(element_id: str) -> str | None:
    """The culture that the SVG element with this id shows, None if it shows none."""
    return element_id.removeprefix(_PREFIX) if element_id.startswith(_PREFIX) else None
