"""How git is started and awaited: with an environment of our own instead of all that this process has."""

import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from types import MappingProxyType
from typing import IO, NamedTuple

from build.environment import clean_environment


class Output(NamedTuple):
    """What a child printed, without the last line's end, and its exit status."""

    status: int
    text: bytes
    complaint: bytes


def start(
    command: Sequence[str],
    folder: Path | str | None,
    more: Mapping[str, str] = MappingProxyType({}),
    *,
    reads: int | IO[bytes] = DEVNULL,
    own_group: bool = True,
) -> Popen[bytes]:
    """Start a command.

    Args:
        command: The program and its arguments.
        folder: Where it works.
        more: What its environment has besides `clean_environment()`.
        reads: Its standard input.
        own_group: Whether what it starts is stopped with it.
    """
    environment = {**clean_environment(), **more}
    return Popen(
        command, cwd=folder, env=environment, stdin=reads, stdout=PIPE, stderr=PIPE, start_new_session=own_group
    )


def finish(child: Popen[bytes], seconds: float | None) -> Output:
    """Wait for a child that `start` started with a group of its own.

    Raises:
        TimeoutExpired: It took longer than so many seconds, and was stopped, as it is where anything else is raised.
    """
    try:
        text, complaint = child.communicate(timeout=seconds)
    except BaseException:
        stop(child)
        raise
    return Output(child.returncode, text.removesuffix(b"\n"), complaint.removesuffix(b"\n"))


def stop(child: Popen[bytes]) -> None:
    """Stop a child that has a group of its own, and what it started, unless `finish` has seen its end."""
    # Not poll(): a child may be gone while what it started still holds the pipes.
    if child.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    child.communicate()
