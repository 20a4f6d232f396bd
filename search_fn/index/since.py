"""What `since` means: a day, a month or a year, or a release, which is a tag of one or several collections."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01])(?:T\d\d:\d\d(?::\d\d)?Z?)?)?)?")
# Behind a date it makes what is later than that date and no earlier one.
_AFTER = "~"
_LATEST = 3

Tags = Mapping[str, Mapping[str, str]]
"""The dates of each collection's tags, newest first."""


class Since(NamedTuple):
    """The least date that counts of each collection; `everywhere` is that of those that are not named."""

    everywhere: str | None
    collections: Mapping[str, str]

    def bound(self, collection: str) -> str | None:
        """Return the least date of what counts of a collection, None where nothing of it does."""
        return self.collections.get(collection, self.everywhere)


def read_since(said: str, tags: Tags) -> Since | None:
    """Return what `said` means, None where it is neither a date nor a tag; `SLUG@TAG` is that of one collection."""
    if _DATE.fullmatch(said):
        return Since(said, {})
    found = {slug: dates[said] + _AFTER for slug, dates in tags.items() if said in dates}
    slug, _, tag = said.partition("@")
    if not found and tag in tags.get(slug, {}):
        found = {slug: tags[slug][tag] + _AFTER}
    return Since(None, found) if found else None


def what_there_is(tags: Tags) -> str:
    """Return which dates and releases there are, for whoever named another."""
    latest = [f"{slug}@{tag}" for slug, dates in tags.items() for tag in list(dates)[:_LATEST]]
    releases = f"a release, the latest of which are {', '.join(latest)}" if latest else "this build has no releases"
    return f"send a date such as 2026-08-01, or {releases}"


def read_tags(documents: Mapping[str, str], collections: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the tags of the collections that have any, from their lists of releases."""
    found: dict[str, dict[str, str]] = {}
    for slug in collections:
        if text := documents.get(f"collections/{slug}/releases"):
            found[slug] = {one["tag"]: one["date"] for one in json.loads(text)["releases"]}
    return found
