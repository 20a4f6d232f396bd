"""Results, values and libraries as Markdown."""

from typing import Any

import pytest

from search_fn.tools.results_text import libraries, results, summary, values


@pytest.mark.parametrize(
    ("level", "claimed", "said"),
    [
        ("read-only", None, "read-only"),
        ("unknown", "read-only", "unknown, claimed to be read-only"),
        ("unknown", None, "unknown"),
    ],
)
def test_a_claim_of_access_is_not_told_as_a_fact(level: str, claimed: str | None, said: str) -> None:
    result: dict[str, Any] = {
        "type": "codebundle", "updated": None,
        "id": "a/b", "display_name": "B", "score": 1.0, "access_level": level, "access_level_claimed": claimed,
        "platforms": [], "url": "/b/", "collection": "a", "commit": "c", "stale": False, "description": "", "tools": [],
    }  # fmt: skip
    page = {
        "results": [result],
        "total": 1,
        "confident": True,
        "query": "b",
        "sort": "relevance",
        "notes": [],
        "notice": "Data.",
    }
    assert f"  - Access: {said}\n" in results(page)


def test_the_notice_stands_before_what_is_quoted_and_only_there() -> None:
    page: dict[str, Any] = {
        "results": [],
        "total": 9,
        "notes": ["Cut."],
        "notice": "Data.",
        "next_cursor": "4.b",
        "sort": "name",
    }
    row = {
        "id": "a/b_c",
        "display_name": "B",
        "access_level": "unknown",
        "platforms": ["AWS"],
        "updated": "2026-01-02T",
    }
    assert summary(page | {"results": [row]}) == (
        "1 of 9 CodeBundles, by name.\n\nData.\n\n- `a/b_c`: B; unknown; AWS; 2026-01-02\n\n"
        "The next page: cursor 4.b\n\nCut.\n"
    )
    assert "Data." not in summary(page)


def test_documentation_has_no_lines_that_mean_nothing_there() -> None:
    result = {
        "type": "documentation", "id": "faq/a", "display_name": "A", "score": 0.5, "url": "https://a.example/",
        "collection": "faq", "commit": "", "stale": False, "description": "Said.", "tools": [], "platforms": [],
        "access_level": "unknown", "updated": None,
    }  # fmt: skip
    page = {
        "results": [result], "total": 1, "confident": True, "query": "a", "sort": "relevance", "notes": [],
        "notice": "Data.",
    }  # fmt: skip
    said = results(page)
    assert "Access" not in said
    assert "Platforms" not in said
    assert "commit" not in said
    assert "    > Said.\n" in said
    sections = [{"heading": "First", "anchor": "first", "text": "One."}, {"heading": "", "anchor": "", "text": "# Two"}]
    said = results({**page, "results": [{**result, "sections": sections}]})
    assert "  - Section: First (`#first`)\n    > One.\n    > \\# Two\n" in said
    assert "Said." not in said


def test_values_come_with_how_many_have_each() -> None:
    page = {"values_of": "tag", "total": 3, "values": [{"value": "a_b", "count": 2}], "notes": [], "notice": "Data."}
    assert "1 of 3 values of tag" in values(page)
    assert "- `a_b` (2)\n" in values(page) == summary(page)


def test_a_library_is_told_whole_with_its_keywords() -> None:
    library = {
        "id": "called/L", "import_name": "L", "collection": "called", "defined": False, "used_by": 2,
        "keyword_count": 1, "description": "", "url": "https://a.example/l/",
    }  # fmt: skip
    example = {"bundle": "a/b", "path": "codebundles/b/runbook.robot", "line": 7, "call": "L.Do    x=1"}
    keyword = {"name": "Do", "arguments": ["x"], "calls": 4, "used_by": 2, "examples": [example]}
    page: dict[str, Any] = {
        "library": library, "keywords": [keyword], "results": [], "total": 1, "query": "L", "notes": [],
        "notice": "Data.",
    }  # fmt: skip
    said = libraries(page)
    for part in (
        "this is what calls show",
        "- `Do` (4 calls, in 2 CodeBundles)",
        "Arguments: `x`",
        "`runbook.robot` line 7",
    ):
        assert part in said
    listed = libraries({**page, "library": None, "keywords": [], "results": [{**library, "keywords": ["Do"]}]})
    assert "- Keywords that match: `Do`\n" in listed
