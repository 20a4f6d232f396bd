"""The same bundle at several states, one after the other: what they share is looked at once."""

import gc
from collections.abc import Sequence

from build.effects.bundle import Memory
from build.effects.read import Parse, follow_code, forget, is_parsed, read_facts, with_effects
from build.model import Bundle, BundleSource, SourceFile

State = tuple[BundleSource, Sequence[SourceFile], Sequence[SourceFile]]
"""A bundle with the content of its files, the keyword libraries of then, and resource files elsewhere."""


def read_states(parse: Parse, collection: str, states: Sequence[State]) -> list[Bundle]:
    """Return the bundle at each of its states. It raises nothing and runs nothing.

    Args:
        parse: The parser of facts.
        collection: The bundle's collection.
        states: The bundle's content at each of them.
    """
    # As read_bundle does.
    gc.disable()
    try:
        reader = _Reader(parse, collection)
        return [reader.read(*state) for state in states]
    finally:
        # Before anything looks for circles among what is let go of.
        forget()
        gc.enable()


class _Reader:
    def __init__(self, parse: Parse, collection: str) -> None:
        self._parse, self._collection = parse, collection
        self._facts: dict[tuple[object, ...], Bundle] = {}
        self._memory = Memory()

    def read(self, source: BundleSource, libraries: Sequence[SourceFile], resources: Sequence[SourceFile]) -> Bundle:
        # Its tree says too much: of most files the parser has the names alone.
        known = (
            *((file.path, file.oid if is_parsed(file) else None) for file in source.files),
            *((file.path, file.oid) for file in resources),
        )
        if known not in self._facts:
            self._facts[known] = read_facts(self._parse, self._collection, source, resources)
        effects = follow_code(source, libraries, self._memory)
        return with_effects(self._collection, source, self._facts[known], effects)
