"""MCP's extension for skills, over real HTTP: https://github.com/modelcontextprotocol/ext-skills."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from search_fn.index.facts import SKILLS, IndexUnavailableError
from search_fn.index.open import open_index
from search_fn.rest.application import create_app
from search_fn.settings import Settings
from search_fn.skills import catalogue as skills
from tests.search_fn.conftest import MadeUp
from tests.support.made_up import records, settings_for
from tests.support.mcp_messages import ERAS, Era, refused, result, send
from tests.support.serving import serving

PODS = "skill://beacon-codecollection/k8s-pod-restarts/SKILL.md"
HINTS = {"resultType": "complete", "ttlMs": 60_000, "cacheScope": "public"}


def listed(api: httpx2.Client, era: Era = "modern") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    params: dict[str, Any] = {}
    while True:
        page = result(send(api, era, "skills/list", params))
        assert {key: page[key] for key in HINTS} == HINTS
        found += page["skills"]
        if "nextCursor" not in page:
            return found
        params = {"cursor": page["nextCursor"]}


@pytest.mark.parametrize("era", ERAS)
def test_the_extension_is_declared_with_resources(api: httpx2.Client, era: Era) -> None:
    method = {"modern": "server/discover", "legacy": "initialize"}[era]
    declared = result(send(api, era, method, {"protocolVersion": "2025-11-25"}))["capabilities"]
    assert declared["extensions"] == {"io.modelcontextprotocol/skills": {}}
    assert "resources" in declared


@pytest.mark.parametrize("era", ERAS)
def test_every_skill_is_listed_got_and_read_with_the_same_bytes(api: httpx2.Client, era: Era) -> None:
    found = listed(api, era)
    assert len(found) == len(records()) + 1
    assert found[0]["uri"] == "skill://registry/codecollection-registry/SKILL.md"
    assert len({one["uri"] for one in found}) == len({one["frontmatter"]["name"] for one in found}) == len(found)
    for one in found:
        uri, head = one["uri"], one["frontmatter"]
        assert uri.split("/")[-2:] == [head["name"], "SKILL.md"]
        got = result(send(api, era, "skills/get", {"uri": uri}))
        assert got["skill"] == one
        assert {key: got[key] for key in HINTS} == HINTS
        (content,) = result(send(api, era, "resources/read", {"uri": uri}))["contents"]
        assert (content["uri"], content["mimeType"]) == (uri, "text/markdown")
        raw = content["text"].encode()
        assert one["resources"] == [
            {"uri": uri, "digest": f"sha256:{hashlib.sha256(raw).hexdigest()}", "size": len(raw)}
        ]
        assert yaml.safe_load(content["text"].split("---\n")[1]) == head


@pytest.mark.parametrize("size", [1, 4, 1_000])
def test_pages_are_the_whole_in_order(api: httpx2.Client, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = listed(api)
    monkeypatch.setattr(skills, "_PAGE", size)
    assert len(result(send(api, "modern", "skills/list"))["skills"]) == min(size, len(whole))
    assert listed(api) == whole


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("cursor", ["x", "-1.made-up-0123456789", "2.another-build", 2, ["2"]])
def test_a_cursor_that_nobody_gave_is_refused(api: httpx2.Client, era: Era, cursor: object) -> None:
    refused(send(api, era, "skills/list", {"cursor": cursor}), -32602, 400 if era == "modern" else 200)


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    "uri",
    [
        "", "skill://", "skill://beacon-codecollection/k8s-pod-restarts", PODS + "/", PODS.lower(), PODS + "?x=1",
        PODS.replace("SKILL.md", "references/x.md"), PODS.replace("skill:", "codebundle:"), PODS.replace("://", ":///"),
        "skill://beacon-codecollection/../SKILL.md", "skill://x/' OR 1=1 --/SKILL.md", 5, None, ["x"],
    ],
)  # fmt: skip
def test_what_is_no_skill_is_wrong_parameters(api: httpx2.Client, era: Era, uri: object) -> None:
    refused(send(api, era, "skills/get", {"uri": uri}), -32602, 400 if era == "modern" else 200)
    if isinstance(uri, str) and uri.startswith("skill:"):
        code = -32602 if era == "modern" else -32002
        refused(send(api, era, "resources/read", {"uri": uri}), code, 400 if era == "modern" else 200)


def test_scheme_and_collection_are_read_in_any_case(api: httpx2.Client) -> None:
    spelled = [PODS, PODS.replace("skill://beacon", "SKILL://Beacon")]
    texts = [result(send(api, "modern", "resources/read", {"uri": uri}))["contents"][0]["text"] for uri in spelled]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("method", ["skills/list", "skills/get"])
def test_without_an_index_it_is_503(tmp_path: Path, method: str) -> None:
    with serving(create_app(Settings(index_uri=str(tmp_path / "none"), encoder_folder=tmp_path))) as client:
        refused(send(client, "modern", method, {"uri": PODS}), -32603, 503)


def test_opening_an_index_reads_no_skill(made_up: MadeUp) -> None:
    shutil.copytree(made_up.folder, copy := made_up.folder.with_name("without-skills"), dirs_exist_ok=True)
    shutil.rmtree(copy / f"{SKILLS}.lance" / "data")
    index = open_index(settings_for(copy))
    with pytest.raises(IndexUnavailableError):
        skills.page(index, "")
