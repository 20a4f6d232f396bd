"""A long catalogue's list in several files: what scripts do with it is what they do with one."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.browsing import complaints, needs_chromium
from tests.support.place import Place

pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    opened = browser.new_page(base_url=address)
    wrong = complaints(opened, address)
    yield opened
    opened.close()
    assert wrong == []


@pytest.fixture
def in_parts(page: Page, built: Place) -> list[str]:
    """As a long catalogue has it: the list in three files, of which these were asked for."""
    whole = json.loads((built.folder / "site" / "codebundles" / "list.json").read_text(encoding="utf-8"))
    asked: list[str] = []

    def part(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        asked.append(name)
        at = 0 if name == "list.json" else int(name.removeprefix("list-").removesuffix(".json")) - 1
        size = -(-len(whole["codebundles"]) // 3)
        shown = whole["codebundles"][size * at : size * (at + 1)]
        route.fulfill(json={**whole, "parts": 3, "codebundles": shown})

    page.route("**/list.json", part)
    page.route("**/page/list-*.json", part)
    return asked


@pytest.mark.parametrize("path", ["/codebundles/", "/tools/"])
def test_a_list_in_parts_is_filtered_whole(
    page: Page, bundles: list[dict[str, Any]], in_parts: list[str], path: str
) -> None:
    page.goto(f"{path}?platform=Kubernetes")
    rows = [tool for one in bundles if "Kubernetes" in one["platforms"] for tool in one["tools"]]
    found = len(rows) if path == "/tools/" else sum("Kubernetes" in one["platforms"] for one in bundles)
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text(f"{found} of ")
    assert sorted(in_parts) == ["list-2.json", "list-3.json", "list.json"]


def test_the_selection_reads_all_parts(page: Page, bundles: list[dict[str, Any]], in_parts: list[str]) -> None:
    first, last = bundles[0], bundles[-1]
    page.goto(f"/selection/?ids={first['id']},{last['id']}")
    expect(page.locator("[data-chosen] li")).to_contain_text([first["title"], last["title"]])
    expect(page.get_by_text("not in the catalogue any more")).to_have_count(0)
    assert len(in_parts) == 3
