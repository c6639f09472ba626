"""Which pages a study has, and what is in them before a browser opens one."""

import re
from dataclasses import replace

from coculture.flow import GatedExperiment
from coculture.gate_page import page_names, pages
from coculture.gate_page.codes import coded
from tests.gate_page.conftest import EVIL, inputs_of, page_of


def test_beyond_400_wells_each_experiment_has_a_page(gated: GatedExperiment) -> None:
    assert page_names({"E1": 200, "E2": 200}) == ["gates.html"]
    assert page_names({"E1": 401}) == ["gates.html"]
    wells = {"E1": 24, "E2/b": 384}
    made = dict(pages(inputs_of(gated), wells))
    assert list(made) == page_names(wells) == ["gates.html", "gates-E1.html", "gates-E2%2Fb.html"]
    assert 'href="gates-E1.html"' in made["gates.html"]
    # The name of a file has a % that an address has to escape.
    assert 'href="gates-E2%252Fb.html"' in made["gates.html"]
    assert "there is no gate to show" in made["gates-E2%2Fb.html"]
    assert 'href="gates.html"' in made["gates-E1.html"]


def test_the_same_results_give_the_same_page(gated: GatedExperiment) -> None:
    assert page_of(gated) == page_of(gated)


def test_an_experiment_without_tubes_is_named(gated: GatedExperiment) -> None:
    inputs = inputs_of(gated)
    empty = replace(
        inputs,
        plots=[*inputs.plots, {"experiment": "E2", "tubes": []}],
        gates=[*inputs.gates, {"populations": {}}],
    )
    words = "Not shown, because every tube is excluded: E2"
    assert words in dict(pages(empty, {"E1": 24, "E2": 0}))["gates.html"]
    assert words not in page_of(gated)


def test_no_name_can_end_the_script(gated: GatedExperiment) -> None:
    page = page_of(gated)
    assert EVIL not in page
    assert len(re.findall("</script>", page)) == 2
    assert "connect-src 'self'" in page


def test_codes_say_nothing_of_the_order_of_the_wells() -> None:
    tubes = [{"fcs": f"E1-DEX-{place}.fcs", "role": "sample"} for place in range(24)]
    found = coded("mine", tubes)
    assert [one["code"] for one in found] == [f"W{place:02}" for place in range(1, 25)]
    assert [one["fcs"] for one in found] != [one["fcs"] for one in tubes]
    assert coded("mine", reversed(tubes)) == found
    assert coded("other", tubes) != found
