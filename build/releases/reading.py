"""Reads bundles at their old states: what `release_cache` has worker processes do."""

from collections.abc import Sequence
from functools import partial

from build.effects.states import read_states
from build.model import BundleSource, SourceFile, Value
from build.parse.bundle import parse_bundle
from build.releases.facts import Facts, facts_of


class Read(Value):
    """The facts of each state that was asked for, in their order."""

    facts: tuple[Facts, ...]


def read_facts_of_states(
    collection: str,
    sources: Sequence[BundleSource],
    libraries: Sequence[Sequence[SourceFile]],
    resources: Sequence[Sequence[SourceFile]],
    imports: Sequence[Sequence[str] | None],
) -> Read:
    """Return the facts of one bundle at several states.

    Args:
        collection: The collection's slug.
        sources: The bundle with the content of its files, once for each state.
        libraries: The keyword libraries of each state with theirs.
        resources: Resource files elsewhere in the collection, of each state, where the bundle imports any.
        imports: The names of the libraries that it may use at each, None for any.
    """
    states = list(zip(sources, libraries, resources, strict=True))
    bundles = read_states(partial(parse_bundle, old=True), collection, states)
    return Read(facts=tuple(facts_of(bundle, own) for bundle, own in zip(bundles, imports, strict=True)))
