"""The page that shows the function's interface."""

import json
from typing import Any

from lxml import html

from build.site.api_page import interface_page
from search_fn.rest.application import create_app
from search_fn.settings import Settings


def described() -> Any:
    return create_app(Settings()).openapi()


def test_every_operation_is_shown_with_each_of_its_parameters() -> None:
    openapi = described()
    page = html.document_fromstring(interface_page(openapi))
    shown = {"".join(head.itertext()): head.getparent() for head in page.iter("h3")}
    wanted = {f"{m.upper()} {path}": one for path, methods in openapi["paths"].items() for m, one in methods.items()}
    assert set(shown) == set(wanted)
    for head, operation in wanted.items():
        names = [cell.text_content() for cell in shown[head].xpath(".//tbody/tr/td[1]")]
        for parameter in operation.get("parameters", []):
            suffix = ", required" if parameter.get("required") else ""
            assert f"{parameter['name']}{suffix}" in names
        # With its description and an example of its value.
        cells = shown[head].xpath(".//tbody/tr[td[2] != 'body']/td")
        assert all(cell.text_content().strip() for cell in cells)
    called = shown["POST /tools/call"].xpath(".//tbody/tr/td[1]")
    assert [cell.text_content() for cell in called] == ["tool_name, required", "arguments"]


def test_examples_are_written_as_a_caller_writes_them() -> None:
    page = html.document_fromstring(interface_page(described()))
    rows = [[cell.text_content() for cell in row.iter("td")] for row in page.xpath("//tbody/tr")]
    examples = {(name.partition(",")[0], place): example for name, place, _, _, example in rows}
    assert examples["platform", "query"] == "AWS"
    assert examples["limit", "query"] in ("10", "50")
    assert examples["explain", "query"] == "true"
    assert examples["collection", "path"] == "rw-cli-codecollection"
    assert examples["arguments", "body"] == '{"query": "pods keep restarting"}'


def test_it_asks_nobody_and_runs_nothing() -> None:
    page = html.document_fromstring(interface_page(described()))
    assert page.xpath("//script | //img | //iframe") == []
    assert page.xpath("//link/@href") == ["data:,"]
    assert [href for href in page.xpath("//a/@href") if not href.startswith("#")] == ["/openapi.json"]


def test_each_operation_has_an_address_of_its_own_that_the_contents_name() -> None:
    page = html.document_fromstring(interface_page(described()))
    everything = page.xpath("//@id")
    assert len(everything) == len(set(everything))
    ids = page.xpath("//section/@id")
    assert len(ids) == len(set(ids)) > 30
    assert [href[1:] for href in page.xpath('//nav[@class="contents"]//a/@href')] == ids


def test_each_operation_has_a_request_to_copy_and_what_answers_it() -> None:
    page = html.document_fromstring(interface_page(described()))
    requests = page.xpath('//pre[@class="request"]/text()')
    assert len(requests) == len(page.xpath("//section"))
    assert 'curl "$REGISTRY/api/v1/search?q=pods+keep+restarting&limit=10"' in requests
    assert not [request for request in requests if "{" in request.partition(" -d ")[0] or "null" in request]
    (answer,) = page.xpath('//section[@id="search"]//details/pre/text()')
    assert json.loads(answer)["results"][0]["access_level"] == "read-only"


def test_what_stands_between_backticks_is_code() -> None:
    page = html.document_fromstring(interface_page(described()))
    assert "`" not in "".join(page.xpath("//section/p//text() | //td//text()"))


def test_a_value_is_told_in_words() -> None:
    text = interface_page(described())
    assert "text, at most 2,000 characters" in text
    assert "whole number, from 1, to 100, default 10" in text
    assert "true or false, default false" in text
    assert "text; may be repeated" in text
    assert "name or updated or tasks" in text
