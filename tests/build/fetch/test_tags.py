"""Which tags are releases."""

import pytest

from build.fetch import tags
from build.fetch.history import Dated
from build.untrusted.names import is_tag_name

DATED = Dated((), (), newest=1_500_000_000, latest=2_000_000_000)
KEY = "ghp_" + "aZ3kQ9xB7mW2pL5tR8vN1cD4fG6hJ0sYeUiO"


@pytest.mark.parametrize(
    ("name", "usable"),
    [
        ("2026-08-17.1", True), ("release/1.0", True), ("a/b/c", True), ("v1#2%41+x", True), ("ümlaut", True),
        ("v1.json", True), ("<b>", True), (f"v2-{KEY}", False), ("v\u202e1", False), ("v\udcff", False),
        ("x" * 201, False), ("a.json/b", False), ("a/index.html", False), ("index.html", False), ("../x", False),
        (".hidden", False), ("a//b", False), ("", False),
    ],
)  # fmt: skip
def test_a_tag_s_name_can_stand_in_an_address(name: str, usable: bool) -> None:
    assert is_tag_name(name) == usable


def test_those_left_out_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags, "MAX_RELEASES", 2)
    listed = [(name, "a" * 40, 1_400_000_000 - place) for place, name in enumerate([b"c", b"\xff", b"b", b"a"])]
    found, problems = tags.usable_tags("quay", listed, [b"tree"], DATED)
    assert [tag.name for tag in found] == ["c", "b"]
    assert [(one.code, one.message.rpartition(": ")[2]) for one in problems] == [
        ("tag-left-out", "tree"), ("tag-left-out", "\\xff"), ("tag-left-out", "a"),
    ]  # fmt: skip


def test_a_date_of_the_future_is_that_of_the_whole_and_comes_where_it_belongs() -> None:
    listed = [(b"future", "b" * 40, 4_000_000_000), (b"now", "a" * 40, 1_600_000_000)]
    found, problems = tags.usable_tags("quay", listed, [], DATED)
    assert ([tag.name for tag in found], problems) == (["now", "future"], [])
