"""The index that is published now: opened at the first request, and anew when another has taken its place."""

import time
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread

from search_fn.index.checked import CHECKED_FILE, Checked, read_checked
from search_fn.index.facts import MANIFEST_FILE, IndexUnavailable
from search_fn.index.manifest import read_manifest
from search_fn.index.open import PATIENCE_SECONDS, Index, open_index
from search_fn.settings import Settings

# How long an index elsewhere is taken for the current one: looking costs requests to where it is.
REFRESH_SECONDS = 60.0


class CurrentIndex:
    """Call it for the index. Requests that are under way keep the one that they began with, so none sees two."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._elsewhere = "://" in settings.index_uri
        self._lock = Lock()
        self._index: Index | None = None
        self._mark: object = None
        self._looked = 0.0
        self._look: Thread | None = None
        self._doubted: Index | None = None

    def __call__(self) -> Index:
        """The current index. Raises IndexUnavailable if there is none; the next call tries again."""
        with self._lock:
            mark = self._file_mark()
            # No mark for the moment in which one folder takes the other's place: what is open stays.
            if self._index is None or mark not in (None, self._mark):
                self._index = self._opened_anew()
                self._mark, self._looked = mark, time.monotonic()
            index = self._index
            look = self._begin_look(index) if self._elsewhere else None
        if look is None:
            return index
        # Where it is may not answer for minutes; what is open answers meanwhile.
        look.join(PATIENCE_SECONDS)
        return self._index

    def checked(self) -> Checked | None:
        """When a build last looked, as the file beside the index says; None elsewhere than in a folder. It is read each
        time: a run writes it also where it leaves the index as it is.
        """
        return None if self._elsewhere else read_checked(Path(self._settings.index_uri) / CHECKED_FILE)

    def doubt(self) -> None:
        """Its files cannot be read: a folder's index is opened anew at the next call, one elsewhere at the next look,
        until which it answers what it can.
        """
        if self._elsewhere:
            self._doubted = self._index
        else:
            self._index = None

    def _begin_look(self, index: Index) -> Thread | None:
        if time.monotonic() - self._looked < REFRESH_SECONDS or (self._look and self._look.is_alive()):
            return None
        self._looked = time.monotonic()
        self._look = Thread(target=self._renew, args=[index], daemon=True)
        self._look.start()
        return self._look

    def _renew(self, index: Index) -> None:
        # What is open can still answer when there is nothing better.
        with suppress(IndexUnavailable):
            if self._doubted is index or read_manifest(self._settings.index_uri)[1] != index.manifest:
                self._index = self._opened_anew()
                # Else it would be kept for as long as nobody doubts its successor.
                self._doubted = None

    def _opened_anew(self) -> Index:
        # Two publications mostly have one encoder, which is the greatest part of a small index: they share it.
        return open_index(self._settings, self._index.encoder if self._index else None)

    def _file_mark(self) -> object:
        if self._elsewhere:
            return None
        with suppress(OSError):
            facts = (Path(self._settings.index_uri) / MANIFEST_FILE).stat()
            return facts.st_ino, facts.st_mtime_ns, facts.st_size
        return None
