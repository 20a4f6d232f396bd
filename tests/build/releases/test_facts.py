"""Facts of a bundle that are compared: no lines in them, texts cut."""

from build.model import Bundle, GenerationRule, Tool
from build.releases.facts import TextFact, facts_of


def test_a_text_is_shown_in_part_and_known_by_all_of_it() -> None:
    long = "word " * 200
    first, second = TextFact.of(long), TextFact.of(long + "!")
    assert first
    assert second
    assert first.shown == second.shown
    assert len(first.shown) <= 160
    assert first.shown.endswith("…")
    assert first != second
    assert TextFact.of("") is TextFact.of(None) is None


def test_lines_are_no_facts() -> None:
    def bundle(line: int) -> Bundle:
        rule = GenerationRule(path="r.yaml", line=line, platform="aws", resource_types=("b", "a"))
        look = Tool(kind="runbook", name="Look", title="Look", line=line)
        return Bundle(name="x", tools=(look,), generation_rules=(rule,))

    assert facts_of(bundle(3), ()) == facts_of(bundle(40), ())
    assert facts_of(bundle(3), ("b", "a")).imports == ("a", "b")
    assert facts_of(bundle(3), None).imports is None
    assert facts_of(bundle(3), ()).resource_types == ("a", "b")
