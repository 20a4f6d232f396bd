import json
import posixpath
import re
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from lxml import html

from build.model import Bundle, Problem, Release, Tool
from build.site.agents_page import function_address
from build.site.filters import clip, day, pieces, words
from build.site.templates import environment
from search_fn.tools.registry import TOOLS
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


def parts(page: str) -> tuple[dict[str, Any], html.HtmlElement]:
    """A page's front matter and its block of HTML."""
    found = re.fullmatch(r"---\n(.*?\n)---\n\n(.*)", page, re.DOTALL)
    assert found
    return yaml.safe_load(found[1]), html.fragment_fromstring(found[2])


def skeleton(page: str) -> list[tuple[str, tuple[str, ...]]]:
    """The elements of a page and the names of their attributes, without a word of text."""
    return [(one.tag, tuple(one.attrib)) for one in parts(page)[1].iter()]


def body(pages: dict[str, str], path: str) -> html.HtmlElement:
    return parts(pages[path])[1]


def texts(element: html.HtmlElement, selector: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in element.xpath(selector)]


def test_a_strangers_text_changes_no_element() -> None:
    # Both sort before the letters.
    plain = pages_of(text_everywhere("!{plain} words", "plain words"))
    hostile = pages_of(text_everywhere(HOSTILE, "plain words"))
    # Some have the text in their addresses.
    assert len(plain) == 28
    for (path, page), strangers in zip(plain.items(), hostile.values(), strict=True):
        assert skeleton(strangers) == skeleton(page), path


def test_a_strangers_text_is_shown() -> None:
    pages = pages_of(text_everywhere(HOSTILE, HOSTILE))
    for path in pages.keys() - {"search/index.md", "selection/index.md", "agents/index.md", "request/index.md"}:
        shown = body(pages, path).text_content()
        assert "<script>alert(1)</script>" in shown, path
        assert "{{7777777*7}}" in shown, path


@pytest.mark.parametrize(
    "text", [HOSTILE, "---\ntemplate: main.html\n---\n", "a: b\n...\n", "é \U0001f600 \ufeff", "'"]
)
def test_front_matter_holds_titles_escaped(text: str) -> None:
    page = pages_of(text_everywhere(text, text))["codebundles/harbor/first/index.md"]
    meta, _ = parts(page)
    assert set(meta) == {"template", "title", "description", "updated", "data", "script"}
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
        "documentation/index.md",
        "libraries/index.md",
        "libraries/harbor/Compass.Needle/index.md",
        "search/index.md",
        "selection/index.md",
        "agents/index.md",
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


def test_a_bundles_page_says_what_it_does_needs_and_may_touch() -> None:
    page = body(pages_of(sound()), "codebundles/harbor/pod-bearing/index.md")
    assert texts(page, "//h1") == ["Bearing of a pod"]
    assert texts(page, "//h2") == [
        "Tools", "Configuration", "Secrets", "Use it", "At run time", "Discovery", "README", "Files", "History",
        "Related", "Problems found",
    ]  # fmt: skip
    assert page.xpath('//aside//span[contains(@class, "access")]')[0].text == "Read-write"
    assert {"1 runbook tool", "1 monitor tool"} <= set(texts(page, "//aside//a"))
    assert "5 Feb 2026" in texts(page, "//aside//time")
    line = page.xpath('//li[@id="runbook-12"]//a[@class="line"]')[0]
    assert line.get("href") == f"https://github.com/o/harbor/blob/{COMMIT}/codebundles/pod-bearing/runbook.robot#L12"
    assert page.xpath('//li[@id="runbook-12"]//a[@href="#var-PLACE"]')
    assert "One of Bearing of a pod, b" in " ".join(texts(page, '//tr[@id="var-PLACE"]'))
    assert texts(page, '//section[@aria-labelledby="related"]//a') == ["Quay Ping"]
    sweep, own = page.xpath('//section[@aria-labelledby="history"]//li')
    assert (sweep.get("class"), own.get("class")) == ("sweep", None)
    assert own.xpath(".//a/@href") == [f"https://github.com/o/harbor/commit/{'c' * 40}"]
    assert "rules-odd" in page.xpath('//section[@aria-labelledby="problems"]')[0].text_content()


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


