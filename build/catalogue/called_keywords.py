"""Keywords that bundles call and no library of the catalogue defines: those of the platform's own libraries, of which
nothing is known but the calls.
"""

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from build.catalogue.source_links import Source
from build.keyword_libraries import CALLED, CalledKeyword, CalledLibrary, Example, Library
from build.model import FILE_OF, CatalogueEntry, Kind, RobotCall
from build.parse.names import normalize

_DOCUMENTED = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
# At most: examples and arguments of a keyword, keywords of a library.
_EXAMPLES, _ARGUMENTS, _KEYWORDS = 3, 30, 500
# A library's name. An import may also be a file's path, or have a variable, whose value is unknown.
_NAMED = re.compile(r"[A-Za-z]\w*(?:\.\w+)*")
# Robot Framework's standard libraries, which have documentation of their own.
_STANDARD = frozenset(
    {
        "builtin", "collections", "datetime", "dialogs", "easter", "operatingsystem", "process", "remote", "reserved",
        "screenshot", "string", "telnet", "xml",
    }
)  # fmt: skip


class _Call(NamedTuple):
    """A call with the bundle that makes it, and the keyword as it is written there."""

    entry: CatalogueEntry
    call: RobotCall
    keyword: str


def called_libraries(libraries: Iterable[Library], entries: Sequence[CatalogueEntry]) -> list[CalledLibrary]:
    """Return the libraries, by name, that these bundles import and none of `libraries` is, with the keywords that are
    called by the library's name, and by their own where the file imports it.
    """
    defined = {normalize(library.import_name) for library in libraries if library.setting == "Library"} | _STANDARD
    names: dict[str, str] = {}
    for entry in entries:
        for one in entry.bundle.imports:
            if one.setting == "Library" and _NAMED.fullmatch(one.name) and normalize(one.name) not in defined:
                names.setdefault(normalize(one.name), one.name)

    calls = list(_calls(entries, names))
    explicit: dict[str, dict[str, list[_Call]]] = {name: defaultdict(list) for name in names}
    for entry, call, imported in calls:
        for library, prefix in [*imported.items(), *((name, f"{name}.") for name in names)]:
            called = normalize(call.keyword)
            # Behind a dot stands the keyword of a library below that one.
            if called.startswith(prefix) and called != prefix and "." not in called.removeprefix(prefix):
                # The name as it is written, without as many dots as the prefix has.
                written = call.keyword.split(".", prefix.count("."))[-1].strip()
                explicit[library][called.removeprefix(prefix)].append(_Call(entry, call, written))
                break
    named = {library: frozenset(keywords) for library, keywords in explicit.items()}
    for entry, call, imported in calls:
        called = normalize(call.keyword)
        owners = [library for library in imported if called in named[library]]
        if len(owners) == 1:
            explicit[owners[0]][called].append(_Call(entry, call, call.keyword))
    return [_library(names[name], explicit[name], entries) for name in sorted(names) if explicit[name]]


def _calls(
    entries: Iterable[CatalogueEntry], names: Iterable[str]
) -> Iterator[tuple[CatalogueEntry, RobotCall, dict[str, str]]]:
    """Yield each call with the libraries that its file imports, and how calls begin there that name them."""
    known = set(names)
    for entry in entries:
        by_kind: dict[Kind, dict[str, str]] = {kind: {} for kind in FILE_OF}
        for one in entry.bundle.imports:
            if one.setting == "Library" and normalize(one.name) in known:
                by_kind[one.kind][normalize(one.name)] = f"{normalize(one.alias or one.name)}."
        for call in entry.bundle.calls:
            yield entry, call, by_kind[call.kind]


def _library(name: str, keywords: dict[str, list[_Call]], entries: Iterable[CatalogueEntry]) -> CalledLibrary:
    folded = normalize(name)
    importing = sum(any(normalize(one.name) == folded for one in entry.bundle.imports) for entry in entries)
    documented = _DOCUMENTED.get(folded, {})
    rows = [_keyword(own, documented.get(key, "")) for key, own in keywords.items()]
    rows.sort(key=lambda keyword: (-keyword.calls, keyword.name))
    return CalledLibrary(id=f"{CALLED}/{name}", import_name=name, keywords=tuple(rows[:_KEYWORDS]), used_by=importing)


def _keyword(calls: list[_Call], documentation: str) -> CalledKeyword:
    spelled, arguments = Counter[str](), Counter[str]()
    examples: dict[str, Example] = {}
    for one in calls:
        spelled[one.keyword] += one.call.times
        arguments.update(one.call.arguments)
    # Calls that name most of the arguments say most of the keyword.
    for entry, call, _ in sorted(calls, key=lambda one: (-len(one.call.arguments), one.entry.id, one.call.line)):
        path = f"codebundles/{entry.bundle.name}/{FILE_OF[call.kind]}"
        url = Source(entry.collection.git_url, entry.commit).file(path, call.line)
        examples.setdefault(
            entry.id, Example(bundle=entry.id, path=path, line=call.line, source_url=url, call=call.text)
        )
    return CalledKeyword(
        name=min(spelled, key=lambda name: (-spelled[name], name)),
        documentation=documentation,
        arguments=tuple(name for name, _ in arguments.most_common(_ARGUMENTS)),
        calls=sum(one.call.times for one in calls),
        used_by=len(examples),
        examples=tuple(examples.values())[:_EXAMPLES],
    )
