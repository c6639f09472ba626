"""Where results come from: checksums, software, the run, and all of it as an RO-Crate."""

from coculture.provenance.archived_code import Commit, code_record
from coculture.provenance.checksums import checksum_line, checksum_lines, read_checksums
from coculture.provenance.gathered import gather_curves, gather_gates, keep_workflow
from coculture.provenance.run_crate import CrateFile, crate_files, run_crate
from coculture.provenance.run_record import RunRecord, finished, read_run, started
from coculture.provenance.sameness import repeated_files
from coculture.provenance.software import commit_of, software, write_software

__all__ = [
    "Commit",
    "CrateFile",
    "RunRecord",
    "checksum_line",
    "checksum_lines",
    "code_record",
    "commit_of",
    "crate_files",
    "finished",
    "gather_curves",
    "gather_gates",
    "keep_workflow",
    "read_checksums",
    "read_run",
    "repeated_files",
    "run_crate",
    "software",
    "started",
    "write_software",
]
