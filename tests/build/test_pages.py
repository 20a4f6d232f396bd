import json
import re
from typing import Any

import pytest
import yaml
from catalogues import COMMIT, HARBOR, HOSTILE, QUAY, entry, made_up, sound, text_everywhere
from lxml import html

from build.links import Source as Repository
from build.model import Bundle, Problem, Tool
from build.page_values import clip, day, pieces, prose, words
from build.pages import render_pages


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
    plain = render_pages(text_everywhere("!{plain} words", "plain words"), search_url="")
    hostile = render_pages(text_everywhere(HOSTILE, "plain words"), search_url="")
    assert plain.keys() == hostile.keys()
    assert len(plain) == 16
    for path, page in plain.items():
        assert skeleton(hostile[path]) == skeleton(page), path


def test_a_strangers_text_is_shown() -> None:
    pages = render_pages(text_everywhere(HOSTILE, HOSTILE), search_url="")
    for path in pages.keys() - {"search/index.md", "selection/index.md", "agents/index.md"}:
        shown = body(pages, path).text_content()
        assert "<script>alert(1)</script>" in shown, path
        assert "{{7777777*7}}" in shown, path


@pytest.mark.parametrize(
    "text", [HOSTILE, "---\ntemplate: main.html\n---\n", "a: b\n...\n", "é \U0001f600 \ufeff", "'"]
)
def test_front_matter_holds_titles_escaped(text: str) -> None:
    page = render_pages(text_everywhere(text, text), search_url="")["codebundles/harbor/first/index.md"]
    meta, _ = parts(page)
    assert set(meta) == {"template", "title", "description", "hide", "updated", "script", "data"}
    assert meta["template"] == "page.html"
    assert not set("<>\"'\n") & set(meta["title"] + meta["description"])
    assert page.split("\n---\n")[0].isascii()


def test_what_markdown_would_change_is_written_as_references() -> None:
    fenced = "```\nif a:\n\tb\n```\n\n~~~\nc\n~~~\n"
    page = render_pages(text_everywhere("a\tb ``` ~~~", fenced), search_url="")["codebundles/harbor/first/index.md"]
    block = page.partition("\n---\n")[2]
    assert [mark for mark in ("\t", "```", "~~~") if mark in block] == []
    assert "if a:\n\tb\n" in parts(page)[1].text_content()


def test_equal_catalogues_make_equal_pages() -> None:
    assert render_pages(sound(), search_url="") == render_pages(sound(), search_url="")


def test_every_address_of_the_contract_has_its_page() -> None:
    assert set(render_pages(sound(), search_url="")) == {
        "index.md",
        "codebundles/index.md",
        "codebundles/harbor/pod-bearing/index.md",
        "codebundles/quay/quay_ping/index.md",
        "collections/index.md",
        "collections/adrift/index.md",
        "collections/harbor/index.md",
        "collections/quay/index.md",
        "tools/index.md",
        "documentation/index.md",
        "libraries/index.md",
        "libraries/harbor/Compass.Needle/index.md",
        "search/index.md",
        "selection/index.md",
        "agents/index.md",
        "statistics/index.md",
        "report/index.md",
        "report/adrift/index.md",
        "report/harbor/index.md",
    }


def test_an_empty_catalogue_has_its_pages() -> None:
    pages = render_pages(made_up([]), search_url="")
    assert "0 Skill Templates" in body(pages, "codebundles/index.md").text_content()
    assert "No problems" in body(pages, "report/index.md").text_content()


def test_a_bundles_page_says_what_it_does_needs_and_may_touch() -> None:
    page = body(render_pages(sound(), search_url=""), "codebundles/harbor/pod-bearing/index.md")
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
    page = body(render_pages(sound(), search_url=""), "libraries/harbor/Compass.Needle/index.md")
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
    listed = body(render_pages(sound(), search_url=""), "libraries/index.md")
    assert "harbor/Compass.Needle/#Without" in listed.xpath("//li//a/@href")


def test_a_bundles_page_leaves_out_what_it_has_not() -> None:
    page = body(render_pages(sound(), search_url=""), "codebundles/quay/quay_ping/index.md")
    assert texts(page, "//h2") == ["Tools", "Use it", "History"]
    assert texts(page, "//h3") == ["Monitor 1 tool, run on a schedule"]
    assert texts(page, '//li[@id="monitor-9"]//h4') == ["Ping HOST"]
    assert texts(page, '//li[@id="monitor-9"]//var') == ["HOST"]
    assert texts(page, '//p[@class="notice"]')
    assert "no tool has an access tag" in page.xpath("//aside")[0].text_content()


def test_a_bundle_without_history_or_tools_has_a_page() -> None:
    bare = entry(Bundle(name="bare"), history=None)
    page = body(render_pages(made_up([bare]), search_url=""), "codebundles/harbor/bare/index.md")
    assert texts(page, "//h1") == ["Bare"]
    assert "no tools" in page.xpath("//aside")[0].text_content()


def test_a_read_me_leads_to_the_commit_that_is_shown() -> None:
    page = body(render_pages(sound(), search_url=""), "codebundles/harbor/pod-bearing/index.md")
    links = {a.text: a.get("href") for a in page.xpath('//section[@aria-labelledby="readme"]//a')}
    assert links == {
        "Use": "#readme-use",
        "Chart": f"https://github.com/o/harbor/blob/{COMMIT}/codebundles/chart/README.md",
    }


