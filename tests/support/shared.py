"""What takes long to make, made once for all processes of a test run."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def made_once(name: str, make: Callable[[Path], None], factory: pytest.TempPathFactory) -> Path:
    """Return the folder `name` of this test run, which `make` has filled; the other processes wait for the first.

    Args:
        name: Of the folder, below the run's temporary one.
        make: Fills the empty folder that it is given.
        factory: pytest's own; with xdist each worker has a folder of its own below the run's.
    """
    base = factory.getbasetemp()
    folder = (base.parent if "popen-gw" in base.name else base) / f"made-{name}"
    with FileLock(f"{folder}.lock"):
        done = folder.with_suffix(".done")
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder
