"""Dates, counts and lists in words."""

from build.site.filters import clip, day, pieces, words


def test_words_for_people() -> None:
    assert day("2026-05-09T09:13:04Z") == "9 May 2026"
    assert day(None) == "unknown"
    assert words(["a", "b", "c"]) == "a, b and c"
    assert words([]) == ""
    assert clip("one two  three", 9) == "one two\N{NO-BREAK SPACE}…"
    assert pieces("Ping `${HOST}` at ${PORT}") == [
        ("Ping ", False), ("HOST", True), (" at ", False), ("PORT", True),
    ]  # fmt: skip