def test_a_bundles_page_leaves_out_what_it_has_not() -> None:
    page = body(pages_of(sound()), "codebundles/quay/quay_ping/index.md")
    assert texts(page, "//h2") == ["Tools", "Use it", "History"]
    assert texts(page, "//h3") == ["Monitor 1 tool, run on a schedule"]
    assert texts(page, '//li[@id="monitor-9"]//h4') == ["Ping HOST"]
    assert texts(page, '//li[@id="monitor-9"]//var') == ["HOST"]
    assert texts(page, '//p[@class="notice"]')
    assert "no tool has an access tag" in page.xpath("//aside")[0].text_content()


def test_a_bundle_without_history_or_tools_has_a_page() -> None:
    bare = entry(Bundle(name="bare"), history=None)
    page = body(pages_of(made_up([bare])), "codebundles/harbor/bare/index.md")
    assert texts(page, "//h1") == ["Bare"]
    assert "no tools" in page.xpath("//aside")[0].text_content()


def test_a_read_me_leads_to_the_commit_that_is_shown() -> None:
    page = body(pages_of(sound()), "codebundles/harbor/pod-bearing/index.md")
    links = {a.text: a.get("href") for a in page.xpath('//section[@aria-labelledby="readme"]//a')}
    assert links == {
        "Use": "#readme-use",
        "Chart": f"https://github.com/o/harbor/blob/{COMMIT}/codebundles/chart/README.md",
    }


def test_the_list_can_be_filtered_by_what_it_shows() -> None:
    page = body(pages_of(sound()), "codebundles/index.md")
    assert texts(page, '//ul[@class="rows"]//h2') == ["Bearing of a pod", "Quay Ping"]
    assert texts(page, "//fieldset/legend") == [
        "Platform", "Access", "Kind of tool", "CodeCollection", "Tag", "Resource type", "Data", "Credential", "Author",
    ]  # fmt: skip
    assert texts(page, '//fieldset[@data-facet="access"]//label') == ["Read-write 1", "Access unknown 1"]
    assert texts(page, '//fieldset[@data-facet="kind"]//label') == ["Monitor, on a schedule 2", "Runbook, on demand 1"]
    assert page.xpath('//fieldset[@data-facet="collection"]//input/@value') == ["harbor", "quay"]
    under = page.xpath('//fieldset[@data-facet="platform"]//label[@class="under"]/input/@value')
    assert under == ["AKS"]


def test_a_long_list_is_cut_into_pages_that_lead_to_each_other() -> None:
    made = records(620)
    catalogue = sound()._replace(records=made, collections=[], libraries=[], problems=[])
    owners = {one["codecollection"]["slug"]: facts(HARBOR, bundles=1, tools=1) for one in made}
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
    assert sorted(shown) == [one["id"] for one in made]
    assert "codebundles/page/4/index.md" not in pages
    assert max(len(page) for path, page in pages.items() if "/page/" in path) < 200_000


