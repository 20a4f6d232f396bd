import posixpath

import pytest

from build.model import Bundle, Tool
from tests.support.alerts import text_with
from tests.support.catalogues import (
    COMMIT,
    HARBOR,
    HOSTILE,
    QUAY,
    entry,
    facts,
    made_up,
    pages_of,
    sound,
    text_everywhere,
)
from tests.support.corpus import records
from tests.support.page_parts import body, parts, texts
from tests.support.releases import releases_of


def skeleton(page: str) -> list[tuple[str, tuple[str, ...]]]:
    """The elements of a page and the names of their attributes, without a word of text."""
    return [(one.tag, tuple(one.attrib)) for one in parts(page)[1].iter()]


def test_a_strangers_text_changes_no_element() -> None:
    # Both sort before the letters.
    plain = pages_of(text_everywhere("!{plain} words", "plain words"))
    hostile = pages_of(text_everywhere(HOSTILE, "plain words"))
    # Some have the text in their addresses.
    assert len(plain) == 39
    for (path, page), strangers in zip(plain.items(), hostile.values(), strict=True):
        if path.startswith("libraries/") and path != "libraries/index.md":
            # A docstring has the parts that its author gave it, each of a few elements without attributes.
            added = set(skeleton(strangers)) - set(skeleton(page))
            assert added <= {("p", ()), ("pre", ("class",)), ("code", ()), ("dl", ("class",)), ("dt", ()), ("dd", ())}
        else:
            assert skeleton(strangers) == skeleton(page), path


def test_a_strangers_text_is_shown() -> None:
    pages = pages_of(text_everywhere(HOSTILE, HOSTILE))
    for path in pages.keys() - {
        f"{name}/index.md" for name in ("search", "selection", "compare", "agents", "request", "alerts")
    }:
        shown = body(pages, path).text_content()
        assert "<script>alert(1)</script>" in shown, path
        assert "{{7777777*7}}" in shown, path


@pytest.mark.parametrize(
    "text", [HOSTILE, "---\ntemplate: main.html\n---\n", "a: b\n...\n", "é \U0001f600 \ufeff", "'"]
)
def test_front_matter_holds_titles_escaped(text: str) -> None:
    page = pages_of(text_everywhere(text, text))["codebundles/harbor/first/index.md"]
    meta, _ = parts(page)
    assert set(meta) == {"template", "title", "description", "updated", "data", "script", "feed"}
    assert meta["template"] == "page.html"
    assert not set("<>\"'\n") & set(meta["title"] + meta["description"])
    assert page.split("\n---\n")[0].isascii()


def test_what_markdown_would_change_is_written_as_references() -> None:
    fenced = "```\nif a:\n\tb\n```\n\n~~~\nc\n~~~\n"
    page = pages_of(text_everywhere("a\tb ``` ~~~", fenced))["codebundles/harbor/first/index.md"]
    block = page.partition("\n---\n")[2]
    assert [mark for mark in ("\t", "```", "~~~") if mark in block] == []
    assert "if a:\n\tb\n" in parts(page)[1].text_content()


def test_equal_catalogues_make_equal_pages() -> None:
    assert pages_of(sound()) == pages_of(sound())


def test_every_address_of_the_contract_has_its_page() -> None:
    assert set(pages_of(sound())) == {
        "index.md",
        "changes/index.md",
        "upgrade/index.md",
        "codebundles/index.md",
        "codebundles/harbor/pod-bearing/index.md",
        "codebundles/quay/quay_ping/index.md",
        "collections/index.md",
        "collections/adrift/index.md",
        "collections/harbor/index.md",
        "collections/quay/index.md",
        "tools/index.md",
        "platforms/index.md",
        "resource-types/index.md",
        "tags/index.md",
        "authors/index.md",
        "libraries/index.md",
        "libraries/harbor/Compass.Needle/index.md",
        "search/index.md",
        "selection/index.md",
        "compare/index.md",
        "agents/index.md",
        "alerts/index.md",
        "request/index.md",
        "statistics/index.md",
        "report/index.md",
        "report/adrift/index.md",
        "report/harbor/index.md",
        "report/quay/index.md",
    }


