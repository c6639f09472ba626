"""The plate map shows each well with its reading, result and flags."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from coculture.drawing.figure import Drawing
from coculture.elisa.figures import PlateResults
from coculture.elisa.figures import plate as plate_figure
from coculture.exchange.culture_marks import culture_of
from coculture.exchange.flags import Concerns, Flag, Severity

SAMPLES = {"low": 60.0, "middle": 2000.0, "high": 50000.0}


def flag(code: str, kind: str = "well", well: str = "") -> Flag:
    severity: Severity = "failure" if kind == "curve" else "caution"
    concerns = Concerns("elisa/wells.csv", kind, plate="P1", well=well, analyte="IL-6")
    return Flag(concerns, code, severity, "Something with a number (34 %; limit 20 %).")


def draw(wells: pd.DataFrame, flags: Sequence[Flag] = ()) -> Drawing:
    return plate_figure.draw(PlateResults(wells, {}, flags))


def colours_of(figure: Figure, panel: int) -> dict[str, str]:
    """Well -> colour of its cell on the plate."""
    return {
        f"{'ABCDEFGHIJKLMNOP'[int(cell.get_y())]}{int(cell.get_x()) + 1}": to_hex(  # type: ignore[attr-defined]
            cell.get_facecolor()
        )
        for cell in figure.axes[panel].patches
    }


def test_the_heat_map_shows_each_well_at_its_place(plate: PlateResults) -> None:
    drawn = draw(plate.wells)
    values = drawn.shown.set_index("well")["value"]
    assert values.to_dict() == plate.wells.set_index("well")["response"].to_dict()
    colours = colours_of(drawn.figure, 0)
    assert set(colours) == set(plate.wells["well"])
    by_value = [int(colours[well][1:3], 16) for well in values.sort_values().index]
    assert by_value == sorted(by_value)
    assert drawn.figure.axes[0].get_ylim() == (8, 0)


def test_a_well_without_a_reading_says_why(awkward: PlateResults) -> None:
    wells = awkward.wells.copy()
    wells.loc[2, "response"] = np.nan
    wells.loc[2, "state"] = "missing"
    drawn = draw(wells)
    assert sorted(text.get_text() for text in drawn.figure.axes[0].texts) == ["over", "–"]


def cultures_in(figure: Figure) -> list[str]:
    """The cultures of the marks that have one, in the order of drawing."""
    artists = [artist for axes in figure.axes for artist in [*axes.lines, *axes.patches]]
    return [culture for one in artists if (culture := culture_of(str(one.get_gid())))]


def test_a_cell_stands_for_its_culture_in_both_maps(plate: PlateResults) -> None:
    figure = draw(plate.wells).figure
    drawn = [culture for culture in plate.wells["culture"] if culture]
    assert sorted(cultures_in(figure)) == sorted(2 * drawn)


@pytest.mark.parametrize(("well", "rows"), [("H12", 8), ("I1", 16), ("A13", 16), ("P25", 32)])
def test_the_map_is_as_large_as_the_plate(plate: PlateResults, well: str, rows: int) -> None:
    wells = pd.concat([plate.wells, plate.wells.iloc[-1:].assign(well=well)])
    axes = draw(wells).figure.axes[0]
    assert axes.get_ylim() == (rows, 0)
    assert axes.get_xlim() == (0, 1.5 * rows)


def legend_of(figure: Figure) -> set[str]:
    legends = [legend for axes in figure.axes if (legend := axes.get_legend()) is not None]
    return {text.get_text() for legend in legends for text in legend.get_texts()}


def test_the_heat_map_tells_apart_why_wells_are_not_used(plate: PlateResults) -> None:
    wells = plate.wells.copy()
    wells.loc[:2, "state"] = "excluded"
    wells.loc[:2, "excluded"] = ["bubble", "any words", "not in elisa.csv"]
    wells.loc[2, "role"] = "unassigned"
    drawn = draw(wells, [flag("masked", well=str(wells.loc[1, "well"]))])
    assert drawn.shown["state"][:3].tolist() == ["excluded", "masked", "unassigned"]
    colours = colours_of(drawn.figure, 1)
    assert len({colours[well] for well in wells["well"][:3]}) == 3
    labels = {"excluded in elisa.csv", "masked in the reader", "not in elisa.csv"}
    assert labels <= legend_of(drawn.figure)


def test_zero_standards_and_blanks_are_neither_in_nor_below_the_range(
    plate: PlateResults,
) -> None:
    wells = plate.wells.copy()
    zero = wells["role"].eq("standard") & wells["nominal_pg_ml"].eq(0)
    assert zero.sum() > 1
    wells.loc[zero, "state"] = ["below_curve", *["ok"] * (zero.sum() - 1)]
    sample = wells.index[wells["role"] == "sample"][:3]
    wells.loc[sample, "role"] = ["blank", "medium_blank", "blank"]
    wells.loc[sample[2], "state"] = "excluded"
    drawn = draw(wells)
    neutral = drawn.shown["state"] == "zero"
    assert set(wells.index[neutral]) == {*wells.index[zero], *sample[:2]}
    assert drawn.shown["state"][sample[2]] == "excluded"
    colours = colours_of(drawn.figure, 1)
    assert {colours[well] for well in wells.loc[neutral, "well"]} == {"#ffffff"}
    assert "#ffffff" not in {colours[well] for well in wells.loc[~neutral, "well"]}
    assert "zero or blank" in legend_of(drawn.figure)


def test_a_ring_marks_a_well_s_own_flags_alone(plate: PlateResults) -> None:
    failed = flag("plate_failed", "curve")
    assert len(draw(plate.wells.assign(flags="plate_failed"), [failed]).figure.axes[1].lines) == 0
    well = str(plate.wells.loc[3, "well"])
    drawn = draw(plate.wells, [failed, flag("replicates_differ", well=well)])
    assert len(drawn.figure.axes[1].lines) == 1
    assert drawn.shown["flags"].tolist().count("replicates_differ") == 1
    assert drawn.shown.loc[3, "flags"] == "replicates_differ"


def test_bounds_and_exclusions_have_no_ring(awkward: PlateResults) -> None:
    assert {"excluded", "below_curve", "above_curve"} <= {one.code for one in awkward.flags}
    drawn = draw(awkward.wells, [one for one in awkward.flags if one.severity == "note"])
    assert len(drawn.figure.axes[1].lines) == 0


def test_the_result_counts_the_samples_by_their_state(plate: PlateResults) -> None:
    """Of two wells each: low is below the LLOQ, high above the ULOQ, middle in range."""
    result = draw(plate.wells).text.result
    assert result.startswith("Of 6 sample wells: ")
    for part in ("2 in range", "2 below LLOQ", "2 above ULOQ"):
        assert part in result


def test_a_plate_without_any_reading_is_still_drawn(plate: PlateResults) -> None:
    drawn = draw(plate.wells.assign(response=np.nan, state="overflow"))
    assert legend_of(drawn.figure) == {"overflow"}


def test_anchors_and_spikes_have_a_letter_that_is_explained_where_they_are(
    plate: PlateResults,
) -> None:
    def letters(wells: pd.DataFrame) -> tuple[str, set[str]]:
        below = draw(wells).figure.axes[1]
        return below.get_title(loc="left"), {text.get_text() for text in below.texts}

    title, _ = letters(plate.wells)
    assert title == "Result of each well (S standard, B blank, M medium, C control)"
    wells = plate.wells.copy()
    wells.loc[wells.index[wells["role"] == "sample"][:2], "role"] = ["anchor", "spike"]
    title, written = letters(wells)
    assert title.endswith("C control, A anchor, + spike)")
    assert {"S", "C", "A", "+"} <= written


def given(wells: pd.DataFrame) -> PlateResults:
    """The plate as if the reader's software had given its concentrations."""
    wells = wells.assign(response=np.nan)
    return PlateResults(wells, {"IL-6": {"source": "the reader's software"}}, ())


