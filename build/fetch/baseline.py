"""The baseline of a run, which is what is published now, and the selection of what the run brings up to date."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

# Share of the published bundles, 0 to 1, that a collection or the catalogue must have again, or it stays as published.
MAY_SHRINK_TO = 0.8


class Selection(NamedTuple):
    """What a run brings up to date: COLLECTION or COLLECTION/BUNDLE by name, everything where nothing is named."""

    only: tuple[str, ...] = ()

    def includes(self, collection: str, bundle: str | None = None) -> bool:
        """Return whether a collection, or one of its bundles, is brought up to date."""
        if not self.only or collection in self.only:
            return True
        if bundle is None:
            return any(name.startswith(f"{collection}/") for name in self.only)
        return f"{collection}/{bundle}" in self.only

    def is_whole(self, collection: str) -> bool:
        """Return whether all of a collection's bundles are brought up to date."""
        return not self.only or collection in self.only


class Baseline(NamedTuple):
    """What is published now: the commits of bundles by their ids (read for a selection alone) and of collections, and
    how many bundles each collection has. Without a count, a collection may shrink.
    """

    bundles: Mapping[str, str] = MappingProxyType({})
    collections: Mapping[str, str] = MappingProxyType({})
    counts: Mapping[str, int] = MappingProxyType({})

    def shrank(self, collection: str, bundles: int) -> bool:
        """Return whether so many of a collection's published bundles are gone that it rather stays as published."""
        return bundles < self.counts.get(collection, 0) * MAY_SHRINK_TO


EVERYTHING = Selection()
NO_BASELINE = Baseline()
