"""Finished numbers beside raw data, and what the check says of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from coculture.study import Study, StudyError, load, summary
from tests.study.values.conftest import NAMES, wide

Load = Callable[..., Study]


def _with_values(folder: Path, values: str) -> Path:
    path = folder / "config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config["tables"]["values"] = "values.csv"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    (folder / "values.csv").write_text(values)
    return path


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("IL6_pg_ml", 'IL6_pg_ml "IL6": elisa.csv gives "IL-6" too. Rename the endpoint here'),
        ("Apoptosis_percent", '"Apoptosis": flow.csv gives "apoptosis" too.'),
        ("late (%)", 'late (%) "late": flow.csv gives "late" too.'),
        ("?? (%)", '"??": has no letter or digit; give the endpoint a name.'),
    ],
)
def test_an_endpoint_of_the_raw_data_is_refused(small_study: Path, heading: str, said: str) -> None:
    config = _with_values(small_study, f"culture,{heading}\nE1-control-DEX-1,12\n")
    with pytest.raises(StudyError) as raised:
        load(config)
    (problem,) = raised.value.problems
    assert said in str(problem)


def test_a_study_without_flow_may_call_an_endpoint_apoptosis(loaded: Load) -> None:
    assert {row["endpoint"] for row in loaded(wide("apoptosis_percent")).value_rows()} == {
        "apoptosis"
    }


def test_the_check_counts_what_the_study_has(loaded: Load, small_study: Path) -> None:
    said = summary(loaded(wide("viability_percent,IL-10_ng_ml", E1_LEN="50,2")))
    assert "no problems. 8 cultures, 9 values of 2 endpoints. Its report" in said
    assert "FCS" not in said
    assert "ELISA" not in said
    config = _with_values(small_study, "culture,TNF_pg_ml\nE1-control-DEX-1,12\n")
    assert "FCS files, 2 ELISA plates, 1 value of 1 endpoint." in summary(load(config))


def test_none_and_all_are_parts_of_a_count(loaded: Load) -> None:
    values = [row["value"] for row in loaded(wide(E1_LEN="0", E2_LEN="100")).value_rows()]
    assert min(values) == 0
    assert max(values) == 100


def test_percents_that_may_be_fractions_are_noticed(loaded: Load) -> None:
    lines = ["culture,viability_percent", *(f"{name},0.{i}" for i, name in enumerate(NAMES))]
    (flag,) = loaded("\n".join(lines)).value_flags()
    assert (flag.code, flag.severity, flag.value, flag.limit, flag.unit) == (
        "may_be_fractions",
        "caution",
        0.7,
        1,
        "%",
    )
    assert flag.sentence == (
        "viability: all of its 8 values are at most 1, in %. If they are fractions, multiply them "
        "by 100."
    )
    assert (
        "To look at before the results are used:\n  values.csv, viability: all of its 8 values are "
        "at most 1, in %. If they are fractions, multiply them by 100."
    ) in summary(loaded("\n".join(lines)))
    sound = loaded("\n".join([*lines[:-1], f"{NAMES[-1]},1.5"]))
    assert "To look at" not in summary(sound)
    assert sound.value_flags() == []


def test_each_excluded_row_has_a_flag_of_its_own(loaded: Load) -> None:
    lines = ["File,experiment,viability_percent,exclude"]
    lines += [f"{name},,50," for name in NAMES]
    lines += ["unstained,E1,3,control tube", "unstained,E2,3,control tube"]
    lines += ["unstained,E2,3,control tube", "fmo,,3,control tube"]
    flags = loaded("\n".join(lines)).value_flags()
    assert [(one.concerns.experiment, one.sentence) for one in flags] == [
        ("E1", "control tube (row 10 of values.csv, experiment E1)"),
        ("E2", "control tube (row 11 of values.csv, experiment E2)"),
        ("E2", "control tube (row 12 of values.csv, experiment E2)"),
        ("", "control tube (row 13 of values.csv)"),
    ]
    assert len(set(flags)) == 4
