"""A corpus as arrays: all bundles, or all pages of documentation and keywords, which are searched together."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic_core import from_json

from search_fn.index.arrays import Postings, Scores
from search_fn.index.facets import FACETS, Facet, Filters, Groups, Mask
from search_fn.index.passages import Passages
from search_fn.index.strings import Arrays, Keys, Numbers, Places, Strings
from search_fn.query.spelling import Letters, Vocabulary
from search_fn.query.synonyms import stems_of
from search_fn.query.values import meant
from search_fn.query.words import stem

# Entries of which is cached what a model says, some kilobytes each.
_CACHED_SAID = 512
# Of cards: some are shown again and again.
_CACHED_CARDS = 256


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


@dataclass(frozen=True, eq=False)
class Corpus:
    """A corpus: entries that are searched together, sorted by id; an entry's place is its position. `arrays` are all
    that ranking reads of them, as search_fn.index.from_tables makes them: nothing is taken from them before it is
    needed. `has_word` says whether a word is one of the language, for the correction of spelling.
    """

    arrays: Arrays
    has_word: Callable[[str], bool]

    @property
    def size(self) -> int:
        """Return how many entries there are."""
        return len(self.ids)

    @cached_property
    def ids(self) -> Keys:
        """Return the id of each entry, by position."""
        return Keys(self.arrays, "id")

    def values(self, column: str) -> Sequence[Any]:
        """Return a column's values, by position."""
        if column in self.arrays:
            values: list[Any] = self.arrays[column].tolist()
            return values
        return Strings.of(self.arrays, column)

    @cached_property
    def postings(self) -> Postings:
        return Postings(self.arrays, self.size)

    @cached_property
    def passages(self) -> Passages:
        return Passages(self.arrays)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        counts = Numbers(Keys(self.arrays, "words"), self.arrays["words.bundles"])
        comparable = Strings.of(self.arrays, "letters")
        letters = Letters(comparable, self.arrays["letters.counts"], self.arrays["letters.lengths"])
        return Vocabulary(counts, Numbers(self.postings.words), letters, self.has_word)

    @cached_property
    def facets(self) -> dict[str, Facet]:
        """Return the facets by which entries are counted and filtered, in the order of FACETS."""
        return {name: Facet.of(self.arrays, name, self.size) for name in FACETS}

    @cached_property
    def needs(self) -> Facet:
        """Return the permissions that entries need, as a facet."""
        return Facet.of(self.arrays, "needs", self.size)

    @cached_property
    def deprecated(self) -> Mask:
        """Return which entries are deprecated."""
        return self.arrays["deprecated"]

    @cached_property
    def changing(self) -> Scores:
        """Return the share of each entry's tools whose code changes things, 0..1."""
        return self.arrays["changing"]

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
        return np.zeros(self.size, np.bool_)

    @cached_property
    def platforms(self) -> Groups:
        """Return the entries grouped by their platforms."""
        return Groups.of(self.arrays, self.facets["platform"])

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Return the position of each entry, by id."""
        return Numbers(self.ids)

    def named(self, name: str) -> list[int]:
        """Return the positions of the entries whose slug, title, or collection with slug is this, as it is spelled,
        else in another number.
        """
        found = self._names.at(fold_name(name))
        positions: list[int] = (found if len(found) else self._names_in_any_number.at(fold_number(name))).tolist()
        return positions

    def spelled(self, name: str) -> list[int]:
        """Return the positions of the entries that are named so as it is spelled."""
        positions: list[int] = self._names.at(fold_name(name)).tolist()
        return positions

    @cached_property
    def _names(self) -> Places:
        return Places.of(self.arrays, "names")

    @cached_property
    def _names_in_any_number(self) -> Places:
        return Places.of(self.arrays, "names_in_any_number")

    def called(self, word: str) -> list[int]:
        """Return the positions of the entries that have a word in their name, title or tags."""
        labels = Places.of(self.arrays, "labels")
        own = [set(labels.at(stem).tolist()) for stem in stems_of(word)]
        return sorted(set.intersection(*own)) if own else []

    @cached_property
    def twins(self) -> NDArray[np.int32]:
        """Return for each entry the first position of its slug: one bundle in several collections has one number."""
        return self.arrays["twins"]

    def said(self, position: int) -> Sequence[tuple[str, str]]:
        """Return what a model says the entry at a position is for: pairs of a kind of search_fn.search.reasons and a
        text.
        """
        return self._read_said(position)

    @cached_property
    def _read_said(self) -> Callable[[int], Sequence[tuple[str, str]]]:
        # Of the texts alone: a cache over a method of the corpus would hold it in a circle.
        return lru_cache(_CACHED_SAID)(partial(_said_at, Strings.of(self.arrays, "said")))

    def card(self, position: int) -> Mapping[str, Any]:
        """Return the entry at a position as a search result shows it: one that is shared, and stays as it is."""
        return self._read_card(position)

    def cards(self, positions: Sequence[int]) -> list[Mapping[str, Any]]:
        """Return the entries at these positions as search results show them."""
        return [self.card(position) for position in positions]

    @cached_property
    def _read_card(self) -> Callable[[int], Mapping[str, Any]]:
        return lru_cache(_CACHED_CARDS)(partial(_card_at, Strings.of(self.arrays, "card")))


def _card_at(texts: Strings, position: int) -> dict[str, Any]:
    # In two thirds of the time of Python's own reader.
    card: dict[str, Any] = from_json(bytes(texts.utf8(position)))
    return card


def _said_at(texts: Strings, position: int) -> tuple[tuple[str, str], ...]:
    return read_said(texts[position])


def read_said(text: str) -> tuple[tuple[str, str], ...]:
    """Return what a model says an entry is for, of its JSON."""
    return tuple((kind, text) for kind, text in json.loads(text))
