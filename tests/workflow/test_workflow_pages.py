"""The page of a study speaks of the assays that the study has, and of no other.

Three studies are run through the whole workflow: a dye alone, finished numbers alone, and arms that
share no experiment.
"""

import html
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest

from coculture.exchange import result_tables
from tests.workflow import dye_alone, finished_numbers, unpaired_arms

pytestmark = pytest.mark.workflow

Workflow = Callable[..., subprocess.CompletedProcess[str]]

ANNEXIN = ("annexin", "apopto", "viable")
FLOW = ("FCS", "cytometr", "gate", "gating", "logicle", "FMO", "singlet", "stain")
ELISA = ("ELISA", "LLOQ", "ULOQ", "plate", "standard curve", "4PL", "optical density", "dilution")
FINISHED = ("finished number", "values.csv", "table of values")
EXAMPLE = ("IL-6", "IL-1R", "IL-1β", "DEX", "dexamethasone", "myeloma")
NOT_THERE = ("Bliss", "combinations", "interaction", "clinical", "patient", "PCLI")
"""Of what none of these studies has; patients' stroma apart."""


@dataclass(frozen=True)
class _Study:
    """A study, words that its page must not have, and the figures that it has, by their folders."""

    write: Callable[[Path], Path]
    foreign: tuple[str, ...]
    figures: dict[str, set[str]]


STUDIES = {
    "dye": _Study(
        dye_alone.write,
        (*ANNEXIN, *ELISA, *FINISHED, *EXAMPLE, *NOT_THERE, "Welch", "FMO", "reporter", "all is"),
        {
            "comparison": {
                "findings",
                "robustness",
                "arms_pipositive",
                "arms_pipositive_pooled_error",
            }
        }
        | {
            f"flow/{experiment}": {
                *("gating_strategy", "contact_sheet", "control_histograms"),
                "threshold_sensitivity",
            }
            for experiment in dye_alone.EXPERIMENTS
        },
    ),
    "numbers": _Study(
        finished_numbers.write,
        (*ANNEXIN, *FLOW, *ELISA, *EXAMPLE, *NOT_THERE, "Welch", "90 % CI"),
        {
            "comparison": {
                *("findings", "robustness", "arms_viability", "arms_viability_pooled_error"),
                *("arms_il10", "arms_il10_pooled_error"),
            }
        },
    ),
    "stroma": _Study(
        unpaired_arms.write,
        (*ANNEXIN, *FLOW, *FINISHED, *EXAMPLE, *(one for one in NOT_THERE if one != "patient")),
        {
            "comparison": {"findings", "robustness", "arms_il8", "arms_il8_pooled_error"},
            "elisa/IL8": {"standard_curve", "plate"},
            "elisa": {"standards_recovery"},
        },
    ),
}


@pytest.fixture(scope="module", params=list(STUDIES))
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, workflow: Workflow
) -> tuple[_Study, Path]:
    """A study, and the folder of its results."""
    study, folder = STUDIES[request.param], tmp_path_factory.mktemp(request.param)
    run = workflow(folder, study.write(folder / "study"))
    assert run.returncode == 0, run.stdout + run.stderr
    return study, folder / "results" / str(request.param)


@pytest.fixture
def page(made: tuple[_Study, Path]) -> str:
    return (made[1] / "report.html").read_text(encoding="utf-8")


def _words(page: str) -> str:
    """What a reader can see or hear of a page: its texts, names and titles, without its script."""
    shown = re.sub(r"<(style|script)\b.*?</\1>", " ", page, flags=re.DOTALL)
    said = re.findall(r'(?:aria-label|title|alt)="([^"]*)"', shown)
    return html.unescape(" ".join([re.sub(r"<[^>]*>", " ", shown), *said]))


def test_no_word_of_an_assay_that_the_study_does_not_have(
    made: tuple[_Study, Path], page: str
) -> None:
    words = _words(page)
    found = {
        word: re.findall(rf".{{40}}\b{re.escape(word)}.{{40}}", words, re.IGNORECASE | re.DOTALL)
        for word in made[0].foreign
    }
    assert {word: where for word, where in found.items() if where} == {}


def test_only_figures_with_something_to_show_are_made_and_all_are_on_the_page(
    made: tuple[_Study, Path], page: str
) -> None:
    study, results = made
    expected = {Path(folder, name) for folder, names in study.figures.items() for name in names}
    figures = results / "figures"
    assert {one.relative_to(figures).with_suffix("") for one in figures.rglob("*.svg")} == expected
    for one in figures.rglob("*.csv"):
        assert len(result_tables.read(one)), one
    for name in expected:
        assert f'"figures/{name}.svg"' in page


def test_every_section_has_something_and_every_link_leads_somewhere(
    made: tuple[_Study, Path], page: str
) -> None:
    _, results = made
    for name, section in re.findall(
        r'<section id="([^"]+)".*?>(.*?)(?=<section id=|</main>)', page, flags=re.DOTALL
    ):
        below = re.sub(r"<h2\b.*?</h2>", "", section, flags=re.DOTALL)
        assert _words(below).strip(), name
    for heading, after in re.findall(r"<h3[^>]*>(.*?)</h3>\s*(<\S+)", page):
        assert not re.match(r"<(h[23]|/?section)\b", after), heading
        assert not re.match(r"[a-z]", html.unescape(heading)), heading
    ids = set(re.findall(r'\bid="([^"]+)"', page))
    for address in set(re.findall(r'<a\b[^>]* href="([^"]+)"', page)):
        if address.startswith("#"):
            assert address[1:] in ids, address
        elif not address.startswith("https://"):
            assert (results / unquote(address)).exists(), address


def test_arms_that_share_no_experiment_are_compared_between_them(
    made: tuple[_Study, Path], page: str
) -> None:
    findings = result_tables.read(made[1] / "comparison" / "findings.csv")
    assert set(findings["verdict"]) == {"shown"}
    is_between = findings["compared"].fillna("") != ""
    assert list(findings.loc[is_between, "n_each"]) == (
        ["5 and 4"] if made[0] is STUDIES["stroma"] else []
    )
    assert ("Welch" in page) == (made[0] is STUDIES["stroma"])


def test_sentences_name_the_cells_that_a_dye_stains(made: tuple[_Study, Path], page: str) -> None:
    if made[0] is STUDIES["dye"]:
        assert "BTZ raised PI-positive cells: " in " ".join(_words(page).split())
        assert "Percent PI-positive, by arm" in page
