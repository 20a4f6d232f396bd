"""The index that is published now: opened at the first request, and anew when another has taken its place."""

import time
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread

from search_fn.index.checked import CHECKED_FILE, Checked, read_checked
from search_fn.index.facts import MANIFEST_FILE, IndexUnavailableError
from search_fn.index.manifest import read_manifest
from search_fn.index.open import PATIENCE_SECONDS, Index, open_index
from search_fn.settings import Settings

# How long an index on object storage is taken for the current one: each look costs requests to the storage.
REFRESH_SECONDS = 60.0


class CurrentIndex:
    """The open index of one process; calling it returns the index. A request keeps the index that it began with, so
    that none reads two publications. `elsewhere` says that it is on object storage.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.elsewhere = "://" in settings.index_uri
        # Each request looks at it three times: to put the path together takes longer than to look.
        self._manifest = Path(settings.index_uri) / MANIFEST_FILE
        self._lock = Lock()
        self._index: Index | None = None
        self._mark: object = None
        self._last_refresh = 0.0
        self._refresh_thread: Thread | None = None
        self._stale: Index | None = None

    def __call__(self) -> Index:
        """Return the current index.

        Raises:
            IndexUnavailableError: There is no index that can be read; the next call tries again.
        """
        with self._lock:
            mark = self._file_mark()
            # stat() fails, and the mark is None, while the folders are being swapped: the open index is kept.
            if self._index is None or mark not in (None, self._mark):
                self._index = self._reopen()
                self._mark, self._last_refresh = mark, time.monotonic()
            index = self._index
            refresh = self._start_refresh(index) if self.elsewhere else None
        if refresh is None:
            return index
        # Object storage may not answer for minutes: after this wait the open index answers.
        refresh.join(PATIENCE_SECONDS)
        return self._index

    def checked(self) -> Checked | None:
        """Return when a build last looked at the collections, from the file beside the index; None for an index on
        object storage. The file is read each time: a run writes it also where it leaves the index as it is.
        """
        return None if self.elsewhere else read_checked(Path(self._settings.index_uri) / CHECKED_FILE)

    def mark_stale(self) -> None:
        """Have the index opened again, since its files cannot be read: that of a folder at the next call, one on object
        storage at the next refresh; until then the open one answers what it can.
        """
        if self.elsewhere:
            self._stale = self._index
        else:
            self._index = None

    def _start_refresh(self, index: Index) -> Thread | None:
        running = self._refresh_thread is not None and self._refresh_thread.is_alive()
        if running or time.monotonic() - self._last_refresh < REFRESH_SECONDS:
            return None
        self._last_refresh = time.monotonic()
        self._refresh_thread = Thread(target=self._refresh, args=[index], daemon=True)
        self._refresh_thread.start()
        return self._refresh_thread

    def _refresh(self, index: Index) -> None:
        # The open index can still answer when no other can be read.
        with suppress(IndexUnavailableError):
            if self._stale is index or read_manifest(self._settings.index_uri) != index.manifest:
                self._index = self._reopen()
                # This reference would keep the replaced index in memory until its successor is marked stale.
                self._stale = None

    def _reopen(self) -> Index:
        # Two publications mostly have the same encoder, which is the largest part of a small index: they share it.
        return open_index(self._settings, self._index.encoder if self._index else None)

    def _file_mark(self) -> object:
        if self.elsewhere:
            return None
        with suppress(OSError):
            facts = self._manifest.stat()
            return facts.st_ino, facts.st_mtime_ns, facts.st_size
        return None
