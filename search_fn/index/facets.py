"""Facets of bundles (platforms, tags, …) as arrays: counts of their values, and filters by them. A filter's values are
matched exactly but for case; several of one facet mean any of them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search_fn.index.strings import Arrays, Strings

Mask = NDArray[np.bool_]
ValueResolver = Callable[[str, Iterable[str]], list[str]]


class Facet(NamedTuple):
    """A property of bundles, one entry for each value that one has: bundle `owners[i]` has the value
    `values[codes[i]]`; both are in order, owners and values. `size` is the number of bundles,
    `totals` how many of them have each value.
    """

    values: list[str]
    codes: NDArray[np.int32]
    owners: NDArray[np.int32]
    size: int
    totals: NDArray[np.integer]

    @classmethod
    def of(cls, arrays: Arrays, facet: str, size: int) -> "Facet":
        """Return a facet of a corpus's arrays, one without values where an index of an earlier release lacks it."""
        name = f"facet.{facet}"
        if f"{name}.codes" not in arrays:
            none = np.zeros(0, np.int32)
            return cls([], none, none, size, none)
        values, codes = list(Strings.of(arrays, name)), arrays[f"{name}.codes"]
        return cls(values, codes, arrays[f"{name}.owners"], size, np.bincount(codes, minlength=len(values)))

    def values_of(self, bundle: int) -> list[str]:
        """Return the values of a bundle, in the order in which it has them."""
        first, end = np.searchsorted(self.owners, [bundle, bundle + 1])
        return [self.values[code] for code in self.codes[first:end].tolist()]

    def mask(self, values: Iterable[str], resolve: "ValueResolver | None" = None) -> Mask:
        """Return which bundles have one of the values, shape (size,).

        Args:
            values: Case-folded values.
            resolve: Returns the known values that an unknown one means; None takes values as they are.
        """
        folded = set(values)
        if resolve is not None:
            unknown = folded.difference(value.casefold() for value in self.values)
            folded |= {each.casefold() for value in unknown for each in resolve(value, self.values)}
        codes = [code for code, value in enumerate(self.values) if value.casefold() in folded]
        mask = np.zeros(self.size, np.bool_)
        mask[self.owners[np.isin(self.codes, codes)]] = True
        return mask

    def naming(self, phrases: Iterable[str]) -> "Facet":
        """Return the part of the facet whose values contain one of the phrases, which are case-folded, as whole
        words.
        """
        patterns = [re.compile(rf"(?<![a-z0-9]){re.escape(words)}(?![a-z0-9])") for words in phrases]
        folded = ((code, value.casefold()) for code, value in enumerate(self.values))
        codes = [code for code, value in folded if any(pattern.search(value) for pattern in patterns)]
        chosen = np.isin(self.codes, codes)
        found = self.codes[chosen]
        return self._replace(
            codes=found, owners=self.owners[chosen], totals=np.bincount(found, minlength=len(self.values))
        )

    def occurrences(self, bundles: Mask) -> NDArray[np.integer]:
        """Return how many of the bundles have each value, shape (values,)."""
        # Of many it is faster to count the others.
        many = 2 * np.count_nonzero(bundles) > self.size
        chosen = (~bundles if many else bundles)[self.owners]
        counts = np.bincount(self.codes[chosen], minlength=len(self.values))
        return self.totals - counts if many else counts

    def counts(self, bundles: Mask, most: int) -> list[tuple[str, int]]:
        """Return how many of the bundles have each value: at most `most` values, the most frequent first, equals by
        name.
        """
        counts = self.occurrences(bundles)
        if len(counts) > most > 0:
            # As many as are wanted have this count or a greater one; to sort all would take most of a search.
            counts[counts < np.partition(counts, -most)[-most]] = 0
        (found,) = counts.nonzero()
        counts = counts[found]
        # Values are in the order of their names, which a stable sort keeps.
        best = (-counts).argsort(kind="stable")[:most]
        values = self.values
        return [(values[code], count) for code, count in zip(found[best].tolist(), counts[best].tolist(), strict=True)]


