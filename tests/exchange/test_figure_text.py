"""A figure's text file names the table of its data."""

from pathlib import Path

from coculture.exchange import figure_text
from coculture.exchange.figure_text import FigureText


def test_figures_of_one_kind_share_a_table(tmp_path: Path) -> None:
    """Figures that are drawn once for each endpoint, in the order given."""
    of = {"arms_il6": "arms.csv", "findings": "findings.csv", "arms_apoptosis": "arms.csv"}
    for name, table in of.items():
        figure_text.write(FigureText("A figure", table=table), tmp_path / f"{name}.json")
    files = [tmp_path / f"{name}{ending}" for name in of for ending in (".svg", ".csv", ".json")]
    assert figure_text.tables(files) == {
        "arms.csv": [str(tmp_path / "arms_il6.csv"), str(tmp_path / "arms_apoptosis.csv")],
        "findings.csv": [str(tmp_path / "findings.csv")],
    }
