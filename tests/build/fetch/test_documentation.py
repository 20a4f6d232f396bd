"""Documentation pages with what their addresses say."""

import json
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from build.documentation import (
    DocumentationPage,
    Section,
)
from build.fetch import documentation
from build.fetch.documentation import sections_of, with_contents
from build.fetch.http import Web
from build.index.page_entries import documentation_entries
from tests.support.damage import flipped
from tests.support.web_pages import HTML, PAGE, Pages, Reply, web_pages


@pytest.fixture
def pages() -> Iterator[Pages]:
    with web_pages() as found:
        yield found


def listed(*urls: str | None) -> list[DocumentationPage]:
    return [
        DocumentationPage(category="c", slug=f"p{number}", name="N", url=url, description="D")
        for number, url in enumerate(urls)
    ]


def filled(cache: Path, *urls: str | None, **how: bool) -> tuple[list[DocumentationPage], list[str]]:
    found, problems = with_contents(listed(*urls), cache, loopback=True, **how)
    assert {one.code for one in problems} <= {"source-not-read"}
    return found, [one.message for one in problems]


def test_a_page_has_its_sections_with_their_places(pages: Pages, tmp_path: Path) -> None:
    (page, question), problems = filled(tmp_path, pages.page("/a"), None)
    assert problems == []
    assert [(one.heading, one.anchor) for one in page.sections] == [("Writing", ""), ("Rules", "rules")]
    text = " ".join(one.text for one in page.sections)
    assert "An introduction that is long enough" in text
    assert not any(word in text for word in ("alert", "Menu entry", "Imprint"))
    assert question.sections == ()


