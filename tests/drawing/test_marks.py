"""Colours and markers of experiments."""

from coculture.drawing.marks import experiment_marks, series_marks


def test_experiments_keep_their_mark_in_any_order() -> None:
    names = [f"E{i:02}" for i in range(20)]
    marks = experiment_marks(names)
    assert experiment_marks(reversed(names)) == marks
    assert len(set(marks.values())) == len(names)


def test_series_differ_in_colour_then_in_marker() -> None:
    marks = list(series_marks([str(i) for i in range(10)]).values())
    assert len({mark.colour for mark in marks[:8]}) == 8
    assert {mark.marker for mark in marks[:8]} == {"o"}
    assert marks[8].colour == marks[0].colour
    assert marks[8].marker != marks[0].marker
