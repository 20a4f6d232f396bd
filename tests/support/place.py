"""A place to build the samples in, through the commands that an operator types."""

import contextlib
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from build.cli import main
from build.config.collections import read_collections
from build.fetch.refs import mirror_folder

ROOT = Path(__file__).resolve().parents[2]
SLUGS = ("harbor-codecollection", "lighthouse-codecollection")


class Place(NamedTuple):
    """A folder to build in, with its own copy of the sample collections."""

    folder: Path

    def command(self, name: str, *options: str) -> list[str]:
        at = self.folder
        if name in ("run", "site", "index"):
            # Served together, so the site has all pages that ask the function.
            options = ("--search-url", "/", *options)
        return [
            *(sys.executable, "-m", "build", name, "--collections", str(at / "samples" / "collections.yaml")),
            *("--site", str(at / "site"), "--index", str(at / "index"), "--cache", str(at / "cache"), *options),
        ]

    def run(self, name: str = "run", *options: str, local: bool = True) -> "Outcome":
        """Run a command of the build in this process, which has imported it all: a new one takes seconds to."""
        options = (*options, "--json", *(["--allow-local"] if local else []))
        _, _, *arguments = self.command(name, *options)
        said, printed, status = io.StringIO(), io.StringIO(), 0
        with (
            contextlib.chdir(ROOT),
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(said),
            patch.object(sys, "argv", arguments),
        ):
            try:
                main()
            except SystemExit as end:
                status = int(end.code or 0)
        return Outcome(status, json.loads(printed.getvalue()) if printed.getvalue() else None, said.getvalue())

    def run_alone(self, name: str = "run", *options: str, local: bool = True) -> "Outcome":
        """Run a command of the build in a process of its own, which a test is about."""
        options = (*options, "--json", *(["--allow-local"] if local else []))
        done = subprocess.run(
            self.command(name, *options), cwd=ROOT, capture_output=True, encoding="utf-8", timeout=300, check=False
        )
        return Outcome(done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr)

    def json(self, path: str) -> Any:
        return json.loads((self.folder / "site" / "api" / "v1" / path).read_text(encoding="utf-8"))

    def manifest(self) -> Any:
        return json.loads((self.folder / "index" / "manifest.json").read_text(encoding="utf-8"))

    def bundle(self, slug: str, name: str) -> Path:
        return self.folder / "samples" / slug / "codebundles" / name

    def mirrors(self) -> list[Path]:
        """Return the mirrors of the samples in this place's cache, by collection; they need not be there."""
        collections, _ = read_collections(self.folder / "samples" / "collections.yaml", allow_local=True)
        return [mirror_folder(collection, self.folder / "cache") for collection in collections]

    def digest(self) -> dict[str, bytes]:
        """Return a digest of the site's files, but for the one that says when a build last looked."""
        site = self.folder / "site"
        files = [file for file in sorted(site.rglob("*")) if file.is_file() and file != site / "api/v1/checked.json"]
        return {str(file.relative_to(site)): file.read_bytes() for file in files}


class Outcome(NamedTuple):
    status: int
    report: Any
    said: str
