"""The badge of a bundle: what it says, for eyes and without, and that no text of a stranger's gets out of it."""

from xml.etree import ElementTree

import pytest

from build.catalogue.badge import badge
from build.catalogue.record import record
from build.model import Bundle, Problem
from tests.support.catalogues import HOSTILE, entry, full_bundle

_SVG = "{http://www.w3.org/2000/svg}"


def said(**changes: object) -> tuple[str, list[str]]:
    """Title and boxes of a badge."""
    found = record(entry(Bundle(name="a"))).model_copy(update=changes)
    root = ElementTree.fromstring(badge(found))  # noqa: S314 - our own
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", root[0].get("id"))
    return root[0].text or "", [one.text or "" for one in root.iter(f"{_SVG}text")]


@pytest.mark.parametrize(
    ("level", "source", "words"),
    [
        ("read-only", "verified", "read-only, verified"),
        ("read-only", "declared", "read-only, declared"),
        ("read-write", "verified", "read-write, verified"),
        ("unknown", None, "access unknown"),
    ],
)
def test_it_says_the_access_and_what_it_rests_on(level: str, source: str | None, words: str) -> None:
    title, boxes = said(access_level=level, access_level_source=source)
    assert boxes == ["Skill Template", words, "not released", "no problems"]
    assert title == ", ".join(boxes)
    assert ("verified" in title) == (source == "verified")


def test_it_says_release_problems_and_what_is_deprecated() -> None:
    found = record(entry(full_bundle("a", "x", "x")))
    odd = Problem(collection="harbor", code="no-readme", severity="note", message="x", hint="x")
    _, boxes = said(release="2026-08-17.1", problems=(*found.problems, odd), deprecated=found.deprecated)
    assert boxes[1] == "deprecated"
    assert boxes[3:] == ["release 2026-08-17.1", "1 problem"]


def test_it_needs_nothing_else_and_no_text_gets_out() -> None:
    _, boxes = said(release=HOSTILE)
    assert len(boxes[2]) < 60
    text = badge(record(entry(Bundle(name="a"))).model_copy(update={"release": HOSTILE}))
    assert "<script" not in text
    assert "<img" not in text
    assert "\x00" not in text
    assert "href" not in text
    assert "url(" not in text
    assert "<style" not in text
    root = ElementTree.fromstring(text)  # noqa: S314 - our own
    assert {one.tag.removeprefix(_SVG) for one in root.iter()} == {"svg", "title", "g", "rect", "text"}
