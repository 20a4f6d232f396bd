"""Documentation and keywords as agents find and read them."""

import re

import httpx2
import pytest

from tests.support.mcp_messages import call
from tests.support.tool_calls import text


@pytest.mark.parametrize(
    ("tool", "argument"),
    [
        ("keyword_usage_help", "query"),
        ("find_library_info", "query"),
        ("find_documentation", "query"),
        ("get_development_requirements", "feature"),
    ],
)
def test_what_is_not_indexed_is_said_with_a_pointer(api: httpx2.Client, tool: str, argument: str) -> None:
    called = call(api, tool, {argument: "pods"})
    assert (called["structuredContent"]["total"], called["structuredContent"]["results"]) == (0, [])
    assert re.search(r"of this build answers that; see <https://", text(called))
