"""Filters on collection, platform, tag, access and kind: exact but for case, several values of one mean any of them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from search_fn.facets import Facet, Mask

# The facets of an answer, in its order, and the column of each.
FACETS = {"platform": "platforms", "collection": "collection", "access": "access", "kind": "kinds", "tag": "tags"}


class Filters(NamedTuple):
    """Wanted values by facet, folded; an empty tuple wants all."""

    collection: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()

    @classmethod
    def of(cls, **values: Iterable[str]) -> "Filters":
        """Values as a caller writes them; a comma separates several."""
        return cls(**{name: _folded(given) for name, given in values.items()})

    def mask(self, facets: Mapping[str, Facet]) -> Mask:
        """Which bundles pass."""
        size = facets["collection"].size
        wanted = ((facets[facet], getattr(self, facet)) for facet in FACETS)
        masks = [facet.mask(values) for facet, values in wanted if values]
        return np.logical_and.reduce(masks) if masks else np.ones(size, np.bool_)


NO_FILTERS = Filters()


def encodable(text: str) -> str:
    """A caller's text without halves of surrogate pairs: JSON and a command line can hold them, UTF-8 cannot."""
    return text.encode(errors="replace").decode()


def _folded(given: Iterable[str]) -> tuple[str, ...]:
    parts = (part.strip().casefold() for text in given for part in encodable(text).split(","))
    return tuple(dict.fromkeys(filter(None, parts)))
