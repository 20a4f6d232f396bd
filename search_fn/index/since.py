"""Parse the filter `since`: a day, a month or a year, or a release, which is a tag of one or several collections."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01])(?:T\d\d:\d\d(?::\d\d)?Z?)?)?)?")
# Behind a tag's date it makes a bound that is later than that date and earlier than any later one.
_AFTER = "~"
# Tags of each collection that a message names.
_LATEST = 3

Tags = Mapping[str, Mapping[str, str]]
"""The dates of each collection's tags, newest first."""


class Since(NamedTuple):
    """The earliest date of a change that counts, for each collection; `everywhere` is that of collections not named."""

    everywhere: str | None
    collections: Mapping[str, str]

    def bound(self, collection: str) -> str | None:
        """Return the earliest date that counts for a collection, None where none of its changes do."""
        return self.collections.get(collection, self.everywhere)


def read_since(text: str, tags: Tags) -> Since | None:
    """Return what a filter's text means, None where it is neither a date nor a tag; `SLUG@TAG` is one collection's."""
    if _DATE.fullmatch(text):
        return Since(text, {})
    bounds = {slug: dates[text] + _AFTER for slug, dates in tags.items() if text in dates}
    slug, _, tag = text.partition("@")
    if not bounds and tag in tags.get(slug, {}):
        bounds = {slug: tags[slug][tag] + _AFTER}
    return Since(None, bounds) if bounds else None


def since_hint(tags: Tags) -> str:
    """Return the end of an error message: which dates and releases may be sent."""
    latest = [f"{slug}@{tag}" for slug, dates in tags.items() for tag in list(dates)[:_LATEST]]
    releases = f"a release, the latest of which are {', '.join(latest)}" if latest else "this build has no releases"
    return f"send a date such as 2026-08-01, or {releases}"


def read_tags(documents: Mapping[str, str], collections: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the tags of the collections that have any, from their lists of releases."""
    tags: dict[str, dict[str, str]] = {}
    for slug in collections:
        if text := documents.get(f"collections/{slug}/releases"):
            tags[slug] = {release["tag"]: release["date"] for release in json.loads(text)["releases"]}
    return tags
