"""What search engines are told in schema.org's words."""

import json

from build.catalogue.record import record
from build.model import Bundle
from build.site.linked_data import of_bundle, of_collection, of_site
from tests.support.catalogues import (
    QUAY,
    entry,
    facts,
    pages_of,
    sound,
    text_everywhere,
)
from tests.support.page_parts import body


def test_what_search_engines_are_told_is_data_that_no_text_can_leave() -> None:
    hostile = "</script><script>alert(1)</script> -- ``` ~~~ <!-- \u2028 é '"
    page = body(pages_of(text_everywhere(hostile, "x")), "codebundles/harbor/first/index.md")
    (block,) = page.xpath('//script[@type="application/ld+json"]')
    told = json.loads(block.text)
    assert told["name"].startswith("</script><script>alert(1)</script> -- ``` ~~~ <!--")
    assert told["identifier"] == "harbor/first"
    assert len(page.xpath("//script")) == 1


def test_a_collection_is_known_by_its_page_and_its_repository() -> None:
    page = body(pages_of(sound()), "collections/harbor/index.md")
    told = json.loads(page.xpath('//script[@type="application/ld+json"]')[0].text)
    assert (told["url"], told["sameAs"]) == ("/collections/harbor/", "https://github.com/o/harbor.git")


def test_what_is_not_known_is_left_out() -> None:
    bare = of_bundle(record(entry(Bundle(name="lamp_post"), history=None)))
    assert (bare["name"], bare["identifier"]) == ("Lamp Post", "harbor/lamp_post")
    assert {"author", "dateCreated", "dateModified", "keywords"} & bare.keys() == set()
    nobody = of_collection(facts(QUAY, bundles=0, tools=0, state="unavailable"), [], "")
    assert {"creator", "dateModified", "collectionSize"} & nobody.keys() == set()


def test_dates_and_authors_are_the_records() -> None:
    made = record(entry(Bundle(name="lamp", author="A Keeper", platforms=("AKS",), support_tags=("Light",))))
    told = of_bundle(made)
    assert told["author"] == {"@type": "Person", "name": "A Keeper"}
    assert told["keywords"] == "AKS, Light"
    assert made.history
    assert told["dateModified"] == made.history.last_own_date


def test_the_site_says_how_it_is_searched() -> None:
    told = of_site("https://r.example/sub/")
    assert told["url"] == "https://r.example/sub/"
    assert told["potentialAction"]["target"] == "https://r.example/sub/search/?q={query}"
