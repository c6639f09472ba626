"""Folders with strange names."""

import pytest

from coculture.running.project_folder import UnusableFolderError, require_usable


def test_most_signs_do_no_harm() -> None:
    require_usable("/home/a b/it's", "/mnt/Müller [x] (1) {y}", '/a"b"$c#d%e;f&g`h`')


@pytest.mark.parametrize(
    ("folder", "what"),
    [
        ("/a/10:30", "'/a/10:30' has a colon"),
        ("/a\nb", r"'/a\nb' has a line break"),
        ("/a\udcffb", r"'/a\udcffb' has a character that is not UTF-8"),
    ],
)
def test_others_are_refused_in_one_sentence(folder: str, what: str) -> None:
    with pytest.raises(UnusableFolderError) as refused:
        require_usable("/sound", folder)
    assert what in str(refused.value)
    assert "\n" not in str(refused.value)
