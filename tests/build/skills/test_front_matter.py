"""The head of a skill, as readers of YAML and those that only split the text take it."""

import pytest
import yaml

from build.skills.front_matter import front_matter, plain

TEXTS = (
    "", "plain", "null", "1e5", "yes", "a: b", "- a", "#", "'", '"', "\\", "\\n", "---", "a --- b", "----", "\n---\n",
    "...", "%YAML", "!!python/object:os.system", "&a *a", "{a: [b]}", "|", ">", "\t", "\x00\x1b[2J", "\u2028---\u2029",
    "\ud800", "\u202egnirts", "𝕏 \N{GRINNING FACE}", "\x85x", "a\u00a0b", "x" * 2_000,
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_yaml_reads_what_was_written(text: str) -> None:
    shown = plain(text, 300)
    head = front_matter(
        {"name": "a", "description": shown, "metadata": {"page": shown, "other": text[:9].strip("\ud800")}}
    )
    assert head.startswith("---\n")
    # As the simplest readers do.
    assert len(head.split("---")) == 3
    assert len(head.splitlines()) == 7
    found = yaml.safe_load(head.removesuffix("---\n"))
    assert found["description"] == found["metadata"]["page"] == shown
    assert list(found) == ["name", "description", "metadata"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_strangers_words_end_no_quotation_tag_or_line(text: str) -> None:
    assert not set(plain(f'“{text}” "<b>" `', 300)) & set('“”"<>`\n\r\x00\x1b\x85\u2028\u202e\ud800')


@pytest.mark.parametrize(("most", "shown"), [(5, "a bcd"), (4, "a…"), (3, "a…"), (1, "…")])
def test_what_is_too_long_is_cut_between_words(most: int, shown: str) -> None:
    assert plain("a bcd", most) == shown
    assert len(plain("x" * 50, most)) == most
