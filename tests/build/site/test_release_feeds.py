"""Feeds: valid, absolute whatever the settings, and the same entry before and after its release."""

import json
from xml.etree import ElementTree

import pytest

from build.catalogue.catalogue import Catalogue
from build.site.release_feeds import feed_paths, release_feeds
from tests.support.catalogues import HOSTILE, sound, text_everywhere
from tests.support.releases import release, releases_of

_NEW = "harbor/pod-bearing"
_ATOM = "{http://www.w3.org/2005/Atom}"


def catalogue() -> Catalogue:
    return sound()._replace(releases={"harbor": releases_of(_NEW)})


def titles(feeds: dict[str, str], path: str) -> list[str]:
    return [item["title"] for item in json.loads(feeds[f"{path}.json"])["items"]]


def test_there_is_one_of_each_collection_platform_author_and_bundle() -> None:
    made = catalogue()
    feeds = release_feeds(made, "")
    bundles = [f"feeds/bundles/{record.id}" for record in made.records]
    collections = [f"feeds/collections/{facts.slug}" for facts in made.collections]
    wanted = {"feeds/breaking", *bundles, *collections, *feed_paths(made).values()}
    assert set(feeds) == {f"{path}{ending}" for path in wanted for ending in (".xml", ".json")}
    assert {facet for facet, _ in feed_paths(made)} == {"platform", "author"}


def test_entries_are_the_facts() -> None:
    feeds = release_feeds(catalogue(), "")
    assert titles(feeds, f"feeds/bundles/{_NEW}") == [
        "pod-bearing: changed (harbor, Not released yet)",
        "pod-bearing: changed, breaking (harbor, 2.0)",
        "pod-bearing: renamed from harbor/pod-old (harbor, 1.1)",
        "pod-old: new (harbor, 1.0)",
    ]
    broken = json.loads(feeds["feeds/breaking.json"])["items"]
    assert [item["tags"] for item in broken] == [
        ["changed", "breaking"],
        ["renamed", "breaking"],
        ["removed", "breaking"],
    ]
    assert broken[0]["content_text"].startswith("- breaking: new variable PLACE, required\n")
    assert titles(feeds, "feeds/collections/quay") == []


@pytest.mark.parametrize("site_url", ["", "https://registry.example.org/catalogue/"])
def test_every_address_is_absolute(site_url: str) -> None:
    for path, text in release_feeds(catalogue(), site_url).items():
        if path.endswith(".json"):
            feed = json.loads(text)
            found = [feed.get("home_page_url"), feed.get("feed_url"), *(item["url"] for item in feed["items"])]
            ids = [item["id"] for item in feed["items"]]
            addresses = [one for one in found if one]
        else:
            root = ElementTree.fromstring(text)  # noqa: S314 - our own
            addresses = [link.get("href", "") for link in root.iter(f"{_ATOM}link")]
            ids = [entry.findtext(f"{_ATOM}id") or "" for entry in root.iter(f"{_ATOM}entry")]
            assert root.findtext(f"{_ATOM}updated")
            assert root.find(f"{_ATOM}author") is not None
        own = "https://registry.example.org/catalogue/" if site_url else "https://github.com/o/harbor/"
        assert all(address.startswith(own) for address in addresses), path
        assert len(set(ids)) == len(ids)
        assert all(one.startswith("tag:github.com,2020:o/harbor/") for one in ids)


def test_an_entry_is_the_same_before_and_after_its_release() -> None:
    before = releases_of(_NEW)
    done = release("2.1", "2026-03-20", "2.0", changed=before.unreleased.changed)
    empty = release(None, "2026-03-20", "2.1")
    after = before.model_copy(update={"releases": (done, *before.releases), "unreleased": empty})
    ids = [
        [
            item["id"]
            for item in json.loads(
                release_feeds(sound()._replace(releases={"harbor": one}), "")[f"feeds/bundles/{_NEW}.json"]
            )["items"]
        ]
        for one in (before, after)
    ]
    assert ids[0] == ids[1]


def test_a_strangers_text_breaks_no_feed() -> None:
    for path, text in release_feeds(text_everywhere(HOSTILE, HOSTILE), "").items():
        if path.endswith(".json"):
            json.loads(text)
        else:
            root = ElementTree.fromstring(text)  # noqa: S314 - our own
            assert {one.tag for one in root.iter()} <= {f"{_ATOM}{name}" for name in (
                "feed", "id", "title", "updated", "author", "name", "entry", "link", "category", "content",
            )}  # fmt: skip
