"""Which study is meant, with the workflow by itself and as a module."""

from pathlib import Path

import pytest

from coculture.running.embedding import NoStudyError, config_of_module, in_turn, own_config


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    (tmp_path / "mine.yaml").write_text("study: mine\nmargin: 5\n")
    return tmp_path / "mine.yaml"


def test_one_config_file_is_the_study(mine: Path) -> None:
    assert own_config([mine], {}, "config/config.yaml") == str(mine)
    assert own_config([], {}, "config/config.yaml") == "config/config.yaml"


@pytest.mark.parametrize(("files", "changed"), [(["a", "b"], {}), (["a"], {"margin": 5})])
def test_a_study_in_pieces_is_refused(files: list[str], changed: dict[str, int]) -> None:
    with pytest.raises(NoStudyError, match="One study at a time"):
        own_config(files, changed, "config/config.yaml")


def test_a_module_takes_the_file_that_it_is_given(mine: Path) -> None:
    assert config_of_module({"configfile": "other.yaml"}, [mine]) == "other.yaml"


def test_a_module_finds_the_file_whose_content_it_is_given(mine: Path, tmp_path: Path) -> None:
    (tmp_path / "outer.yaml").write_text("samples: []\n")
    files = [tmp_path / "outer.yaml", tmp_path / "absent.yaml", mine]
    assert config_of_module({"study": "mine", "margin": 5}, files) == str(mine)


@pytest.mark.parametrize(
    "given", [{}, {"study": "mine", "margin": 6}, {"configfile": "a.yaml", "margin": 5}]
)
def test_a_module_without_a_whole_file_is_refused(given: dict[str, object], mine: Path) -> None:
    with pytest.raises(NoStudyError, match="needs the config file of a study"):
        config_of_module(given, [mine])


def test_handlers_are_called_in_turn() -> None:
    called: list[str] = []
    in_turn(lambda log: called.append(f"a {log}"), lambda log: called.append(f"b {log}"))("log")
    assert called == ["a log", "b log"]
