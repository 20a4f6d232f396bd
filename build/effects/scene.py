"""What a tool's code finds around it: the files of its bundle and what it has written, and the library's files."""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Literal, NamedTuple

from build.effects.text import UNKNOWN, Text, Texts
from build.model import LIBRARIES

_PATTERN = re.compile(r"[*?]|\[[^\]\n]+\]")
_KEPT = 10


class File(NamedTuple):
    """A file by its path in the repository; one that the tool itself writes has none."""

    path: str | None
    text: str


What = Literal["module", "text", "script", "paths"]
Question = tuple[What, str]
Answers = Mapping[Question, str | File | None]
"""What was found to each question: the text of a module or file, a script, None where there is none; the paths of files
with some endings, a line each."""


class Files:
    """The files of a bundle and of the collection's library; they are decoded when they are looked at."""

    def __init__(
        self, folder: str, contents: Mapping[str, bytes], present: frozenset[str], shared: Mapping[str, bytes]
    ) -> None:
        """Set the files.

        Args:
            folder: The bundle's folder in the repository.
            contents: The bundle's files by their paths in it.
            present: Its paths, also of files that are not read.
            shared: The library's files by their paths in the repository.
        """
        self.folder, self._contents, self._shared = folder, contents, shared
        self._present = present | contents.keys()
        self._asked: list[Question] = []
        self._decoded: dict[str, str] = {}
        self._lines: dict[str, list[str]] = {}

    def paths(self, *endings: str) -> Iterable[str]:
        """Yield the paths in the repository of the files that are read and have such an ending."""
        self.ask("paths", " ".join(endings))
        yield from self._paths(*endings)

    def _paths(self, *endings: str) -> Iterable[str]:
        yield from (path for path in self._shared if path.endswith(endings))
        yield from (f"{self.folder}/{path}" for path in self._contents if path.endswith(endings))

    @cached_property
    def modules(self) -> dict[str, str]:
        """Return the paths of the modules that a bundle can import, by their dotted names."""
        result: dict[str, str] = {}
        for path in self._paths(".py"):
            inside = path.removeprefix(f"{LIBRARIES}/").removeprefix(f"{self.folder}/")
            name = inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            # A package comes before a module of its name, as Python has it.
            if path.endswith("/__init__.py") or name not in result:
                result[name] = path
        return result

    def ask(self, what: What, name: str) -> None:
        """Record that the result depends on a file: a module or a script by its name, a text by its path."""
        self._asked.append((what, name))

    @property
    def asked(self) -> int:
        """Return how many questions there were."""
        return len(self._asked)

    def answers(self, since: int) -> Answers:
        """Return the answers to the questions from number `since` on."""
        return {question: self._answer(*question) for question in dict.fromkeys(self._asked[since:])}

    def agree(self, answers: Answers) -> bool:
        """Return whether these files give the same answers; if so, the questions count as asked."""
        if any(self._answer(*question) != answer for question, answer in answers.items()):
            return False
        self.ask_again(answers)
        return True

    def ask_again(self, questions: Iterable[Question]) -> None:
        """Record that the result depends on what other results depended on."""
        self._asked += questions

    def _answer(self, what: What, name: str) -> str | File | None:
        if what == "script":
            return self._found(name)
        if what == "paths":
            return "\n".join(self._paths(*name.split(" ")))
        path = self.modules.get(name) if what == "module" else name
        return None if path is None else self._text(path)

    def text(self, path: str) -> str | None:
        """Return the text of the file at a path in the repository."""
        self.ask("text", path)
        return self._text(path)

    def _text(self, path: str) -> str | None:
        if path not in self._decoded:
            content = self._shared.get(path, self._contents.get(path.removeprefix(f"{self.folder}/")))
            if content is None:
                return None
            self._decoded[path] = content.decode("utf-8-sig", "replace").replace(UNKNOWN, " ")
        return self._decoded[path]

    def lines(self, path: str) -> list[str]:
        """Return the lines of the file at a path in the repository."""
        self.ask("text", path)
        if path not in self._lines:
            self._lines[path] = (self._text(path) or "").split("\n")
        return self._lines[path]

    def find(self, name: str) -> File | None:
        """Return the file that a path on the runner's disk means, by the end of the path."""
        self.ask("script", name)
        return self._found(name)

    def _found(self, name: str) -> File | None:
        path = self._path_of(name)
        if path is None or path not in self._contents:
            tail = name.rsplit(UNKNOWN, 1)[-1]
            at = tail.rfind(f"{LIBRARIES}/")
            path = tail[at:] if at >= 0 else ""
        else:
            path = f"{self.folder}/{path}"
        text = self._text(path)
        return None if text is None else File(path, text)

    def _path_of(self, name: str) -> str | None:
        tail = name.rsplit(UNKNOWN, 1)[-1].strip().lstrip("/")
        while tail.startswith(("./", "../")):
            tail = tail.split("/", 1)[1]
        if not tail or tail in self._present:
            return tail or None
        ends = [path for path in self._present if path.endswith(f"/{tail}") or f"/{tail}".endswith(f"/{path}")]
        return min(ends, key=lambda path: (len(path), path)) if ends else None


class Write(NamedTuple):
    """What a tool writes into a file, whose folder does not count; with `more` it is appended."""

    name: Text
    texts: Texts
    more: bool


class Scene:
    """The files, and those that the tool itself has written; `writes` are all that it wrote, in order."""

    def __init__(self, files: Files) -> None:
        self.files, self.find, self.lines = files, files.find, files.lines
        self.writes: list[Write] = []
        self._written: dict[str, Texts] = {}

    @property
    def names(self) -> frozenset[str]:
        """Return the names of the files that the tool has written."""
        return frozenset(self._written)

    def write(self, name: Text, texts: Texts, *, more: bool = False) -> None:
        """Record what the tool writes into a file.

        Args:
            name: The file; its folder does not count.
            texts: What is written.
            more: Whether it is appended.
        """
        key = _key(name.text)
        if key:
            self.writes.append(Write(name, texts, more))
            self._written[key] = (*self._written.get(key, ()), *texts)[-_KEPT:] if more else texts

    def written(self, name: str) -> Texts | None:
        """Return what the tool wrote into a file of this name."""
        return self._written.get(_key(name))


def _key(name: str) -> str:
    return name.rsplit("/", 1)[-1].strip()


def missing(name: str) -> str:
    """Return a sentence's end on a script that is not found by its name."""
    shown = name.replace(UNKNOWN, "…")
    if is_pattern(name):
        return f"each file like {shown!r}: which these are is found as it runs"
    return f"{shown!r}, which the bundle does not have"


def is_pattern(name: str) -> bool:
    """Return whether a shell would expand the name to files that match it."""
    return _PATTERN.search(name) is not None
