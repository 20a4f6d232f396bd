"""Phase 4: the search index, written fresh into an empty folder: tables, the arrays of what a search reads of them, and
the manifest.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from build.catalogue.models import CodeBundleRecord
from build.index.array_files import write_arrays
from build.index.entries import BundleRow, FileRow, PageRow, Row
from build.index.sketching import make_sketches
from build.index.vectors import Vectors
from build.index.weighing import Weighed
from build.storage import canonical, write_checksums
from search_fn.index.facts import (
    BUNDLE_TABLES,
    BUNDLES,
    DOCUMENTS,
    FILES,
    MANIFEST,
    MANIFEST_FILE,
    PAGE_TABLES,
    PASSAGES,
    SCHEMA_VERSION,
    SKILLS,
    Manifest,
    SkillRow,
)
from search_fn.index.from_tables import BUNDLE_COLUMNS, bundle_arrays, page_arrays
from search_fn.index.lance import lancedb
from search_fn.index.memory import return_freed
from search_fn.index.schema import (
    BUNDLE_SCHEMA,
    DOCUMENT_SCHEMA,
    FILE_SCHEMA,
    MANIFEST_SCHEMA,
    PAGE_SCHEMA,
    POSTING_SCHEMA,
    SKILL_SCHEMA,
    WORD_SCHEMA,
    passage_schema,
)

# Rows that are made and written at once, and those of a table that are.
_BATCH, _OF_TABLE = 200, 2_048


def write_index(
    folder: Path,
    bundles: Weighed[BundleRow],
    pages: Weighed[PageRow],
    vectors: Vectors,
    documents: Mapping[str, str],
    manifest: Manifest,
    files: Iterable[FileRow] = (),
    skills: Sequence[SkillRow] = (),
) -> Manifest:
    """Write both corpora, each sorted by id; then the manifest, which is returned with the tables' versions, and last
    the digests of all files.

    Args:
        folder: Has no tables yet.
        bundles: The bundles with the weights of their words.
        pages: Documentation and keywords, in the same way.
        vectors: The passages' vectors, by key; emptied once the tables have them, since memory would hold them twice.
        documents: Those of the static API that the function answers with as they are, by path.
        manifest: Without the tables' versions.
        files: Texts of bundles' files, in the order of FILE_SCHEMA.
        skills: In the order of their list.
    """
    rows = [{"path": path, "text": text} for path, text in documents.items()]
    tables = {DOCUMENTS: pa.Table.from_pylist(rows, schema=DOCUMENT_SCHEMA)}
    tables[SKILLS] = pa.Table.from_pylist(
        [{"place": place, **skill._asdict()} for place, skill in enumerate(skills)], schema=SKILL_SCHEMA
    )
    dimensions = manifest.encoder.dimensions
    searched = pa.schema([BUNDLE_SCHEMA.field(name) for name in BUNDLE_COLUMNS])
    tables |= zip(BUNDLE_TABLES, _corpus(searched, bundles, vectors, dimensions), strict=True)
    tables |= zip(PAGE_TABLES, _corpus(PAGE_SCHEMA, pages, vectors, dimensions), strict=True)
    vectors.clear()
    return_freed()
    streams = {
        BUNDLES: Stream(BUNDLE_SCHEMA, (entry.row for entry in bundles.entries)),
        FILES: Stream(FILE_SCHEMA, files),
    }
    return write_tables(folder, tables, streams, manifest)


class Stream:
    """Rows that become a table batch by batch, since all of them together may be larger than the memory."""

    def __init__(self, schema: pa.Schema, rows: Iterable[NamedTuple]) -> None:
        self._schema, self._rows = schema, rows
        self.failed: Exception | None = None
        """What the rows raised: Arrow tells of it in its own words."""

    def reader(self) -> pa.RecordBatchReader:
        """Return the rows as LanceDB takes them."""
        return pa.RecordBatchReader.from_batches(self._schema, self._batches())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        rows = iter(self._rows)
        try:
            while batch := list(islice(rows, _BATCH)):
                columns = [pa.array([getattr(row, one.name) for row in batch], one.type) for one in self._schema]
                yield pa.RecordBatch.from_arrays(columns, schema=self._schema)
        except Exception as error:
            self.failed = error
            raise


def write_tables(
    folder: Path, tables: dict[str, pa.Table], streams: Mapping[str, Stream], manifest: Manifest
) -> Manifest:
    """Write an index whose tables are made; return its manifest with all that depends on them.

    Args:
        folder: Has no tables yet.
        tables: By name, all but those of which there is only a stream; each is taken out once it is written, so that
            memory has it no longer.
        streams: What is written by a name; the table of the same name then has the columns that arrays are made of.
        manifest: Without the tables' versions, arrays and candidates.
    """
    database = lancedb.connect(str(folder))
    versions = {}
    sketches, candidates = make_sketches(tables[PASSAGES])
    arrays = {
        names[0]: write_arrays(folder, names[0], make([tables[name] for name in names]) | more)
        for names, make, more in ((BUNDLE_TABLES, bundle_arrays, sketches), (PAGE_TABLES, page_arrays, {}))
    }
    return_freed()
    for name in [*tables, *(name for name in streams if name not in tables)]:
        # What is written is held no longer.
        table, stream = tables.pop(name, None), streams.get(name)
        try:
            made = database.create_table(name, stream.reader() if stream else _reader(table))
        except RuntimeError as error:
            raise (stream and stream.failed) or error from error
        table = None
        return_freed()
        made.optimize(cleanup_older_than=timedelta(milliseconds=1), delete_unverified=True)
        versions[name] = made.version
    manifest = manifest.model_copy(update={"tables": versions, "arrays": arrays, "candidates": candidates})
    database.create_table(MANIFEST, manifest_rows(manifest))
    (folder / MANIFEST_FILE).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    write_checksums(folder)
    return manifest


def _reader(table: pa.Table) -> pa.RecordBatchReader:
    """Return a table as LanceDB takes it: given it whole, it would hold it several times."""
    return pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=_OF_TABLE))


def manifest_rows(manifest: Manifest) -> pa.Table:
    """Return the manifest's table."""
    return pa.table({"manifest": [canonical(manifest)]}, schema=MANIFEST_SCHEMA)


