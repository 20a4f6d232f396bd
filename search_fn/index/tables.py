"""The tables of one publication, each opened when a request needs it: few do, and LanceDB takes a while to import."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from search_fn.index.array_file import FileRows, read_arrays
from search_fn.index.facts import ADDED, ARRAY_TABLES, BUNDLE_TABLES, BUNDLES, PAGE_TABLES, ArrayFile, Manifest
from search_fn.index.manifest import read_manifest
from search_fn.index.memory import return_freed
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
        if "://" in self._where:
            # LanceDB lets nobody limit how long it waits for storage while it opens a table: no request shall.
            self.open(BUNDLES)
        return self._arrays(BUNDLE_TABLES)

    def pages(self) -> Arrays:
        """Return the arrays of documentation and keywords, as `bundles` does."""
        return self._arrays(PAGE_TABLES)

    def _arrays(self, names: tuple[str, str, str, str]) -> Arrays:
        facts = self._manifest.arrays.get(names[0])
        if facts is None:
            return self._make_arrays(names)
        with self._array_file(names[0], facts) as file:
            if names == BUNDLE_TABLES and self._manifest.candidates is not None:
                # Opened now: the folder may be replaced.
                self.vectors = FileRows(file, facts, VECTORS)
            return read_arrays(file, facts)

    def _array_file(self, corpus: str, facts: ArrayFile) -> BinaryIO:
        if "://" not in self._where:
            return (Path(self._where) / facts.name).open("rb")
        from search_fn.index.array_table import copy_file

        file = copy_file(self.open(name := ARRAY_TABLES[corpus]), facts.size)
        # LanceDB keeps some of what it has read of an open table.
        del self._opened[name]
        return_freed()
        return file

    def _make_arrays(self, names: tuple[str, str, str, str]) -> Arrays:
        """Return what an index of an earlier release has no file of."""
        from search_fn.index import from_tables

        is_pages = names == PAGE_TABLES
        make = from_tables.page_arrays if is_pages else from_tables.bundle_arrays
        columns = from_tables.PAGE_COLUMNS if is_pages else from_tables.BUNDLE_COLUMNS
        entries, passages, postings, words = map(self.open, names)
        there = set(entries.schema.names)
        return make(
            [
                _read(entries, [name for name in columns if name in there or name not in ADDED]),
                _read(passages, from_tables.PASSAGE_COLUMNS),
                postings.to_arrow(),
                words.to_arrow(),
            ]
        )


def _read(table: Any, columns: Sequence[str]) -> Any:
    return table.search().select(list(columns)).limit(max(table.count_rows(), 1)).to_arrow()
