"""The tool what_changed: changes since a date or a release, from the same files as pages and feeds."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from search_fn.index.open import Index
from search_fn.index.since import Since, read_since, since_hint
from search_fn.search.listing import alias_of
from search_fn.search.ranking import search
from search_fn.text import code_span, inline
from search_fn.tools import schemas as s
from search_fn.tools.arguments import ToolError, offset_of
from search_fn.tools.size import Draft

Data = dict[str, Any]


class WhatChanged(s.Page):
    """The arguments of what_changed."""

    since: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="A date (2026-08-01), or a release: its tag, or collection@tag."
    )
    collection: s.Collection = ""
    codebundle: Annotated[str, Field(max_length=500)] = Field("", description="Its slug, or its id: collection/slug.")
    breaking: bool = Field(False, description="Only what may break who uses it.")
    max_results: s.Most = 20


CHANGES = {"since": str, "total": int, "changes": list[dict[str, Any]], "next_cursor": str | None}
"""The fields of the answer."""


def what_changed(index: Index, arguments: WhatChanged) -> Draft:
    """Return the changes of bundles by releases, and by what is not released yet, newest first.

    Raises:
        ToolError: There is no such date, release, collection or bundle; the message names those that exist.
    """
    slugs = [one.slug for one in index.manifest.collections]
    if arguments.collection and arguments.collection not in slugs:
        raise ToolError(f"There is no CodeCollection {code_span(arguments.collection)}; there are {', '.join(slugs)}.")
    since = read_since(arguments.since.strip(), index.tags)
    if since is None:
        raise ToolError(f"There is no date or release {inline(arguments.since)}: {since_hint(index.tags)}.")
    names = _names(index, arguments.codebundle, arguments.collection)
    entries = [
        entry
        for entry in _entries(index, since, [arguments.collection] if arguments.collection else slugs)
        if (names is None or entry["bundle"] in names or entry["renamed_from"] in names)
        and (entry["breaking"] or not arguments.breaking)
    ]
    offset = offset_of(index, arguments.cursor)
    page = entries[offset : offset + arguments.max_results]
    return Draft({"since": arguments.since, "total": len(entries), "changes": page}, "changes", offset)


def _names(index: Index, bundle: str, collection: str) -> set[str] | None:
    """Return the present and former ids of a bundle that is named by any of them; None where no bundle is named."""
    if not bundle:
        return None
    moved: dict[str, Data] = json.loads(index.documents.get("moved", "{}"))
    collection, _, slug = bundle.rpartition("/") if "/" in bundle else (collection, "", bundle)
    alias = alias_of(f"{collection}/{slug}" if collection else slug)
    known = [*index.ids, *moved]
    matching = [one for one in known if alias_of(one if collection else one.split("/", 1)[1]) == alias]
    if not matching:
        near = [one.id for one in search(index, slug.replace("-", " "), limit=3).results]
        raise ToolError(
            "\n".join(["There is no such CodeBundle. The nearest ids:", *(f"- {code_span(one)}" for one in near)])
        )
    living = {moved[one]["to"] or one if one in moved else one for one in matching}
    return living.union(matching, (old for old, one in moved.items() if one["to"] in living))


def _entries(index: Index, since: Since, slugs: Sequence[str]) -> list[Data]:
    """Return the changes since, as entries of `changes.json`: from that file where it reaches back far enough, else
    from the files of the releases.
    """
    latest = json.loads(index.documents.get("changes", '{"changes":[],"total_count":0}'))
    bounds = {slug: bound for slug in slugs if (bound := since.bound(slug)) is not None}
    entries: list[Data] = latest["changes"]
    if len(entries) < latest["total_count"] and bounds and min(bounds.values()) <= entries[-1]["date"]:
        entries = [one for slug in bounds for one in _of_releases(index, slug, bounds[slug])]
    late = [one for one in entries if one["collection"] in bounds and one["date"] >= bounds[one["collection"]]]
    return sorted(late, key=lambda one: (one["date"], one["tag"] is None), reverse=True)


def _of_releases(index: Index, slug: str, bound: str) -> Iterator[Data]:
    """Yield the changes of a collection's releases from a date on, each release read from its own file."""
    listed = json.loads(index.documents.get(f"collections/{slug}/releases", '{"releases":[],"unreleased":null}'))
    if listed["unreleased"]:
        yield from _of_release(slug, listed["unreleased"] | {"changed": listed["unreleased"]["details"]})
    for one in listed["releases"]:
        if one["date"] >= bound and (text := index.documents.get(f"collections/{slug}/releases/{one['tag']}")):
            yield from _of_release(slug, json.loads(text))


def _of_release(slug: str, release: Data) -> Iterator[Data]:
    details = {one["bundle"]: one for one in release["changed"]}
    renamed = {one["to"]: one["from"] for one in release["renamed"]}
    happened = [("added", name) for name in release["added"]] + [("removed", name) for name in release["removed"]]
    happened += [("renamed", name) for name in renamed]
    happened += [("changed", name) for name in details if name not in renamed]
    for what, name in happened:
        own = details.get(name, {"files_changed": 0, "because": None, "changes": []})
        breaks = what in ("removed", "renamed") or any(change["breaking"] for change in own["changes"])
        yield {
            "date": release["date"],
            "collection": slug,
            "tag": release["tag"],
            "commit": release["commit"],
            "bundle": name,
            "what": what,
            "renamed_from": renamed.get(name),
            "breaking": breaks,
            "files_changed": own["files_changed"],
            "because": own["because"],
            "changes": own["changes"],
        }


def changes_text(data: Mapping[str, Any]) -> str:
    """Return the answer as Markdown."""
    lines = [f"{len(data['changes'])} of {data['total']} changes since {inline(data['since'])}, newest first.", ""]
    lines += [data["notice"], ""] if data["changes"] else []
    for one in data["changes"]:
        release = code_span(one["tag"]) if one["tag"] else "not released yet"
        breaks = ", breaking" if one["breaking"] else ""
        lines.append(f"- {one['date'][:10]} {code_span(one['bundle'])}: {_what(one)}{breaks} ({release})")
        lines += [f"  - {_fact(change)}" for change in one["changes"]]
        lines += [f"  - {inline(one['because'])}"] if one["because"] else []
    lines += [f"\nThe next page: cursor {data['next_cursor']}"] if data.get("next_cursor") else []
    lines += [f"\n{inline(note)}" for note in data["notes"]]
    return "\n".join(lines) + "\n"


def _what(one: Data) -> str:
    return f"renamed from {code_span(one['renamed_from'])}" if one["renamed_from"] else str(one["what"])


def _fact(change: Data) -> str:
    breaks = "breaking: " if change["breaking"] else ""
    name = f" {code_span(change['name'])}" if change["name"] else ""
    values = (code_span(json.dumps(change[side], ensure_ascii=False)) for side in ("before", "after"))
    return f"{breaks}{change['kind'].replace('-', ' ')}{name}: {' to '.join(values)}"