def test_an_empty_catalogue_has_its_pages() -> None:
    pages = pages_of(made_up([]))
    assert "0 Skill Templates" in body(pages, "codebundles/index.md").text_content()
    assert "No problems" in body(pages, "report/index.md").text_content()


def test_a_librarys_page_says_what_its_keywords_take_and_who_calls_them() -> None:
    page = body(pages_of(sound()), "libraries/harbor/Compass.Needle/index.md")
    assert page.xpath("//button/@data-copy") == ["Library    Compass.Needle"]
    first, second = page.xpath('//ol[@class="tools"]/li')
    assert first.get("id") == "Compass.Needle"
    assert texts(first, './/p[@class="arguments"]/code') == ["Compass.Needle"]
    assert f"https://github.com/o/harbor/blob/{COMMIT}/libraries/Compass.Needle#L7" in first.xpath(".//a/@href")
    shown, gone = first.xpath('.//ul[@class="examples"]/li')
    assert shown.xpath("a/@href") == [
        "../../../codebundles/harbor/pod-bearing/",
        f"https://github.com/o/harbor/blob/{COMMIT}/codebundles/pod-bearing/runbook.robot#L12",
    ]
    assert gone.text_content().startswith("harbor/gone, runbook.robot, line 12")
    assert texts(second, ".//p") == ["line 9"]
    listed = body(pages_of(sound()), "libraries/index.md")
    assert "harbor/Compass.Needle/#Without" in listed.xpath("//li//a/@href")


def test_many_libraries_are_cut_into_pages_too() -> None:
    catalogue = sound()
    (library,) = catalogue.libraries
    many = [
        library.model_copy(update=dict.fromkeys(("name", "import_name"), f"Lib{number:03}")) for number in range(251)
    ]
    pages = pages_of(catalogue._replace(libraries=many))
    first, second = (body(pages, f"libraries/{at}index.md") for at in ("", "page/2/"))
    assert [len(page.xpath(".//li[@data-row]")) for page in (first, second)] == [250, 1]
    assert first.xpath(".//a[@rel='next']/@href") == ["page/2/"]
    assert second.xpath(".//a[@rel='prev']/@href") == ["../../"]
    assert second.xpath(".//li[@data-row]//h2/a/@href") == ["../../harbor/Lib250/"]
    assert "libraries/page/3/index.md" not in pages


def test_the_list_can_be_filtered_by_what_it_shows() -> None:
    page = body(pages_of(sound()), "codebundles/index.md")
    assert texts(page, '//ul[@class="rows"]//h2') == ["Bearing of a pod", "Quay Ping"]
    assert texts(page, "//fieldset/legend") == [
        "Platform", "Access", "What its code does", "Kind of tool", "CodeCollection", "Tag", "Resource type", "Data",
        "Credential", "Tests", "Maintained by", "Author",
    ]  # fmt: skip
    assert texts(page, '//fieldset[@data-facet="access"]//label') == ["Read-write 1", "Access unknown 1"]
    assert texts(page, '//fieldset[@data-facet="kind"]//label') == ["Monitor, on a schedule 2", "Runbook, on demand 1"]
    assert page.xpath('//fieldset[@data-facet="collection"]//input/@value') == ["harbor", "quay"]
    under = page.xpath('//fieldset[@data-facet="platform"]//label[@class="under"]/input/@value')
    assert under == ["AKS"]


def test_a_long_list_is_cut_into_pages_that_lead_to_each_other() -> None:
    made = records(620)
    catalogue = sound()._replace(records=made, collections=[], libraries=[], problems=[])
    owners = {one.codecollection.slug: facts(HARBOR, bundles=1, tools=1) for one in made}
    catalogue = catalogue._replace(
        collections=[known.model_copy(update={"slug": slug}) for slug, known in owners.items()]
    )
    pages = pages_of(catalogue)
    shown = []
    for number, path in enumerate(("codebundles/", "codebundles/page/2/", "codebundles/page/3/"), 1):
        page = body(pages, f"{path}index.md")
        rows = page.xpath('//ul[@class="rows"]/li')
        assert len(rows) == (250 if number < 3 else 120)
        for row in rows:
            href = row.xpath(".//h2/a/@href")[0]
            shown.append(posixpath.normpath(path + href).removeprefix("codebundles/"))
        ways = {one.get("rel"): posixpath.normpath(path + one.get("href")) for one in page.xpath("//nav//a[@rel]")}
        before = {2: "codebundles", 3: "codebundles/page/2"}.get(number)
        after = {1: "codebundles/page/2", 2: "codebundles/page/3"}.get(number)
        assert ways == {rel: way for rel, way in (("prev", before), ("next", after)) if way}
        # What filters works on all of them, so it stands on the first.
        assert len(page.xpath("//form")) == (number == 1)
    assert sorted(shown) == [one.id for one in made]
    assert "codebundles/page/4/index.md" not in pages
    assert max(len(page) for path, page in pages.items() if "/page/" in path) < 200_000


