"""The pages of releases: of each tag of a collection, of what is new by year, of what is gone, and of an upgrade."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from build.catalogue.catalogue import Catalogue
from build.releases.models import CollectionReleases, Release
from build.site.changes import Event, distinct, events, events_of, fact_lines
from build.site.discovery import Part
from build.site.release_feeds import BREAKING, feed_of_collection
from build.site.release_images import ImageDetails, has_images, image_of
from build.site.release_places import Versions, is_id, release_path, shown_tag, versions_of

# Facts of one bundle on a page of a release, and on its own page, where so many of its releases are shown.
_FACTS, _FACTS_OF_BUNDLE, _OF_BUNDLE = 30, 8, 5
# Names of new bundles that a month lists of one collection.
_NAMED = 30

Page = tuple[str, str, dict[str, Any]]


class Shown(NamedTuple):
    """What happened to a bundle as a page has it: `lines` of facts, how many `more`, its `page`, None without one."""

    event: Event
    lines: Sequence[Sequence[Part]]
    more: int
    page: str | None


class Month(NamedTuple):
    """What came in a month: `new`, renamed and removed bundles and breaking changes, by collection."""

    month: str
    collections: dict[str, dict[str, list[Event]]]


def release_pages(catalogue: Catalogue, images: ImageDetails = MappingProxyType({})) -> Iterator[Page]:
    """Yield the pages: path, template, values. `images` are those that are known of each collection."""
    versions = versions_of(catalogue)
    alive = {record.id: record for record in catalogue.records}
    for facts in catalogue.collections:
        own = catalogue.releases.get(facts.slug)
        if own is None:
            continue
        shared = {"facts": facts, "feed": feed_of_collection(facts.slug)}
        yield f"collections/{facts.slug}/releases/index.md", "releases.html", {
            **shared, "releases": list(own.all_newest_first()), "release_path": release_path,
        }  # fmt: skip
        for release in own.all_newest_first():
            values = _release_values(own, release, versions)
            values["image"] = image_of(images, facts.slug, release)
            values["has_images"] = has_images(images, facts.slug)
            path = f"{release_path(facts.slug, release.tag)}index.md"
            yield path, "release.html", {**shared, **values, "known": alive}
    yield from _year_pages(catalogue, versions)
    with_releases = [facts for facts in catalogue.collections if facts.slug in catalogue.releases]
    yield "upgrade/index.md", "upgrade.html", {"collections": with_releases}
    for name, removed in versions.removed.items():
        if not is_id(name):
            continue
        near = [alive[one] for one in removed.nearest if one in alive]
        at = versions.source(removed.collection, removed.commit)
        values = {"b": removed, "near": near, "at": at, "feed": feed_of_collection(removed.collection)}
        yield f"codebundles/{name}/index.md", "removed.html", values


def bundle_changes(catalogue: Catalogue) -> dict[str, list[Shown]]:
    """Return the latest changes by releases of each living bundle, newest first, as its page shows them."""
    versions = versions_of(catalogue)
    result: dict[str, list[Shown]] = defaultdict(list)
    for own in catalogue.releases.values():
        for event in events(own):
            name = versions.living(event.bundle)
            if name and len(result[name]) < _OF_BUNDLE:
                lines, more = fact_lines(event.change, _FACTS_OF_BUNDLE)
                result[name].append(Shown(event, lines, more, release_path(own.slug, event.release.tag)))
    return result


def _release_values(own: CollectionReleases, release: Release, versions: Versions) -> dict[str, Any]:
    shown = [_shown(event, versions) for event in events_of(own.slug, release)]
    groups = {
        "breaking": [one for one in shown if one.event.breaking],
        "added": [one for one in shown if one.event.what == "added"],
        "changed": [one for one in shown if one.event.what == "changed" and not one.event.breaking],
    }
    tags = [one.tag for one in own.releases]
    place = tags.index(release.tag) if release.tag in tags else -1
    return {
        "release": release,
        "name": shown_tag(release.tag),
        "groups": groups,
        "older": release_path(own.slug, release.before) if release.before else None,
        "newer": release_path(own.slug, tags[place - 1]) if place > 0 else None,
        "at": versions.source(own.slug, release.commit),
    }


def _shown(event: Event, versions: Versions) -> Shown:
    lines, more = fact_lines(event.change, _FACTS)
    name = event.bundle
    page = f"codebundles/{name}/" if versions.living(name) or name in versions.removed else None
    return Shown(event, lines, more, page)


def _year_pages(catalogue: Catalogue, versions: Versions) -> Iterator[Page]:
    """Yield the new bundles by month, a page a year; the latest year's is `changes/`."""
    months: dict[str, dict[str, dict[str, list[Event]]]] = defaultdict(dict)
    for own in catalogue.releases.values():
        for event in distinct(events(own)):
            kinds = months[event.release.date[:7]].setdefault(own.slug, defaultdict(list))
            kinds["all"].append(event)
            kinds["breaking" if event.what == "changed" and event.breaking else event.what].append(event)
    years = sorted({month[:4] for month in months}, reverse=True) or [""]
    for position, year in enumerate(years):
        own_months = [Month(month, months[month]) for month in sorted(months, reverse=True) if month[:4] == year]
        path = "changes/index.md" if position == 0 else f"changes/{year}/index.md"
        values = {"months": own_months, "year": year, "years": years, "feed": BREAKING, "most": _NAMED}
        yield path, "changes.html", {**values, "versions": versions, "release_path": release_path}
