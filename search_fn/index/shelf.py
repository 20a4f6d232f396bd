"""A corpus as arrays: all bundles, or all pages of documentation and keywords, which are searched together."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from search_fn.index.arrays import Passages, Postings, Scores
from search_fn.index.facets import Facet, Filters, Groups, Mask
from search_fn.index.facts import ADDED
from search_fn.query.spelling import Vocabulary
from search_fn.query.synonyms import stems_of
from search_fn.query.values import meant
from search_fn.query.words import stem


def fold_name(text: str) -> str:
    """Return a name without case, separators and quotes: `K8s_PVC health` and `k8s-pvc-health` become equal."""
    return re.sub(r"[\W_]+", "", text.casefold())


def fold_number(text: str) -> str:
    """Return a name as fold_name does, its words without plural endings: `Pod Restarts` and `pod-restart`
    become equal.
    """
    words = re.split(r"[\W_]+", text.casefold())
    # `stem` leaves words of three letters or fewer as they are.
    return "".join(stem(word) if len(word) > 3 else word.removesuffix("s") for word in words)


@dataclass(frozen=True)
class Shelf:
    """A corpus: entries that are searched together, with all that ranking reads of them in memory. `columns` are the
    small ones of its table, sorted by id; an entry's place there is its position.
    """

    # The columns that a search needs of every entry; `facets` has the values of some.
    COLUMNS: ClassVar[tuple[str, ...]]

    columns: pa.Table
    postings: Postings
    passages: Passages
    vocabulary: Vocabulary

    @classmethod
    def of(cls, tables: Sequence[Any], has_word: Callable[[str], bool], **more: Any) -> Self:
        """Return the corpus of four tables.

        Args:
            tables: Entries, passages, postings and words, open in LanceDB, as search_fn.index.schema describes them.
            has_word: Returns whether a word is one of the language, for the correction of spelling.
            more: Further fields of the class.

        Raises:
            ValueError: The tables do not belong together.
        """
        entries, passages, postings, words = tables
        there = set(entries.schema.names)
        columns = _read(entries, [name for name in cls.COLUMNS if name in there or name not in ADDED]).sort_by("id")
        spelled = words.to_arrow()
        return cls(
            columns,
            Postings(postings.to_arrow(), len(columns)),
            Passages.of(_read(passages, ["bundle", "item", "vector"]), len(columns)),
            Vocabulary(dict(zip(spelled["word"].to_pylist(), spelled["bundles"].to_pylist(), strict=True)), has_word),
            **more,
        )

    @cached_property
    def ids(self) -> list[str]:
        return self.values("id")

    def values(self, column: str) -> list[Any]:
        """Return a column's values, by position."""
        values: list[Any] = self.columns[column].to_pylist()
        return values

    @cached_property
    def facets(self) -> dict[str, Facet]:
        """Return the facets by which entries are counted and filtered, in the order of FACETS."""
        raise NotImplementedError

    @cached_property
    def deprecated(self) -> Mask:
        """Return which entries are deprecated."""
        return np.zeros(len(self.columns), np.bool_)

    @cached_property
    def changing(self) -> Scores:
        """Return the share of each entry's tools whose code changes things, 0..1."""
        return np.zeros(len(self.columns), np.float32)

    @cached_property
    def needs(self) -> Facet:
        """Return the permissions that entries need, as a facet."""
        raise NotImplementedError

    def passing(self, filters: Filters) -> Mask:
        """Return which entries pass the filters. A value that no entry has stands for its synonyms."""
        mask = filters.mask(self.facets, meant)
        if filters.needs:
            mask[np.setdiff1d(np.arange(len(mask)), self.needs.naming(filters.needs).owners)] = False
        if filters.since:
            mask &= self.changed_since([str(getattr(one, "written", one)) for one in filters.since])
        return mask

    def changed_since(self, since: Sequence[str]) -> Mask:
        """Return which entries changed after any of these dates and releases."""
        return np.zeros(len(self.columns), np.bool_)

    @cached_property
    def platforms(self) -> Groups:
        """Return the entries grouped by their platforms."""
        return Groups.of(self.facets["platform"])

    @cached_property
    def positions(self) -> dict[str, int]:
        """Return the position of each entry, by id."""
        return {name: position for position, name in enumerate(self.ids)}

    @cached_property
    def names(self) -> dict[str, list[int]]:
        """Return the positions of the entries of each name: slug, title, and collection with slug, as fold_name has
        them.
        """
        return self._names(fold_name)

    @cached_property
    def names_in_any_number(self) -> dict[str, list[int]]:
        """Return the positions of the entries of each name as fold_number has it."""
        return self._names(fold_number)

    def _names(self, fold: Callable[[str], str]) -> dict[str, list[int]]:
        positions: dict[str, list[int]] = {}
        for position, (name, title) in enumerate(zip(self.ids, self.values("name"), strict=True)):
            for key in {fold(name.split("/", 1)[1]), fold(title), fold(name)} - {""}:
                positions.setdefault(key, []).append(position)
        return positions

    def called(self, word: str) -> list[int]:
        """Return the positions of the entries that have a word in their name, title or tags."""
        stems = set(stems_of(word))
        return [position for position, own in enumerate(self._labels) if stems and stems <= own]

    @cached_property
    def _labels(self) -> list[frozenset[str]]:
        own = [
            [*stems_of(f"{name.split('/', 1)[1]} {title}")]
            for name, title in zip(self.ids, self.values("name"), strict=True)
        ]
        tags = self.facets["tag"]
        for code, owner in zip(tags.codes.tolist(), tags.owners.tolist(), strict=True):
            own[owner] += stems_of(tags.values[code])
        return list(map(frozenset, own))

    @cached_property
    def twins(self) -> NDArray[np.int32]:
        """Return for each entry the first position of its slug: one bundle in several collections has one number."""
        first: dict[str, int] = {}
        slugs = (fold_name(name.split("/", 1)[1]) for name in self.ids)
        return np.array([first.setdefault(slug, position) for position, slug in enumerate(slugs)], np.int32)

    def said(self, position: int) -> Sequence[tuple[str, str]]:
        """Return what a model says the entry at a position is for: pairs of a kind of search_fn.search.reasons and a
        text.
        """
        return []

    def card(self, position: int) -> dict[str, Any]:
        """Return the entry at a position as a search result shows it."""
        card: dict[str, Any] = json.loads(self.columns["card"][position].as_py())
        return card


def _read(table: Any, columns: list[str]) -> pa.Table:
    rows: pa.Table = table.search().select(columns).limit(max(table.count_rows(), 1)).to_arrow()
    return rows
