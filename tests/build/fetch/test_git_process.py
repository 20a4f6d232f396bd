"""How a child is stopped: with all that it started, whoever still lives of them."""

import subprocess
from pathlib import Path

import pytest

from build.fetch.git_process import finish, start


def test_what_a_child_printed_and_how_it_ended(tmp_path: Path) -> None:
    command = ["sh", "-c", 'echo "$PWD $MORE"; echo no >&2; exit 3']
    child = start(command, tmp_path, {"MORE": "more"})
    assert finish(child, 60) == (3, f"{tmp_path} more".encode(), b"no")


def test_what_a_child_leaves_behind_is_stopped_with_it(tmp_path: Path) -> None:
    child = start(["sh", "-c", "sleep 600 & exit 0"], tmp_path)
    with pytest.raises(subprocess.TimeoutExpired):
        finish(child, 0.5)
    # The pipe that both had ends.
    assert child.stdout is not None
    assert child.stdout.closed
