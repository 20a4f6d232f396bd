"""Dates, counts and lists in words."""

from build.catalogue.labels import LABELS
from build.site.filters import clip, day, month, outputs, pieces, plural, words


def test_words_for_people() -> None:
    assert day("2026-05-09T09:13:04Z") == "9 May 2026"
    assert day(None) == "unknown"
    assert words(["a", "b", "c"]) == "a, b and c"
    assert words([]) == ""
    assert clip("one two  three", 9) == "one two\N{NO-BREAK SPACE}…"
    assert pieces("Ping `${HOST}` at ${PORT}") == [
        ("Ping ", False), ("HOST", True), (" at ", False), ("PORT", True),
    ]  # fmt: skip


def test_counts_and_months_have_their_words() -> None:
    assert [plural(value, "tool") for value in (0, 1, 1_234)] == ["0 tools", "1 tool", "1,234 tools"]
    assert plural(2, "library", "libraries") == "2 libraries"
    assert month("2026-05") == "May 2026"
    assert words(["a", "b"], "or") == "a or b"
    assert words(["a"]) == "a"


def test_a_text_is_cut_between_words_and_only_where_it_is_too_long() -> None:
    assert clip("exactly ten", 11) == "exactly ten"
    assert clip("  one\n\ttwo ", 7) == "one two"
    # A word that is too long alone is cut within.
    assert clip("x" * 20, 5) == "xxxxx\N{NO-BREAK SPACE}…"
    assert clip("one, two", 6) == "one\N{NO-BREAK SPACE}…"


def test_a_title_of_no_variable_is_one_piece() -> None:
    assert pieces("Look at $HOST and {this}") == [("Look at $HOST and {this}", False)]
    assert pieces("${A}${B}") == [("A", True), ("B", True)]
    assert pieces("") == []
    assert pieces("${" + "x" * 201 + "}") == [("${" + "x" * 201 + "}", False)]


def test_an_output_without_a_label_is_told_as_it_is() -> None:
    assert outputs(["slx", "no-such-item"]) == words([LABELS["output"].get("slx", "slx"), "no-such-item"])
