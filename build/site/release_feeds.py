"""Feeds of what releases changed: of each collection, platform, author and bundle, and of breaking changes alone.

Ids are tag: URIs (RFC 4151) of the repositories, the same wherever the site is, and the same before and after what they
tell of is released. Where the build was told no address of the site, entries lead to the repositories.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from build.catalogue.catalogue import Catalogue
from build.site.changes import Event, distinct, events, fact_lines, plain, sentence
from build.site.facets import FACETS, group_items, with_pages
from build.site.release_places import Versions, bundle_path, release_path, shown_tag, versions_of
from build.site.templates import environment, usable
from build.storage import canonical

FEEDS = "feeds"
BREAKING = f"{FEEDS}/breaking"
_ENTRIES, _OF_BUNDLE, _BREAKING = 20, 5, 50
_FACTS, _FACTS_OF_BUNDLE = 12, 6


class Feed(NamedTuple):
    """A feed without its ending: what it is called, the page that it is of, and its entries, newest first."""

    path: str
    title: str
    page: str
    events: Sequence[Event]
    facts: int = _FACTS


def release_feeds(catalogue: Catalogue, site_url: str) -> dict[str, str]:
    """Return the text of each feed by its path below the site, as Atom and as JSON Feed."""
    versions = versions_of(catalogue)
    documents: dict[str, str] = {}
    for feed in _feeds(catalogue, versions):
        entries = [_entry(event, versions, site_url, feed.facts) for event in feed.events]
        documents |= _texts(feed, entries, catalogue.updated, site_url)
    return documents


def feed_paths(catalogue: Catalogue) -> dict[tuple[str, str], str]:
    """Return the path of the feed of each platform and author, by facet and value, without its ending."""
    return {
        (facet, group.value): (group.path or "").rstrip("/")
        for facet, folder in (("platform", "platforms"), ("author", "authors"))
        for group in with_pages(group_items(catalogue.records, FACETS[facet].values), f"{FEEDS}/{folder}", least=1)
    }


def feed_of_collection(slug: str) -> str:
    """Return the path of a collection's feed, without its ending."""
    return f"{FEEDS}/collections/{slug}"


def feed_of_bundle(name: str) -> str:
    """Return the path of a bundle's feed, without its ending."""
    return f"{FEEDS}/bundles/{name}"


def _feeds(catalogue: Catalogue, versions: Versions) -> Iterator[Feed]:
    everything = sorted(
        (event for one in catalogue.releases.values() for event in distinct(events(one))),
        key=lambda event: event.sort_key,
        reverse=True,
    )
    by_bundle: dict[str, list[Event]] = defaultdict(list)
    for event in everything:
        if name := versions.living(event.bundle):
            by_bundle[name].append(event)
    breaking = [event for event in everything if event.breaking][:_BREAKING]
    yield Feed(BREAKING, "Breaking changes of Skill Templates", "changes/", breaking)
    for facts in catalogue.collections:
        own = [event for event in everything if event.slug == facts.slug][:_ENTRIES]
        page = f"collections/{facts.slug}/releases/"
        yield Feed(feed_of_collection(facts.slug), f"Changes of {facts.name}", page, own)
    groups = {facet: group_items(catalogue.records, FACETS[facet].values) for facet in ("platform", "author")}
    paths = feed_paths(catalogue)
    for facet, result in groups.items():
        for group in result:
            ids = {record.id for record in group.items}
            own = [event for event in everything if versions.living(event.bundle) in ids][:_ENTRIES]
            yield Feed(paths[facet, group.value], f"Changes of Skill Templates: {group.value}", "changes/", own)
    for record in catalogue.records:
        own = by_bundle[record.id][:_OF_BUNDLE]
        page = bundle_path(record.id)
        yield Feed(feed_of_bundle(record.id), f"Changes of {record.title}", page, own, _FACTS_OF_BUNDLE)


def _entry(event: Event, versions: Versions, site_url: str, most: int) -> dict[str, Any]:
    lines, more = fact_lines(event.change, most)
    texts = [plain(line) for line in lines] + ([f"and {more} more"] if more else [])
    release = shown_tag(event.release.tag)
    source = versions.source_of(event.slug, event.release, event.bundle)
    page = f"{site_url.rstrip('/')}/{quote(release_path(event.slug, event.release.tag))}" if site_url else source
    title = f"{event.bundle.split('/', 1)[1]}: {sentence(event)} ({event.slug}, {release})"
    return {
        "id": _id(event, versions),
        "url": page,
        "title": title,
        "content_text": "\n".join(f"- {line}" for line in texts) or f"{title}.",
        "date_modified": event.release.date,
        "tags": [event.what, *(["breaking"] if event.breaking else [])],
        **({"external_url": source} if page != source else {}),
    }


def _id(event: Event, versions: Versions) -> str:
    """Return a tag: URI of what changed after the release before: the tag that has it may come later."""
    parts = urlsplit(versions.facts[event.slug].git_url)
    name = quote(event.bundle.split("/", 1)[1], safe="")
    after = quote(event.release.before, safe="") if event.release.before else ""
    repository = quote(parts.path.strip("/").removesuffix(".git"))
    # The day belongs to the host: it had the repository then.
    return f"tag:{parts.hostname or 'localhost'},2020:{repository}/codebundles/{name}/after/{after}"


def _texts(feed: Feed, entries: list[dict[str, Any]], updated: str | None, site_url: str) -> dict[str, str]:
    root = site_url.rstrip("/")
    own: Mapping[str, str] = (
        {"home_page_url": f"{root}/{feed.page}", "feed_url": f"{root}/{quote(feed.path)}.json"} if root else {}
    )
    latest = entries[0]["date_modified"] if entries else updated or "1970-01-01T00:00:00Z"
    atom = environment().get_template("release_feed.xml").render(
        feed=feed, entries=entries, root=root, path=quote(feed.path), updated=latest,
    )  # fmt: skip
    document = {"version": "https://jsonfeed.org/version/1.1", "title": feed.title, **own, "items": entries}
    return {f"{feed.path}.xml": usable(atom), f"{feed.path}.json": canonical(document)}
