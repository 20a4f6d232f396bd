"""Whoever asks what a bundle may do is told the same: JSON, page, Markdown, searches, lists and agents."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from lxml import html

from search_fn.rest.application import create_app
from search_fn.search.access import stated
from search_fn.settings import Settings
from tests.support.place import Place
from tests.support.serving import serving

WORDS = {"read-only": "Read-only", "read-write": "Read-write", "unknown": "Access unknown"}
FIELDS = ("access_level", "access_level_source", "access_level_claimed", "effect")


@pytest.fixture(scope="module")
def function(built: Place) -> Iterator[httpx2.Client]:
    index = built.folder / "index"
    with serving(create_app(Settings(str(index), index))) as client:
        yield client


def records(built: Place) -> list[dict[str, Any]]:
    found = sorted((built.folder / "site/api/v1/collections").glob("*/codebundles/*.json"))
    return [json.loads(file.read_bytes()) for file in found]


def asked(function: httpx2.Client, path: str, **query: str | int) -> Any:
    return function.get(path, params=query).raise_for_status().json()


def called(function: httpx2.Client, name: str, **arguments: str | int) -> Any:
    answer = function.post("/tools/call", json={"tool_name": name, "arguments": arguments})
    return answer.raise_for_status().json()


def test_the_samples_have_each_kind(built: Place) -> None:
    """Else what follows would compare nothing."""
    found = records(built)
    assert {one["access_level"] for one in found} == set(WORDS)
    assert {one["effect"] for one in found} == {"reads", "changes", "unclear"}
    assert {"verified", "declared", None} <= {one["access_level_source"] for one in found}


def test_level_and_source_are_those_of_the_record_everywhere(built: Place, function: httpx2.Client) -> None:
    results = {one["id"]: one for one in asked(function, "/api/v1/search", limit=100)["results"]}
    listed = {one["id"]: one for one in asked(function, "/api/v1/codebundles", limit=500)["codebundles"]}
    rows = {
        one["id"]: one for one in json.loads((built.folder / "site/codebundles/list.json").read_bytes())["codebundles"]
    }
    llms = (built.folder / "site/llms.txt").read_text(encoding="utf-8")
    feed = json.loads((built.folder / "site/feed.json").read_bytes())["items"]
    fed = {one["id"].removeprefix("urn:codebundle:"): one for one in feed}
    for record in records(built):
        id_, wanted, said = record["id"], [record[name] for name in FIELDS], stated(record)
        for other in (results[id_], listed[id_], fed[id_]["_registry"]):
            assert [other[name] for name in FIELDS] == wanted
        assert [rows[id_][name] for name in ("access", "source", "claimed", "effect")] == wanted
        folder = built.folder / "site/codebundles" / id_
        twin = (folder / "index.md").read_text(encoding="utf-8")
        assert f"\nAccess: {said}\n" in twin
        assert said in fed[id_]["content_text"]
        assert re.search(rf"{re.escape(id_)}/index\.md\).*\({re.escape(said)}\)$", llms, re.MULTILINE)
        page = html.fromstring((folder / "index.html").read_bytes())
        (chip,) = page.xpath('//p[@class="chips"]//span[contains(@class, "access")]')
        assert (chip.text, len(chip)) == (WORDS[record["access_level"]], int(record["access_level_source"] is not None))
        (fact,) = page.xpath('//aside//dt[text()="Access"]/following-sibling::dd[1]')
        assert fact.text == f"{said[0].upper()}{said[1:]}"
        for detail in ("brief", "standard", "full"):
            answer = called(function, "get_codebundle_details", slug=id_, detail=detail)
            told = answer["structured"]["codebundle"]
            assert [told[name] for name in FIELDS] == wanted
            assert f"\nAccess: {said}\n" in answer["result"]
            tools = [(one["access"], one["effect"]) for one in told["tools"]]
            assert tools == [(one["access"], one["effect"]) for one in record["tools"]]
        found = called(function, "find_codebundle", query=id_)
        assert f"  - Access: {said}\n" in found["result"]


@pytest.mark.parametrize(("name", "field"), [("access", "access_level"), ("effect", "effect")])
def test_searches_lists_and_agents_filter_by_it_and_count_it(
    built: Place, function: httpx2.Client, name: str, field: str
) -> None:
    found = records(built)
    facet = {one["value"]: one["count"] for one in asked(function, "/api/v1/search")["facets"][name]}
    values = {one[field] for one in found}
    assert facet == {value: sum(one[field] == value for one in found) for value in values}
    for value in values:
        wanted = {one["id"] for one in found if one[field] == value}
        for query in ("", "pods"):
            answer = asked(function, "/api/v1/search", q=query, limit=100, **{name: value})
            assert {one["id"] for one in answer["results"]} <= wanted
            assert answer["notes"] == []
        assert {one["id"] for one in asked(function, "/api/v1/search", limit=100, **{name: value})["results"]} == wanted
        own = {"access": "access_level"}.get(name, name)
        listed = asked(function, "/api/v1/codebundles", limit=500, **{own: value.upper()})
        assert {one["id"] for one in listed["codebundles"]} == wanted
        answer = called(function, "list_codebundles", max_results=50, **{name: value})
        assert {one["id"] for one in answer["structured"]["results"]} == wanted
        answer = called(function, "find_codebundle", query="pods", **{name: value})
        assert {one["id"] for one in answer["structured"]["results"]} <= wanted


@pytest.mark.parametrize(
    "needs", ["pods", "PODS", "pods/log", "list pods", "s3", "S3:GetBucketAcl", "autoscaling", "events,s3"]
)
def test_bundles_are_found_by_what_they_need(built: Place, function: httpx2.Client, needs: str) -> None:
    patterns = [rf"(?<!\w){re.escape(one)}(?!\w)" for one in needs.lower().split(",")]
    wanted = {
        one["id"]
        for one in records(built)
        if any(re.search(pattern, need.lower()) for pattern in patterns for need in one["minimum_iam_requirements"])
    }
    for path, rows in (("/api/v1/search", "results"), ("/api/v1/codebundles", "codebundles")):
        assert {one["id"] for one in asked(function, path, needs=needs, limit=100)[rows]} == wanted
    answer = called(function, "find_codebundle", query="health of pods and buckets", needs=needs)
    assert {one["id"] for one in answer["structured"]["results"]} <= wanted


@pytest.mark.parametrize("needs", ["pod", "pods/lo", "nothing:AtAll"])
def test_a_permission_that_nothing_needs_is_named(function: httpx2.Client, needs: str) -> None:
    for path, rows in (("/api/v1/search", "results"), ("/api/v1/codebundles", "codebundles")):
        answer = asked(function, path, needs=needs)
        assert answer[rows] == []
        assert answer["notes"][0].startswith(f'No permission here is "{needs}"')


def test_a_record_says_of_each_command_where_it_stands(built: Place) -> None:
    for record in records(built):
        commit = record["codecollection"]["commit"]
        needed = [need["permission"] for need in record["permissions"]]
        assert record["minimum_iam_requirements"] == list(dict.fromkeys(needed))
        for one in (command for tool in record["tools"] for command in tool["commands"]):
            assert one["source_url"].endswith(f"/{commit}/{one['path']}#L{one['line']}")
        # What a permission follows from has path and line; the page has their addresses, of the first three.
        page = html.fromstring((built.folder / "site/codebundles" / record["id"] / "index.html").read_bytes())
        linked = page.xpath('//section[@aria-labelledby="permissions"]//a/@href')
        for one in (line for need in record["permissions"] for line in need["evidence"][:3]):
            assert any(address.endswith(f"/{commit}/{one['path']}#L{one['line']}") for address in linked)
        for tool in record["tools"]:
            effects = [command["effect"] for command in tool["commands"]]
            assert effects == sorted(effects, key=["changes", "unclear", "reads"].index) or "changes" not in effects
            assert tool["unclear_because"] or tool["effect"] != "unclear"


def test_the_files_beside_a_record_are_the_same_from_the_function(built: Place, function: httpx2.Client) -> None:
    site = built.folder / "site"
    kinds = {
        "config.yaml": "application/yaml",
        "kubernetes-role.yaml": "application/yaml",
        "aws-policy.json": "application/json",
    }
    for record in records(built):
        path = f"/api/v1/collections/{record['codecollection']['slug']}/codebundles/{record['slug']}"
        platforms = {need["platform"] for need in record["permissions"]}
        for (name, kind), platform in zip(kinds.items(), (None, "Kubernetes", "AWS"), strict=True):
            answer = function.get(f"{path}/{name}")
            file = site / f"{path[1:]}/{name}"
            assert file.exists() == (platform is None or platform in platforms) == (answer.status_code == 200)
            if file.exists():
                assert answer.content == file.read_bytes()
                assert answer.headers["content-type"].partition(";")[0] == kind
            else:
                assert "no such file beside it" in answer.json()["detail"]
    assert "There is no such CodeBundle" in function.get("/api/v1/collections/x/codebundles/y/z").json()["detail"]
