"""Tools' answers as Markdown."""

from typing import Any

import pytest

from search_fn.tools.markdown import address, found, request, summary


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


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/b-c/", "<https://a.example/b-c/>"),
        ("https://a.example/<b> \\\n(c)ä", "<https://a.example/b(c)>"),
        ("", "none"),
        (None, "none"),
    ],
)
def test_an_address_cannot_end_its_brackets(url: str | None, shown: str) -> None:
    assert address(url) == shown


def test_the_notice_stands_before_what_is_quoted_and_only_there() -> None:
    page: dict[str, Any] = {"results": [], "total": 9, "notes": ["Cut."], "notice": "Data.", "next_cursor": "4.b"}
    assert summary(page | {"results": [{"id": "a/b_c"}]}) == (
        "1 of 9 CodeBundles, by id.\n\nData.\n\n- a/b\\_c\n\nThe next page: cursor 4.b\n\nCut.\n"
    )
    assert "Data." not in summary(page)


def test_a_request_says_whether_anything_was_sent() -> None:
    data = {
        "url": "https://g.example/new",
        "submitted": False,
        "similar": ["a/b"],
        "requests": [],
        "notes": [],
        "notice": "Data.",
    }
    said = request(data)
    assert said.startswith(
        "Nothing was sent. A person can read, change and submit the request here:\n\n<https://g.example/new>"
    )
    assert "CodeBundles that come near it:\n- a/b" in said
    sent = request({**data, "submitted": True, "similar": []})
    assert sent == "The request is open:\n\n<https://g.example/new>\n"
