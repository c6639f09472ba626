"""What in a figure stands for which culture: figures write it into the SVG, the report reads it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.artist import Artist

_PREFIX = "culture:"


def stands_for(artist: "Artist", culture: str) -> None:
    """Say that `artist` (a mark, or the axes of a panel) shows the culture of that name."""
    artist.set_gid(f"{_PREFIX}{culture}")


def culture_of(element_id: str) -> str | None:
    """The culture that the SVG element of this id stands for, if it stands for one."""
    return element_id.removeprefix(_PREFIX) if element_id.startswith(_PREFIX) else None
