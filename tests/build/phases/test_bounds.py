"""A collection brings as much as all can be encoded, and is told of the rest."""

from pathlib import Path

import pytest

from build.environment import git_environment
from build.index.page_entries import library_entries
from build.index.passages import passages
from build.keyword_libraries import (
    Keyword,
    Library,
)
from build.model import (
    Bundle,
    Tool,
)
from build.phases import bounds
from build.phases.bounds import within_bounds
from build.phases.fetch import fetch_sources
from build.phases.parse import parse_collections
from tests.support.bundles import SOUND
from tests.support.catalogues import HARBOR, facts, text_everywhere
from tests.support.repositories import Repository
from tests.support.runs import run_of

# Passages of a bundle that has five tools.
_FIVE = 5 + bounds._OTHERS


def bundle(name: str, tools: int) -> Bundle:
    return Bundle(
        name=name, tools=tuple(Tool(kind="runbook", name=f"T{n}", title=f"T{n}", line=n) for n in range(tools))
    )


def library(name: str, keywords: int) -> Library:
    made = tuple(Keyword(name=f"K{number}", path=f"libraries/{name}.py", line=number) for number in range(keywords))
    return Library(
        collection="harbor", name=name, setting="Library", import_name=name, path=f"libraries/{name}.py", keywords=made
    )


def test_what_fits_is_taken_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MAX_PASSAGES", 2 * (bounds._OTHERS + 5) + 4)
    bundles, libraries = [bundle("a", 5), bundle("b", 5)], [library("L", 3)]
    assert within_bounds("harbor", bundles, libraries) == (2, libraries, ())


@pytest.mark.parametrize(
    ("passages", "bundles", "libraries", "first"),
    [
        (2 * _FIVE + 3, 2, 0, "the library L"),
        (2 * _FIVE + 4, 2, 1, "the library M"),
        (2 * _FIVE - 1, 1, 0, "b"),
        (_FIVE - 1, 0, 0, "a"),
        (0, 0, 0, "a"),
    ],
)
def test_what_comes_after_is_left_out_and_told(
    passages: int, bundles: int, libraries: int, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MAX_PASSAGES", passages)
    found = within_bounds("harbor", [bundle("a", 5), bundle("b", 5)], [library("L", 3), library("M", 3)])
    assert (found.bundles, len(found.libraries)) == (bundles, libraries)
    (told,) = found.problems
    assert (told.code, told.severity, told.collection) == ("collection-too-large", "error", "harbor")
    assert told.message == f"the collection has more than {passages:,} passages: from {first} on, all is left out"


def test_no_bundle_or_library_has_more_passages_than_are_counted() -> None:
    catalogue = text_everywhere("text", "# A\n\n" + "Some words of a section which is long enough.\n\n# B\n\n" * 9)
    for record in catalogue.records:
        assert len(passages(record)) <= len(record.tools) + bounds._OTHERS
    made = library("L", 7)
    entries = library_entries([made], {"harbor": facts(HARBOR, bundles=1, tools=1)}, "")
    assert sum(len(entry.passages) for entry in entries) == len(made.keywords) + 1


def test_a_collection_of_too_many_bundles_is_cut_and_another_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large, small = Repository(tmp_path / "large"), Repository(tmp_path / "small")
    large.commit({f"codebundles/{name}/runbook.robot": SOUND for name in "abcd"})
    small.commit({f"codebundles/{name}/runbook.robot": SOUND for name in "xy"})
    run = run_of(tmp_path, [large.collection("large"), small.collection("small")])
    monkeypatch.setattr(bounds, "MAX_BUNDLES", 3)
    monkeypatch.setattr(bounds, "MAX_PASSAGES", 2 * (bounds._OTHERS + 1))
    with git_environment(allow_local=True):
        parsed = parse_collections(run, fetch_sources(run))
    assert [entry.id for entry in parsed.entries] == ["large/a", "large/b", "small/x", "small/y"]
    assert [found.message for found in run.problems if found.code == "collection-too-large"] == [
        "the collection has more than 3 bundles: from d on, all is left out",
        f"the collection has more than {bounds.MAX_PASSAGES} passages: from c on, all is left out",
    ]
    assert [(row.slug, row.bundles, row.readable, row.tools) for row in run.report.rows] == [
        ("large", 2, 2, 2), ("small", 2, 2, 2),
    ]  # fmt: skip
