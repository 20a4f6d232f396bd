"""Page, REST, MCP and plain HTTP answer alike: the same ids in the same order, equal counts."""

import json
import re
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from search_fn.index.open import Index, open_index
from search_fn.search.ranking import search
from search_fn.settings import Settings
from tests.support.asked import QUERIES, queries
from tests.support.browsing import needs_chromium
from tests.support.mcp_messages import call
from tests.support.place import Place

PAGE = 20
pytestmark = [pytest.mark.slow, needs_chromium]


@pytest.fixture(scope="module")
def index(built: Place) -> Index:
    return open_index(Settings(str(built.folder / "index"), built.folder / "index"))


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Page:
    return browser.new_page(base_url=address)


def test_every_way_to_ask_gives_the_same_ids_in_the_same_order(address: str, page: Page, index: Index) -> None:
    asked = queries(index)
    assert len(asked) >= QUERIES
    with httpx2.Client(base_url=address, timeout=30) as client:
        for query, platform in asked:
            rest = client.get("/api/v1/search", params={"q": query, "platform": platform, "limit": PAGE}).json()
            ids = [result["id"] for result in rest["results"]]
            said = (query, platform)

            page.goto(f"/search/?{httpx2.QueryParams({'q': query, 'platform': platform})}")
            expect(page.locator("[data-count]")).to_contain_text("result")
            # Some are folded.
            shown = page.locator(".results > li > code").all_text_contents()
            status = page.locator("[data-count]").inner_text().replace(",", "")
            assert shown == ids, said
            counted = re.findall(r"(\d+) (?:results?|less likely)", status)
            assert sum(map(int, counted)) == rest["total"], said

            arguments = {"query": query, "platform": platform, "detail": "brief", "max_results": PAGE}
            by_mcp = call(client, "find_codebundle", arguments)["structuredContent"]
            assert [result["id"] for result in by_mcp["results"]] == ids, said
            assert by_mcp["total"] == rest["total"], said
            body = {"tool_name": "find_codebundle", "arguments": arguments}
            assert client.post("/tools/call", json=body).json()["structured"] == by_mcp, said

            upstream = {"search": query, "platform": platform, "limit": str(PAGE)}
            listed = client.get("/api/v1/codebundles", params=upstream).json()
            assert [bundle["id"] for bundle in listed["codebundles"]] == ids, said
            assert listed["total_count"] == rest["total"], said


def test_the_counts_of_every_document_agree(address: str, index: Index) -> None:
    with httpx2.Client(base_url=address, timeout=30) as client:

        def read(path: str) -> dict[str, Any]:
            found: dict[str, Any] = json.loads(client.get(f"/api/v1/{path}").content)
            return found

        counts = index.manifest.counts
        assert read("search?q=")["total"] == read("codebundles")["total_count"] == counts.bundles
        assert read("codebundles.json")["total_count"] == counts.bundles == len(index.ids)
        assert read("registry/tasks")["total_count"] == counts.tools == counts.runbook_tools + counts.monitor_tools
        assert read("registry/stats") == {
            "collections": counts.collections,
            "codebundles": counts.bundles,
            "tasks": counts.tools,
            "slis": counts.monitor_tools,
        }
        assert read("index")["counts"] == read("health")["counts"] == counts.model_dump()
        assert search(index, "").total == counts.bundles
        tools = call(client, "list_codebundles", {})["structuredContent"]
        assert tools["total"] == counts.bundles
