"""Clipping shapes of a figure are named by what is written of them."""

from pathlib import Path

from matplotlib.figure import Figure

from coculture.drawing import style


def _saved(path: Path, left: float) -> str:
    figure = Figure(figsize=(3, 2))
    axis = figure.add_axes((left, 0.2, 0.7, 0.7))
    axis.plot([0, 1], [0, 2])
    style.save(figure, path)
    return path.read_text(encoding="utf-8")


def test_a_place_that_differs_in_the_last_digit_has_the_same_name(tmp_path: Path) -> None:
    written = _saved(tmp_path / "a.svg", 0.2)
    assert written == _saved(tmp_path / "b.svg", 0.2 + 3e-16)
    assert "clip-path" in written


def test_another_place_has_another_name_and_every_name_is_defined(tmp_path: Path) -> None:
    names = []
    for left in (0.2, 0.21):
        written = _saved(tmp_path / "a.svg", left)
        (name,) = {part.split(")")[0] for part in written.split("url(#")[1:]}
        assert written.count(f'<clipPath id="{name}">') == 1
        names.append(name)
    assert names[0] != names[1]
