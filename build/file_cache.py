"""Reads the files of bundles in processes that can be stopped, and keeps their texts under the cache."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from build.catalogue.files import MAX_TEXT, FileTexts, file_texts, named_files
from build.catalogue.models import CodeBundleRecord
from build.fetch.collections import read_blobs
from build.model import BundleSource, Collection, SourceFile, Withheld
from build.storage import canonical, code_files, code_version, file_of, keep, load_kept
from build.workers import BUNDLE_SECONDS, Budget, Guarded

# All that shapes what is kept of a file.
_READER = (
    "build/untrusted",
    "build/catalogue/files.py",
    "build/model.py",
    "build/parse/readme.py",
    "search_fn/text.py",
)


class CachedTexts(FileTexts):
    """The cached texts of one bundle; `key` is a digest of all that they were made from."""

    key: str


def store_texts(
    collection: Collection, sources: Sequence[BundleSource], guarded: Guarded, cache: Path, budget: Budget
) -> tuple[BundleSource, ...]:
    """Read the files of a collection's bundles, but for those that the cache has, for `texts_of`.

    Args:
        collection: Whose bundles they are.
        sources: The bundles as fetched.
        guarded: Calls the reader.
        cache: Where the texts are entry.
        budget: Ends the reading: what comes after it has no text, until the next run.

    Returns:
        The bundles, of whose files each says why its text is not published.
    """
    named = [named_files(source.files) for source in sources]
    keys = _keys(named)
    places = [_file(cache, collection.slug, source.name) for source in sources]
    cached = [
        entry if (entry := load_kept(place, CachedTexts)) and entry.key == key else None
        for place, key in zip(places, keys, strict=True)
    ]
    new = [number for number, entry in enumerate(cached) if entry is None]
    small = [[file for file in named[number] if (file.size or 0) <= MAX_TEXT] for number in new]
    contents = read_blobs(collection, cache, {file.oid for files in small for file in files}) if new else {}
    full = [[file.model_copy(update={"content": contents.get(file.oid)}) for file in named[number]] for number in new]
    read = guarded(file_texts, (full,), budget, BUNDLE_SECONDS) if new else iter(())
    for number, outcome in zip(new, read, strict=True):
        if isinstance(outcome, FileTexts):
            entry = CachedTexts(key=keys[number], texts=outcome.texts, withheld=outcome.withheld)
        else:
            # The machine may have been too slow for it: the next run tries it again.
            failed: dict[str, Withheld] = {file.path: "not-read" for file in named[number]}
            entry = CachedTexts(key="", texts={}, withheld=failed)
        keep(places[number], entry)
        cached[number] = entry
    return tuple(
        source.model_copy(update={"files": tuple(_withheld(file, entry) for file in source.files)}) if entry else source
        for source, entry in zip(sources, cached, strict=True)
    )


def texts_of(cache: Path, record: CodeBundleRecord) -> Mapping[str, str]:
    """Return the texts of a bundle's files by their paths, as `store_texts` kept them in this run."""
    cached = load_kept(_file(cache, record.codecollection.slug, record.slug), CachedTexts)
    return cached.texts if cached else {}


def _withheld(file: SourceFile, cached: CachedTexts) -> SourceFile:
    why = cached.withheld.get(file.path)
    return file.model_copy(update={"withheld": why}) if why else file


def _keys(named: Sequence[Sequence[SourceFile]]) -> list[str]:
    version = code_version(code_files(_READER), ())
    return [
        hashlib.sha256(canonical([version, *([file.path, file.oid] for file in files)]).encode()).hexdigest()
        for files in named
    ]


def _file(cache: Path, collection: str, name: str) -> Path:
    return file_of(cache / "texts", collection, name)
