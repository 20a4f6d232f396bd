"""A bundle is found by whatever an agent may have of it: slug, id, page, record, resource, or folder on its host."""

import httpx2
import pytest

from tests.support.tool_calls import data, error

PODS = "beacon-codecollection/k8s-pod-restarts"
FOLDER = "https://github.com/example-org/beacon-codecollection"


@pytest.mark.parametrize(
    "named",
    [
        "k8s-pod-restarts",
        "K8S_pod_restarts",
        PODS,
        f"/codebundles/{PODS}/",
        f"codebundles/{PODS}",
        f"https://registry.example.org/codebundles/{PODS}/",
        f" https://other.example/below/codebundles/{PODS}/index.md?x=1#tools ",
        f"codebundle://{PODS}",
        "/collections/beacon-codecollection/codebundles/k8s-pod-restarts",
        "/api/v1/collections/beacon-codecollection/codebundles/k8s-pod-restarts.json",
        "https://r.example/api/v1/collections/beacon-codecollection/codebundles/k8s-pod-restarts/config.yaml",
        f"{FOLDER}/tree/main/codebundles/k8s-pod-restarts",
        f"{FOLDER}/blob/0123abc/codebundles/k8s-pod-restarts/runbook.robot#L20",
        "https://gitlab.com/a/b/beacon-codecollection/-/blob/feature/x/codebundles/k8s-pod-restarts/sli.robot",
    ],
)
def test_a_bundle_is_found_by(api: httpx2.Client, named: str) -> None:
    assert data(api, "get_codebundle_details", slug=named, detail="brief")["codebundle"]["id"] == PODS


def test_a_slug_of_two_collections_is_asked_back(api: httpx2.Client) -> None:
    said = error(api, "get_codebundle_details", slug="http-endpoint-check")
    assert "- `anchor-codecollection/http-endpoint-check`" in said
    assert "- `beacon-codecollection/http-endpoint-check`" in said
    named = data(api, "get_codebundle_details", slug="http-endpoint-check", collection_slug="anchor-codecollection")
    assert named["codebundle"]["id"] == "anchor-codecollection/http-endpoint-check"


@pytest.mark.parametrize(
    "arguments",
    [
        {"slug": "pod-restarts-k8s"},
        {"slug": "pod restarts", "collection_slug": "beacon-codecollection"},
        {"slug": "/codebundles/beacon-codecollection/pod-restarts-k8s/"},
        {"slug": "https://[pod-restarts"},
        {"slug": "codebundle://../pod-restarts"},
    ],
)
def test_what_is_not_there_is_told_the_nearest(api: httpx2.Client, arguments: dict[str, str]) -> None:
    assert f"- `{PODS}`" in error(api, "get_codebundle_details", **arguments)
