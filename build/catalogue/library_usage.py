"""Count how bundles use the keyword libraries: imports of each library, and calls of each keyword."""

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

# Examples of each keyword at most.
_EXAMPLES = 3


def with_usage(libraries: Sequence[Library], entries: Iterable[CatalogueEntry]) -> list[Library]:
    """Return the libraries with their use by these bundles: counts, and at most one example a bundle and keyword."""
    by_name = defaultdict[tuple[str, str], list[Library]](list)
    for library in libraries:
        by_name[library.setting, library.import_name].append(library)
    keywords = {library.id: {normalize(keyword.name) for keyword in library.keywords} for library in libraries}

    def imported(entry: CatalogueEntry, kind: Kind) -> Iterator[tuple[str, str]]:
        """Yield the id of each library that the file of this kind imports, and the prefix of calls there that
        name it.
        """
        for one in entry.bundle.imports:
            # The path of a resource below libraries/, however the file gets there.
            path = one.name.replace("${/}", "/").rpartition(f"{LIBRARIES}/")[2]
            name, prefix = (one.name, one.name) if one.setting == "Library" else (path, PurePosixPath(path).stem)
            named = by_name.get((one.setting, name), [])
            own = [library for library in named if library.collection == entry.collection.slug]
            # Where several other collections have a library of this name, it is unknown which one is installed.
            if one.kind == kind and len(own or named) == 1:
                yield (own or named)[0].id, f"{normalize(one.alias or prefix)}."

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
                match = next(((library, name) for library, name in names if name in keywords[library]), None)
                if match:
                    example = Example(
                        bundle=entry.id, path=path, line=call.line, source_url=at.file(path, call.line), call=call.text
                    )
                    examples[match].setdefault(entry.id, example)
        importing.update(seen)

    counted = []
    for library in libraries:
        calls = [list(examples.get((library.id, normalize(one.name)), {}).values()) for one in library.keywords]
        used = tuple(
            keyword.model_copy(update={"used_by": len(own), "examples": tuple(own[:_EXAMPLES])})
            for keyword, own in zip(library.keywords, calls, strict=True)
        )
        counted.append(library.model_copy(update={"used_by": importing[library.id], "keywords": used}))
    return counted
