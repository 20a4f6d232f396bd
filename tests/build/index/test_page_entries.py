"""Documentation, libraries and keywords on their corpus of the index, as rows, texts and passages."""

import json
from pathlib import Path
from typing import Any

from build.config.sources import read_sources
from build.documentation import (
    DocumentationPage,
    Section,
)
from build.index.page_entries import documentation_entries, library_entries
from build.keyword_libraries import (
    Keyword,
    Library,
)
from tests.support.catalogues import COMMIT, HARBOR, facts

ROOT = Path(__file__).resolve().parents[3]


def test_a_page_is_found_by_its_sections_and_a_question_by_its_answer(tmp_path: Path) -> None:
    pages, _ = read_sources(ROOT / "sources.yaml")
    entries = {entry.row.id: entry for entry in documentation_entries(pages, "https://registry.example/")}
    assert list(entries) == sorted(entries)
    rules = entries["documentation/generation-rules"]
    assert [passage.item for passage in rules.passages] == [-1, 0, 1]
    assert rules.row.type == "documentation"
    question = entries["faq/how-do-i-raise-an-issue-from-a-task"]
    assert "https://registry.example/documentation/#faq-how-do-i-raise-an-issue-from-a-task" in question.row.card


def keyword(name: str, **facts: Any) -> Keyword:
    return Keyword(name=name, path="libraries/Lamp.py", line=3, **facts)


def test_a_keyword_leads_to_its_place_on_the_librarys_page() -> None:
    library = Library(
        collection=HARBOR.slug,
        name="Lamp",
        setting="Library",
        import_name="RW.Lamp",
        path="libraries/Lamp.py",
        keywords=(keyword("Light/Dim Lamp", arguments=("lamp", "level=3"), documentation="Dims it."),),
    )
    made = library_entries(
        [library], {HARBOR.slug: facts(HARBOR, bundles=1, tools=1, state="stale")}, "https://r.example/"
    )
    whole, one = (json.loads(entry.row.card) for entry in made)
    assert [entry.row.id for entry in made] == ["harbor/Lamp", "harbor/Lamp.Light/Dim Lamp"]
    assert whole["url"] == "https://r.example/libraries/harbor/Lamp/"
    assert one["url"] == "https://r.example/libraries/harbor/Lamp/#Light/Dim-Lamp"
    assert one["description"] == "Dims it.\nArguments: lamp, level=3"
    assert (one["commit"], one["stale"], one["type"]) == (COMMIT, True, "library")


def test_a_section_leads_to_its_heading_and_is_quoted_in_part() -> None:
    section = Section(heading="Use", anchor="use", text="long " * 1_000)
    page = DocumentationPage(
        category="faq", slug="a", name="A", url="https://docs.example/a#top", description="On a.", sections=(section,)
    )
    (made,) = documentation_entries([page], "")
    (shown,) = json.loads(made.row.card)["sections"]
    assert shown["url"] == "https://docs.example/a#use"
    assert len(shown["description"]) == 300
    assert [(one.part, one.item, len(one.text) <= 1_200) for one in made.passages] == [
        ("head", -1, True), ("section", 0, True),
    ]  # fmt: skip
