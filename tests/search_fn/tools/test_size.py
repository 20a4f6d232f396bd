"""An answer fits its size: fewer entries first, then what its cuts name, in their order, and its notes say so."""

from typing import Any

import pytest

from search_fn.text import canonical
from search_fn.tools.size import Cut, Draft, fit_to_size, shorten


def page(entries: int, text: str = "word " * 20, offset: int = 0, total: int | None = None) -> Draft:
    rows = [{"id": f"a/{number}", "description": text} for number in range(offset, offset + entries)]
    data: dict[str, Any] = {"build_id": "b", "notes": [], "total": total or offset + entries, "results": rows}
    return Draft(data, "results", offset)


def size(draft: Draft, limit: int) -> tuple[dict[str, Any], int]:
    answer = fit_to_size(draft, lambda data: "", limit)
    return answer.data, len(canonical(answer.data))


def test_what_fits_is_left_as_it_is() -> None:
    data, _ = size(page(3), 10_000)
    assert (len(data["results"]), data["notes"], data["next_cursor"]) == (3, [], None)
    assert fit_to_size(page(2, total=9), canonical, 10_000).data["next_cursor"] == "2.b"


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


def test_data_and_text_have_the_size_each() -> None:
    draft = page(40, offset=10, total=90)
    data, length = size(draft, 4_000)
    both = fit_to_size(draft, canonical, length)
    assert (both.data, both.text) == (data, canonical(data))
    longer = fit_to_size(draft, lambda data: canonical(data) * 2, 4_000)
    assert 3_000 < len(longer.text) <= 4_000


def test_pages_that_were_cut_are_whole_together() -> None:
    seen: list[str] = []
    while len(seen) < 25:
        data, _ = size(page(25 - len(seen), offset=len(seen), total=25), 1_500)
        seen += [one["id"] for one in data["results"]]
    assert seen == [f"a/{number}" for number in range(25)]
    assert data["next_cursor"] is None


def test_one_entry_that_is_too_long_is_shortened_but_not_its_addresses() -> None:
    url = "https://registry.example/" + "x" * 4_400
    draft = page(1, "é" * 50_000)
    draft.data["results"][0] |= {"url": url, "source_url": url, "tags": [f"tag {number}" for number in range(500)]}
    data, length = size(draft, 10_000)
    (shown,) = data["results"]
    assert length <= 10_000
    assert (shown["url"], shown["source_url"]) == (url, url)
    assert shown["description"].endswith("…")
    assert data["notes"] == [
        "Not in this answer: texts after 4,000 characters: description (1); texts after 1,000 characters: "
        "description (1); texts after 300 characters: description (1); lists after 50 entries: tags (1)."
    ]
    assert (len(shown["description"]), len(shown["tags"])) == (300, 50)
    # The draft itself is as it was.
    assert len(draft.data["results"][0]["description"]) == 50_000


def test_a_page_of_nothing_has_no_next() -> None:
    data, _ = size(page(0, offset=30, total=30), 10)
    assert (data["results"], data["next_cursor"]) == ([], None)


def draft(*cuts: Cut) -> Draft:
    tools = [{"name": "n" * 30, "documentation": "d" * length} for length in (300, 5, 200)]
    one = {"readme": "r" * 1_500, "tools": tools, "problems": list(range(15)), "about": {"model": "m"}, "empty": ""}
    return Draft({"build_id": "b", "notes": ["First."], "one": one}, cuts=cuts, more="Ask for more.")


README = shorten("README", "one", "readme")
PROBLEMS = shorten("problems", "one", "problems", most=5)
DOCUMENTATION = shorten("documentation of tools", "one", "tools", "documentation", most=100)


def test_cuts_give_way_in_their_order_and_no_more_than_has_to() -> None:
    wanted = draft(README, PROBLEMS, DOCUMENTATION)
    assert size(wanted, 10_000)[0] == wanted.data
    data, _ = size(wanted, 1_000)
    assert "readme" not in data["one"]
    assert data["notes"] == ["First.", "Not in this answer: README (1,500 characters). Ask for more."]
    assert data["one"]["problems"] == list(range(15))
    data, _ = size(wanted, 600)
    assert data["notes"][1] == (
        "Not in this answer: README (1,500 characters); problems (5 of 15 are here); documentation of tools after 100 "
        "characters (2). Ask for more."
    )
    assert data["one"]["problems"] == list(range(5))
    assert [len(tool["documentation"]) for tool in data["one"]["tools"]] == [100, 5, 100]
    # Names are in no cut.
    assert [tool["name"] for tool in data["one"]["tools"]] == ["n" * 30] * 3


def test_a_cut_has_a_size_of_its_own_and_0_is_always() -> None:
    always, late = PROBLEMS._replace(over=0), README._replace(over=2_500)
    data, _ = size(draft(always, late), 10)
    assert data["one"]["readme"]
    assert data["notes"][1] == "Not in this answer: problems (5 of 15 are here). Ask for more."
    assert "readme" not in size(draft(always, late._replace(over=1_000)), 10_000)[0]["one"]


@pytest.mark.parametrize("path", [("one", "nothing"), ("one", "empty"), ("one", "nothing", "deeper"), ("none",)])
def test_what_is_not_there_is_not_said_to_be_gone(path: tuple[str, ...]) -> None:
    wanted = draft(shorten("nothing", *path, over=0))
    assert size(wanted, 10)[0] == wanted.data


def test_an_object_is_gone_whole() -> None:
    data, _ = size(draft(shorten("words", "one", "about", over=0)), 10_000)
    assert "about" not in data["one"]
    assert data["notes"][1] == "Not in this answer: words (1). Ask for more."
