"""Folders that nothing can be written to, as Lambda has them, and processes to which that applies."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def read_only(folder: Path) -> Iterator[tuple[str, ...]]:
    """Take everybody's right to write from `folder` and all below it, and yield what starts a Python that this binds.

    Where there is no such Python, the test is skipped.
    """
    python = _unprivileged_python()
    paths = [folder, *folder.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        probe = subprocess.run(
            [*python, "-c", "import sys; open(sys.argv[1], 'w')", str(folder / "probe")],
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if "PermissionError" not in probe.stderr:
            pytest.skip("nothing here keeps a process from writing to a folder")
        yield python
    finally:
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)


def _unprivileged_python() -> tuple[str, ...]:
    """Return a Python without root's permissions: root passes all checks of files unless it drops the capabilities."""
    if os.geteuid() != 0:
        return (sys.executable,)
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("as root, a test of permissions needs setpriv")
    without = "-dac_override,-dac_read_search"
    return (setpriv, f"--bounding-set={without}", f"--inh-caps={without}", sys.executable)