def count_each(facets: Mapping[str, Facet], bundles: Mask, most: int) -> dict[str, list[dict[str, Any]]]:
    """Return what `Facet.counts` gives for each facet, each `value` with its `count`, in half of the time."""
    counts = np.concatenate([one.occurrences(bundles) for one in facets.values()])
    starts = list(accumulate((len(one.values) for one in facets.values()), initial=0))
    (found,) = counts.nonzero()
    # Facet by facet, each as `counts` orders it: a stable sort by both.
    facet_of = np.searchsorted(starts, found, side="right")
    found = found[np.lexsort((-counts[found], facet_of))]
    ends = np.searchsorted(facet_of, range(1, len(starts) + 1)).tolist()
    each = {}
    for (name, facet), start, first, end in zip(facets.items(), starts, ends, ends[1:], strict=False):
        part = found[first : min(end, first + most)]
        pairs = zip(part.tolist(), counts[part].tolist(), strict=True)
        each[name] = [{"value": facet.values[code - start], "count": count} for code, count in pairs]
    return each


class Groups(NamedTuple):
    """Bundles grouped by their whole set of case-folded values: bundle i has `sets[codes[i]]`."""

    sets: list[frozenset[str]]
    codes: NDArray[np.int32]

    @classmethod
    def of(cls, arrays: Arrays, facet: Facet) -> "Groups":
        """Return the groups by a facet whose sets a corpus's arrays have."""
        firsts: list[int] = arrays["groups.firsts"].tolist()
        sets = [frozenset(value.casefold() for value in facet.values_of(first)) for first in firsts]
        return cls(sets, arrays["groups.codes"])


# The facets of an answer, in its order, each with the column that it is made from.
FACETS = {
    "platform": "platforms", "collection": "collection", "access": "access", "effect": "effect", "kind": "kinds",
    "tag": "tags", "resource_type": "resource_types", "author": "authors", "maintained_by": "maintained_by",
    "tests": "tests",
}  # fmt: skip


class FilterValue(str):
    """A value of a filter, case-folded; `written` is how the caller wrote it."""

    __slots__ = ("written",)
    written: str

    @classmethod
    def of(cls, text: str) -> "FilterValue":
        """Return the value that a caller wrote as `text`."""
        value = cls(text.casefold())
        value.written = text
        return value


class Filters(NamedTuple):
    """The filters of a request: case-folded values by facet, an empty tuple for no filter. `needs` are words of
    permissions (`pods/exec` matches `create pods/exec`); `since` are dates and releases (search_fn.index.since), after
    any of which a bundle has changed.
    """

    collection: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    effect: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    resource_type: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    maintained_by: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    since: tuple[str, ...] = ()

    @classmethod
    def of(cls, **values: Iterable[str]) -> "Filters":
        """Return the filters of values as a caller writes them; a comma separates several."""
        return cls(**{name: _fold_values(texts) for name, texts in values.items()})

    def mask(self, facets: Mapping[str, Facet], resolve: ValueResolver | None = None) -> Mask:
        """Return which bundles pass the facets' filters; `needs` and `since` are for the caller to apply."""
        size = facets["collection"].size
        filters = ((facets[facet], getattr(self, facet)) for facet in FACETS)
        masks = [facet.mask(values, resolve) for facet, values in filters if values]
        return np.logical_and.reduce(masks) if masks else np.ones(size, np.bool_)


NO_FILTERS = Filters()


def encodable(text: str) -> str:
    """Return a caller's text with lone surrogates replaced by "?": JSON and a command line can hold them, UTF-8
    cannot.
    """
    return text.encode(errors="replace").decode()


def _fold_values(texts: Iterable[str]) -> tuple[str, ...]:
    if not texts:
        return ()
    parts = (part.strip() for text in texts for part in encodable(text).split(","))
    return tuple(dict.fromkeys(FilterValue.of(part) for part in parts if part))
