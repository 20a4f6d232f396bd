"""The image catalogue: a table beside those of the index, which changes more often than they do."""

import hashlib
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from typing import Any, NamedTuple

from search_fn.index.current import REFRESH_SECONDS
from search_fn.index.lance import lancedb
from search_fn.index.manifest import IndexUnavailable
from search_fn.index.open import PATIENCE_SECONDS
from search_fn.index.schema import IMAGES

Detail = dict[str, Any]
"""JSON of a CatalogEntryDetail."""
POINTERS = ("latest", "stable")
_SHOWN = 30


class NoSuchImage(Exception):
    """Nothing is there; the message names what there is."""


class ImageCatalogue(NamedTuple):
    """The collections with their images, by slug; `inactive` are refs that have none any more. `version` names all."""

    details: Mapping[str, Detail]
    inactive: Mapping[str, list[Detail]]
    version: str = ""

    def entries(self, visibility: str | None = None, *, only_with_image: bool = True) -> list[Detail]:
        """Return the collections without their refs."""
        return [
            {key: value for key, value in detail.items() if key != "refs"}
            for detail in self.details.values()
            if visibility in (None, detail["visibility"]) and (detail["refs"] or not only_with_image)
        ]

    def detail(self, slug: str) -> Detail:
        """Return a collection. Raises NoSuchImage: there is none of this name."""
        if slug not in self.details:
            raise NoSuchImage(f"There is no CodeCollection of this slug; {_there(list(self.details))}")
        return self.details[slug]

    def refs(self, slug: str, *, include_inactive: bool = False) -> list[Detail]:
        """Return the refs of a collection that have an image. Raises NoSuchImage: there is no such collection."""
        active: list[Detail] = self.detail(slug)["refs"]
        if not include_inactive:
            return active
        return sorted([*active, *self.inactive.get(slug, [])], key=lambda ref: str(ref["ref"]))

    def ref(self, slug: str, name: str) -> Detail:
        """Return a ref, active or not. Raises NoSuchImage: there is none, or no such collection."""
        found = next((ref for ref in self.refs(slug, include_inactive=True) if ref["ref"] == name), None)
        if found is None:
            raise NoSuchImage(f"{slug} has no image of this ref; {_there([ref['ref'] for ref in self.refs(slug)])}")
        return found

    def find(self, slug: str, requested: str, *, pointer: bool) -> Detail:
        """Return the image to which a pointer of POINTERS, or a ref, leads. Raises NoSuchImage: to none."""
        detail, refs = self.detail(slug), self.refs(slug)
        if not refs:
            raise NoSuchImage(
                f"{slug} has no images: no registry is named for it, or that lists no tag REF-COMMIT-RUNTIME."
            )
        if pointer:
            found = next((ref for ref in refs if ref["image_tag"] == detail[f"{requested}_image_tag"]), None)
        else:
            found = next((ref for ref in refs if ref["ref"] == requested), None)
        if found is None:
            missing = f"no image is {requested}" if pointer else "it has no image of this ref"
            raise NoSuchImage(f"{slug}: {missing}; {_there([ref['ref'] for ref in refs])}")
        named = ("image_tag", "image_registry", "image_digest", "commit_hash", "rt_revision")
        return {
            "slug": slug, "requested": requested, **{name: found[name] for name in named}, "stale": detail["stale"],
        }  # fmt: skip


def _there(names: list[str]) -> str:
    shown = f"{', '.join(names[:_SHOWN])}{f' and {len(names) - _SHOWN} more' if len(names) > _SHOWN else ''}"
    return f"there are {shown}." if names else "there is none."


def read_images(where: str) -> ImageCatalogue:
    """Return what the table at an address of an index has. Raises IndexUnavailable: there is none that can be read."""
    try:
        if "://" not in where and not Path(where).is_dir():
            # LanceDB would make it.
            raise FileNotFoundError(where)
        rows = lancedb.connect(where).open_table(IMAGES).to_arrow().to_pylist()
        texts = {row["path"]: row["text"] for row in rows}
        details = json.loads(texts["details"])
        inactive = json.loads(texts["inactive"])
    except Exception as error:  # LanceDB raises whatever its layers raise
        raise IndexUnavailable(
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
        """Return the catalogue. Raises IndexUnavailable: there is none that can be read, and none was."""
        with self._lock:
            mark = self._file_mark()
            if self._images is None or (not self._elsewhere and mark not in (None, self._mark)):
                # A table's files change while another version is written, so a failed read is repeated once.
                with suppress(IndexUnavailable):
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
        with suppress(IndexUnavailable):
            self._images = read_images(self._where)

    def _file_mark(self) -> object:
        if self._elsewhere:
            return None
        with suppress(OSError):
            facts = (Path(self._where) / f"{IMAGES}.lance" / "_versions").stat()
            return facts.st_ino, facts.st_mtime_ns
        return None