def test_a_copy_is_used_for_a_day_and_then_asked_after(
    pages: Pages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = pages.page("/a", etag='"1"')
    first, _ = filled(tmp_path, url)
    asked = len(pages.asked)
    assert filled(tmp_path, url) == (first, [])
    assert len(pages.asked) == asked
    monkeypatch.setattr(documentation, "_FRESH", -documentation._FRESH)
    pages.replies["/a"] = lambda headers: (304 if headers.get("if-none-match") == '"1"' else 500, {}, b"")
    assert filled(tmp_path, url) == (first, [])
    assert len(pages.asked) == asked + 2
    # Offline nobody is asked, whatever its age.
    assert filled(tmp_path, url, offline=True) == (first, [])
    assert len(pages.asked) == asked + 2


def test_a_copy_of_a_clock_that_ran_ahead_is_asked_after(
    pages: Pages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = pages.page("/a")

    class Ahead(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.now(tz) + timedelta(days=4_000)

    with monkeypatch.context() as clock:
        clock.setattr(documentation, "datetime", Ahead)
        filled(tmp_path, url)
    asked = len(pages.asked)
    filled(tmp_path, url)
    assert len(pages.asked) == asked + 2
    filled(tmp_path, url)
    assert len(pages.asked) == asked + 2


@pytest.mark.parametrize("damage", ["a flipped byte", "no digest"])
def test_a_damaged_copy_is_read_anew_and_never_published(pages: Pages, tmp_path: Path, damage: str) -> None:
    url = pages.page("/a")
    (first,), _ = filled(tmp_path, url)
    (file,) = (tmp_path / "documentation").iterdir()
    content = file.read_bytes()
    at = content.index(b"introduction")
    if damage == "a flipped byte":
        file.write_bytes(flipped(content, at))
    else:
        file.write_bytes(json.dumps(json.loads(content)["value"]).encode())
    assert filled(tmp_path, url, offline=True)[0][0].sections == ()
    assert filled(tmp_path, url) == ([first], [])
    assert file.read_bytes() != content[:at]


def test_a_page_that_fails_keeps_its_last_copy_and_is_stale(
    pages: Pages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, never = pages.page("/a"), f"{pages.address}/never"
    (first, _), told = filled(tmp_path, url, never)
    assert told == [f"{never}: it answers 404"]
    monkeypatch.setattr(documentation, "_FRESH", -documentation._FRESH)
    pages.replies["/a"] = (503, {}, b"")
    (page, other), told = filled(tmp_path, url, never)
    assert (page.sections, page.stale) == (first.sections, True)
    assert (other.sections, other.stale) == ((), False)
    assert told == [f"{url}: it answers 503", f"{never}: it answers 404"]
    # Who asks nobody knows no better.
    assert filled(tmp_path, url, offline=True)[0][0].stale
    pages.replies["/a"] = (304, {}, b"")
    (page,), told = filled(tmp_path, url)
    assert (page.stale, told) == (True, [f"{url}: it answers 304"])
    pages.page("/a")
    assert not filled(tmp_path, url)[0][0].stale


def test_a_page_that_has_lost_its_text_keeps_its_last_copy(
    pages: Pages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = pages.page("/a")
    (first,), _ = filled(tmp_path, url)
    monkeypatch.setattr(documentation, "_FRESH", -documentation._FRESH)
    pages.page("/a", "<html><body><script>app()</script><div id=root></div></body></html>")
    (page,), told = filled(tmp_path, url)
    assert (page.sections, page.stale) == (first.sections, True)
    assert told == [f"{url}: no text was found in it"]


def test_what_another_reader_made_of_a_page_is_made_anew(
    pages: Pages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = pages.page("/a", etag='"1"')
    (first,), _ = filled(tmp_path, url)
    seen: list[str | None] = []

    def reply(headers: Mapping[str, str]) -> Reply:
        seen.append(headers.get("if-none-match"))
        return 503, {}, b""

    pages.replies["/a"] = reply
    monkeypatch.setattr(documentation, "_READER", "another")
    # Until that can be done it stands.
    assert filled(tmp_path, url)[0][0].sections == first.sections
    assert seen == [None]


def test_entries_on_parts_of_one_page_ask_for_it_once(pages: Pages, tmp_path: Path) -> None:
    url = pages.page("/a")
    (whole, part), _ = filled(tmp_path, url, f"{url}#rules")
    assert pages.asked == ["/robots.txt", "/a"]
    assert whole.sections == part.sections != ()
    entry = documentation_entries([part], "")[0]
    assert f"{url}#rules" in entry.row.card
    assert "#rules#" not in entry.row.card


def test_a_listed_page_may_lead_to_a_listed_host_whose_own_page_is_not_due(pages: Pages, tmp_path: Path) -> None:
    with web_pages("127.0.0.2") as others:
        other = others.page("/b")
        filled(tmp_path, other)
        pages.replies["/a"] = (301, {"location": other}, b"")
        (page, _), told = filled(tmp_path, f"{pages.address}/a", other)
    assert told == []
    assert len(page.sections) == 2
    assert others.asked == ["/robots.txt", "/b", "/robots.txt", "/b"]


def test_one_host_is_asked_one_thing_at_a_time(pages: Pages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("build.fetch.http._LONGEST_DELAY", 0.3)
    pages.replies["/robots.txt"] = (200, {}, b"User-agent: *\nCrawl-delay: 99\n")
    urls = [pages.page(f"/{number}") for number in range(3)]

    # From when on the next request may begin: a busy machine may make two arrive close together that were not sent so.
    allowed: list[float] = []

    class Patient(Web):
        def __init__(self, *arguments: Any, **_: Any) -> None:
            super().__init__(*arguments, loopback=True)

        def _wait(self, host: str) -> None:
            self._loopback = False
            super()._wait(host)
            self._loopback = True
            allowed.append(self._next[host])

    monkeypatch.setattr(documentation, "Web", Patient)
    filled(tmp_path, *urls)
    gaps = [later - before for before, later in pairwise(allowed)]
    assert (len(pages.times), len(gaps)) == (4, 3)
    assert min(gaps[1:]) >= 0.29


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 50_000 + "deep",
        "<p " + "a=b " * 100_000 + ">x</p>",
        "<html><body>\x00\x01 null</body></html>",
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><html><body><p>&b;</p></body></html>',
        "<html>" + "<h2>x</h2>" * 20_000,
        "",
        "plain text without any markup\n# A heading\nand words",
        "<" * 100_000,
    ],
)
def test_a_hostile_page_hurts_no_other(pages: Pages, tmp_path: Path, text: str) -> None:
    started = time.monotonic()
    (_, good), told = filled(tmp_path, pages.page("/bad", text), pages.page("/good"))
    assert time.monotonic() - started < 40
    assert len(good.sections) == 2
    assert len(told) <= 1


def test_a_page_that_holds_its_reader_is_left(pages: Pages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documentation, "_EXTRACT_SECONDS", 0.01)
    (page,), told = filled(tmp_path, pages.page("/a"))
    assert page.sections == ()
    assert "could not be extracted" in told[0]


def test_keys_and_hidden_characters_do_not_come_along() -> None:
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9" * 2
    text = PAGE.replace("Rules say", f"Ru\u200bles\u202e say {secret}")
    found = " ".join(one.text for one in sections_of(text, True))
    assert "Rules say" in found
    assert secret not in found


@settings(max_examples=60)
@given(st.text(max_size=400), st.booleans())
def test_any_text_makes_bounded_sections(text: str, is_html: bool) -> None:
    for one in sections_of(f"{text}\n# {text}\n<h2>{text}</h2>{text}", is_html):
        assert isinstance(one, Section)
        assert 0 < len(one.text) <= 2_000


def test_charsets_that_do_not_exist_are_read_as_utf8(pages: Pages, tmp_path: Path) -> None:
    pages.replies["/a"] = (200, {**HTML, "content-type": "text/html; charset=klingon"}, PAGE.encode())
    assert len(filled(tmp_path, f"{pages.address}/a")[0][0].sections) == 2


def test_headings_are_found_as_pages_have_them_and_comments_in_code_are_none() -> None:
    long = "words that are long enough to count as what this page says, and not as one of its menus"
    found = sections_of(
        f"""<html><body><main><h1>Begin</h1><p>{long} {long}.</p>
        <h2 id="use">Use <code>kubectl</code> with <b>care</b><a href="#use">¶</a></h2><p>{long}.</p>
        <pre><code># first a comment\nkubectl get pods</code></pre><ul><li>one</li><li>two</li></ul>
        <h2 id="example">Example</h2><p>First {long}.</p><h2 id="example-1">Example</h2><p>Second {long}.</p>
        </main></body></html>""",
        True,
    )
    places = [("Begin", ""), ("Use kubectl with care", "use"), ("Example", "example"), ("Example", "example-1")]
    assert [(one.heading, one.anchor) for one in found] == places
    assert found[1].text.endswith("# first a comment kubectl get pods one two")


def test_markdown_is_cut_at_its_headings_and_may_have_signs_of_html() -> None:
    text = "Before <NAME>.\n\n# Using\nCall 1 < 2.\n\n```sh\n# a comment\nls\n```\n\nMore\n----\nThe end."
    assert [(one.heading, one.text) for one in sections_of(text, False)] == [
        ("", "Before <NAME>."),
        ("Using", "Call 1 < 2. ```sh # a comment ls ```"),
        ("More", "The end."),
    ]


def test_a_page_of_markdown_is_read_as_such(pages: Pages, tmp_path: Path) -> None:
    url = pages.page("/a", "# Use\nIt is <div>.", content_type="text/markdown")
    assert [one.text for one in filled(tmp_path, url)[0][0].sections] == ["It is <div>."]
