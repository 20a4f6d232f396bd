"""The report: problems by code and collection, and pages of them."""

from lxml import html

from build.model import Problem
from tests.support.catalogues import (
    COMMIT,
    pages_of,
    sound,
)
from tests.support.page_parts import body, texts


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
