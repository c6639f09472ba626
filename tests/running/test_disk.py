"""A disk's refusal is found before and after a run, and explained."""

import errno
import resource
from pathlib import Path

import pytest

from coculture.running import disk


def test_a_folder_that_can_be_written_has_no_fault(tmp_path: Path) -> None:
    assert disk.fault(tmp_path / "not" / "there" / "yet") is None
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_which_files_may_not_grow_is_told(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        told = disk.fault(tmp_path / "results")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert told == (
        f"{tmp_path}: the file is larger than this system allows. Ask for a higher limit."
    )


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES])
def test_every_refusal_says_what_to_do(code: int) -> None:
    told = disk.explain(OSError(code, "as the system puts it"))
    assert told is not None
    assert "as the system puts it" not in told


def test_what_does_not_come_from_the_disk_is_not_explained() -> None:
    assert disk.explain(OSError(errno.ENOENT, "No such file")) is None
