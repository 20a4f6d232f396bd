"""The index that is published now: opened at the first request, and anew when another has taken its place."""

import time
from pathlib import Path
from threading import Lock

from search_fn.index import Index, IndexUnavailable, open_index, read_manifest
from search_fn.settings import Settings

# How long an index elsewhere is taken for the current one: looking costs a request to where it is.
REFRESH_SECONDS = 60.0


class CurrentIndex:
    """Call it for the index. Requests that are under way keep the one that they began with, so none sees two."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._index: Index | None = None
        self._mark: object = None
        self._looked = 0.0

    def __call__(self) -> Index:
        """The current index.

        Raises:
            IndexUnavailable: there is none; the next call tries again.
        """
        with self._lock:
            if self._index is None or self._replaced(self._index):
                mark = self._file_mark()
                self._index = open_index(self._settings)
                self._mark, self._looked = mark, time.monotonic()
            return self._index

    def forget(self) -> None:
        """Open it anew at the next call: its files are no longer what they were."""
        self._index = None

    def _replaced(self, index: Index) -> bool:
        if "://" not in self._settings.index_uri:
            # Gone for the moment in which one folder takes the other's place: what is open stays.
            return self._file_mark() not in (None, self._mark)
        if time.monotonic() - self._looked < REFRESH_SECONDS:
            return False
        self._looked = time.monotonic()
        try:
            return read_manifest(self._settings.index_uri)[1] != index.manifest
        except IndexUnavailable:
            # What is open can still answer.
            return False

    def _file_mark(self) -> object:
        try:
            facts = (Path(self._settings.index_uri) / "manifest.json").stat()
        except OSError:
            return None
        return facts.st_ino, facts.st_mtime_ns, facts.st_size
