"""What a release changed of a bundle in words: pages, feeds and Markdown twins share them."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from build.catalogue.catalogue import Catalogue
from build.catalogue.labels import LABELS
from build.releases.models import BundleChange, CollectionReleases, FactChange, Release, WhatHappened
from build.site.discovery import Part
from build.site.filters import clip, plural

_VALUE = 80
_LISTED = 6
_PLACE = re.compile(r"\{(\w+)\}")


class Event(NamedTuple):
    """What one release did to one bundle. `release.tag` is None for what no tag has yet; `renamed_from` is an id."""

    slug: str
    release: Release
    bundle: str
    what: WhatHappened
    renamed_from: str | None = None
    change: BundleChange | None = None

    @property
    def breaking(self) -> bool:
        """Return whether users of the bundle may have to do something."""
        return self.what in ("removed", "renamed") or bool(self.change and self.change.breaking)

    @property
    def sort_key(self) -> tuple[str, bool, str, str]:
        """Return the key by which events are sorted, newest first when reversed: unreleased changes before all
        of their date.
        """
        return self.release.date, self.release.tag is None, self.slug, self.bundle


def last_changes(catalogue: Catalogue) -> dict[str, str]:
    """Return the date of the last change of each bundle by its id, released or not."""
    result: dict[str, str] = {}
    for own in catalogue.releases.values():
        moved = {old: one.to for old, one in own.moved.items()}
        for event in events(own):
            name = moved.get(event.bundle, event.bundle)
            if name and event.release.date > result.get(name, ""):
                result[name] = event.release.date
    return result


def events(releases: CollectionReleases) -> Iterator[Event]:
    """Yield the events of a collection: the newest release first, breaking ones first in each."""
    for release in releases.all_newest_first():
        yield from sorted(events_of(releases.slug, release), key=lambda one: (not one.breaking, one.bundle))


def events_of(slug: str, release: Release) -> Iterator[Event]:
    """Yield what a release did to each bundle that it touches."""
    changed = {change.bundle: change for change in release.changed}
    for name in release.removed:
        yield Event(slug, release, name, "removed")
    for rename in release.renamed:
        yield Event(slug, release, rename["to"], "renamed", rename["from"], changed.pop(rename["to"], None))
    for name in release.added:
        yield Event(slug, release, name, "added")
    for name, change in changed.items():
        yield Event(slug, release, name, "changed", change=change)


def distinct(result: Iterable[Event]) -> Iterator[Event]:
    """Yield each event once: of several tags on one commit, the newest one's."""
    known: set[tuple[str | None, str]] = set()
    for event in result:
        key = event.release.before, event.bundle
        if key not in known:
            known.add(key)
            yield event


def fact_line(change: FactChange) -> tuple[Part, ...]:
    """Return a changed fact as a line of words and names, by the labels of its kind."""
    result: list[Part] = []
    for position, text in enumerate(_PLACE.split(LABELS["change"][change.kind])):
        result += _place(text, change) if position % 2 else [Part(text)] if text else []
    return tuple(result)


def _place(place: str, change: FactChange) -> Iterable[Part]:
    """Return the parts for a placeholder of a label."""
    if place == "difference":
        return _difference(change.before, change.after)
    if place == "needed":
        return _needed(change.after)
    if place == "owner":
        return [Part("tool "), Part(change.name, code=True), Part(": ")] if change.name else []
    if place == "required":
        return [Part("required" if change.after is True else "optional")]
    return [Part(_format_value(getattr(change, place)), code=True)]


def _needed(after: Any) -> Iterator[Part]:
    facts: dict[str, Any] = after if isinstance(after, dict) else {}
    if "access" in facts:
        yield Part(f", {facts.get('kind')}, access {facts['access']}")
    elif facts.get("required"):
        yield Part(", required")
    elif facts.get("default"):
        yield Part(", default ")
        yield Part(_format_value(facts["default"]), code=True)
    else:
        yield Part(", optional")


def _difference(before: Any, after: Any) -> Iterator[Part]:
    """Yield the entries of a list that were removed and added."""
    old, new = (list(map(_format_value, value)) if isinstance(value, list) else [] for value in (before, after))
    pieces = [(f"no longer {one}", one) for one in old if one not in new]
    pieces += [(one, one) for one in new if one not in old]
    for position, (words, value) in enumerate(pieces[:_LISTED]):
        yield Part(f"{', ' if position else ''}{words.removesuffix(value)}")
        yield Part(value, code=True)
    if len(pieces) > _LISTED:
        yield Part(f" and {len(pieces) - _LISTED} more")
    if not pieces:
        yield Part("another order")


def _format_value(value: Any) -> str:
    if value is None:
        return "none"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return clip(text, _VALUE) if text else '""'


def fact_lines(change: BundleChange | None, most: int | None = None) -> tuple[list[tuple[Part, ...]], int]:
    """Return the lines of facts to show of a change, and how many more there are; changed files alone make one line."""
    if change is None:
        return [], 0
    result = [(Part("breaking: "), *fact_line(one)) if one.breaking else fact_line(one) for one in change.changes]
    if not result:
        files = f"{plural(change.files_changed, 'file')} changed, none of its tools, variables or permissions"
        result = [(Part(change.because or files),)]
    shown = result[:most]
    return shown, len(result) - len(shown)


def plain(parts: Sequence[Part]) -> str:
    """Return a line as plain text."""
    return " ".join("".join(part.text for part in parts).split())


def sentence(event: Event) -> str:
    """Return what happened to a bundle in words, without its name."""
    words = {"added": "new", "removed": "removed", "changed": "changed"}
    if event.what == "renamed":
        return f"renamed from {event.renamed_from}"
    return f"{words[event.what]}{', breaking' if event.what == 'changed' and event.breaking else ''}"
