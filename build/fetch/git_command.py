"""How git is run: by GitPython, with an environment of our own instead of all that this process has."""

import os
from pathlib import Path
from subprocess import DEVNULL, TimeoutExpired
from typing import IO, Any

from git import Git, GitCommandError, GitCommandNotFound

from build.fetch.git_process import finish, start


class CleanGit(Git):
    """Git's commands as GitPython makes them; their children see `clean_environment()` and what a caller adds."""

    # GitPython copies os.environ for each child and can add to the copy, but take nothing away.
    def execute(  # type: ignore[override]
        self,
        command: list[str],
        istream: int | IO[bytes] | None = None,
        *,
        as_process: bool = False,
        stdout_as_string: bool = True,
        kill_after_timeout: float | None = None,
    ) -> Any:
        """Run a command, as GitPython's own does with these arguments.

        Args:
            command: The program and its arguments.
            istream: What it reads; nothing by default.
            as_process: Return the running child, for whoever speaks with it.
            stdout_as_string: Return text instead of bytes.
            kill_after_timeout: Seconds after which the child and its children are stopped.

        Returns:
            What it printed, without the last line's end.

        Raises:
            GitCommandError: It failed, or took too long; `stderr` has its words.
        """
        folder = str(self.working_dir) if self.working_dir and os.access(self.working_dir, os.X_OK) else None
        try:
            # One that is spoken with ends with this process; a group of its own is stopped with all that it starts.
            child = start(command, folder, self.environment(), reads=istream or DEVNULL, own_group=not as_process)
        except FileNotFoundError as error:
            raise GitCommandNotFound(command, error) from error
        if as_process:
            return self.AutoInterrupt(child, command)
        try:
            status, output, complaint = finish(child, kill_after_timeout)
        except TimeoutExpired:
            late = f"Timeout: the command did not complete in {kill_after_timeout:g} secs."
            raise GitCommandError(command, child.returncode, late.encode()) from None
        if status:
            raise GitCommandError(command, status, complaint, output)
        return output.decode("utf-8", "surrogateescape") if stdout_as_string else output


class BareRepository:
    """A repository without a work tree, by its commands; it is made where there is none."""

    # GitPython's Repo is led elsewhere by GIT_DIR and the like in this process's environment.
    def __init__(self, folder: Path) -> None:
        self.git = CleanGit(folder)
        if not all((folder / name).exists() for name in ("HEAD", "objects", "refs")):
            folder.mkdir(parents=True, exist_ok=True)
            self.git.init("--bare")

    def close(self) -> None:
        """End the children that read objects."""
        self.git.clear_cache()
