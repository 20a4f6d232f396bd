"""A checkout of any commit, and what is made of it once for all turns: its index, and those of generated catalogues."""

import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.bench.ratios import Figures, Side
from tests.bench.run import HANDLER, ROOT, Folders, Run, build
from tests.support.measuring import function_root

INSIDE = Path(__file__).with_name("inside.py")


@dataclass(frozen=True)
class Catalogue:
    """What both checkouts build: a collections file, and whether paths are permitted as its clone_url."""

    collections: Path
    allow_local: bool


@dataclass
class Checkout:
    """A checkout at `root`; what is made of it lies below `work`, which whoever made it deletes."""

    side: Side
    root: Path
    work: Path
    catalogue: Catalogue

    def run_build(self, folders: Folders) -> Run:
        """Build the catalogue."""
        return build(folders, self.catalogue.collections, self.catalogue.allow_local, root=self.root)

    def index(self) -> Path:
        """Return the catalogue's index, built the first time."""
        kept = self.work / "index"
        if not kept.exists():
            folders = Folders.below(self.work / "first")
            self.run_build(folders)
            self.keep_index(folders)
            shutil.rmtree(folders.index.parent)
        return kept

    def keep_index(self, folders: Folders) -> None:
        """Keep the index that a build has written, so that none is built for it."""
        if not (self.work / "index").exists():
            folders.index.rename(self.work / "index")

    def function(self, index: Path) -> Path:
        """Return the function's folder over an index as its image has it, made the first time."""
        folder = self.work / f"function-{index.name}"
        if not folder.exists():
            folder.mkdir()
            function_root(folder, index, self.root)
        return folder / "function"

    def generated(self, size: int) -> tuple[Path | None, Figures]:
        """Return the function's folder over the index of a generated catalogue, and what its writing took: that takes
        minutes for a large one, so it is written once, and there are figures the first time alone. None where this
        commit cannot write it.
        """
        index = self.work / f"{size}-bundles"
        known = (self.work / f"function-{index.name}").exists()
        written = {} if known else self.inside("write", "--size", str(size), "--index", str(index))
        if written is None:
            return None, {}
        root = self.function(index)
        shutil.rmtree(index, ignore_errors=True)
        return root, written

    def inside(self, command: str, *options: str, texts: str = "") -> Figures | None:
        """Run a command of tests/bench/inside.py in the checkout.

        Args:
            command: Its name.
            options: Its options.
            texts: What comes on its standard input.

        Returns:
            What it measured, or None where this commit cannot do it, for which standard error has the reason.
        """
        done = subprocess.run(
            [sys.executable, str(INSIDE), str(self.root), command, *options],
            cwd=self.root,
            input=texts,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode:
            print(f"{self.side}: no {command}: {(done.stderr.splitlines() or ['?'])[-1]}", file=sys.stderr, flush=True)
            return None
        figures: Figures = json.loads(done.stdout.splitlines()[-1])
        return figures

    @cached_property
    def handler(self) -> str:
        """The handler that the function's image names."""
        for file in sorted((self.root / "search_fn").rglob("Dockerfile")):
            if named := re.search(r'CMD \["(search_fn\.[\w.]+)"\]', file.read_text(encoding="utf-8")):
                return named[1]
        return HANDLER


def check_out(rev: str, folder: Path) -> None:
    """Write the files of a commit into a new folder."""
    archive = subprocess.run(["git", "archive", rev], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        sys.exit(
            f"--against {rev}: {archive.stderr.decode(errors='replace').strip()}; name a commit of this repository."
        )
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")


def full_hash(rev: str) -> str:
    """Return a commit's whole hash."""
    named = ["git", "rev-parse", "--verify", f"{rev}^{{commit}}"]
    done = subprocess.run(named, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        sys.exit(f"--against {rev}: {done.stderr.strip()}; name a commit of this repository.")
    return done.stdout.strip()
