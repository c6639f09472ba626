"""Write a grouped table as a file of GraphPad Prism (.pzfx), which Prism 5 and later open.

The part of such a file that holds data is XML of GraphPad's schema for Prism 5: an info sheet with
notes, and a table of the type TwoWay whose YColumns are the groups and whose Subcolumns are the
replicates. Prism makes results and graphs itself. The file has no dates, so that the same table
gives the same bytes. The packages on PyPI do not do this: pzfx 0.3 writes columns (OneWay) and the
time of now, prismWriter 1.5 fills a template without escaping text.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from coculture.report.grouped_tables import Cell, GroupedTable, grouped_tables
from coculture.report.results import Results

_HEADER = {
    "CreatedByProgram": "GraphPad Prism",
    "CreatedByVersion": "6.0f.254",
    "Login": "",
    "DateTime": "1980-01-01T00:00:00+00:00",
}
"""What the R package pzfx writes, whose files Prism opens; with a fixed date."""
_DECIMALS = 4
"""Shown by Prism; the file holds all digits."""
_WIDTH = 89
"""Of a sub-column, in Prism's units."""


def write_prism(results: Results, paths: Mapping[str, str | Path]) -> None:
    """Write the file of each endpoint of a study.

    Parameters
    ----------
    paths
        Endpoint, as the config names it -> its file. Where no culture has a usable value, the file
        says so and has no table.
    """
    about = [str(results.config["title"] or results.config["study"])]
    if results.config["simulated"]:
        about.append("These data are simulated. They show how the workflow works.")
    tables = {table.name: table for table in grouped_tables(results)}
    for name, path in paths.items():
        empty = GroupedTable(name, name, (), (), {}, (f"No culture has a usable {name}.",))
        write(tables.get(name, empty), path, about)


def write(table: GroupedTable, path: str | Path, about: Sequence[str] = ()) -> None:
    """Write the file `path`; `about` is said before the notes of the table."""
    root = Element("GraphPadPrismFile", PrismXMLVersion="5.00")
    SubElement(SubElement(root, "Created"), "OriginalVersion", _HEADER)
    SubElement(SubElement(root, "InfoSequence"), "Ref", ID="Info0", Selected="1")
    info = SubElement(root, "Info", ID="Info0")
    SubElement(info, "Title").text = "Notes"
    notes = SubElement(info, "Notes")
    for text in (*about, *table.notes):
        # A line of its own: text before the element that ends it.
        line = SubElement(notes, "Font", Color="#000000", Face="Helvetica")
        line.text = text
        SubElement(line, "BR")
    if table.arms:
        sequence = SubElement(root, "TableSequence", Selected="1")
        SubElement(sequence, "Ref", ID="Table0", Selected="1")
        root.append(_table(table))
    ElementTree.indent(root, space="")
    content = ElementTree.tostring(root, encoding="unicode")
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{content}\n'
    Path(path).write_text(text, encoding="utf-8", newline="\n")


def _table(table: GroupedTable) -> Element:
    made = Element(
        "Table",
        ID="Table0",
        XFormat="none",
        YFormat="replicates",
        Replicates=str(table.wells),
        TableType="TwoWay",
        EVFormat="AsteriskAfterNumber",
    )
    SubElement(made, "Title").text = table.title
    titles = SubElement(SubElement(made, "RowTitlesColumn", Width="240"), "Subcolumn")
    for arm in table.arms:
        SubElement(titles, "d").text = arm
    rows = [table.row(arm) for arm in table.arms]
    for index, experiment in enumerate(table.experiments):
        column = SubElement(
            made,
            "YColumn",
            Width=str(_WIDTH * table.wells),
            Decimals=str(_DECIMALS),
            Subcolumns=str(table.wells),
        )
        SubElement(column, "Title").text = experiment
        for well in range(index * table.wells, (index + 1) * table.wells):
            values = SubElement(column, "Subcolumn")
            for row in rows:
                values.append(_value(row[well]))
    return made


def _value(cell: Cell | None) -> Element:
    """A number; of a bound its limit as an excluded value, which Prism shows but does not use."""
    made = Element("d")
    if cell is not None:
        made.text = repr(cell.value)
        if cell.relation:
            made.set("Excluded", "1")
    return made
