"""What search engines are told in schema.org's words."""

import json

from tests.support.catalogues import (
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