@pytest.mark.parametrize(
    ("markdown", "address"),
    [
        ("[a](run.sh#L3-L9)", "blob/1/codebundles/x/run.sh#L3-L9"),
        ("[a](run.sh?raw=1#top)", "blob/1/codebundles/x/run.sh"),
        ("[a](/libraries/a%20b.py)", "blob/1/libraries/a%20b.py"),
        ("[a](../../README.md)", "blob/1/README.md"),
        ("![a](a/../b.png)", "raw/1/codebundles/x/b.png"),
        ("[a](../../../b)", None),
        ("[a](/../b)", None),
        ("[a](%2e%2e/%2e%2e/%2e%2e/b)", None),
        ("[a](?q)", None),
    ],
)
def test_relative_addresses_stay_within_the_repository(markdown: str, address: str | None) -> None:
    at = Repository("https://github.com/o/r", "1")
    html_text = prose(markdown, at, "codebundles/x", first_heading=3, prefix="p-")
    assert re.findall(r'href="([^"]*)"', html_text) == ([f"https://github.com/o/r/{address}"] if address else [])


def test_the_list_can_be_filtered_by_what_it_shows() -> None:
    page = body(render_pages(sound(), search_url=""), "codebundles/index.md")
    rows = page.xpath("//li[@data-row]")
    # By title: Bearing of a pod, Quay Ping.
    assert [row.get("data-collection") for row in rows] == ["harbor", "quay"]
    assert [row.get("data-access") for row in rows] == ["read-write", "unknown"]
    assert [row.get("data-kind") for row in rows] == ["runbook|monitor", "monitor"]
    for row in rows:
        for name in ("collection", "access"):
            assert page.xpath(f'//select[@name="{name}"]/option[@value="{row.get(f"data-{name}")}"]')
    assert texts(page, '//select[@name="access"]/option')[1:] == ["Read-write (1)", "Access unknown (1)"]


def test_kinds_of_kubernetes_stand_under_it() -> None:
    page = body(render_pages(sound(), search_url=""), "index.md")
    (tile,) = page.xpath('//li[contains(@class, "wide")]')
    assert texts(tile, "./a") == ["Kubernetes 1"]
    assert [a.get("href") for a in tile.xpath("./ul//a")] == ["codebundles/?platform=AKS"]


def test_home_shows_the_latest_change_of_its_own_first() -> None:
    page = body(render_pages(sound(), search_url=""), "index.md")
    assert texts(page, '//section[@aria-labelledby="recent"]//li/a') == ["Quay Ping", "Bearing of a pod"]


def test_the_report_counts_problems_by_code_and_leads_to_them() -> None:
    page = body(render_pages(sound(), search_url=""), "report/index.md")
    rows = [texts(row, "./td") for row in page.xpath('//section[@aria-labelledby="codes"]//tbody/tr')]
    assert rows == [["not-fetched", "error", "1", "adrift"], ["rules-odd", "warning", "1", "harbor"]]
    assert page.xpath('//a[@href="harbor/#warning-rules-odd"]')
    assert texts(page, '//tr[td/a[@href="../collections/adrift/"]]/td')[1:3] == ["Never fetched", "–"]
    # Of the bearing's two tools, documentation and access tags.
    assert texts(page, '//tr[td/a[@href="../collections/harbor/"]]/td')[5:7] == ["50 %", "50 %"]


def test_a_collections_report_tells_each_problem_with_its_place() -> None:
    page = body(render_pages(sound(), search_url=""), "report/harbor/index.md")
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
    pages = {path: page for path, page in render_pages(catalogue, search_url="").items() if path.startswith("report/h")}
    assert list(pages) == ["report/harbor/index.md", "report/harbor/2/index.md", "report/harbor/3/index.md"]
    told = [text for path in pages for text in texts(body(pages, path), "//tr[@data-row]/td[2]")]
    assert told == [f"{number}." for number in range(1_001)]
    assert body(pages, "report/harbor/2/index.md").xpath('//a[@rel="prev"]/@href') == ["../../../report/harbor/"]
    assert body(pages, "report/harbor/2/index.md").xpath('//a[@rel="next"]/@href') == ["../../../report/harbor/3/"]


def test_what_search_engines_are_told_is_data_that_no_text_can_leave() -> None:
    hostile = "</script><script>alert(1)</script> -- ``` ~~~ <!-- \u2028 é '"
    page = body(render_pages(text_everywhere(hostile, "x"), search_url=""), "codebundles/harbor/first/index.md")
    (block,) = page.xpath('//script[@type="application/ld+json"]')
    told = json.loads(block.text)
    assert told["name"].startswith("</script><script>alert(1)</script> -- ``` ~~~ <!--")
    assert told["identifier"] == "harbor/first"
    assert len(page.xpath("//script")) == 1


def test_agents_are_told_the_functions_address() -> None:
    page = body(render_pages(sound(), search_url="https://f.example/"), "agents/index.md")
    assert page.xpath('//p[@class="address"]/code/text()') == ["https://f.example/mcp"]
    snippets = [json.loads(text) for text in page.xpath("//pre/code/text()") if text.startswith("{")]
    assert len(snippets) == 4
    assert all("https://f.example/mcp" in json.dumps(one) for one in snippets)
    assert body(render_pages(sound(), search_url=""), "agents/index.md").xpath('//p[@class="notice"]')


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
    meta, page = parts(render_pages(sound(), search_url=search_url)["search/index.md"])
    assert page.get("data-endpoint") == endpoint
    assert meta.get("connect") == origin


def test_names_that_only_differ_by_collection_have_pages_of_their_own() -> None:
    bundle = Bundle(name="same", has_runbook=True, tools=(Tool(kind="runbook", name="T", title="T", line=1),))
    pages = render_pages(made_up([entry(bundle, HARBOR), entry(bundle, QUAY)]), search_url="")
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
