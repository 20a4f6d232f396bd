"""Tools' answers as Markdown."""

import pytest

from search_fn.tools.markdown import found


@pytest.mark.parametrize(
    ("level", "claimed", "said"),
    [
        ("read-only", None, "read-only"),
        ("unknown", "read-only", "unknown, claimed to be read-only"),
        ("unknown", None, "unknown"),
    ],
)
def test_a_claim_of_access_is_not_told_as_a_fact(level: str, claimed: str | None, said: str) -> None:
    result = {
        "id": "a/b", "display_name": "B", "score": 1.0, "access_level": level, "access_level_claimed": claimed,
        "platforms": [], "url": "/b/", "collection": "a", "commit": "c", "stale": False, "description": "", "tools": [],
    }  # fmt: skip
    page = {"results": [result], "total": 1, "confident": True, "query": "b", "notes": [], "notice": "Data."}
    assert f"  - Access: {said}\n" in found(page)
