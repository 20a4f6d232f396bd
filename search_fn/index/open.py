"""The shipped index, opened for reading and checked: schema, encoder, one publication."""

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from search_fn.encoder.minilm import ENCODER_FILE, Encoder, EncoderMismatch
from search_fn.encoder.remote import EncoderUnavailable, RemoteEncoder
from search_fn.index.arrays import Scores
from search_fn.index.facets import FACETS, Facet, Mask
from search_fn.index.facts import BUNDLE_TABLES, DOCUMENTS, FILES, PAGE_TABLES, SKILLS, IndexUnavailable, Manifest
from search_fn.index.manifest import read_manifest
from search_fn.index.pages import Pages
from search_fn.index.shelf import Shelf
from search_fn.index.since import Tags, read_since, read_tags
from search_fn.settings import Settings

_log = logging.getLogger(__name__)
_REMEMBERED_QUERIES = 1_024
# How long a request waits for an index elsewhere; object storage that is silent is asked again for minutes.
PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class Index(Shelf):
    """An open index: the shelf of its bundles, and what else it has."""

    COLUMNS = (
        "id",
        "name",
        "updated",
        "task_count",
        "sli_count",
        "discovered",
        "deprecated",
        "changing",
        "changed",
        "card",
        "needs",
        "said",
        *FACETS.values(),
    )

    manifest: Manifest
    encoder: Encoder
    remote: RemoteEncoder | None
    bundle_table: Any
    document_table: Any
    open_skills: Callable[[], Any]
    open_pages: Callable[[], Pages]
    open_files: Callable[[], Any]

    @cached_property
    def facets(self) -> dict[str, Facet]:
        """What bundles are counted and filtered by."""
        there = set(self.columns.column_names)
        none = Facet.same([], len(self.columns))
        return {facet: Facet.of(self.columns[name]) if name in there else none for facet, name in FACETS.items()}

    @cached_property
    def deprecated(self) -> Mask:
        """Which bundles are deprecated."""
        return np.array(self.values("deprecated"), np.bool_)

    @cached_property
    def changing(self) -> Scores:
        """The share of each bundle's tools whose code changes things."""
        if "changing" not in self.columns.column_names:
            # An index of an earlier release.
            return super().changing
        return np.array(self.values("changing"), np.float32)

    @cached_property
    def needs(self) -> Facet:
        """The permissions that bundles need."""
        return Facet.of(self.columns["needs"])

    def said(self, position: int) -> list[tuple[str, str]]:
        if "said" not in self.columns.column_names:
            # An index of an earlier release.
            return super().said(position)
        return [(kind, text) for kind, text in json.loads(self.columns["said"][position].as_py())]

    @cached_property
    def pages(self) -> Pages:
        """Documentation and keywords. Raises IndexUnavailable as `stored` does."""
        with _telling():
            return self.open_pages()

    @cached_property
    def tags(self) -> Tags:
        """The tags of the collections. Raises IndexUnavailable as `stored` does."""
        return read_tags(self.documents, [one.slug for one in self.manifest.collections])

    def changed_since(self, since: Sequence[str]) -> Mask:
        wanted = [found for one in since if (found := read_since(one, self.tags))]
        pairs = zip(self.values("changed"), self.values("collection"), strict=True)
        return np.array(
            [
                any((bound := one.bound(slug)) is not None and changed >= bound for one in wanted)
                for changed, slug in pairs
            ],
            np.bool_,
        )

    def encode(self, text: str) -> Scores | None:
        """The vector of a query, None where a provider has to make it and does not."""
        try:
            return self._remembered(text)
        except EncoderUnavailable as error:
            _log.warning("%s Only words were searched.", error)
            return None

    @cached_property
    def _remembered(self) -> Callable[[str], Scores]:
        return _remembering(self.encoder, self.remote, self.manifest.encoder.model)

    def stored(self, positions: list[int], column: str) -> list[str]:
        """The JSON of a column of the bundles at `positions`, in that order. Raises IndexUnavailable if
        the table's files are no longer those that were opened, or cannot be reached.
        """
        if not positions:
            return []
        by_id = _pairs(self.bundle_table.take_offsets(positions).select(["id", column]))
        return [by_id[self.ids[position]] for position in positions]

    def text_of(self, position: int, number: int, path: str) -> str:
        """The text of a stored file of the bundle at `position`, which is the one of this `number` there. Raises
        IndexUnavailable as `stored` does.
        """
        (first,) = self.stored([position], "first_file")
        with _telling():
            wanted = self._files.take_offsets([int(first) + number])
            found = wanted.select(["bundle", "path", "text"]).to_arrow(timeout=timedelta(seconds=PATIENCE_SECONDS))
            rows = found.to_pylist()
            if [(row["bundle"], row["path"]) for row in rows] != [(self.ids[position], path)]:
                raise ValueError("The tables of bundles and of their files are not of each other.")
        text: str = rows[0]["text"]
        return text

    @cached_property
    def _files(self) -> Any:
        return self.open_files()

    @cached_property
    def documents(self) -> dict[str, str]:
        """The JSON of the documents of the static API that this build has, by the path below api/v1/, without the
        ending. Raises IndexUnavailable as `stored` does.
        """
        return _pairs(self.document_table.search().select(["path", "text"]).limit(1_000_000))

    @cached_property
    def skills(self) -> dict[str, int]:
        """The place of each skill in their list, by its file's address. Raises IndexUnavailable as `stored` does."""
        places = _pairs(self._skill_table.search().select(["uri", "place"]).limit(1_000_000))
        return dict(sorted(places.items(), key=lambda item: item[1]))

    def skill_column(self, places: list[int], column: str) -> list[str]:
        """A column of the skills at these places, in this order. Raises IndexUnavailable as `stored` does."""
        if not places:
            return []
        found = _pairs(self._skill_table.take_offsets(places).select(["place", column]))
        return [found[place] for place in places]

    @cached_property
    def _skill_table(self) -> Any:
        with _telling():
            return self.open_skills()


