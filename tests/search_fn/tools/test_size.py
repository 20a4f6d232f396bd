"""An answer fits its size: fewer entries first, then shorter texts and lists, and its notes say so."""

from typing import Any

import pytest

from search_fn.text import canonical
from search_fn.tools.size import Draft, fitted


def page(entries: int, text: str = "word " * 20, offset: int = 0, total: int | None = None) -> Draft:
    rows = [{"id": f"a/{number}", "description": text} for number in range(offset, offset + entries)]
    data: dict[str, Any] = {"build_id": "b", "notes": [], "total": total or offset + entries, "results": rows}
    return Draft(data, "results", offset)


def size(draft: Draft, limit: int) -> tuple[dict[str, Any], int]:
    answer = fitted(draft, canonical, limit)
    return answer.data, len(canonical(answer.data)) + len(answer.text)


def test_what_fits_is_left_as_it_is() -> None:
    data, _ = size(page(3), 10_000)
    assert (len(data["results"]), data["notes"], data["next_cursor"]) == (3, [], None)
    assert fitted(page(2, total=9), canonical, 10_000).data["next_cursor"] == "2.b"


@pytest.mark.parametrize("limit", [1_200, 1_500, 4_000])
def test_as_many_entries_as_fit_and_the_cursor_goes_on_there(limit: int) -> None:
    draft = page(40, offset=10, total=90)
    data, length = size(draft, limit)
    shown = len(data["results"])
    assert length <= limit
    assert 0 < shown < 40
    assert data["next_cursor"] == f"{10 + shown}.b"
    assert data["notes"] == [f"Cut to {shown} of 40 entries of this page."]
    # They just fit: with one character less there is one fewer.
    assert len(size(draft, length)[0]["results"]) == shown
    assert len(size(draft, length - 1)[0]["results"]) == shown - 1


def test_pages_that_were_cut_are_whole_together() -> None:
    seen: list[str] = []
    while len(seen) < 25:
        data, _ = size(page(25 - len(seen), offset=len(seen), total=25), 1_500)
        seen += [one["id"] for one in data["results"]]
    assert seen == [f"a/{number}" for number in range(25)]
    assert data["next_cursor"] is None


def test_one_entry_that_is_too_long_is_shortened_but_not_its_addresses() -> None:
    url = "https://registry.example/" + "x" * 400
    draft = page(1, "é" * 50_000)
    draft.data["results"][0] |= {"url": url, "tags": [f"tag {number}" for number in range(500)]}
    data, length = size(draft, 4_000)
    (shown,) = data["results"]
    assert length <= 4_000
    assert shown["url"] == url
    assert shown["description"].endswith("…")
    assert data["notes"] == ["Cut: texts to 300 characters, lists to 50 entries."]
    assert (len(shown["description"]), len(shown["tags"])) == (300, 50)
    # The draft itself is as it was.
    assert len(draft.data["results"][0]["description"]) == 50_000


def test_a_page_of_nothing_has_no_next() -> None:
    data, _ = size(page(0, offset=30, total=30), 10)
    assert (data["results"], data["next_cursor"]) == ([], None)
