"""SVGs that share one page: no ids in common, references kept, cultures readable by the page."""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from coculture.drawing import style
from coculture.exchange import culture_marks
from coculture.report.inline_svg import InlineSvg, inline

SVG = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 viewBox="0 0 144 72"><metadata>who</metadata><defs><style>*{fill: red}</style>
 <clipPath id="p1"><rect id="unused"/></clipPath><path id="m1" d="M 0.123456 -7.9999
L 10 3"/></defs><!-- a note --><g clip-path="url(#p1)"><g id="culture:a &lt;b&gt; &quot;c&quot;">
<use xlink:href="#m1" transform="translate(1.23456 2) scale(0.015625)"
 style="fill: #000000; clip-path: url(#p1)"/></g></g></svg>"""


def test_ids_get_the_prefix_of_the_figure_and_unused_ones_are_removed() -> None:
    content = inline(SVG, "f3").content
    assert re.findall(r'\bid="([^"]*)"', content) == ["f3-0", "f3-1"]
    assert '<clipPath id="f3-0">' in content
    assert 'href="#f3-1"' in content
    assert content.count("url(#f3-0)") == 2


def test_a_mark_carries_its_culture_whatever_its_name() -> None:
    found = inline(SVG, "f")
    assert found.cultures == {'a <b> "c"'}
    assert 'data-culture="a &lt;b&gt; &quot;c&quot;"' in found.content


def test_notes_and_styles_are_removed_and_coordinates_rounded() -> None:
    found = inline(SVG, "f")
    for words in ("who", "fill: red", "a note"):
        assert words not in found.content
    assert 'd="m.12-8 9.88 11"' in found.content
    assert 'transform="translate(1.23 2) scale(0.015625)"' in found.content
    assert (found.width, found.height) == (192, 96)


def test_two_figures_drawn_by_matplotlib_share_no_id(tmp_path: Path) -> None:
    path = tmp_path / "drawn.svg"
    with style.house_style():
        figure = Figure()
        axes = figure.add_subplot(title="</svg><script>")
        (mark,) = axes.plot([1], [1], "o")
        culture_marks.mark_culture(mark, "E1-DEX-1")
        style.save(figure, path)
    svg = path.read_text(encoding="utf-8")
    one, other = (inline(svg, prefix) for prefix in ("f1", "f2"))
    assert one.cultures == {"E1-DEX-1"}
    ids = [re.findall(r'\bid="([^"]*)"', found.content) for found in (one, other)]
    assert ids[0]
    assert not set(ids[0]) & set(ids[1])
    whole = ElementTree.fromstring(f"<svg>{one.content}{other.content}</svg>")
    targets = {element.get("id") for element in whole.iter()}
    for element in whole.iter():
        if (element.get("href") or "").startswith("#"):
            assert element.attrib["href"][1:] in targets
    assert "script" not in one.content


def test_the_background_of_a_panel_has_its_size(tmp_path: Path) -> None:
    path = tmp_path / "drawn.svg"
    with style.house_style():
        figure = Figure(figsize=(2, 2))
        figure.set_layout_engine("none")
        axes = figure.add_axes((0.25, 0.25, 0.5, 0.5), xlim=(0, 1))
        axes.plot([-50, 50], [0, 1])
        culture_marks.mark_culture(axes, "E1-DEX-1")
        style.save(figure, path)
    content = inline(path.read_text(encoding="utf-8"), "f1").content
    (background,) = re.findall(r'<path [^>]*class="background[^>]*', content)
    assert ' d="m36 108 72 0 0-72-72 0z"' in background


@pytest.mark.parametrize("text", ["not xml", "<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_a_file_that_is_not_an_svg_is_rejected_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="figure f7 is not an SVG with a viewBox"):
        inline(text, "f7")


def test_a_prepared_figure_is_written_and_read_whole() -> None:
    found = inline(SVG, "f")
    assert InlineSvg.of_json(found.as_json()) == found


def test_neighbours_with_the_same_clip_are_one_group() -> None:
    def drawn(*clips: str) -> str:
        marks = "".join(
            f'<g clip-path="url(#{clip})"><path d="M {x} 1 L 9 9"/><path d="M {x} 2 L 9 9"/></g>'
            for x, clip in enumerate(clips)
        )
        ids = "".join(f'<clipPath id="{one}"><path d="M 0 0 L 9 9"/></clipPath>' for one in "ab")
        start = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 144 72"><defs>'
        return inline(f"{start}{ids}</defs>{marks}</svg>", "f").content

    assert drawn("a", "a", "b").count("<g ") == 2
    assert drawn("a", "b", "a").count("<g ") == 3


def test_an_embedded_image_is_kept_as_it_is() -> None:
    image = '<image href="data:image/png;base64,iVBORw0KGgo="/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 144 72">{image}</svg>'
    assert inline(svg, "f").content == image