def _remembering(encoder: Encoder, remote: RemoteEncoder | None, model: str | None) -> Callable[[str], Scores]:
    """Return a function that encodes queries and remembers the vectors. It holds no index: a cache over a method would
    hold its object in a circle, and an index that has been replaced would keep its memory until such are collected.
    """

    @lru_cache(_REMEMBERED_QUERIES)
    def encode(text: str) -> Scores:
        if model is None:
            found: Scores = encoder.encode([text])[0]
            return found
        if remote is None:
            raise EncoderUnavailable("The index has vectors of a provider's model, and none is configured here.")
        return remote.encode_query(text)

    return encode


def open_index(settings: Settings, known: Encoder | None = None) -> Index:
    """Return what `settings.index_uri` names, with the encoder that is `known` where its file is that one's. Raises
    IndexUnavailable if it is missing, unreadable, of another schema, or made with another encoder.
    """
    where = settings.index_uri
    database, manifest = read_manifest(where)
    try:
        encoder = Encoder.load(settings.encoder_folder / ENCODER_FILE, manifest.encoder.sha256, known)
    except (OSError, EncoderMismatch) as error:
        raise IndexUnavailable(f"The index at {where} cannot be read with this encoder: {error}") from error

    facts, remote = manifest.encoder, settings.embeddings
    if facts.model and remote and (remote.model, remote.dimensions) != (facts.model, facts.dimensions):
        raise IndexUnavailable(
            f"The index at {where} has vectors of {facts.model} ({facts.dimensions}), EMBEDDING_MODEL is "
            f"{remote.model} ({remote.dimensions}); set what the index was built with, or build it anew."
        )

    def table(name: str) -> Any:
        found = database.open_table(name)
        if found.version != manifest.tables[name]:
            # A newer publication is being written: this one is still there under its version.
            found.checkout(manifest.tables[name])
        return found

    try:
        tables = list(map(table, BUNDLE_TABLES))
        return Index.of(
            tables,
            encoder.has_word,
            manifest=manifest,
            encoder=encoder,
            remote=remote,
            bundle_table=tables[0],
            document_table=table(DOCUMENTS),
            open_skills=lambda: table(SKILLS),
            # Late: few questions are about them, and each table takes milliseconds.
            open_pages=lambda: Pages.of(list(map(table, PAGE_TABLES)), encoder.has_word),
            open_files=lambda: table(FILES),
        )
    except Exception as error:
        again = f"publish it anew with `python -m build push {where}`" if "://" in where else "build it anew"
        raise IndexUnavailable(f"The index at {where} is damaged ({error}); {again}.") from error


def _pairs(query: Any) -> dict[Any, Any]:
    """The second column of a query's rows by the first."""
    with _telling():
        keys, values = query.to_arrow(timeout=timedelta(seconds=PATIENCE_SECONDS)).columns[:2]
    return dict(zip(keys.to_pylist(), values.to_pylist(), strict=True))


@contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:  # what LanceDB says of files
        raise IndexUnavailable(
            "The index has been replaced or damaged since it was opened, or where it is does not answer; "
            "ask again in a minute."
        ) from error