def digest(records: Iterable[CodeBundleRecord]) -> str:
    """Return a key of the rows: equal records make equal rows, whatever bytes LanceDB writes for them."""
    found = hashlib.sha256(str(SCHEMA_VERSION).encode())
    for record in records:
        found.update(canonical(record).encode())
    return found.hexdigest()


def _corpus(schema: pa.Schema, corpus: Weighed[Row], vectors: Vectors, dimensions: int) -> list[pa.Table]:
    """Return the tables of a corpus, in the order in which search_fn.index.schema names them."""
    # Columns, since a row as a dictionary takes many times its own bytes.
    passages = [one for entry in corpus.entries for one in entry.passages]
    matrix = np.empty((len(passages), dimensions), np.float16)
    keys = [one.key for one in passages]
    for row, key in zip(matrix, keys, strict=True):
        row[:] = vectors[key]
    postings = corpus.weights
    counts = sorted(corpus.counts.items())
    return [
        _table(schema, ([getattr(entry.row, name) for entry in corpus.entries] for name in schema.names)),
        _table(
            passage_schema(dimensions),
            (
                np.repeat(np.arange(len(corpus.entries)), [len(entry.passages) for entry in corpus.entries]),
                [one.part for one in passages],
                [one.item for one in passages],
                keys,
                pa.FixedSizeListArray.from_arrays(_numbers(matrix), dimensions),
            ),
        ),
        _table(
            POSTING_SCHEMA,
            (
                postings.words,
                pa.ListArray.from_arrays(postings.starts.astype(np.int32), postings.positions),
                pa.ListArray.from_arrays(postings.starts.astype(np.int32), postings.weights.astype(np.float32)),
            ),
        ),
        _table(WORD_SCHEMA, ([word for word, _ in counts], [count for _, count in counts])),
    ]


def _numbers(matrix: NDArray[np.float16]) -> pa.Array:
    """Return the numbers of a matrix where they are: the library itself would copy them."""
    return pa.Array.from_buffers(pa.float16(), matrix.size, [None, pa.py_buffer(matrix)])


def _table(schema: pa.Schema, columns: Iterable[Any]) -> pa.Table:
    made = [
        column if isinstance(column, pa.Array) else pa.array(column, field.type)
        for column, field in zip(columns, schema, strict=True)
    ]
    return pa.table(made, schema=schema)
