"""Values that bundles have (platforms, tags, …), in arrays: which bundles have one of some, and how many have each."""

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


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

    def mask(self, wanted: Iterable[str]) -> Mask:
        """The bundles that have one of the wanted values, which are folded."""
        folded = set(wanted)
        codes = [code for code, value in enumerate(self.values) if value.casefold() in folded]
        mask = np.zeros(self.size, np.bool_)
        mask[self.owners[np.isin(self.codes, codes)]] = True
        return mask

    def counts(self, bundles: Mask, most: int) -> list[tuple[str, int]]:
        """How many of these bundles have each value, the most frequent ones first."""
        counts = np.bincount(self.codes[bundles[self.owners]], minlength=len(self.values))
        found = ((value, int(count)) for value, count in zip(self.values, counts, strict=True) if count)
        return sorted(found, key=lambda item: (-item[1], item[0]))[:most]


class Groups:
    """Which of the bundles have the same values: `sets` are the different ones, `codes` says which a bundle has."""

    def __init__(self, facet: Facet) -> None:
        self._facet = facet

    @cached_property
    def sets(self) -> list[frozenset[str]]:
        return list(self._coded)

    @cached_property
    def codes(self) -> NDArray[np.int32]:
        return np.array([self._coded[found] for found in self._each], np.int32)

    @cached_property
    def _each(self) -> list[frozenset[str]]:
        found: list[set[str]] = [set() for _ in range(self._facet.size)]
        for code, owner in zip(self._facet.codes.tolist(), self._facet.owners.tolist(), strict=True):
            found[owner].add(self._facet.values[code].casefold())
        return list(map(frozenset, found))

    @cached_property
    def _coded(self) -> dict[frozenset[str], int]:
        return {found: code for code, found in enumerate(dict.fromkeys(self._each))}
