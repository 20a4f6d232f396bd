"""Phase 4: the search index, written fresh into an empty folder: bundles, passages with vectors, and the manifest."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from build import bm25
from build.kept_json import canonical, load
from build.passages import Passage, passages, text_columns
from build.record import Record, card, summary
from search_fn.lance import lancedb
from search_fn.schema import (
    BUNDLE_SCHEMA,
    BUNDLE_TABLES,
    DOCUMENT_SCHEMA,
    DOCUMENTS,
    MANIFEST,
    MANIFEST_SCHEMA,
    PAGE_TABLES,
    POSTING_SCHEMA,
    SCHEMA_VERSION,
    TEXT_WEIGHTS,
    WORD_SCHEMA,
    EncoderFacts,
    Manifest,
    passage_schema,
)
from search_fn.words import stem, words

Row = dict[str, Any]
Vectors = dict[str, np.ndarray]
Encode = Callable[[Sequence[str]], np.ndarray]
RELATED = 6


class Entry(NamedTuple):
    """What stands on a shelf: a row of BUNDLE_SCHEMA, the texts by TEXT_WEIGHTS' names, and the passages to encode."""

    row: Row
    texts: Mapping[str, str]
    passages: Sequence[Passage]


def encode_new(found: Iterable[Passage], known: Vectors, encode: Encode) -> tuple[Vectors, int]:
    """The vector of every passage's key, float16; how many had to be encoded because `known` lacks them."""
    texts = {passage.key: passage.text for passage in found}
    missing = sorted(set(texts) - set(known))
    vectors = {key: known[key] for key in texts if key in known}
    if missing:
        encoded = encode([texts[key] for key in missing]).astype(np.float16)
        vectors |= dict(zip(missing, encoded, strict=True))
    return vectors, len(missing)


def known_vectors(index: Path, encoder: EncoderFacts) -> Vectors:
    """The vectors of an index made with this encoder, by key; none when there is no such index."""
    manifest = load(index / "manifest.json", Manifest)
    if manifest is None or manifest.encoder != encoder:
        return {}
    try:
        database = lancedb.connect(str(index))
        names = [found[1] for found in (BUNDLE_TABLES, PAGE_TABLES) if found[1] in manifest.tables]
        table = pa.concat_tables(database.open_table(name).to_arrow().select(["key", "vector"]) for name in names)
    except (OSError, ValueError, RuntimeError):
        return {}
    vectors = table["vector"].combine_chunks().flatten().to_numpy().reshape(-1, encoder.dimensions)
    return dict(zip(table["key"].to_pylist(), vectors, strict=True))


def related(records: Sequence[Record], vectors: Vectors) -> list[tuple[str, ...]]:
    """For each bundle the ids of those whose head passages are nearest, nearest first."""
    if not records:
        return []
    heads = np.stack([vectors[passages(record)[0].key] for record in records]).astype(np.float32)
    wanted = min(RELATED + 1, len(heads))
    found = []
    for position, head in enumerate(heads):
        scores = heads @ head
        # To sort them all would take eight times as long for 20,000 bundles.
        near = np.flatnonzero(scores >= np.partition(scores, -wanted)[-wanted])
        near = near[np.argsort(-scores[near], kind="stable")]
        found.append(tuple(records[i]["id"] for i in near[:wanted] if i != position)[:RELATED])
    return found


def write_index(
    folder: Path,
    bundles: Sequence[Entry],
    pages: Sequence[Entry],
    vectors: Vectors,
    documents: Mapping[str, str],
    manifest: Manifest,
) -> Manifest:
    """Write both shelves, each sorted by id, into the empty `folder`; the manifest comes last and is returned with the
    tables' versions. `documents` are those of the static API that the function answers with as they are, by path.
    """
    database = lancedb.connect(str(folder))
    versions = {}
    rows = [{"path": path, "text": text} for path, text in documents.items()]
    tables = {DOCUMENTS: pa.Table.from_pylist(rows, schema=DOCUMENT_SCHEMA)}
    for names, entries in ((BUNDLE_TABLES, bundles), (PAGE_TABLES, pages)):
        tables |= zip(names, _shelf(entries, vectors, manifest.encoder.dimensions), strict=True)
    for name, table in tables.items():
        made = database.create_table(name, table)
        made.optimize(cleanup_older_than=timedelta(milliseconds=1), delete_unverified=True)
        versions[name] = made.version
    manifest = manifest.model_copy(update={"tables": versions})
    database.create_table(MANIFEST, manifest_rows(manifest))
    (folder / "manifest.json").write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return manifest


def manifest_rows(manifest: Manifest) -> pa.Table:
    """The manifest's table."""
    return pa.table({"manifest": [canonical(manifest.model_dump(mode="json"))]}, schema=MANIFEST_SCHEMA)


def digest(records: Iterable[Record]) -> str:
    """A key of the rows: equal records make equal rows, whatever bytes LanceDB writes for them."""
    found = hashlib.sha256(str(SCHEMA_VERSION).encode())
    for record in records:
        found.update(canonical(record).encode())
    return found.hexdigest()


def _shelf(entries: Sequence[Entry], vectors: Vectors, dimensions: int) -> list[pa.Table]:
    """The tables of a shelf, in the order in which search_fn.schema names them."""
    stems: list[dict[str, list[str]]] = []
    entries_with: Counter[str] = Counter()
    for entry in entries:
        parts = {name: list(words(entry.texts.get(name, ""))) for name in TEXT_WEIGHTS}
        entries_with.update({word for found in parts.values() for word in found})
        stems.append({name: list(map(stem, found)) for name, found in parts.items()})
    passage_rows = [
        {"bundle": position, "part": one.part, "tool": one.tool, "key": one.key, "vector": vectors[one.key]}
        for position, entry in enumerate(entries)
        for one in entry.passages
    ]
    posting_rows = [
        {"word": word, "bundles": list(found), "weights": list(found.values())}
        for word, found in bm25.weights(stems).items()
    ]
    word_rows = [{"word": word, "bundles": count} for word, count in sorted(entries_with.items())]
    return [
        pa.Table.from_pylist([entry.row for entry in entries], schema=BUNDLE_SCHEMA),
        pa.Table.from_pylist(passage_rows, schema=passage_schema(dimensions)),
        pa.Table.from_pylist(posting_rows, schema=POSTING_SCHEMA),
        pa.Table.from_pylist(word_rows, schema=WORD_SCHEMA),
    ]


def bundle_entry(record: Record, code: str) -> Entry:
    """A bundle on its shelf; `code` is the text of its robot files, whose words are found, too."""
    tags = [*record["support_tags"], *(tag for tool in record["tools"] for tag in tool["tags"])]
    row = {
        "id": record["id"],
        "name": record["title"],
        "updated": record["git_updated_at"] or "",
        "task_count": record["task_count"],
        "sli_count": record["sli_count"],
        "discovered": record["configuration_type"]["has_generation_rules"],
        "collection": record["codecollection"]["slug"],
        "platforms": record["platforms"],
        # `${NAMESPACE}` is a tag of whatever it becomes when it runs, and no facet.
        "tags": sorted({tag.casefold() for tag in tags if "${" not in tag}),
        "access": record["access_level"],
        "kinds": sorted({tool["kind"] for tool in record["tools"]}),
        "card": canonical(card(record)),
        "summary": canonical(summary(record)),
        "record": canonical(record),
    }
    return Entry(row, text_columns(record, code), passages(record))
