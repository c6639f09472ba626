"""Which code and which versions computed the results."""

from coculture.report.provenance import computed_by, versions


def test_the_commit_is_given_with_a_warning_about_uncommitted_changes() -> None:
    known = {"version": "1.2", "commit": "abc123", "uncommitted_changes": False}
    assert computed_by({"workflow": known}) == "Computed by coculture 1.2, git commit abc123."
    changed = computed_by({"workflow": {**known, "uncommitted_changes": True}})
    assert "uncommitted changes" in changed
    unknown = computed_by({"workflow": {"version": "1.2", "commit": None}})
    assert "the commit is not known" in unknown
    assert computed_by({}) == ""


def test_versions_are_those_that_were_recorded_with_the_results() -> None:
    software = {
        "workflow": {"version": "9.9"},
        "python": "3.99",
        "packages": {"numpy": "99.0", "flowcytometrytools": "0.0.1", "scipy": None, "attrs": "1"},
    }
    assert versions(software) == {
        "coculture": "9.9",
        "Python": "3.99",
        "FlowCytometryTools": "0.0.1",
        "numpy": "99.0",
    }
    assert versions({}) == {}
