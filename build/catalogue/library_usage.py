"""How bundles use the keyword libraries: who imports which, and calls of each keyword."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from build.catalogue.source_links import Source
from build.keyword_libraries import (
    Example,
    Library,
)
from build.model import (
    FILE_OF,
    LIBRARIES,
    CatalogueEntry,
    Kind,
)
from build.parse.names import normalize

_EXAMPLES = 3


def with_usage(libraries: Sequence[Library], entries: Iterable[CatalogueEntry]) -> list[Library]:
    """The libraries with what these bundles do with them, at most one example a bundle and keyword."""
    by_name = defaultdict[tuple[str, str], list[Library]](list)
    for library in libraries:
        by_name[library.setting, library.import_name].append(library)
    keywords = {library.id: {normalize(keyword.name) for keyword in library.keywords} for library in libraries}

    def imported(entry: CatalogueEntry, kind: Kind) -> Iterator[tuple[str, str]]:
        """The id of each library that the file of this kind imports, and how calls there begin that name it."""
        for one in entry.bundle.imports:
            # A resource's path below libraries/, from wherever the file reaches there.
            path = one.name.replace("${/}", "/").rpartition(f"{LIBRARIES}/")[2]
            name, prefix = (one.name, one.name) if one.setting == "Library" else (path, PurePosixPath(path).stem)
            found = by_name.get((one.setting, name), [])
            own = [library for library in found if library.collection == entry.collection.slug]
            # Of several collections' libraries of one name nobody can tell which one is installed there.
            if one.kind == kind and len(own or found) == 1:
                yield (own or found)[0].id, f"{normalize(one.alias or prefix)}."

    importing = Counter[str]()
    examples = defaultdict[tuple[str, str], dict[str, Example]](dict)
    for entry in entries:
        at, seen = Source(entry.collection.git_url, entry.commit), set[str]()
        for kind, file in FILE_OF.items():
            known = list(imported(entry, kind))
            seen |= {library for library, _ in known}
            path = f"codebundles/{entry.bundle.name}/{file}"
            for call in (call for call in entry.bundle.calls if call.kind == kind):
                called = normalize(call.keyword)
                names = ((library, name) for library, prefix in known for name in (called, called.removeprefix(prefix)))
                found = next(((library, name) for library, name in names if name in keywords[library]), None)
                if found:
                    example = Example(
                        bundle=entry.id, path=path, line=call.line, source_url=at.file(path, call.line), call=call.text
                    )
                    examples[found].setdefault(entry.id, example)
        importing.update(seen)

    made = []
    for library in libraries:
        calls = [list(examples.get((library.id, normalize(one.name)), {}).values()) for one in library.keywords]
        used = tuple(
            keyword.model_copy(update={"used_by": len(found), "examples": tuple(found[:_EXAMPLES])})
            for keyword, found in zip(library.keywords, calls, strict=True)
        )
        made.append(library.model_copy(update={"used_by": importing[library.id], "keywords": used}))
    return made
