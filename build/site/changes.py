"""What a release changed of a bundle in words: pages, feeds and Markdown twins say the same ones."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from build.catalogue.catalogue import Catalogue
from build.catalogue.labels import LABELS
from build.releases.models import BundleChange, CollectionReleases, FactChange, Release, WhatHappened
from build.site.discovery import Part
from build.site.filters import clip

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
        """Whether who uses the bundle may have to do something."""
        return self.what in ("removed", "renamed") or bool(self.change and self.change.breaking)

    @property
    def sort_key(self) -> tuple[str, bool, str, str]:
        """Newest first when it is reversed, what is not released yet before all of its date."""
        return self.release.date, self.release.tag is None, self.slug, self.bundle


def last_changes(catalogue: Catalogue) -> dict[str, str]:
    """Return when a release, or what is not released yet, last changed each bundle, by its id."""
    found: dict[str, str] = {}
    for own in catalogue.releases.values():
        moved = {old: one.to for old, one in own.moved.items()}
        for event in events(own):
            name = moved.get(event.bundle, event.bundle)
            if name and event.release.date > found.get(name, ""):
                found[name] = event.release.date
    return found


def events(releases: CollectionReleases) -> Iterator[Event]:
    """Yield what happened to each bundle of a collection, the newest release first, breaking ones first in each."""
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


def once(found: Iterable[Event]) -> Iterator[Event]:
    """Yield each event once: of several tags on one commit the newest tells it."""
    known: set[tuple[str | None, str]] = set()
    for event in found:
        key = event.release.before, event.bundle
        if key not in known:
            known.add(key)
            yield event


def fact_line(change: FactChange) -> tuple[Part, ...]:
    """Return one fact that changed as a line of words and of names, by the labels of its kind."""
    found: list[Part] = []
    for position, text in enumerate(_PLACE.split(LABELS["change"][change.kind])):
        found += _place(text, change) if position % 2 else [Part(text)] if text else []
    return tuple(found)


def _place(place: str, change: FactChange) -> Iterable[Part]:
    """Return what stands in a place of a label."""
    if place == "difference":
        return _difference(change.before, change.after)
    if place == "needed":
        return _needed(change.after)
    if place == "owner":
        return [Part("tool "), Part(change.name, code=True), Part(": ")] if change.name else []
    if place == "required":
        return [Part("required" if change.after is True else "optional")]
    return [Part(_shown(getattr(change, place)), code=True)]


def _needed(after: Any) -> Iterator[Part]:
    said: dict[str, Any] = after if isinstance(after, dict) else {}
    if "access" in said:
        yield Part(f", {said.get('kind')}, access {said['access']}")
    elif said.get("required"):
        yield Part(", required")
    elif said.get("default"):
        yield Part(", default ")
        yield Part(_shown(said["default"]), code=True)
    else:
        yield Part(", optional")


def _difference(before: Any, after: Any) -> Iterator[Part]:
    """Yield what of a list came and went."""
    old, new = (list(map(_shown, value)) if isinstance(value, list) else [] for value in (before, after))
    pieces = [(f"no longer {one}", one) for one in old if one not in new]
    pieces += [(one, one) for one in new if one not in old]
    for position, (said, value) in enumerate(pieces[:_LISTED]):
        yield Part(f"{', ' if position else ''}{said.removesuffix(value)}")
        yield Part(value, code=True)
    if len(pieces) > _LISTED:
        yield Part(f" and {len(pieces) - _LISTED} more")
    if not pieces:
        yield Part("another order")


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return clip(text, _VALUE) if text else '""'


def fact_lines(change: BundleChange | None, most: int | None = None) -> tuple[list[tuple[Part, ...]], int]:
    """Return the facts of a change that are shown, and how many more there are; files alone make a line of theirs."""
    if change is None:
        return [], 0
    found = [(Part("breaking: "), *fact_line(one)) if one.breaking else fact_line(one) for one in change.changes]
    if not found:
        files = f"{change.files_changed} file{'' if change.files_changed == 1 else 's'} changed, no fact of it"
        found = [(Part(change.because or files),)]
    shown = found[:most]
    return shown, len(found) - len(shown)


def plain(parts: Sequence[Part]) -> str:
    """Return a line as plain text."""
    return " ".join("".join(part.text for part in parts).split())


def sentence(event: Event) -> str:
    """Return what happened to a bundle, without its name."""
    words = {"added": "new", "removed": "removed", "changed": "changed"}
    if event.what == "renamed":
        return f"renamed from {event.renamed_from}"
    return f"{words[event.what]}{', breaking' if event.what == 'changed' and event.breaking else ''}"
