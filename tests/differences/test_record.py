"""The files that the page shows: a table and sentences, the same for the same runs."""

from pathlib import Path

import pytest

from coculture.differences import THIS_RUN, NoResultsError, RunResults, write_differences
from coculture.differences.run_results import files_in
from coculture.exchange import records, result_tables
from tests.differences import written_results
from tests.differences.written_results import findings


def test_the_table_has_the_differences_and_no_path_of_this_run(tmp_path: Path) -> None:
    earlier = RunResults.in_folder(written_results.write(tmp_path / "before"), "../before")
    place = written_results.write(tmp_path / "now", found=findings(verdict="not shown"))
    now = RunResults(THIS_RUN, files_in(place), earlier.schema_version)
    table, words = tmp_path / "differences.csv", tmp_path / "differences.json"
    write_differences(earlier, earlier.digest(), now, table, words)
    (row,) = result_tables.read(table).to_dict("records")
    assert (row["kind"], row["subject"], row["now"]) == ("verdict", "1", "not shown")
    told = records.read_json(words)
    assert told["earlier"] == "../before"
    assert told["sentences"][0] == "Finding 1 was shown, and is now not shown (DEX kills)."
    assert str(tmp_path) not in words.read_text()


def test_earlier_results_that_change_meanwhile_stop_the_step(tmp_path: Path) -> None:
    earlier = RunResults.in_folder(written_results.write(tmp_path / "before"))
    with pytest.raises(NoResultsError, match="changed while the study ran"):
        write_differences(earlier, "0", earlier, tmp_path / "a.csv", tmp_path / "a.json")
