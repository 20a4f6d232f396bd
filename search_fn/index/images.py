"""The image catalogue: a table beside those of the index, which changes more often than they do."""

import hashlib
import json
import time
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread

from search_fn.index.current import REFRESH_SECONDS
from search_fn.index.facts import IMAGES, IndexUnavailableError
from search_fn.index.image_catalogue import ImageCatalogue
from search_fn.index.open import PATIENCE_SECONDS


def read_images(where: str) -> ImageCatalogue:
    """Return the image catalogue of the index at an address.

    Raises:
        IndexUnavailableError: There is none that can be read.
    """
    # Late: a start needs no tables.
    from search_fn.index.lance import lancedb

    try:
        if "://" not in where and not Path(where).is_dir():
            # LanceDB would make it.
            raise FileNotFoundError(where)
        rows = lancedb.connect(where).open_table(IMAGES).to_arrow().to_pylist()
        texts = {row["path"]: row["text"] for row in rows}
        details = json.loads(texts["details"])
        inactive = json.loads(texts["inactive"])
    except Exception as error:  # LanceDB raises whatever its layers raise
        raise IndexUnavailableError(
            f"There is no readable image catalogue at {where}; make it with `python -m build images`."
        ) from error
    version = hashlib.sha256((texts["details"] + texts["inactive"]).encode()).hexdigest()[:16]
    return ImageCatalogue({detail["slug"]: detail for detail in details}, inactive, version)


class CurrentImages:
    """The image catalogue of one process; calling it returns the one that is published now: that of a folder at once,
    one on object storage within a minute.
    """

    def __init__(self, where: str) -> None:
        self._where = where
        self._elsewhere = "://" in where
        self._lock = Lock()
        self._images: ImageCatalogue | None = None
        self._mark: object = None
        self._last_refresh = 0.0

    def __call__(self) -> ImageCatalogue:
        """Return the catalogue. Raises IndexUnavailableError: there is none that can be read, and none was."""
        with self._lock:
            mark = self._file_mark()
            if self._images is None or (not self._elsewhere and mark not in (None, self._mark)):
                # A table's files change while another version is written, so a failed read is repeated once.
                with suppress(IndexUnavailableError):
                    self._images, self._mark = read_images(self._where), mark
                if self._images is None:
                    self._images, self._mark = read_images(self._where), mark
                self._last_refresh = time.monotonic()
            elif self._elsewhere and time.monotonic() - self._last_refresh > REFRESH_SECONDS:
                self._last_refresh = time.monotonic()
                refresh = Thread(target=self._refresh, daemon=True)
                refresh.start()
                # Object storage may not answer for minutes: after this wait the known catalogue answers.
                refresh.join(PATIENCE_SECONDS)
            return self._images

    def _refresh(self) -> None:
        with suppress(IndexUnavailableError):
            self._images = read_images(self._where)

    def _file_mark(self) -> object:
        if self._elsewhere:
            return None
        with suppress(OSError):
            facts = (Path(self._where) / f"{IMAGES}.lance" / "_versions").stat()
            return facts.st_ino, facts.st_mtime_ns
        return None
