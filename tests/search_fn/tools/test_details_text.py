"""One CodeBundle as Markdown, over real HTTP."""

import httpx2

from tests.support.mcp_messages import call
from tests.support.tool_calls import text

PODS = "beacon-codecollection/k8s-pod-restarts"


def test_the_text_has_tools_needs_and_source(api: httpx2.Client) -> None:
    said = text(call(api, "get_codebundle_details", {"slug": PODS}))
    for part in ("List Restarting Pods", "NAMESPACE (required)", "kubeconfig", "/tree/0123456789abcdef", "read-only"):
        assert part in said
