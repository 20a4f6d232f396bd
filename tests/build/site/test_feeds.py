"""The feeds, read by parsers of XML and JSON."""

import json

import pytest
from lxml import etree, html

from build.catalogue.catalogue import Catalogue
from build.model import Bundle, CatalogueEntry
from build.site.api import documents
from build.site.feeds import feeds
from build.site.files import site_files
from tests.support.catalogues import HOSTILE, entry, made_up, pages_of, sound, text_everywhere

ATOM = {"a": "http://www.w3.org/2005/Atom"}


CATALOGUES = [sound(), text_everywhere(HOSTILE, HOSTILE), text_everywhere("\x00\x1b ]]> &amp; `", "x")]


def files(catalogue: Catalogue, site_url: str = "") -> dict[str, str]:
    return dict(site_files(catalogue, {}, site_url))


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_the_feeds_tell_the_same_of_the_same_bundles(catalogue: Catalogue) -> None:
    made = files(catalogue, "https://r.example/")
    feed = etree.fromstring(made["feed.xml"].encode())
    items = json.loads(made["feed.json"])["items"]
    assert len(items) == len(catalogue.records) > 1
    assert feed.xpath("a:entry/a:id/text()", namespaces=ATOM) == [item["id"] for item in items]
    assert feed.xpath("a:entry/a:updated/text()", namespaces=ATOM) == [item["date_modified"] for item in items]
    assert [item["date_modified"] for item in items] == sorted((item["date_modified"] for item in items), reverse=True)
    assert feed.xpath("a:updated/text()", namespaces=ATOM) == [items[0]["date_modified"]]
    hrefs = feed.xpath("a:entry/a:link/@href", namespaces=ATOM)
    assert hrefs == [item["url"] for item in items]
    # Elements are ours alone.
    assert {etree.QName(one).localname for one in feed.iter()} <= {
        "feed", "id", "title", "updated", "link", "author", "name", "entry", "published", "category", "summary",
    }  # fmt: skip


def bundle(name: str, **changes: object) -> CatalogueEntry:
    return entry(Bundle(name=name, has_runbook=True), **changes)  # type: ignore[arg-type]


def test_the_newest_by_own_change_come_first_and_fifty_at_most() -> None:
    many = made_up([bundle(f"b{number:02}", day=number % 28 + 1) for number in range(60)])
    items = feeds(many, "")["feed.json"]["items"]
    assert len(items) == 50
    dates = [item["date_modified"] for item in items]
    assert dates == sorted(dates, reverse=True)
    assert dates[0] == max(record.history.last_own_date for record in many.records if record.history)


def test_feed_api_and_home_have_one_order_of_the_newest_also_of_equals() -> None:
    many = made_up([bundle(f"b{number:02}", day=number % 3 + 1) for number in range(30)])
    by_feed = [item["id"].rpartition(":")[2] for item in feeds(many, "")["feed.json"]["items"]]
    recent = json.loads(documents(many, 0, {"info": {}, "paths": {}})["registry/recent-codebundles"])
    assert [f"{one['collection_slug']}/{one['slug']}" for one in recent] == by_feed[:20]
    home = html.fromstring(pages_of(many)["index.md"].partition("\n---\n")[2])
    shown = home.xpath('//section[@aria-labelledby="recent"]//li/a/@href')
    ids = [href.removeprefix("codebundles/").strip("/") for href in shown]
    # Some of each of the latest days, in the feed's order.
    assert ids == [name for name in by_feed if name in ids]
    assert [int(name[-2:]) % 3 for name in ids] == [2] * 4 + [1] * 4 + [0] * 4
    assert by_feed[:10] == [f"harbor/b{number:02}" for number in range(2, 30, 3)]


def test_a_bundle_without_history_has_no_place_and_a_feed_of_none_is_one() -> None:
    made = feeds(made_up([bundle("new", history=None)]), "https://r.example/")
    assert made["feed.json"]["items"] == []
    assert made["feed.json"]["feed_url"] == "https://r.example/feed.json"
    feed = etree.fromstring(made["feed.xml"].encode())
    assert feed.xpath("a:updated/text()", namespaces=ATOM) == ["1970-01-01T00:00:00Z"]


def test_an_entry_keeps_its_id_wherever_the_site_is() -> None:
    here, there = (feeds(made_up([bundle("lamp")]), url)["feed.json"]["items"][0] for url in ("", "https://r.example"))
    assert here["id"] == there["id"] == "urn:codebundle:harbor/lamp"
    assert (here["authors"], here["title"]) == ([{"name": "Harbor"}], "Lamp")
