"""Folders in which neither Python's environments nor the lists of search paths can be."""

from pathlib import Path

from coculture.exchange.problems import CocultureError


class UnusableFolderError(CocultureError):
    """The path of a folder has a character that other programs cannot cope with."""


def require_usable(*folders: str | Path) -> None:
    """Raise an error if the path of a folder has a colon or line break, or is not UTF-8.

    Spaces, quotes, brackets, umlauts and every other character do no harm.

    Raises
    ------
    UnusableFolderError
        Naming the folder and the character.
    """
    for folder in map(str, folders):
        what = _unusable(folder)
        if what:
            shown = ascii(folder) if "colon" not in what else f"'{folder}'"
            raise UnusableFolderError(
                f"The path of the folder {shown} has {what}, with which Python's environments do "
                "not work. Rename the folder."
            )


def _unusable(folder: str) -> str:
    if ":" in folder:
        return "a colon"
    if "\n" in folder or "\r" in folder:
        return "a line break"
    if any("\ud800" <= letter <= "\udfff" for letter in folder):
        return "a character that is not UTF-8"
    return ""