def test_given_concentrations_are_drawn_in_place_of_responses(plate: PlateResults) -> None:
    wells = plate.wells[plate.wells["role"] == "sample"]
    drawn = plate_figure.draw(given(wells))
    values = drawn.shown["value"].to_numpy(float)
    assert np.array_equal(values, wells["concentration_pg_ml"], equal_nan=True)
    assert set(drawn.shown["unit"]) == {"pg/mL"}
    assert drawn.figure.axes[0].get_title(loc="left") == (
        "P1: IL-6, concentration of the undiluted sample"
    )
    assert "as the reader's software gave it" in drawn.text.caption
    marks = [text.get_text() for text in drawn.figure.axes[0].texts]
    outside = wells.loc[wells["concentration_pg_ml"].isna(), "state"]
    assert {"below_lloq", "above_uloq"} <= set(outside)
    known = {"below_lloq": "<", "above_uloq": ">"}
    assert sorted(marks) == sorted(known.get(state, "–") for state in outside)


def test_wells_with_several_analytes_have_maps_for_each(plate: PlateResults) -> None:
    both = pd.concat([plate.wells, plate.wells.assign(analyte="TNF", role="sample")])
    drawn = plate_figure.draw(given(both.reset_index(drop=True)))
    titles = [axes.get_title(loc="left") for axes in drawn.figure.axes]
    assert [title for title in titles if "concentration" in title] == [
        f"P1: {analyte}, concentration of the undiluted sample" for analyte in ("IL-6", "TNF")
    ]
    assert len(colours_of(drawn.figure, 0)) == len(plate.wells)
    assert len(drawn.shown) == 2 * len(plate.wells)