def test_tools_are_counted_and_cut_as_tools() -> None:
    made = records(200)
    names = {one.codecollection.slug for one in made}
    known = [facts(HARBOR, bundles=1, tools=1).model_copy(update={"slug": slug}) for slug in sorted(names)]
    pages = pages_of(sound()._replace(records=made, collections=known, libraries=[], problems=[]))
    found = [body(pages, path) for path in pages if path.startswith("tools/")]
    tools = [page.xpath('//ul[@class="tool-list"]/li/a/@href') for page in found]
    total = sum(len(one.tools) for one in made)
    assert [len(own) for own in tools] == [300] * (total // 300) + [total % 300]
    assert len({href.split("codebundles/")[1] for own in tools for href in own}) == total
    assert any("continued" in page.text_content() for page in found[1:])


def test_values_that_several_bundles_have_get_pages_and_others_lead_to_the_filtered_list() -> None:
    tags = {"one": ("EC2", "Cost"), "two": ("ec2", "C++"), "three": ("ec2", "C++"), "four": ("Cost",)}
    entries = [entry(Bundle(name=name, support_tags=own, author="A Keeper")) for name, own in tags.items()]
    pages = pages_of(made_up(entries))
    assert [path for path in pages if path.startswith(("tags/", "authors/"))] == [
        "tags/index.md", "tags/ec2/index.md", "authors/index.md", "authors/a-keeper/index.md",
    ]  # fmt: skip
    page = body(pages, "tags/ec2/index.md")
    assert texts(page, "//h1") == ["ec2"]
    assert texts(page, "//ul[@data-rows]//h2") == ["One", "Three", "Two"]
    # What filters them takes the rest from the list.
    assert [page.get(f"data-{name}") for name in ("list", "of", "value")] == ["bundles", "tag", "ec2"]
    assert page.xpath("//form//fieldset") == []
    listed = body(pages, "tags/index.md")
    assert texts(listed, '//ul[@class="groups"]/li') == ["ec2 3", "C++ 2", "Cost 2"]
    assert listed.xpath('//ul[@class="groups"]/li/a/@href') == [
        "../tags/ec2/", "../codebundles/?tag=C%2B%2B", "../codebundles/?tag=Cost",
    ]  # fmt: skip


def test_nothing_empty_has_a_page_or_is_linked() -> None:
    pages = pages_of(made_up([entry(Bundle(name="alone"))]))
    empty = ("platforms", "resource-types", "tags", "authors", "documentation", "libraries")
    assert [path for path in pages if path.startswith(empty)] == []
    for path in pages:
        links = [str(href) for href in body(pages, path).xpath("//a/@href")]
        assert [href for href in links if href.lstrip("./").startswith(tuple(f"{name}/" for name in empty))] == [], path
    assert body(pages, "search/index.md").get("data-types") == "codebundle"


def test_a_collections_page_tells_its_releases_and_what_its_authors_say() -> None:
    made = sound()
    releases = {"harbor": releases_of("harbor/pod-bearing", tag="v1 <b>")}
    page = body(pages_of(made._replace(releases=releases)), "collections/harbor/index.md")
    told = texts(page, '//section[@aria-labelledby="releases"]//li')
    assert told == [
        "9 Mar 2026Not released yet 1 changed", "1 Mar 2026v1 <b> 1 changed, 1 breaking",
        "1 Feb 20261.1 1 renamed, 1 removed", "1 Dec 20251.0 2 new",
    ]  # fmt: skip
    said = texts(page, '//section[@aria-labelledby="health"]//dd')
    assert said == ["1 warning", "1 of 2", "1 of 2", "1 of 1", "1 of 1", "1 of 1"]


def test_kinds_of_kubernetes_stand_under_it() -> None:
    page = body(pages_of(sound()), "index.md")
    (tile,) = page.xpath('//li[contains(@class, "wide")]')
    assert texts(tile, "./a") == ["Kubernetes 1"]
    assert [a.get("href") for a in tile.xpath("./ul//a")] == ["codebundles/?platform=AKS"]


def test_home_shows_the_latest_change_of_its_own_first() -> None:
    page = body(pages_of(sound()), "index.md")
    assert texts(page, '//section[@aria-labelledby="recent"]//li/a') == ["Quay Ping", "Bearing of a pod"]


@pytest.mark.parametrize(
    ("search_url", "endpoint", "origin"),
    [
        ("", "../api/v1/search", None),
        ("/registry", "/registry/api/v1/search", None),
        ("https://f.example/", "https://f.example/api/v1/search", "https://f.example"),
        ("https://f.example:8443/prod", "https://f.example:8443/prod/api/v1/search", "https://f.example:8443"),
    ],
)
def test_the_search_page_knows_whom_to_ask(search_url: str, endpoint: str, origin: str | None) -> None:
    pages = pages_of(sound(), search_url=search_url)
    meta, page = parts(pages["search/index.md"])
    assert page.get("data-endpoint") == endpoint
    assert meta.get("connect") == origin
    # A chat that the build knows nothing of is nowhere.
    assert (page.get("data-chat") is not None) == ("chat/index.md" in pages) == bool(search_url)


def test_names_that_only_differ_by_collection_have_pages_of_their_own() -> None:
    bundle = Bundle(name="same", has_runbook=True, tools=(Tool(kind="runbook", name="T", title="T", line=1),))
    pages = pages_of(made_up([entry(bundle, HARBOR), entry(bundle, QUAY)]))
    assert {"codebundles/harbor/same/index.md", "codebundles/quay/same/index.md"} <= pages.keys()


def test_what_is_new_stands_once_by_day_and_what_is_wrong_leads_to_searches() -> None:
    page = body(pages_of(sound()), "index.md")
    days = page.xpath('//section[@aria-labelledby="recent"]/h3/time/@datetime')
    assert days == sorted(days, reverse=True)
    listed = page.xpath('//section[@aria-labelledby="recent"]//li/a/@href')
    assert len(listed) == len(set(listed)) > 0
    searches = page.xpath('//ul[@class="wrong"]//a/@href')
    assert len(searches) > 10
    assert all(href.startswith("search/?q=") for href in searches)


def test_a_day_with_many_changes_shows_some_those_that_are_new_first() -> None:
    record = sound().records[0]
    assert record.history is not None
    old = record.history.model_copy(
        update={"first_date": "2020-01-01T00:00:00Z", "last_own_date": "2026-03-01T00:00:00Z"}
    )
    new = old.model_copy(update={"first_date": "2026-03-01T00:00:00Z"})
    records = [
        record.model_copy(update={"id": f"harbor/b{at}", "title": f"B{at}", "history": new if at == 8 else old})
        for at in range(9)
    ]
    page = body(pages_of(sound()._replace(records=records)), "index.md")
    rows = page.xpath('//section[@aria-labelledby="recent"]//li')
    assert [row.find("a").text for row in rows] == ["B8", "B0", "B1", "B2"]
    assert rows[0].xpath("./span[@class='chip new']")
    assert "and 5 more on that day" in page.text_content()


def test_alerts_of_a_bundle_lead_to_their_pages_as_these_spell_them() -> None:
    catalogue = sound()
    first, second = catalogue.records
    spelled = {first.id: "KubeJobFailed", second.id: "kubejobfailed"}
    named = [one.model_copy(update={"ai": text_with([spelled[one.id], "a/b <i>"])}) for one in catalogue.records]
    pages = pages_of(catalogue._replace(records=named))
    for record in (first, second):
        links = body(pages, f"codebundles/{record.id}/index.md").xpath('//dl[@class="comes-up"]//a')
        assert [(link.text_content(), link.get("href")) for link in links] == [
            (spelled[record.id], "../../../alerts/KubeJobFailed/")
        ]
