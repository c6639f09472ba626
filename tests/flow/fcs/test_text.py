"""The TEXT segment."""

import pytest

from coculture.flow.fcs.text import parse_text


@pytest.mark.parametrize(
    ("text", "keywords"),
    [
        ("/A/1/B/2/", {"A": "1", "B": "2"}),
        ("/A/1/B/2", {"A": "1", "B": "2"}),
        ("/A/1//2/B/3/", {"A": "1/2", "B": "3"}),
        ("/A//B/2/", {"A": "", "B": "2"}),
        ("/A//B//C/3/", {"A": "", "B": "", "C": "3"}),
        ("/A/1///B/2/", {"A": "1/", "B": "2"}),
        ("/A///1/B/2/", {"A": "/1", "B": "2"}),
        ("/A////B/2/", {"A": "/", "B": "2"}),
        ("/A//////B/2/", {"A": "//", "B": "2"}),
        ("\\$P1S\\\\$P2S\\FITC\\", {"$P1S": "", "$P2S": "FITC"}),
        ("\x0c$cyt\x0c LSR II \x0c   ", {"$CYT": "LSR II"}),
    ],
)
def test_text_segments(text: str, keywords: dict[str, str]) -> None:
    assert parse_text(text) == keywords
