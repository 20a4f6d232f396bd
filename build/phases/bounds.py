"""How much one collection may bring: what encodes passages works for all of them, for as long as it takes."""

from collections.abc import Sequence
from typing import NamedTuple

from build.keyword_libraries import (
    Library,
)
from build.model import (
    Bundle,
    Problem,
)
from build.problems import problem

# The largest of the public collections has 117 bundles, with some 15 passages each. So many passages take a core six
# minutes to encode.
MAX_BUNDLES = 2_000
MAX_PASSAGES = 20_000
# Beside its tools a bundle has a passage for its head, what it needs, four parts of the README and five of what a
# model wrote; a library has one beside its keywords.
_OTHERS = 11


class Bounded(NamedTuple):
    """How many of a collection's bundles are taken, and which libraries."""

    bundles: int
    libraries: Sequence[Library]
    problems: Sequence[Problem]


def within_bounds(collection: str, bundles: Sequence[Bundle], libraries: Sequence[Library]) -> Bounded:
    """Return how much of a collection fits its bounds: bundles in their order, then libraries, while their passages
    fit.

    Args:
        collection: The collection's slug.
        bundles: Its bundles, parsed.
        libraries: Its keyword libraries.
    """
    left = MAX_PASSAGES
    taken = 0
    for bundle in bundles:
        left -= len(bundle.tools) + _OTHERS
        if left < 0:
            return Bounded(taken, (), [too_large(collection, f"{MAX_PASSAGES:,} passages", bundle.name)])
        taken += 1
    for count, library in enumerate(libraries):
        left -= len(library.keywords) + 1
        if left < 0:
            name = f"the library {library.import_name}"
            return Bounded(taken, libraries[:count], [too_large(collection, f"{MAX_PASSAGES:,} passages", name)])
    return Bounded(taken, libraries, ())


def too_large(collection: str, limit: str, first: str) -> Problem:
    """Return the problem of a collection that exceeds a bound.

    Args:
        collection: The collection's slug.
        limit: The bound with its noun, such as "2,000 bundles".
        first: The name of the first thing that is left out.
    """
    message = f"the collection has more than {limit}: from {first} on, all is left out"
    return problem("collection-too-large", message, collection=collection)
