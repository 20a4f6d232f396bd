"""What agents are told of the function's address."""

import base64
import json
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from build.site.agents_page import clients, function_address
from search_fn.tools.registry import TOOLS
from tests.support.catalogues import (
    pages_of,
    sound,
)
from tests.support.page_parts import body, texts


def test_agents_are_told_the_functions_address() -> None:
    pages = pages_of(sound(), search_url="https://f.example/")
    page = body(pages, "agents/index.md")
    assert page.xpath('//p[@class="address"]/code/text()') == ["https://f.example/mcp"]
    snippets = page.xpath("//pre/text()")
    assert len([json.loads(text) for text in snippets if text.startswith("{")]) == 4
    (install,) = [text for text in snippets if text.startswith("npx skills")]
    assert install == "npx skills add https://HOST/ --skill codecollection-registry"
    assert all("https://f.example/" in text for text in snippets if text != install)
    assert page.xpath("//pre/@id") == [button.get("data-copy-from") for button in page.xpath("//pre/../button")]
    cursor, vscode = page.xpath('//section[@aria-labelledby="clients"]//p/a[contains(@href, "mcp/install")]/@href')
    asked = parse_qs(urlsplit(cursor).query)
    assert json.loads(base64.b64decode(asked["config"][0])) == {"url": "https://f.example/mcp"}
    assert json.loads(unquote(urlsplit(vscode).query)) == {
        "name": asked["name"][0], "type": "http", "url": "https://f.example/mcp",
    }  # fmt: skip
    # The site's own address is not known here: only what needs that one is put right in the browser.
    assert page.xpath('//*[@data-own]/@aria-labelledby | //p[@class="notice"]') == ["skills"]
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


def test_what_has_no_address_cannot_be_installed_by_a_link() -> None:
    assert [client.install for client in clients("https://HOST/mcp")] == [""] * 6
