"""config/README.md says what the schemas say."""

from pathlib import Path

from coculture.study import documentation


def test_the_readme_of_the_config_is_in_date(root: Path) -> None:
    written = (root / "config" / "README.md").read_text(encoding="utf-8")
    assert written == documentation.markdown(), "run: make document"


def test_every_key_has_a_meaning() -> None:
    rows = [line for line in documentation.markdown().splitlines() if line.startswith("| `")]
    assert len(rows) > 80
    for row in rows:
        assert len(row.split("|")[3].strip()) > 10, row
