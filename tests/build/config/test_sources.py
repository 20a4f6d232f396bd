"""What sources.yaml lists."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.config.sources import read_sources
from build.documentation import (
    DocumentationPage,
)
from build.errors import UsageError

ROOT = Path(__file__).resolve().parents[3]


def read(folder: Path, text: str) -> tuple[list[DocumentationPage], list[str]]:
    file = folder / "sources.yaml"
    file.write_text(text, encoding="utf-8")
    pages, problems = read_sources(file)
    assert {one.code for one in problems} <= {"source-odd"}
    return pages, [one.message for one in problems]


def test_without_a_file_there_is_nothing(tmp_path: Path) -> None:
    assert read_sources(tmp_path / "sources.yaml") == ([], [])


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# Nothing yet.\n", "---\n", "sources:\n", "sources:\n  # Nothing yet.\n"]
)
def test_an_empty_file_is_no_pages(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == ([], [])


@pytest.mark.parametrize("file", ["sources.yaml", "samples/sources.yaml"])
def test_our_own_are_sound(file: str) -> None:
    pages, problems = read_sources(ROOT / file)
    assert problems == []
    assert len({page.id for page in pages}) == len(pages)
    questions = [page for page in pages if page.category == "faq"]
    assert questions
    assert all(page.url is None for page in questions)


def test_pages_and_questions_are_read_and_older_files_too(tmp_path: Path) -> None:
    text = """
  libraries:
    - {name: A page, url: "https://docs.example/a?b=c#d", description: About it., topics: [x, y], priority: high,
       usage_examples: [Do this.], key_points: [Know this.]}
  faq:
    - {question: "Why?", answer: Because., topics: []}
    - {question: "Why!", answer: So.}
"""
    pages, problems = read(tmp_path, f"sources:{text}\nindex_config: {{refresh_interval: 24}}\n")
    assert problems == []
    assert [(page.id, page.name, page.url) for page in pages] == [
        ("libraries/a-page", "A page", "https://docs.example/a?b=c#d"),
        ("faq/why", "Why?", None),
        ("faq/why-2", "Why!", None),
    ]
    assert [section.text for section in pages[0].sections] == ["Know this.", "Do this."]
    older = "\n".join(line.removeprefix("  ") for line in text.splitlines())
    assert read(tmp_path, older) == (pages, [])
    oldest = older.replace("topics: [x", "keywords: [x").replace("usage_examples:", "examples:")
    assert "keywords" in oldest
    assert read(tmp_path, oldest) == (pages, [])
    # As upstream's own has it.
    assert read(tmp_path, f"documentation:{text}".replace("topics: [x", "keywords: [x")) == (pages, [])


def test_a_category_may_be_called_documentation(tmp_path: Path) -> None:
    pages, problems = read(tmp_path, "documentation: [{name: N, description: D}]\nfaq: [{question: Q, answer: A}]\n")
    assert [page.id for page in pages] == ["documentation/n", "faq/q"]
    assert problems == []


def test_a_key_that_nothing_reads_is_told_and_the_entry_stands(tmp_path: Path) -> None:
    text = "sources: {faq: [{question: Q, answer: A, piority: high, 7: x}]}\nsorces: {}\nindex_config: {}"
    pages, problems = read(tmp_path, text)
    assert [page.id for page in pages] == ["faq/q"]
    assert problems == ["nothing reads 'sorces'", "entry 1 of faq: nothing reads piority, 7"]


@pytest.mark.parametrize(
    "entry",
    [
        "{name: only a name}",
        "{question: no answer}",
        "{name: x, description: y, url: 'http://docs.example/'}",
        "{name: x, description: y, url: 'https://user:pass@docs.example/'}",
        "{name: x, description: y, url: 'javascript:alert(1)'}",
        "{name: x, description: y, url: 'https://docs.example/a%zz'}",
        "{name: x, description: y, url: 'https://docs.example/a#50%'}",
        "{name: x, description: y, url: 'https://docs.example/?q=%e'}",
        "{name: x, description: y, url: 'https://docs.example:99999/'}",
        "{name: x, description: y, url: 'https://docs.example:0/'}",
        "{name: x, description: y, url: 'https://docs.example/\"><script>'}",
        "{name: [x], description: y}",
        "just text",
        "null",
        "[1]",
        "{name: x, description: '" + "y" * 6_000 + "'}",
    ],
)
def test_a_wrong_entry_is_told_and_hurts_no_other(tmp_path: Path, entry: str) -> None:
    text = f"sources:\n  faq:\n    - {entry}\n    - {{question: Q, answer: A}}\n  '../x': []\n  other: text\n"
    pages, problems = read(tmp_path, text)
    assert [page.id for page in pages] == ["faq/q"]
    assert len(problems) == 3
    assert "entry 1 of faq is left out" in problems[0]


@pytest.mark.parametrize("text", ["[]", "text", "a: [", "sources: 7", "a: &a [*a]"])
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match=r"sources\.yaml"):
        read(tmp_path, text)


@pytest.mark.parametrize("end", ["/caf%C3%A9", "/a#caf%C3%A9", "/?q=a%20b", ":8443/a", "/a#/route:1"])
def test_an_address_may_have_whole_percent_signs_and_a_port(tmp_path: Path, end: str) -> None:
    pages, problems = read(tmp_path, f"sources: {{c: [{{name: x, description: y, url: 'https://docs.example{end}'}}]}}")
    assert (problems, pages[0].url) == ([], f"https://docs.example{end}")


def test_keys_are_left_out(tmp_path: Path) -> None:
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9" * 2
    pages, _ = read(tmp_path, f'faq: [{{question: "Why?", answer: "Send {secret} there."}}]')
    assert secret not in pages[0].description


@given(st.lists(st.text(min_size=1, max_size=30).filter(str.strip), min_size=1, max_size=20))
def test_every_page_has_an_address_of_its_own(names: list[str]) -> None:
    known: dict[str, DocumentationPage] = {}
    from build.config.sources import _page

    for name in names:
        try:
            page = _page("faq", {"question": name, "answer": "A"}, known)
        except ValueError:
            continue
        assert page.id not in known
        assert page.slug.isascii()
        assert "/" not in page.slug
        known[page.id] = page
