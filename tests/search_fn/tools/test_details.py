"""What get_codebundle_details answers, over real HTTP."""

import httpx2

from tests.support.mcp_messages import call
from tests.support.tool_calls import data, error, size, text

PODS = "beacon-codecollection/k8s-pod-restarts"


def test_details_are_those_of_rest(api: httpx2.Client) -> None:
    wanted = api.get("/api/v1/collections/beacon-codecollection/codebundles/k8s-pod-restarts").json()
    for arguments in (
        {"slug": "k8s-pod-restarts"},
        {"slug": PODS},
        {"slug": "K8S_pod_restarts", "collection_slug": "beacon-codecollection"},
    ):
        assert data(api, "get_codebundle_details", **arguments, detail="full")["codebundle"] == wanted
    standard = data(api, "get_codebundle_details", slug=PODS)["codebundle"]
    assert set(standard) < set(wanted)
    assert all(wanted[name] == value for name, value in standard.items())


def test_a_bundle_in_brief_is_what_it_is_and_its_tools(api: httpx2.Client) -> None:
    brief, standard = (call(api, "get_codebundle_details", {"slug": PODS, "detail": d}) for d in ("brief", "standard"))
    assert size(brief) < size(standard) / 1.5
    named = [[tool["name"] for tool in one["structuredContent"]["codebundle"]["tools"]] for one in (brief, standard)]
    assert named[0] == named[1] != []
    for said in (text(brief), text(standard)):
        assert "Finds pods whose containers restart" in said
        assert "Count Restarts" in said
    assert "Names each pod that restarted" not in text(brief)


def test_a_slug_of_two_collections_is_asked_back(api: httpx2.Client) -> None:
    said = error(api, "get_codebundle_details", slug="http-endpoint-check")
    assert "anchor-codecollection/http-endpoint-check" in said
    assert "beacon-codecollection/http-endpoint-check" in said
    named = data(api, "get_codebundle_details", slug="http-endpoint-check", collection_slug="anchor-codecollection")
    assert named["codebundle"]["id"] == "anchor-codecollection/http-endpoint-check"


def test_a_slug_that_is_not_there_is_told_the_nearest(api: httpx2.Client) -> None:
    assert PODS in error(api, "get_codebundle_details", slug="pod-restarts-k8s")
    assert PODS in error(api, "get_codebundle_details", slug="pod restarts", collection_slug="beacon-codecollection")
