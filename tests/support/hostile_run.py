"""One whole run of the build over hostile repositories, watched from inside and outside, and what it left."""

import json
import os
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from lxml import html

from search_fn.index.lance import lancedb
from tests.support.hostile_repository import HostileRepository
from tests.support.place import ROOT, Outcome, Place
from tests.support.repositories import Repository

SITE_URL = "https://registry.example.org"
TEXTS = frozenset({".html", ".json", ".md", ".txt", ".xml", ".yaml"})
# Tells of every program that is started, every connection and every file opened for writing, in all of the run's
# processes: Python imports a module of this name when it starts.
_WATCH = """\
import os, sys
LOG = {log!r}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_APPEND
def watch(event, arguments):
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES:
        told = f"write {{arguments[0]!s}}"
    elif event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"):
        told = f"start {{arguments[0]!s}}"
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        told = f"connect {{arguments[1]!s}}"
    else:
        return
    if LOG not in told:
        file = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(file, told.replace("\\n", " ").encode("utf-8", "replace") + b"\\n")
        os.close(file)
sys.addaudithook(watch)
"""
_COLLECTIONS = """\
codecollections:
  - name: Hostile
    slug: hostile
    git_url: https://github.com/example-org/hostile
    clone_url: ../hostile/repository
  - name: Other
    slug: other
    git_url: https://github.com/example-org/other
    clone_url: ../other
"""
_EMOJI_JOINER = re.compile(
    "(?<=[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d(?=[\u2190-\u2bff\U0001f000-\U0001faff])"
)
# Unseen as well, though Unicode has other categories for them.
_FILLERS = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\U000e0100-\U000e01ef]")


class HostileRun:
    """The run, with a home, a folder for temporary files and a working folder of its own, all below `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("hostile", "samples", "home", "tmp", "work", "watch"):
            (folder / name).mkdir()
        self.hostile = HostileRepository(folder / "hostile")
        other = Repository(folder / "other")
        # A name that the other collection has too.
        other.bundles(("40000", b"sound-one", other.sound_bundle()))
        (folder / "samples" / "collections.yaml").write_text(_COLLECTIONS, encoding="utf-8")
        self._log = folder / "watch" / "log"
        (folder / "watch" / "sitecustomize.py").write_text(_WATCH.format(log=str(self._log)), encoding="utf-8")
        for file in self.hostile.trap.glob("*.py"):
            # As if the repository had been checked out where the build works.
            (folder / "work" / file.name).write_bytes(file.read_bytes())
        self.place = Place(folder)
        self.before = set(self._files())
        self.outcome = self._run()

    def _run(self) -> Outcome:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, (self.folder / "watch", ROOT, self.hostile.trap))),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
        }
        done = subprocess.run(
            self.place.command("run", "--allow-local", "--json", "--site-url", SITE_URL),
            cwd=self.folder / "work", env=environment, capture_output=True, timeout=240, check=False,
        )  # fmt: skip
        self.stdout, self.stderr = done.stdout, done.stderr
        said = done.stderr.decode("utf-8")
        return Outcome(done.returncode, json.loads(done.stdout) if done.stdout else None, said)

    def _files(self) -> Iterator[Path]:
        """Yield every file below the folder, wherever the run may write."""
        outputs = {self.folder / name for name in ("site", "index", "cache")}
        for path in self.folder.rglob("*"):
            if not path.is_dir() and outputs.isdisjoint(path.parents):
                yield path

    @property
    def stray(self) -> set[str]:
        """Return new files outside the folders that the run was told to write to."""
        # The locks beside the outputs stay where they are: to remove one would let two runs begin.
        locks = {self.folder / f".{name}.lock" for name in ("index", "site")}
        expected = {self.folder / "summary.md", self._log, *locks}
        return {str(path.relative_to(self.folder)) for path in set(self._files()) - self.before - expected}

    @cached_property
    def watched(self) -> list[tuple[str, str]]:
        """Return what was written, started and connected to, as the run logs it."""
        lines = self._log.read_text(encoding="utf-8").splitlines()
        return [(what, rest) for what, _, rest in (line.partition(" ") for line in lines)]

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Return everything that is published, site and index, by path."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for name in ("site", "index")
            for path in sorted((self.folder / name).rglob("*"))
            if path.is_file()
        }

    @cached_property
    def texts(self) -> dict[str, str]:
        """Return the published files that people and programs read as text; the function's tables of the index, too."""
        result = {path: content.decode("utf-8") for path, content in self.files.items() if Path(path).suffix in TEXTS}
        return result | index_texts(self.folder / "index")

    @cached_property
    def pages(self) -> dict[str, Any]:
        """Return each page of HTML as a tree."""
        parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
        return {
            path: html.document_fromstring(content, parser=parser)
            for path, content in self.files.items()
            if path.endswith(".html")
        }

    def record(self, name: str) -> Any:
        return self.place.json(f"collections/hostile/codebundles/{name}.json")


def index_texts(index: Path) -> dict[str, str]:
    """Return all rows of each table of an index: its files may hold them compressed."""
    database = lancedb.connect(str(index))
    rows = {name: database.open_table(name).to_arrow() for name in ("bundles", "bundle_files", "passages", "manifest")}
    return {
        f"table {name}": json.dumps(
            table.select([c for c in table.column_names if c != "vector"]).to_pylist(), ensure_ascii=False
        )
        for name, table in rows.items()
    }


def strings(value: Any) -> Iterator[str]:
    """Yield every string in a value out of JSON, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from strings(item)


def unseen(text: str) -> set[str]:
    """Return the characters that nobody sees, but that act: controls, formats, surrogates, fillers. A joiner within an
    emoji is none.
    """
    text = _EMOJI_JOINER.sub("", text)
    result = {c for c in set(text) - set("\n\r\t") if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    return {f"U+{ord(c):04X}" for c in result | set(_FILLERS.findall(text))}
