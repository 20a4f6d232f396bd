"""The same bundle at several states, one after the other: what they share is looked at once."""

import gc
from collections.abc import Sequence

from build.effects.bundle import Effects
from build.effects.read import Parse, follow_code, forget, read_facts, with_effects
from build.effects.runner import Followed
from build.fetch.tree import is_followed
from build.model import FILE_OF, Bundle, BundleSource, Kind, SourceFile

_State = tuple[BundleSource, Sequence[SourceFile], Sequence[SourceFile]]
_Code = tuple[object, ...]


def read_states(parse: Parse, collection: str, states: Sequence[_State]) -> list[Bundle]:
    """Return the bundle at each of its states. Nothing is raised, nothing is run.

    Args:
        parse: The parser, which gives the facts.
        collection: Whose bundle it is.
        states: The bundle with the content of its files, the keyword libraries of then, and resource files elsewhere
            in the collection.
    """
    # As read_bundle does.
    gc.disable()
    found: dict[_Code, dict[tuple[Kind, int], Effects]] = {}
    followed: dict[_Code, Followed] = {}
    bundles = []
    try:
        for source, libraries, resources in states:
            shared = tuple(file.oid for file in libraries)
            paths = tuple(file.path for file in source.files)
            code = [(file.path, file.oid) for file in source.files if is_followed(file.path)]
            scripts = (shared, paths, *(file for file in code if file[0] not in FILE_OF.values()))
            whole = (shared, paths, *code)
            bundle = read_facts(parse, collection, source, resources)
            if whole not in found:
                known = followed.setdefault(scripts, {})
                found[whole] = dict(follow_code(collection, source, libraries, known))
            bundles.append(with_effects(collection, source, bundle, found[whole]))
    finally:
        gc.enable()
        forget()
    return bundles
