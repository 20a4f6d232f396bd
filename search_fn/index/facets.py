"""Values that bundles have (platforms, tags, …), in arrays: which bundles have one of some, how many have each, and
filters on them: exact but for case, several values of one mean any of them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Meant = Callable[[str, Iterable[str]], list[str]]


class Facet(NamedTuple):
    """Bundle `owners[i]` has the value `values[codes[i]]`; `size` is the number of bundles."""

    values: list[str]
    codes: NDArray[np.int32]
    owners: NDArray[np.int32]
    size: int

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> "Facet":
        """The facet of a column of texts, or of lists of texts, a row for each bundle."""
        array = column.combine_chunks()
        owners = np.arange(len(array), dtype=np.int32)
        if pa.types.is_list(array.type):
            owners = np.repeat(owners, np.diff(array.offsets.to_numpy()))
            array = array.flatten()
        encoded = array.dictionary_encode()
        return cls(encoded.dictionary.to_pylist(), encoded.indices.to_numpy(), owners, len(column))

    @classmethod
    def same(cls, values: list[str], size: int) -> "Facet":
        """The facet of `size` bundles each of which has the same values."""
        codes = np.tile(np.arange(len(values), dtype=np.int32), size)
        return cls(values, codes, np.repeat(np.arange(size, dtype=np.int32), len(values)), size)

    def mask(self, wanted: Iterable[str], meant: "Meant | None" = None) -> Mask:
        """The bundles that have one of the wanted values, which are folded; `meant` reads those that no bundle has."""
        folded = set(wanted)
        if meant is not None:
            unknown = folded.difference(value.casefold() for value in self.values)
            folded |= {each.casefold() for value in unknown for each in meant(value, self.values)}
        codes = [code for code, value in enumerate(self.values) if value.casefold() in folded]
        mask = np.zeros(self.size, np.bool_)
        mask[self.owners[np.isin(self.codes, codes)]] = True
        return mask

    def naming(self, wanted: Iterable[str]) -> "Facet":
        """The part of the facet whose values name one of the wanted ones, which are folded, as whole words."""
        patterns = [re.compile(rf"(?<![a-z0-9]){re.escape(words)}(?![a-z0-9])") for words in wanted]
        folded = ((code, value.casefold()) for code, value in enumerate(self.values))
        codes = [code for code, value in folded if any(pattern.search(value) for pattern in patterns)]
        chosen = np.isin(self.codes, codes)
        return self._replace(codes=self.codes[chosen], owners=self.owners[chosen])

    def counts(self, bundles: Mask, most: int) -> list[tuple[str, int]]:
        """How many of these bundles have each value, the most frequent ones first."""
        counts = np.bincount(self.codes[bundles[self.owners]], minlength=len(self.values))
        found = ((self.values[code], int(counts[code])) for code in np.flatnonzero(counts).tolist())
        return sorted(found, key=lambda item: (-item[1], item[0]))[:most]


class Groups(NamedTuple):
    """Which of the bundles have the same values, folded: bundle i has `sets[codes[i]]`."""

    sets: list[frozenset[str]]
    codes: NDArray[np.int32]

    @classmethod
    def of(cls, facet: Facet) -> "Groups":
        each: list[set[str]] = [set() for _ in range(facet.size)]
        for code, owner in zip(facet.codes.tolist(), facet.owners.tolist(), strict=True):
            each[owner].add(facet.values[code].casefold())
        numbers: dict[frozenset[str], int] = {}
        codes = [numbers.setdefault(frozenset(values), len(numbers)) for values in each]
        return cls(list(numbers), np.array(codes, np.int32))


# The facets of an answer, in its order, and the column of each.
FACETS = {
    "platform": "platforms", "collection": "collection", "access": "access", "effect": "effect", "kind": "kinds",
    "tag": "tags", "resource_type": "resource_types", "author": "authors", "maintained_by": "maintained_by",
    "tests": "tests",
}  # fmt: skip


class Wanted(str):
    """A value that is wanted, folded; `written` is how somebody wrote it."""

    __slots__ = ("written",)
    written: str

    @classmethod
    def of(cls, text: str) -> "Wanted":
        """The value that a text names."""
        found = cls(text.casefold())
        found.written = text
        return found


class Filters(NamedTuple):
    """Wanted values by facet, folded; an empty tuple wants all. `needs` are words of permissions: `pods/exec` is what
    `create pods/exec` names; `since` are dates and releases (search_fn.index.since), after any of which it changed.
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
        """Values as a caller writes them; a comma separates several."""
        return cls(**{name: _folded(given) for name, given in values.items()})

    def mask(self, facets: Mapping[str, Facet], meant: Meant | None = None) -> Mask:
        """Which bundles pass, whatever they need."""
        size = facets["collection"].size
        wanted = ((facets[facet], getattr(self, facet)) for facet in FACETS)
        masks = [facet.mask(values, meant) for facet, values in wanted if values]
        return np.logical_and.reduce(masks) if masks else np.ones(size, np.bool_)


NO_FILTERS = Filters()


def encodable(text: str) -> str:
    """A caller's text without halves of surrogate pairs: JSON and a command line can hold them, UTF-8 cannot."""
    return text.encode(errors="replace").decode()


def _folded(given: Iterable[str]) -> tuple[str, ...]:
    parts = (part.strip() for text in given for part in encodable(text).split(","))
    return tuple(dict.fromkeys(Wanted.of(part) for part in parts if part))
