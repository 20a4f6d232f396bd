"""The tables of one publication, each opened when a request needs it: few do, and LanceDB takes a while to import."""

import ctypes
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from search_fn.index.array_file import FileRows, read_arrays
from search_fn.index.facts import ADDED, BUNDLE_TABLES, PAGE_TABLES, Manifest
from search_fn.index.manifest import read_manifest
from search_fn.index.passages import VECTORS
from search_fn.index.strings import Arrays


class Tables:
    """The tables at an address, in the versions of a manifest."""

    def __init__(self, where: str, manifest: Manifest) -> None:
        self._where = where
        self._manifest = manifest
        self._opened: dict[str, Any] = {}
        # Those of bundles' passages, where they are not all compared and are in a file.
        self.vectors: FileRows | None = None

    def open(self, name: str) -> Any:
        """Return a table, open in LanceDB, which raises what its layers raise.

        Raises:
            ValueError: The folder has another publication by now.
        """
        if name in self._opened:
            return self._opened[name]
        from search_fn.index.lance import lancedb

        opened = lancedb.connect(self._where).open_table(name)
        if opened.version != self._manifest.tables[name]:
            # A newer publication is being written: that of the manifest is still there under its version.
            opened.checkout(self._manifest.tables[name])
        # The folder of another publication has tables of the same names and versions.
        if "://" not in self._where and read_manifest(self._where) != self._manifest:
            raise ValueError("another publication has taken its place")
        self._opened[name] = opened
        return opened

    def missing(self) -> str | None:
        """Return a table of a folder that is not there, None where all are or nobody can tell without asking."""
        names = () if "://" in self._where else self._manifest.tables
        return next((name for name in names if not (Path(self._where) / f"{name}.lance").is_dir()), None)

    def bundles(self) -> Arrays:
        """Return the arrays of bundles. Raises ValueError: they are damaged, or their tables do not belong together."""
        return self._arrays(BUNDLE_TABLES)

    def pages(self) -> Arrays:
        """Return the arrays of documentation and keywords, as `bundles` does."""
        return self._arrays(PAGE_TABLES)

    def _arrays(self, names: tuple[str, str, str, str]) -> Arrays:
        file = self._manifest.arrays.get(names[0])
        if file is not None and "://" not in self._where:
            if names == BUNDLE_TABLES and self._manifest.candidates is not None:
                # Opened now: the folder may be replaced.
                self.vectors = FileRows(Path(self._where), file, VECTORS)
            return read_arrays(Path(self._where), file)
        from search_fn.index import from_tables

        make = from_tables.page_arrays if names == PAGE_TABLES else from_tables.bundle_arrays
        columns, passage_columns = self._columns(names)
        entries, passages, postings, words = map(self.open, names)
        there = set(entries.schema.names)
        made = make(
            [
                _read(entries, [name for name in columns if name in there or name not in ADDED]),
                _read(passages, passage_columns),
                postings.to_arrow(),
                words.to_arrow(),
            ]
        )
        if passage_columns != from_tables.SKETCHED_PASSAGE_COLUMNS:
            return made
        batches = passages.search().select(list(from_tables.QUANTIZED_COLUMNS)).to_batches()
        dimensions = self._manifest.encoder.dimensions
        made |= from_tables.quantized_arrays(batches, passages.count_rows(), dimensions)
        del entries, passages, postings, words, batches
        _trim()
        return made

    def _columns(self, names: tuple[str, str, str, str]) -> tuple[Sequence[str], Sequence[str]]:
        """Return which columns of entries and of passages are read at once."""
        from search_fn.index import from_tables

        if names == PAGE_TABLES:
            return from_tables.PAGE_COLUMNS, from_tables.PASSAGE_COLUMNS
        if self._manifest.candidates is None:
            return from_tables.BUNDLE_COLUMNS, from_tables.PASSAGE_COLUMNS
        return from_tables.SKETCHED_BUNDLE_COLUMNS, from_tables.SKETCHED_PASSAGE_COLUMNS


def _trim() -> None:
    """Give the system back what the C library's allocator holds of what was freed: some hundred megabytes here."""
    with suppress(AttributeError, OSError, TypeError):  # only glibc has it
        ctypes.CDLL(None).malloc_trim(0)


def _read(table: Any, columns: Sequence[str]) -> Any:
    return table.search().select(list(columns)).limit(max(table.count_rows(), 1)).to_arrow()