def test_tools_are_counted_and_cut_as_tools() -> None:
    made = records(200)
    names = {one["codecollection"]["slug"] for one in made}
    known = [facts(HARBOR, bundles=1, tools=1).model_copy(update={"slug": slug}) for slug in sorted(names)]
    pages = pages_of(sound()._replace(records=made, collections=known, libraries=[], problems=[]))
    found = [body(pages, path) for path in pages if path.startswith("tools/")]
    tools = [page.xpath('//ul[@class="tool-list"]/li/a/@href') for page in found]
    total = sum(len(one["tools"]) for one in made)
    assert [len(own) for own in tools] == [300] * (total // 300) + [total % 300]
    assert len({href.split("codebundles/")[1] for own in tools for href in own}) == total
    assert any("continued" in page.text_content() for page in found[1:])


def test_values_that_several_bundles_have_get_pages_and_others_name_their_bundles() -> None:
    tags = {"one": ("EC2", "Cost"), "two": ("ec2", "C++"), "three": ("ec2", "C++"), "four": ("Cost",)}
    entries = [entry(Bundle(name=name, support_tags=own, author="A Keeper")) for name, own in tags.items()]
    pages = pages_of(made_up(entries))
    assert [path for path in pages if path.startswith(("tags/", "authors/"))] == [
        "tags/index.md", "tags/ec2/index.md", "authors/index.md", "authors/a-keeper/index.md",
    ]  # fmt: skip
    page = body(pages, "tags/ec2/index.md")
    assert texts(page, "//h1") == ["ec2"]
    assert texts(page, "//h2") == ["One", "Three", "Two"]
    assert page.xpath('//p[@class="lead"]/a/@href') == ["../../codebundles/?tag=ec2"]
    listed = body(pages, "tags/index.md")
    assert texts(listed, '//ul[@class="groups"][1]/li') == ["ec2 3"]
    assert texts(listed, '//ul[@class="groups"][2]/li') == ["C++ Three Two", "Cost Four One"]


def test_a_collections_page_tells_its_releases_and_what_its_authors_say() -> None:
    made = sound()
    release = Release(name="v1 <b>", commit="f" * 40, date=datetime(2026, 3, 1, tzinfo=UTC))
    page = body(pages_of(made._replace(releases={"harbor": [release]})), "collections/harbor/index.md")
    assert texts(page, '//section[@aria-labelledby="releases"]//li') == ["v1 <b> 1 Mar 2026"]
    link = page.xpath('//section[@aria-labelledby="releases"]//a/@href')
    assert link == [f"https://github.com/o/harbor/tree/{'f' * 40}/"]
    said = texts(page, '//section[@aria-labelledby="health"]//dd')
    assert said == ["1 warning", "1 of 2", "1 of 2", "1 of 1"]


def test_kinds_of_kubernetes_stand_under_it() -> None:
    page = body(pages_of(sound()), "index.md")
    (tile,) = page.xpath('//li[contains(@class, "wide")]')
    assert texts(tile, "./a") == ["Kubernetes 1"]
    assert [a.get("href") for a in tile.xpath("./ul//a")] == ["codebundles/?platform=AKS"]


def test_home_shows_the_latest_change_of_its_own_first() -> None:
    page = body(pages_of(sound()), "index.md")
    assert texts(page, '//section[@aria-labelledby="recent"]//li/a') == ["Quay Ping", "Bearing of a pod"]


def codes(pages: dict[str, str]) -> list[html.HtmlElement]:
    rows: list[html.HtmlElement] = body(pages, "report/index.md").xpath('//section[@aria-labelledby="codes"]//tbody/tr')
    return rows


def test_the_report_counts_problems_by_code_and_leads_to_them() -> None:
    page = body(pages_of(sound()), "report/index.md")
    assert [texts(row, "./td") for row in codes(pages_of(sound()))] == [
        ["not-fetched", "error", "1", "adrift"],
        ["rules-odd", "warning", "1", "harbor"],
    ]
    assert page.xpath('//a[@href="harbor/#warning-rules-odd"]')
    assert texts(page, '//tr[td/a[@href="../collections/adrift/"]]/td')[1:3] == ["Never fetched", "–"]
    # Of the bearing's two tools, documentation and access tags.
    assert texts(page, '//tr[td/a[@href="../collections/harbor/"]]/td')[5:7] == ["50 %", "50 %"]


def test_problems_of_the_registrys_own_files_have_their_section() -> None:
    own = Problem(collection="", path="sources.yaml", code="source-odd", severity="warning", message="<b>odd</b>")
    unknown = Problem(
        collection="gone", bundle="lamp", code="override-odd", severity="warning", message="no such bundle"
    )
    page = body(pages_of(sound()._replace(problems=[own, unknown])), "report/index.md")
    rows = [texts(row, "./td") for row in page.xpath('//section[@aria-labelledby="others"]//tr[@data-row]')]
    assert [row[:2] for row in rows] == [["lamp", "no such bundle"], ["the registrysources.yaml", "<b>odd</b>"]]
    assert page.xpath('//section[@aria-labelledby="codes"]//a[@href="#others"]/text()') == ["the registry"] * 2


def test_a_collections_report_tells_each_problem_with_its_place() -> None:
    page = body(pages_of(sound()), "report/harbor/index.md")
    (row,) = page.xpath('//*[@id="warning-rules-odd"]//tr[@data-row]')
    assert [a.get("href") for a in row.xpath(".//a")] == [
        "../../codebundles/harbor/pod-bearing/",
        f"https://github.com/o/harbor/blob/{COMMIT}/codebundles/Bearing%20of%20a%20pod#L3",
    ]


def test_many_problems_are_on_pages_of_their_own() -> None:
    problems = [
        Problem(collection="harbor", code="no-readme", severity="note", message=f"{number}.") for number in range(1_001)
    ]
    catalogue = sound()._replace(problems=problems)
    pages = {path: page for path, page in pages_of(catalogue).items() if path.startswith("report/h")}
    assert list(pages) == ["report/harbor/index.md", "report/harbor/2/index.md", "report/harbor/3/index.md"]
    told = [text for path in pages for text in texts(body(pages, path), "//tr[@data-row]/td[2]")]
    assert told == [f"{number}." for number in range(1_001)]
    assert body(pages, "report/harbor/2/index.md").xpath('//a[@rel="prev"]/@href') == ["../../../report/harbor/"]
    assert body(pages, "report/harbor/2/index.md").xpath('//a[@rel="next"]/@href') == ["../../../report/harbor/3/"]


def test_each_code_leads_to_the_page_where_it_stands() -> None:
    found = [
        Problem(collection="harbor", code=code, severity="note", message=".")
        for code, times in (("a-first", 501), ("b-second", 1))
        for _ in range(times)
    ]
    pages = pages_of(sound()._replace(problems=found))
    rows = [(texts(row, "./td")[2], row.xpath("./td[4]/a/@href")) for row in codes(pages)]
    assert rows == [("501", ["harbor/#note-a-first"]), ("1", ["harbor/2/#note-b-second"])]
    assert body(pages, "report/harbor/2/index.md").xpath('//*[@id="note-b-second"]')


def test_a_collection_without_problems_has_a_report_that_says_so() -> None:
    page = body(pages_of(sound()), "report/quay/index.md")
    assert texts(page, '//p[@class="lead"]') == ["No problems at 0123456 of main, 9 Mar 2026."]
    assert page.xpath("//form | //table") == []


def test_all_of_a_hundred_percent_is_there() -> None:
    percent = vars(environment().get_template("_parts.html").module)["percent"]
    assert [re.sub("<.*?>", "", percent(part, 1_159)) for part in (0, 1_158, 1_159)] == ["0 %", "99 %", "100 %"]
    assert percent(0, 0) == "–"


def test_what_search_engines_are_told_is_data_that_no_text_can_leave() -> None:
    hostile = "</script><script>alert(1)</script> -- ``` ~~~ <!-- \u2028 é '"
    page = body(pages_of(text_everywhere(hostile, "x")), "codebundles/harbor/first/index.md")
    (block,) = page.xpath('//script[@type="application/ld+json"]')
    told = json.loads(block.text)
    assert told["name"].startswith("</script><script>alert(1)</script> -- ``` ~~~ <!--")
    assert told["identifier"] == "harbor/first"
    assert len(page.xpath("//script")) == 1


def test_agents_are_told_the_functions_address() -> None:
    pages = pages_of(sound(), search_url="https://f.example/")
    page = body(pages, "agents/index.md")
    assert page.xpath('//p[@class="address"]/code/text()') == ["https://f.example/mcp"]
    snippets = page.xpath("//pre/text()")
    assert len([json.loads(text) for text in snippets if text.startswith("{")]) == 4
    assert all("https://f.example/" in text for text in snippets)
    assert page.xpath("//pre/@id") == [button.get("data-copy-from") for button in page.xpath("//pre/../button")]
    assert page.xpath('//*[@data-own] | //p[@class="notice"]') == []
    assert texts(page, '//section[@aria-labelledby="tools"]//dt') == list(TOOLS)
    (command,) = body(pages, "index.md").xpath("//pre/text()")
    assert command == "claude mcp add --transport http codecollection-registry https://f.example/mcp"


@pytest.mark.parametrize(
    ("search_url", "site_url", "whole"),
    [
        ("", "https://r.example/sub/", "https://r.example/sub"),
        ("/", "https://r.example/sub", "https://r.example"),
        ("/function/", "https://r.example", "https://r.example/function"),
        ("https://f.example/prod", "https://r.example", "https://f.example/prod"),
        ("", "", "https://HOST"),
        ("/function", "", "https://HOST/function"),
    ],
)
def test_the_functions_address_is_a_whole_one(search_url: str, site_url: str, whole: str) -> None:
    assert function_address(search_url, site_url) == whole


def test_a_collection_is_known_by_its_page_and_its_repository() -> None:
    page = body(pages_of(sound()), "collections/harbor/index.md")
    told = json.loads(page.xpath('//script[@type="application/ld+json"]')[0].text)
    assert (told["url"], told["sameAs"]) == ("/collections/harbor/", "https://github.com/o/harbor.git")


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


def test_words_for_people() -> None:
    assert day("2026-05-09T09:13:04Z") == "9 May 2026"
    assert day(None) == "unknown"
    assert words(["a", "b", "c"]) == "a, b and c"
    assert words([]) == ""
    assert clip("one two  three", 9) == "one two\N{NO-BREAK SPACE}…"
    assert pieces("Ping `${HOST}` at ${PORT}") == [
        ("Ping ", False), ("HOST", True), (" at ", False), ("PORT", True),
    ]  # fmt: skip
