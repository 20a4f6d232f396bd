"""The published index, opened for reading, with its schema, its encoder and the versions of its tables checked."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from search_fn.encoder.minilm import ENCODER_FILE, Encoder, EncoderMismatchError
from search_fn.encoder.remote import EncoderUnavailableError, RemoteEncoder
from search_fn.index.answers import Answers
from search_fn.index.arrays import Scores
from search_fn.index.corpus import Corpus
from search_fn.index.facets import Mask
from search_fn.index.facts import BUNDLES, DOCUMENTS, FILES, SKILLS, IndexUnavailableError, Manifest
from search_fn.index.manifest import read_manifest
from search_fn.index.pages import Pages
from search_fn.index.passages import SKETCHES, Passages, SketchedPassages
from search_fn.index.since import Tags, read_since, read_tags
from search_fn.index.tables import Tables
from search_fn.settings import Settings

_log = logging.getLogger(__name__)
# Vectors of queries that are cached, 1.5 KB each: for what follows, such as another page of the answer.
_CACHED_QUERIES = 256
# How long a request waits for an index on object storage: LanceDB itself retries a silent one for minutes.
PATIENCE_SECONDS = 5.0


@dataclass(frozen=True, eq=False)
class Index(Corpus):
    """An open index: the arrays of its bundles, and its tables, which are opened when they are needed."""

    manifest: Manifest
    encoder: Encoder
    remote: RemoteEncoder | None
    tables: Tables

    @cached_property
    def pages(self) -> Pages:
        """Return documentation and keywords.

        Raises:
            IndexUnavailableError: As `stored` raises it.
        """
        with _read_errors():
            return Pages(self.tables.pages(), self.has_word)

    @cached_property
    def passages(self) -> Passages:
        # Arrays that were made of tables have no sketches.
        if self.manifest.candidates is None or SKETCHES not in self.arrays:
            return Passages(self.arrays)
        return SketchedPassages(self.arrays, self.manifest.candidates, self.tables.vectors)

    @cached_property
    def answers(self) -> Answers:
        """Return the answers over this index that are remembered."""
        return Answers()

    @cached_property
    def tags(self) -> Tags:
        """Return the dates of the collections' tags.

        Raises:
            IndexUnavailableError: As `stored` raises it.
        """
        return read_tags(self.documents, [one.slug for one in self.manifest.collections])

    def changed_since(self, since: Sequence[str]) -> Mask:
        parsed = [bounds for text in since if (bounds := read_since(text, self.tags))]
        collections = self.facets["collection"]
        slugs = (collections.values[code] for code in collections.codes.tolist())
        pairs = zip(self.values("changed"), slugs, strict=True)
        return np.array(
            [
                any((bound := bounds.bound(slug)) is not None and changed >= bound for bounds in parsed)
                for changed, slug in pairs
            ],
            np.bool_,
        )

    def encode(self, text: str) -> Scores | None:
        """Return the vector of a query, shape (dimensions,); None where a provider has to make it and gives none."""
        try:
            return self._cached_encode(text)
        except EncoderUnavailableError as error:
            _log.warning("%s Only words were searched.", error)
            return None

    @cached_property
    def _cached_encode(self) -> Callable[[str], Scores]:
        return _cached_encoder(self.encoder, self.remote, self.manifest.encoder.model)

    def stored(self, positions: list[int], column: str) -> list[str]:
        """Return the JSON of a column of the bundles at `positions`, in that order.

        Raises:
            IndexUnavailableError: The table's files are no longer those that were opened, or cannot be reached.
        """
        if not positions:
            return []
        by_id = _pairs(self._open(BUNDLES).take_offsets(positions).select(["id", column]))
        return [by_id[self.ids[position]] for position in positions]

    def _open(self, name: str) -> Any:
        with _read_errors():
            return self.tables.open(name)

    def text_of(self, position: int, number: int, path: str) -> str:
        """Return the text of a stored file.

        Args:
            position: That of its bundle.
            number: Its place among the bundle's stored files, from 0.
            path: Its path in the bundle's folder, by which the row is checked.

        Raises:
            IndexUnavailableError: As `stored` raises it.
        """
        (first,) = self.stored([position], "first_file")
        with _read_errors():
            query = self._open(FILES).take_offsets([int(first) + number]).select(["bundle", "path", "text"])
            rows = query.to_arrow(timeout=timedelta(seconds=PATIENCE_SECONDS)).to_pylist()
            if [(row["bundle"], row["path"]) for row in rows] != [(self.ids[position], path)]:
                raise ValueError("The tables of bundles and of their files do not belong together.")
        text: str = rows[0]["text"]
        return text

    @cached_property
    def documents(self) -> dict[str, str]:
        """Return the JSON of the static API's documents by their paths below api/v1/, without the ending.

        Raises:
            IndexUnavailableError: As `stored` raises it.
        """
        return _pairs(self._open(DOCUMENTS).search().select(["path", "text"]).limit(1_000_000))

    @cached_property
    def skills(self) -> dict[str, int]:
        """Return the place of each skill in their list, by its file's address.

        Raises:
            IndexUnavailableError: As `stored` raises it.
        """
        places = _pairs(self._open(SKILLS).search().select(["uri", "place"]).limit(1_000_000))
        return dict(sorted(places.items(), key=lambda item: item[1]))

    def skill_column(self, places: list[int], column: str) -> list[str]:
        """Return a column of the skills at these places, in this order.

        Raises:
            IndexUnavailableError: As `stored` raises it.
        """
        if not places:
            return []
        by_place = _pairs(self._open(SKILLS).take_offsets(places).select(["place", column]))
        return [by_place[place] for place in places]


def _cached_encoder(encoder: Encoder, remote: RemoteEncoder | None, model: str | None) -> Callable[[str], Scores]:
    """Return a function that encodes queries and caches their vectors.

    It holds no index: a cache over a method would make a reference cycle, and an index that has been replaced would
    keep its memory until the garbage collector finds it.
    """

    @lru_cache(_CACHED_QUERIES)
    def encode(text: str) -> Scores:
        if model is None:
            vector: Scores = encoder.encode([text])[0]
            return vector
        if remote is None:
            raise EncoderUnavailableError("The index has vectors of a provider's model, and none is configured here.")
        return remote.encode_query(text)

    return encode


def open_index(settings: Settings, known: Encoder | None = None) -> Index:
    """Return the index that `settings.index_uri` names.

    Args:
        settings: Where index and encoder are, and the provider of embeddings.
        known: An open encoder, which is taken where the index was made with it.

    Raises:
        IndexUnavailableError: The index is missing, unreadable, of another schema, or made with another encoder.
    """
    where = settings.index_uri
    manifest = read_manifest(where)
    try:
        encoder = Encoder.load(settings.encoder_folder / ENCODER_FILE, manifest.encoder.sha256, known)
    except (OSError, EncoderMismatchError) as error:
        raise IndexUnavailableError(f"The index at {where} cannot be read with this encoder: {error}") from error

    facts, remote = manifest.encoder, settings.embeddings
    if facts.model and remote and (remote.model, remote.dimensions) != (facts.model, facts.dimensions):
        raise IndexUnavailableError(
            f"The index at {where} has vectors of {facts.model} ({facts.dimensions}), EMBEDDING_MODEL is "
            f"{remote.model} ({remote.dimensions}); set what the index was built with, or build it anew."
        )

    tables = Tables(where, manifest)
    try:
        if missing := tables.missing():
            raise FileNotFoundError(f"its table {missing} is missing")
        return Index(tables.bundles(), encoder.has_word, manifest, encoder, remote, tables)
    except Exception as error:
        remedy = f"publish it anew with `python -m build push {where}`" if "://" in where else "build it anew"
        raise IndexUnavailableError(f"The index at {where} is damaged ({error}); {remedy}.") from error


def _pairs(query: Any) -> dict[Any, Any]:
    """Return the second column of a query's rows by the first."""
    with _read_errors():
        keys, values = query.to_arrow(timeout=timedelta(seconds=PATIENCE_SECONDS)).columns[:2]
    return dict(zip(keys.to_pylist(), values.to_pylist(), strict=True))


@contextmanager
def _read_errors() -> Iterator[None]:
    """Raise IndexUnavailableError for what LanceDB raises while a table is read."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:  # LanceDB raises these for missing and damaged files
        raise IndexUnavailableError(
            "The index has been replaced or damaged since it was opened, or its storage does not answer; "
            "ask again in a minute."
        ) from error
