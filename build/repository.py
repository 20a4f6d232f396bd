"""The one door to git: a bare mirror of a collection, fetched and read without a work tree.

Blobs are read from git's objects, so that no link in a repository can lead out of it.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from git import GitCommandError, GitError, Repo

FETCH_SECONDS = 900
_HEAD = "refs/registry/head"
_NEW = "refs/registry/new"
_PASSED_ON = (
    "PATH", "HOME", "TMPDIR", "TEMP", "SYSTEMROOT",
    "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO",
)  # fmt: skip
_GIT_SETTINGS = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
}


# What reading from a broken mirror raises.
GitFailed = GitCommandError


class FetchFailed(Exception):
    """The collection could not be fetched; the message is git's last word."""


def last_word(error: GitCommandError) -> str:
    """What git said in the end, for people."""
    text = str(error.stderr)
    if "did not complete in" in text:
        return f"git did not end within {FETCH_SECONDS} seconds"
    said = re.search(r"(?:fatal|error): (.+)", text)
    return said[1].strip().removesuffix("'") if said else "git ended without a word"


def _seconds(date: str) -> int:
    """A date as git prints it. Anybody can write a commit without a readable one, for which it prints nothing."""
    return int(date) if date.isdigit() else 0


class TreeEntry(NamedTuple):
    """One line of a recursive listing. `path` is bytes: git does not promise text."""

    mode: str
    type: str
    oid: str
    size: int
    path: bytes


class Commit(NamedTuple):
    """A commit and the paths that it changed; `date` in seconds since 1970, UTC, `author` a name as it stands there."""

    oid: str
    date: int
    author: str
    paths: tuple[bytes, ...]


@contextmanager
def git_environment(*, allow_local: bool = False) -> Iterator[None]:
    """Everything that git is run with: GitPython hands its children the whole of os.environ, keys included.

    Not for use in several threads: it replaces the process's environment for the time being.
    """
    before = dict(os.environ)
    protocols = "https:file" if allow_local else "https"
    os.environ.clear()
    os.environ.update({name: before[name] for name in _PASSED_ON if name in before})
    os.environ.update(_GIT_SETTINGS, GIT_ALLOW_PROTOCOL=protocols)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class Mirror:
    """A bare repository under the cache that holds one ref of a collection, and its tags."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self._repo = Repo(folder)
        except GitError:
            self._repo = Repo.init(folder, bare=True, mkdir=True)

    def close(self) -> None:
        """End the children that read objects."""
        self._repo.close()

    def fetch(self, source: str, ref: str) -> None:
        """Bring `ref` and the tags of `source` (an address or a path) here; nothing is sent when nothing is new.

        Raises:
            FetchFailed: git could not.
        """
        try:
            self._fetch_first(source, f"refs/heads/{ref}", f"refs/tags/{ref}", ref)
            # In a call of its own: pruning would delete what a short name above was resolved to.
            self._fetch("--prune", source, "+refs/tags/*:refs/tags/*")
        except GitCommandError as error:
            raise FetchFailed(last_word(error)) from None
        commit = self._commit(_NEW)
        if commit is None:
            # A tag can name anything. What was fetched last stays.
            raise FetchFailed(f"{ref} is not a commit")
        self._repo.git.update_ref(_HEAD, commit)

    def _fetch_first(self, source: str, *refs: str) -> None:
        """Fetch the first of `refs` that is there: a branch before a tag of its name, which git alone would prefer."""
        for ref in refs:
            try:
                self._fetch(source, f"+{ref}:{_NEW}")
            except GitCommandError as error:
                if ref == refs[-1] or "find remote ref" not in str(error.stderr):
                    raise
            else:
                break

    def _fetch(self, *arguments: str) -> None:
        *options, source, refspec = arguments
        # `--` and a full refspec: neither can be taken for an option, and no remote is configured.
        self._repo.git.fetch(
            *options, "--force", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance",
            "--no-write-fetch-head", "--", source, refspec,
            kill_after_timeout=FETCH_SECONDS,
        )  # fmt: skip

    def head(self) -> str | None:
        """The commit id last fetched, None when nothing was."""
        return self._commit(_HEAD)

    def _commit(self, name: str) -> str | None:
        try:
            return str(self._repo.git.rev_parse("--verify", "--quiet", f"{name}^{{commit}}"))
        except GitCommandError:
            return None

    def has(self, commit: str) -> bool:
        """Whether the commit is here."""
        try:
            self._repo.git.cat_file("-e", f"{commit}^{{commit}}")
        except GitCommandError:
            return False
        return True

    def date(self, commit: str) -> int:
        """The committer's date, in seconds since 1970."""
        return _seconds(self._repo.git.log("-1", "--format=%ct", commit))

    def tree(self, commit: str, folder: str) -> list[TreeEntry]:
        """Everything below `folder`, folders themselves included, in git's order."""
        listing: bytes = self._repo.git.ls_tree(
            "-r", "-t", "-z", "-l", "--full-tree", commit, f"{folder}/", stdout_as_string=False
        )
        entries = []
        for line in filter(None, listing.split(b"\0")):
            facts, path = line.split(b"\t", 1)
            mode, kind, oid, size = facts.decode("ascii").split()
            entries.append(TreeEntry(mode, kind, oid, 0 if size == "-" else int(size), path))
        return entries

    def blobs(self, oids: Iterable[str]) -> dict[str, bytes]:
        """The content of each blob."""
        return {oid: self._repo.git.get_object_data(oid)[3] for oid in oids}

    def log(self, commit: str, folder: str) -> list[Commit]:
        """Every commit that changed something below `folder`, newest first. Of a merge, the files that it made
        different from all of its parents.
        """
        output: bytes = self._repo.git.log(
            *("-z", "-c", "--no-renames", "--name-only", "--format=%x1e%H %ct %an", commit, "--", folder),
            stdout_as_string=False,
        )
        found: list[tuple[str, int, str, list[bytes]]] = []
        for token in output.split(b"\0"):
            # Paths start with the folder's name, so none can pass for a commit's line.
            token = token.lstrip(b"\n")
            if token.startswith(b"\x1e"):
                oid, date, author = token[1:].decode("utf-8", "replace").split(" ", 2)
                found.append((oid, _seconds(date), author, []))
            elif token:
                found[-1][3].append(token)
        return [Commit(oid, date, author, tuple(paths)) for oid, date, author, paths in found]
