"""Completions, over real HTTP."""

from typing import Any

import httpx2
import pytest

from tests.support.mcp_messages import ERAS, Era, refused, result, send

BUNDLE = {"type": "ref/resource", "uri": "codebundle://{collection}/{codebundle}"}
PROMPT = {"type": "ref/prompt", "name": "troubleshoot"}


def completed(api: httpx2.Client, ref: dict[str, Any], name: str, value: str, **given: str) -> list[str]:
    params = {"ref": ref, "argument": {"name": name, "value": value}, "context": {"arguments": given}}
    found = result(send(api, "modern", "completion/complete", params))["completion"]
    assert found["total"] == len(found["values"])
    assert found["hasMore"] is False
    values: list[str] = found["values"]
    return values


def test_names_are_completed(api: httpx2.Client) -> None:
    assert completed(api, BUNDLE, "collection", "b") == ["beacon-codecollection"]
    assert completed(api, BUNDLE, "collection", "") == ["anchor-codecollection", "beacon-codecollection"]
    assert completed(api, PROMPT, "platform", "kub") == ["Kubernetes"]
    every = completed(api, BUNDLE, "codebundle", "http")
    assert "http-endpoint-check" in every
    beginning = [each.startswith("http") for each in every]
    assert beginning == sorted(beginning, reverse=True)


def test_a_bundle_is_one_of_the_collection_that_is_chosen(api: httpx2.Client) -> None:
    whole = completed(api, BUNDLE, "codebundle", "")
    own = completed(api, BUNDLE, "codebundle", "", collection="anchor-codecollection")
    assert 0 < len(own) < len(whole)


@pytest.mark.parametrize(
    ("ref", "name"),
    [(PROMPT, "problem"), (PROMPT, "x"), ({**PROMPT, "name": "x"}, "platform"), ({**BUNDLE, "uri": "x://{x}"}, "x")],
)
def test_where_nothing_is_known_there_is_none(api: httpx2.Client, ref: dict[str, Any], name: str) -> None:
    assert completed(api, ref, name, "a") == []


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"ref": PROMPT},
        {"ref": {"type": "x"}, "argument": {"name": "platform", "value": ""}},
        {"ref": PROMPT, "argument": {"name": "platform", "value": 1}},
        {"ref": PROMPT, "argument": {"name": "platform", "value": ""}, "context": []},
    ],
)
def test_what_is_no_question_is_refused(api: httpx2.Client, era: Era, params: dict[str, Any]) -> None:
    refused(send(api, era, "completion/complete", params), -32602, 400 if era == "modern" else 200)
