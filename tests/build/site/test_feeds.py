"""The feeds, read by parsers of XML and JSON."""

import json

import pytest
from lxml import etree

from build.catalogue.catalogue import Catalogue
from build.site.files import site_files
from tests.support.catalogues import HOSTILE, sound, text_everywhere

ATOM = {"a": "http://www.w3.org/2005/Atom"}


CATALOGUES = [sound(), text_everywhere(HOSTILE, HOSTILE), text_everywhere("\x00\x1b ]]> &amp; `", "x")]


def files(catalogue: Catalogue, site_url: str = "") -> dict[str, str]:
    return site_files(catalogue, {}, site_url)


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
