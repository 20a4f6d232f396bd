"""The report: problems by code and collection, and pages of them."""

import csv

from lxml import html

from build.model import Problem
from build.runs import CollectionRun, Run
from build.site.report_page import problems_csv
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
    assert [row[:2] for row in rows] == [["lamp", "No such bundle."], ["the registrysources.yaml", "<b>odd</b>."]]
    assert page.xpath('//section[@aria-labelledby="codes"]//a[@href="#others"]/text()') == ["the registry"] * 2


def test_a_collections_report_tells_each_problem_with_its_place() -> None:
    page = body(pages_of(sound()), "report/harbor/index.md")
    (row,) = page.xpath('//*[@id="warning-rules-odd"]//tr[@data-row]')
    assert [a.get("href") for a in row.xpath(".//a")] == [
        "../../codebundles/harbor/pod-bearing/",
        f"https://github.com/o/harbor/blob/{COMMIT}/codebundles/Bearing%20of%20a%20pod#L3",
        "https://github.com/o/harbor/edit/main/codebundles/Bearing%20of%20a%20pod",
    ]
    # What the filters of the page choose by.
    assert (row.get("data-severity"), row.get("data-code")) == ("warning", "rules-odd")
    assert page.xpath("//form//input[@type='checkbox']/@value") == ["warning", "rules-odd"]


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


def test_the_report_says_how_many_problems_more_there_are_than_in_the_run_before() -> None:
    def run(problems: int) -> Run:
        how = CollectionRun(outcome="fetched", bundles=1, tools=1, problems=problems, failures=0)
        return Run(
            ended="2026-08-01T00:00:00Z",
            status=0,
            build_id="b",
            published=True,
            seconds={},
            collections={"harbor": how},
        )

    catalogue = sound()
    count = sum(problem.collection == "harbor" for problem in catalogue.problems)
    for before, said in (((count + 3,), "-3 since the run before"), ((count, count - 1), "+1 since the run before")):
        page = body(pages_of(catalogue._replace(runs=[run(problems) for problems in before])), "report/index.md")
        assert texts(page, '//tr[td/a[@href="../collections/harbor/"]]//small') == [said]
    same = body(pages_of(catalogue._replace(runs=[run(count)])), "report/index.md")
    assert texts(same, '//tr[td/a[@href="../collections/harbor/"]]//small') == []


def test_the_table_for_spreadsheets_has_every_problem_and_no_formula() -> None:
    odd = Problem(collection="harbor", path="a,b", line=3, code="odd", severity="error", message='=HYPERLINK("x")\n"')
    rows = list(csv.reader(problems_csv([odd]).splitlines(keepends=True)))
    assert rows == [
        ["collection", "bundle", "path", "line", "severity", "code", "message", "hint"],
        ["harbor", "", "a,b", "3", "error", "odd", '\'=HYPERLINK("x")\n"', ""],
    ]
