"""The shipped index, opened for reading and checked: schema, encoder, one publication."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import ValidationError

from search_fn.encoder import ENCODER_FILE, Encoder, EncoderMismatch
from search_fn.facets import Facet, Groups
from search_fn.filters import FACETS
from search_fn.lance import lancedb
from search_fn.repair import Vocabulary
from search_fn.schema import BUNDLES, DOCUMENTS, MANIFEST, PASSAGES, POSTINGS, SCHEMA_VERSION, WORDS, Manifest
from search_fn.scores import Passages, Postings, Scores
from search_fn.settings import Settings
from search_fn.words import stem

_COLUMNS = ["id", "name", "updated", "task_count", "sli_count", "discovered", "card", *FACETS.values()]
_TABLES = (BUNDLES, PASSAGES, POSTINGS, WORDS, DOCUMENTS)
_REMEMBERED_QUERIES = 1_024
# How long a request waits for an index elsewhere; object storage that is silent is asked again for minutes.
PATIENCE_SECONDS = 5.0


class IndexUnavailable(Exception):
    """There is no index to answer from; the message is for the person who runs the function."""


def fold_name(text: str) -> str:
    """A name without case, separators and quotes: `K8s_PVC health` and `k8s-pvc-health` are one."""
    return re.sub(r"[\W_]+", "", text.casefold())


def fold_number(text: str) -> str:
    """A name as fold_name has it, and its words without their endings too: `Pod Restarts` and `pod-restart` are one."""
    found = re.split(r"[\W_]+", text.casefold())
    # The stem leaves short words alone.
    return "".join(stem(word) if len(word) > 3 else word.removesuffix("s") for word in found)


@dataclass(frozen=True)
class Index:
    """An open index. `columns` are the small ones of all bundles, in the order of their ids; a bundle's position is its
    place there.
    """

    manifest: Manifest
    encoder: Encoder
    bundles: Any
    documents: Any
    columns: pa.Table
    postings: Postings
    passages: Passages
    vocabulary: Vocabulary

    @cached_property
    def ids(self) -> list[str]:
        return self.values("id")

    def values(self, column: str) -> list[Any]:
        """A column's values, by position."""
        found: list[Any] = self.columns[column].to_pylist()
        return found

    @cached_property
    def facets(self) -> dict[str, Facet]:
        """What bundles are counted and filtered by."""
        return {facet: Facet.of(self.columns[column]) for facet, column in FACETS.items()}

    @cached_property
    def platforms(self) -> Groups:
        """Which bundles are for the same platforms."""
        return Groups(self.facets["platform"])

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each bundle stands, by id."""
        return {name: position for position, name in enumerate(self.ids)}

    @cached_property
    def names(self) -> dict[str, list[int]]:
        """Where the bundles of a name stand, by their slug, title, and collection with slug, folded."""
        return self._names(fold_name)

    @cached_property
    def names_in_any_number(self) -> dict[str, list[int]]:
        """The same by fold_number."""
        return self._names(fold_number)

    def _names(self, fold: Callable[[str], str]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for position, (name, title) in enumerate(zip(self.ids, self.values("name"), strict=True)):
            for key in {fold(name.split("/", 1)[1]), fold(title), fold(name)} - {""}:
                found.setdefault(key, []).append(position)
        return found

    @cached_property
    def twins(self) -> NDArray[np.int32]:
        """For each bundle the first position of its slug: one bundle in several collections has one number."""
        first: dict[str, int] = {}
        slugs = (fold_name(name.split("/", 1)[1]) for name in self.ids)
        return np.array([first.setdefault(slug, position) for position, slug in enumerate(slugs)], np.int32)

    @cached_property
    def encode(self) -> Callable[[str], Scores]:
        """The vector of a query; those asked for last are remembered."""
        return lru_cache(_REMEMBERED_QUERIES)(lambda text: self.encoder.encode([text])[0])

    def card(self, position: int) -> dict[str, Any]:
        """The bundle at a position as a search result."""
        found: dict[str, Any] = json.loads(self.columns["card"][position].as_py())
        return found

    def stored(self, positions: list[int], column: str) -> list[str]:
        """The JSON of `summary` or `record` of the bundles at `positions`, in that order.

        Raises:
            IndexUnavailable: the table's files are no longer those that were opened, or cannot be reached.
        """
        if not positions:
            return []
        by_id = _pairs(self.bundles.take_offsets(positions).select(["id", column]))
        return [by_id[self.ids[position]] for position in positions]

    def document(self, path: str) -> str | None:
        """The JSON of a document of the static API by its path below api/v1/, without the ending; None where this
        build has none.

        Raises:
            IndexUnavailable: as `stored`.
        """
        return self._documents.get(path)

    @cached_property
    def _documents(self) -> dict[str, str]:
        return _pairs(self.documents.search().select(["path", "text"]).limit(1_000_000))


def open_index(settings: Settings) -> Index:
    """Open what `settings.index_uri` names.

    Raises:
        IndexUnavailable: it is missing, unreadable, of another schema, or made with another encoder.
    """
    where = settings.index_uri
    database, manifest = read_manifest(where)
    try:
        tables = {name: database.open_table(name) for name in _TABLES}
        for name, table in tables.items():
            if table.version != manifest.tables[name]:
                # A newer publication is being written: this one is still there under its version.
                table.checkout(manifest.tables[name])
        columns = _read(tables[BUNDLES], _COLUMNS).sort_by("id")
        passages = Passages.of(_read(tables[PASSAGES], ["bundle", "tool", "vector"]), len(columns))
        postings = Postings(tables[POSTINGS].to_arrow())
        words = tables[WORDS].to_arrow()
    except Exception as error:
        again = f"publish it anew with `python -m build push {where}`" if "://" in where else "build it anew"
        raise IndexUnavailable(f"The index at {where} is damaged ({error}); {again}.") from error
    try:
        encoder = Encoder.load(settings.encoder_folder / ENCODER_FILE, manifest.encoder.sha256)
    except (OSError, EncoderMismatch) as error:
        raise IndexUnavailable(f"The index at {where} cannot be read with this encoder: {error}") from error
    counts = dict(zip(words["word"].to_pylist(), words["bundles"].to_pylist(), strict=True))
    vocabulary = Vocabulary(counts, encoder.has_word)
    return Index(manifest, encoder, tables[BUNDLES], tables[DOCUMENTS], columns, postings, passages, vocabulary)


def read_manifest(where: str) -> tuple[Any, Manifest]:
    """The database at an address that LanceDB reads, and the manifest of what is published there.

    Raises:
        IndexUnavailable: it is missing, unreadable, or of another schema.
    """
    try:
        if "://" not in where and not Path(where).is_dir():
            # LanceDB would make it.
            raise FileNotFoundError(where)
        database = lancedb.connect(where)
        text = database.open_table(MANIFEST).to_arrow()["manifest"][0].as_py()
    except Exception as error:  # LanceDB raises whatever its layers raise
        missing = f"There is no readable index at {where}"
        make = "build one with `python -m build run`"
        if "://" in where:
            missing, make = f"{missing}, or no access to it", f"publish one with `python -m build push {where}`"
        raise IndexUnavailable(f"{missing}; {make}, or set INDEX_URI.") from error
    return database, _manifest(where, text)


def _manifest(where: str, text: str) -> Manifest:
    try:
        version = json.loads(text).get("schema_version")
        if version == SCHEMA_VERSION:
            return Manifest.model_validate_json(text)
    except (ValueError, AttributeError, ValidationError) as error:
        raise IndexUnavailable(f"The manifest of the index at {where} cannot be read; build the index anew.") from error
    raise IndexUnavailable(
        f"The index at {where} has schema {version}, this code reads {SCHEMA_VERSION}; "
        "build the index anew with this release."
    )


def _pairs(query: Any) -> dict[str, str]:
    """The second column of a query's rows by the first."""
    try:
        keys, values = query.to_arrow(timeout=timedelta(seconds=PATIENCE_SECONDS)).columns[:2]
    except (OSError, RuntimeError) as error:  # what LanceDB says of files
        raise IndexUnavailable(
            "The index has been replaced or damaged since it was opened, or where it is does not answer; "
            "ask again in a minute."
        ) from error
    return dict(zip(keys.to_pylist(), values.to_pylist(), strict=True))


def _read(table: Any, columns: list[str]) -> pa.Table:
    found: pa.Table = table.search().select(columns).limit(max(table.count_rows(), 1)).to_arrow()
    return found
