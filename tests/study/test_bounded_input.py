"""Inputs that hold more than any table or export can are refused within 500 MB of memory."""

import subprocess
import sys
from pathlib import Path


def test_what_no_file_holds_is_refused_within_the_memory(root: Path) -> None:
    """In a process of its own, because the memory of a process is that of its whole life."""
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.hostile_input", "--without-time"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.count("\n") > 20
