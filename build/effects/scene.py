"""What a tool's code finds around it: the files of its bundle and what it has written, and the library's modules."""

from collections.abc import Mapping
from typing import NamedTuple

from build.effects.text import UNKNOWN, Text, Texts
from build.model import LIBRARIES


class File(NamedTuple):
    """A file of the bundle by its path in the repository, or one that the tool itself writes, which has no path."""

    path: str | None
    text: str


class Scene:
    """What is found by paths on the runner's disk, of which only the end is known."""

    def __init__(
        self, folder: str, files: Mapping[str, str], present: frozenset[str], shared: Mapping[str, str]
    ) -> None:
        """Take what there is.

        Args:
            folder: Where the bundle lies in the repository.
            files: Its texts by their paths in it.
            present: Its paths, also of files that are not read.
            shared: Texts beside the bundles, by their paths in the repository.
        """
        self.folder, self._files, self._shared = folder, files, shared
        self._present = present | files.keys()
        self._written: dict[str, Texts] = {}

    def write(self, name: Text, texts: Texts, *, more: bool = False) -> None:
        """Keep what the tool writes into a file."""
        key = _key(name.text)
        if key:
            self._written[key] = (*self._written.get(key, ()), *texts)[-10:] if more else texts

    def written(self, name: str) -> Texts | None:
        """Return what the tool wrote into a file of this name."""
        return self._written.get(_key(name))

    def find(self, name: str) -> File | None:
        """Return the bundle's file that a path on the runner's disk means: its end decides."""
        path = self.path_of(name)
        if path is None or path not in self._files:
            tail = name.rsplit(UNKNOWN, 1)[-1]
            at = tail.rfind(f"{LIBRARIES}/")
            text = self._shared.get(tail[at:]) if at >= 0 else None
            return File(tail[at:], text) if text is not None else None
        return File(f"{self.folder}/{path}", self._files[path])

    def path_of(self, name: str) -> str | None:
        """Return the path in the bundle's folder, also of a file that is not read."""
        tail = name.rsplit(UNKNOWN, 1)[-1].strip().lstrip("/")
        while tail.startswith(("./", "../")):
            tail = tail.split("/", 1)[1]
        if not tail:
            return None
        if tail in self._present:
            return tail
        ends = [path for path in self._present if path.endswith(f"/{tail}") or f"/{tail}".endswith(f"/{path}")]
        return min(ends, key=lambda path: (len(path), path)) if ends else None


def _key(name: str) -> str:
    return name.rsplit("/", 1)[-1].strip()
