"""What is searched together, in arrays: all bundles, or all pages of documentation and keywords."""

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
    """A name without case, separators and quotes: `K8s_PVC health` and `k8s-pvc-health` are one."""
    return re.sub(r"[\W_]+", "", text.casefold())


def fold_number(text: str) -> str:
    """A name as fold_name has it, and its words without their endings too: `Pod Restarts` and `pod-restart` are one."""
    found = re.split(r"[\W_]+", text.casefold())
    # The stem leaves short words alone.
    return "".join(stem(word) if len(word) > 3 else word.removesuffix("s") for word in found)


@dataclass(frozen=True)
class Shelf:
    """`columns` are the small ones of its table, in the order of ids; an entry's place there is its position."""

    # Those that a search needs of every entry; `facets` has the values of some.
    COLUMNS: ClassVar[tuple[str, ...]]

    columns: pa.Table
    postings: Postings
    passages: Passages
    vocabulary: Vocabulary

    @classmethod
    def of(cls, tables: Sequence[Any], has_word: Callable[[str], bool], **more: Any) -> Self:
        """The shelf in tables of LanceDB as search_fn.index.schema has them: entries, passages, postings, words. Raises
        ValueError if they are not of each other.
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
        """A column's values, by position."""
        found: list[Any] = self.columns[column].to_pylist()
        return found

    @cached_property
    def facets(self) -> dict[str, Facet]:
        """What entries are counted and filtered by, in the order of FACETS."""
        raise NotImplementedError

    @cached_property
    def deprecated(self) -> Mask:
        """Which entries should no longer be used."""
        return np.zeros(len(self.columns), np.bool_)

    @cached_property
    def changing(self) -> Scores:
        """The share of each entry's tools whose code changes things."""
        return np.zeros(len(self.columns), np.float32)

    @cached_property
    def needs(self) -> Facet:
        """The permissions that entries need."""
        raise NotImplementedError

    def passing(self, filters: Filters) -> Mask:
        """Return which entries pass. A value that none has is read as those that say the same."""
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
        """Which entries are for the same platforms."""
        return Groups.of(self.facets["platform"])

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each entry stands, by id."""
        return {name: position for position, name in enumerate(self.ids)}

    @cached_property
    def names(self) -> dict[str, list[int]]:
        """Where the entries of a name stand, by their slug, title, and collection with slug, folded."""
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

    def called(self, word: str) -> list[int]:
        """Return where the entries stand that have a word in their name, title or tags."""
        wanted = set(stems_of(word))
        return [position for position, own in enumerate(self._labels) if wanted and wanted <= own]

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
        """For each entry the first position of its slug: one bundle in several collections has one number."""
        first: dict[str, int] = {}
        slugs = (fold_name(name.split("/", 1)[1]) for name in self.ids)
        return np.array([first.setdefault(slug, position) for position, slug in enumerate(slugs)], np.int32)

    def said(self, position: int) -> list[tuple[str, str]]:
        """What a model says the entry at a position is for: kinds of search_fn.search.reasons, with texts."""
        return []

    def card(self, position: int) -> dict[str, Any]:
        """The entry at a position as a search result."""
        found: dict[str, Any] = json.loads(self.columns["card"][position].as_py())
        return found


def _read(table: Any, columns: list[str]) -> pa.Table:
    found: pa.Table = table.search().select(columns).limit(max(table.count_rows(), 1)).to_arrow()
    return found
