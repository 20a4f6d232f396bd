"""The catalogue as resources, over real HTTP."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from search_fn.mcp import resources
from search_fn.rest.application import create_app
from search_fn.settings import Settings
from search_fn.text import NOTICE
from tests.support.made_up import records, settings_for, write_made_up_index
from tests.support.mcp_messages import ERAS, Era, call, refused, result, send
from tests.support.paged import write_paged_index
from tests.support.serving import serving

PODS = "beacon-codecollection/k8s-pod-restarts"


def listed(api: httpx2.Client, era: Era = "modern") -> list[dict[str, Any]]:
    """The resources of all pages."""
    found: list[dict[str, Any]] = []
    params: dict[str, Any] = {}
    while True:
        page = result(send(api, era, "resources/list", params))
        found += page["resources"]
        if "nextCursor" not in page:
            return found
        params = {"cursor": page["nextCursor"]}


def text(api: httpx2.Client, uri: str, era: Era = "modern") -> str:
    (content,) = result(send(api, era, "resources/read", {"uri": uri}))["contents"]
    assert (content["uri"], content["mimeType"]) == (uri, "text/markdown")
    said: str = content["text"]
    return said


@pytest.mark.parametrize("era", ERAS)
def test_collections_then_bundles_are_listed_by_id(api: httpx2.Client, era: Era) -> None:
    found = listed(api, era)
    collections, bundles = ["anchor-codecollection", "beacon-codecollection"], [one.id for one in records()]
    assert [one["name"] for one in found] == [*collections, *bundles]
    addresses = [*(f"codecollection://{name}" for name in collections), *(f"codebundle://{name}" for name in bundles)]
    assert [one["uri"] for one in found] == addresses
    assert {frozenset(one) for one in found} == {frozenset({"uri", "name", "title", "description", "mimeType"})}
    # Words of ours, and nothing that a repository says of itself.
    pods = next(one for one in found if one["name"] == PODS)
    assert pods["title"] == "k8s pod restarts"
    assert pods["description"] == (
        "CodeBundle for Kubernetes, AKS, EKS, GKE: 3 runbook and 1 monitor tools, access read-only."
    )


@pytest.mark.parametrize("size", [1, 4, 15, 16])
def test_pages_are_the_whole_in_order(api: httpx2.Client, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = listed(api)
    monkeypatch.setattr(resources, "_PAGE", size)
    assert len(result(send(api, "modern", "resources/list"))["resources"]) == min(size, len(whole))
    assert listed(api) == whole


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("cursor", ["x", "-1.made-up-0123456789", "2.another-build", "²", 2, ["2"]])
def test_a_cursor_that_nobody_gave_is_refused(api: httpx2.Client, era: Era, cursor: object) -> None:
    refused(send(api, era, "resources/list", {"cursor": cursor}), -32602, 400 if era == "modern" else 200)


@pytest.mark.parametrize("era", ERAS)
def test_templates_say_what_addresses_are_like(api: httpx2.Client, era: Era) -> None:
    found = result(send(api, era, "resources/templates/list"))["resourceTemplates"]
    assert [one["uriTemplate"] for one in found] == [
        "codecollection://{collection}",
        "codebundle://{collection}/{codebundle}",
        "documentation://{category}/{page}",
        "codebundle://{collection}/{codebundle}/{+path}",
        "skill://{collection}/{name}/SKILL.md",
    ]


def test_documentation_is_read_by_section(encoder_path: Path, tmp_path: Path) -> None:
    write_paged_index(tmp_path / "index_data", encoder_path)
    with serving(create_app(settings_for(tmp_path / "index_data"))) as client:
        pages = [one["uri"] for one in listed(client) if one["uri"].startswith("documentation://")]
        assert pages == ["documentation://documentation/rules", "documentation://faq/secrets"]
        assert "Rules lie" in text(client, pages[0])
        assert "Rules lie" not in text(client, f"{pages[0]}#templates")
        read = send(client, "modern", "resources/read", {"uri": f"{pages[0]}#none"})
        assert "it has `where`, `templates`" in refused(read, -32602, 400)["error"]["message"]


@pytest.mark.parametrize("era", ERAS)
def test_a_bundle_is_read_as_its_details_are_told(api: httpx2.Client, era: Era) -> None:
    said = text(api, f"codebundle://{PODS}", era)
    assert said == call(api, "get_codebundle_details", {"slug": PODS, "detail": "full"}, era)["content"][0]["text"]
    for part in (NOTICE, "at commit 0123456789abcdef", "List Restarting Pods", "## README"):
        assert part in said


def test_a_collection_is_read_with_the_ids_of_its_bundles(api: httpx2.Client) -> None:
    said = text(api, "codecollection://beacon-codecollection")
    told = call(api, "list_codecollections", {})["content"][0]["text"]
    about = [line for line in told.partition("- Slug: `beacon")[2].splitlines() if line.startswith("  ")]
    assert [line for line in said.splitlines() if line in about] == about != []
    bundles = [one.id for one in records() if one.id.startswith("beacon-")]
    assert [line[2:].strip("`") for line in said.partition("## CodeBundles")[2].splitlines() if line] == bundles
    assert NOTICE in said


def test_a_collection_of_many_bundles_says_what_was_cut(api: httpx2.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = text(api, "codecollection://beacon-codecollection")
    monkeypatch.setattr(resources, "HARD_SIZE", 700)
    said = text(api, "codecollection://beacon-codecollection")
    assert len(said) < len(whole)
    assert "Not in this answer: " in said


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    "uri",
    [
        "codebundle://beacon-codecollection/no-such",
        "codebundle://beacon-codecollection",
        "codecollection://no-such",
        f"codecollection://{PODS}",
        PODS,
        f"CODEBUNDLE:{PODS}",
        f"codebundle://{PODS}/",
        f"codebundle://{PODS}/../k8s-pod-restarts",
        f"codebundle://{PODS}?x=1",
        f"codebundle://{PODS}#x",
        f"codebundle://user@{PODS}",
        "codebundle://../../etc/passwd",
        "codebundle://%2e%2e/%00/%ff%fe",
        "codebundle://" + "a/" * 50_000,
        "file:///etc/passwd",
        "http://169.254.169.254/latest",
        "",
        "://",
    ],
)
def test_what_has_no_such_address_is_not_found(api: httpx2.Client, era: Era, uri: str) -> None:
    # No header says nothing, or so much: in the later era such a request does not come about.
    era = era if 0 < len(uri) < 10_000 else "legacy"
    answer = send(api, era, "resources/read", {"uri": uri})
    body = refused(answer, *((-32602, 400) if era == "modern" else (-32002, 200)))
    assert body["error"]["data"] == {"uri": uri}


@pytest.mark.parametrize("uri", [None, 1, ["codebundle://x"], {}])
def test_an_address_is_a_string(api: httpx2.Client, uri: object) -> None:
    refused(send(api, "legacy", "resources/read", {"uri": uri}), -32602, 200)


def test_half_of_a_surrogate_pair_is_an_address_of_nothing(api: httpx2.Client) -> None:
    refused(send(api, "legacy", "resources/read", {"uri": "codebundle://\ud800/%41\ud800"}), -32002, 200)


def test_the_header_has_to_name_the_address(api: httpx2.Client) -> None:
    for header in ("mcp-name", "mcp-method"):
        answer = send(api, "modern", "resources/read", {"uri": f"codebundle://{PODS}"}, **{header: "other"})
        refused(answer, -32020, 400)


def test_names_with_any_character_are_read_by_the_address_that_is_listed(encoder_path: Path, tmp_path: Path) -> None:
    name = "beacon-codecollection/ä b%2F?#"
    made = [one.model_copy(update={"id": name, "slug": "ä b%2F?#"}) if one.id == PODS else one for one in records()]
    made.sort(key=lambda one: one.id)
    write_made_up_index(tmp_path / "index_data", encoder_path, made)
    with serving(create_app(settings_for(tmp_path / "index_data"))) as client:
        (uri,) = [one["uri"] for one in listed(client) if one["name"] == name]
        assert uri == f"codebundle://beacon-codecollection/{quote('ä b%2F?#')}"
        for era in ERAS:
            assert "List Restarting Pods" in text(client, uri, era)


@pytest.mark.parametrize("era", ERAS)
def test_without_an_index_it_is_503(tmp_path: Path, era: Era) -> None:
    with serving(create_app(Settings(index_uri=str(tmp_path / "none"), encoder_folder=tmp_path))) as client:
        for method, params in (("resources/list", {}), ("resources/read", {"uri": f"codebundle://{PODS}"})):
            assert "no readable index" in refused(send(client, era, method, params), -32603, 503)["error"]["message"]
        assert len(result(send(client, era, "resources/templates/list"))["resourceTemplates"]) == len(
            resources.TEMPLATES
        )
