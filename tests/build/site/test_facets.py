"""What bundles have in common, and where its pages are."""

import json
import re
from typing import Any

import pytest
from lxml import html

from build.catalogue.catalogue import Catalogue
from build.catalogue.models import CodeBundleRecord
from build.catalogue.record import record
from build.model import Bundle
from build.site.facets import FACETS, Facet, Places, filters, group_items, nested, searched_facets, with_pages
from build.site.files import bundle_list, site_files
from tests.support.catalogues import HOSTILE, entry, pages_of, sound
from tests.support.corpus import records


def tagged(*tags: tuple[str, ...]) -> list[CodeBundleRecord]:
    """A bundle for each tuple of tags."""
    return [record(entry(Bundle(name=f"b{number}", support_tags=own))) for number, own in enumerate(tags)]


def facts_of(catalogue: Catalogue) -> dict[str, Any]:
    """What the made script says, which is one constant in JSON."""
    text = dict(site_files(catalogue, {}, ""))["assets/facts.js"]
    comment, mark, value = text.partition("\nconst FACTS = ")
    assert (comment, mark, value[-2:]) == ("/* exported FACTS */", mark, ";\n")
    found: dict[str, Any] = json.loads(value[:-2])
    return found


def paths(*tags: str) -> list[str | None]:
    """Where the pages of these tags are, each of which three bundles have."""
    groups = with_pages(group_items(tagged(tags, tags, tags), FACETS["tag"].values), "tags")
    found = {group.value: group.path for group in groups}
    return [found[tag] for tag in tags]


def test_spellings_that_differ_by_case_are_one_group_spelled_as_most_do() -> None:
    groups = group_items(tagged(("EC2",), ("ec2", "EC2"), ("ec2",), ("Ec2", "S3")), FACETS["tag"].values)
    assert [(group.value, len(group.items)) for group in groups] == [("EC2", 4), ("S3", 1)]


def test_a_value_of_few_bundles_has_no_page_and_leads_to_the_filtered_list() -> None:
    place = Places(tagged(("a b", "many"), ("a b", "many"), ("many", "só & <so>")))
    assert place("tag", "MANY") == "tags/many/"
    assert place("tag", "a b") == "codebundles/?tag=a%20b"
    assert place("tag", "só & <so>\ud800") == "codebundles/?tag=s%C3%B3%20%26%20%3Cso%3E%3F"


def test_addresses_are_safe_unique_and_the_same_whatever_else_there_is() -> None:
    hostile = [
        "C++",
        "C#",
        "C",
        "../../etc/passwd",
        ".git",
        "日本語",
        "語",
        "page",
        "index",
        "CON",
        HOSTILE,
        "a/b",
        "é",
    ]
    found = paths(*hostile)
    assert len(set(found)) == len(hostile)
    for path in found:
        assert path
        assert re.fullmatch(r"tags/(?:[a-z0-9][a-z0-9._-]*)?(?:~[0-9a-f]{12})?/", path)
    assert found[2] == "tags/c/"
    assert found[3] == "tags/etc-passwd/"
    assert not {"tags/page/", "tags/index/", "tags/con/"} & set(found)
    # Nobody can take another's address by naming a tag after it.
    assert paths("C++", "C", str(found[0])[5:-1])[:2] == [found[0], "tags/c/"]


def test_kinds_of_kubernetes_stand_under_it() -> None:
    bundles = [("Kubernetes", "AKS"), ("AWS",), ("AWS",), ("AWS",), ("Kubernetes", "GKE"), ("Kubernetes", "GKE")]
    made = [record(entry(Bundle(name=f"b{n}", platforms=own))) for n, own in enumerate(bundles)]
    shown = [(group.value, under) for group, under in nested(group_items(made, FACETS["platform"].values))]
    assert shown == [("AWS", False), ("Kubernetes", False), ("GKE", True), ("AKS", True)]
    alone = [record(entry(Bundle(name="b", platforms=("AKS",))))]
    assert [(group.value, under) for group, under in nested(group_items(alone, FACETS["platform"].values))] == [
        ("AKS", False)
    ]


@pytest.mark.parametrize("facet", FACETS)
def test_a_filter_shows_the_commonest_values_and_says_how_many_there_are(facet: str) -> None:
    made = records(300)
    ((name, values, count),) = filters(made, {facet: FACETS[facet].values})
    sizes = [len(group.items) for group, _ in values]
    assert (name, count) == (facet, len(group_items(made, FACETS[facet].values)))
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) == min(count, 8)


def test_a_facet_that_is_entered_in_the_table_is_on_the_lists_and_what_scripts_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    facet = Facet("Size", "sizes", "size", lambda record: str(len(record.tools)), words={"2": "Two tools"})
    monkeypatch.setitem(FACETS, "size", facet)
    catalogue = sound()
    page = html.fromstring(pages_of(catalogue)["codebundles/index.md"].partition("\n---\n")[2])
    (field,) = page.xpath('//fieldset[@data-facet="size"]')
    assert [" ".join(label.text_content().split()) for label in field.iter("label")] == ["1 1", "Two tools 1"]
    assert field.find("legend").text == "Size"
    assert facts_of(catalogue)["facets"]["size"] == {
        "label": "Size", "several": "sizes", "key": "size", "of_tool": False, "words": {"2": "Two tools"},
    }  # fmt: skip
    listed = json.loads(dict(bundle_list(catalogue))["codebundles/list.json"])
    listed = json.loads(dict(bundle_list(catalogue))["codebundles/list.json"])
    assert [one["size"] for one in listed["codebundles"]] == ["2", "1"]


def test_what_a_facet_gives_is_a_list_of_its_values() -> None:
    made = record(entry(Bundle(name="lamp", platforms=("AWS", "Linux"))))
    found = {name: list(facet.values(made)) for name, facet in FACETS.items()}
    assert (found["platform"], found["access"], found["author"]) == (["AWS", "Linux"], ["unknown"], [])
    assert found["credential"] == ["no"]


def test_scripts_find_the_empty_row_that_the_page_has_its_own_from() -> None:
    page = html.fromstring(pages_of(sound())["codebundles/index.md"].partition("\n---\n")[2])
    (blank,) = page.xpath("//template[@data-blank]/li")
    for row in page.xpath("//ul[@data-rows]/li"):
        assert [one.tag for one in blank] == [one.tag for one in row]
        assert [one.tag for one in blank[3]] == [one.tag for one in row[3]] == ["small", "small", "small"]


def test_what_scripts_have_to_know_is_one_file_that_no_stranger_can_end() -> None:
    harbor = sound().collections[0].model_copy(update={"name": f"</script>'\u2028{HOSTILE}"})
    catalogue = sound()._replace(collections=[harbor, *sound().collections[1:]])
    assert facts_of(catalogue)["facets"]["collection"]["words"][harbor.slug] == harbor.name
    # No page carries what is in the file.
    assert [path for path, page in pages_of(catalogue).items() if "access_sources" in page] == []


def test_the_search_filters_by_what_it_and_the_lists_know() -> None:
    assert searched_facets()["platform"] == "platform"
    assert searched_facets()["resource"] == "resource_type"
    assert "credential" not in searched_facets()
