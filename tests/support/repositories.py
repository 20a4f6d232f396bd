"""Real repositories, made by git's commands or, for what those refuse to make, object by object."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from build.model import Collection

TASK = "*** Tasks ***\nLook\n    Log    here\n"
_WHO = {"NAME": "An Author", "EMAIL": "author@example.com"}


def environment(date: str = "1700000000 +0000") -> dict[str, str]:
    """Return an environment for git without anybody's settings, at a fixed time."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _WHO.items()},
        "GIT_AUTHOR_DATE": date,
        "GIT_COMMITTER_DATE": date,
    }


class Repository:
    """A repository with a work tree, on branch main."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, stdin: bytes = b"", date: str = "1700000000 +0000") -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, input=stdin, env=environment(date), capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def commit(self, files: Mapping[str, str | bytes | None], *, date: str = "1700000000 +0000") -> str:
        """Write the files (None removes one) and commit the work tree; the commit's id."""
        for path, content in files.items():
            file = self.folder / path
            if content is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=Work", date=date)
        return self.head()

    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    def object(self, kind: str, content: bytes) -> str:
        """Store any bytes as an object; git checks nothing."""
        return self.git("hash-object", "-w", "-t", kind, "--literally", "--stdin", stdin=content)

    def tree(self, *entries: tuple[str, bytes, str]) -> str:
        """Return a tree of (mode, name, object id), in this order and with these names, whatever they are."""
        lines = [mode.encode() + b" " + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in entries]
        return self.object("tree", b"".join(lines))

    def bundles(self, *entries: tuple[str, bytes, str], who: bytes = b"A <a@b> 1700000000 +0000") -> str:
        """Return commit a tree whose folder codebundles has these entries, by somebody with this author line."""
        root = self.tree(("40000", b"codebundles", self.tree(*entries)))
        lines = [b"tree " + root.encode(), b"author " + who, b"committer " + who, b"", b"Work", b""]
        commit = self.object("commit", b"\n".join(lines))
        self.git("update-ref", "refs/heads/main", commit)
        return commit

    def sound_bundle(self) -> str:
        """Return the tree of a bundle that nothing is wrong with."""
        return self.tree(("100644", b"runbook.robot", self.object("blob", TASK.encode())))

    def collection(self, slug: str = "beacon", ref: str = "main") -> Collection:
        """Return a collection that is fetched from here."""
        return collection(self.folder, slug, ref)


def collection(source: Path, slug: str = "beacon", ref: str = "main") -> Collection:
    """Return a collection that is fetched from a folder on this machine."""
    return Collection(
        name=slug.title(),
        slug=slug,
        git_url=f"https://github.com/example-org/{slug}",
        git_ref=ref,
        clone_url=str(source),
    )
