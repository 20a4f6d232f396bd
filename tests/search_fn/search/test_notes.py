"""Values that nothing has are told, with what comes near them: by REST, by MCP, and on every list alike."""

from typing import Any

import httpx2
import pytest

from search_fn.index.facets import Filters
from search_fn.index.open import Index
from search_fn.search.notes import Remarks, notes_on, notes_on_query
from search_fn.search.ranking import search
from tests.support.mcp_messages import call
from tests.support.tool_calls import text

# Of each path, the names of its filters.
FILTERS = {
    "/api/v1/search": {name: name for name in ("platform", "collection", "access", "kind", "tag")},
    "/api/v1/codebundles": {
        "platform": "platform", "collection": "collection", "access": "access_level", "tag": "tags",
    },
    "/api/v1/registry/tasks": {"collection": "collection_slug", "tag": "support_tags"},
}  # fmt: skip
VALUES = {
    "platform": ("AWS", "GCP"),
    "collection": ("beacon-codecollection", "anchor-codecollection"),
    "access": ("read-only", "read-write"),
    "kind": ("runbook", "monitor"),
    "tag": ("Security", "Cost"),
}
EACH = [(path, facet, name) for path, names in FILTERS.items() for facet, name in names.items()]


def asked(api: httpx2.Client, path: str, *parameters: tuple[str, str]) -> dict[str, Any]:
    answer = api.get(path, params=[*parameters, ("limit", "100")])
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def rows(answer: dict[str, Any]) -> list[Any]:
    return next(answer[name] for name in ("results", "codebundles", "tasks") if name in answer)


@pytest.mark.parametrize(("path", "facet", "name"), EACH)
def test_a_filter_that_is_repeated_or_has_commas_means_any_of_its_values(
    api: httpx2.Client, path: str, facet: str, name: str
) -> None:
    one, other = VALUES[facet]
    repeated = asked(api, path, (name, one), (name, other))
    assert repeated["notes"] == []
    assert repeated == asked(api, path, (name, f"{one},{other}")) == asked(api, path, (name, f" {one} , {other},"))
    assert repeated == asked(api, path, (name, one), (name, ""), (name, f"{other},{one.upper()}"))

    def ids(answer: dict[str, Any]) -> set[str]:
        return {row["id"] for row in rows(answer)}

    alone, another = (ids(asked(api, path, (name, value))) for value in (one, other))
    assert alone
    assert another
    assert ids(repeated) == alone | another
    # With a value that nothing has beside it, it is the same and says so.
    more = asked(api, path, (name, one), (name, "No Such Thing"), (name, other))
    assert rows(more) == rows(repeated)
    assert len(more["notes"]) == 1


@pytest.mark.parametrize(("path", "facet", "name"), EACH)
def test_a_value_that_nothing_has_is_named(api: httpx2.Client, path: str, facet: str, name: str) -> None:
    answer = asked(api, path, (name, "Xyzzy Plugh"))
    assert rows(answer) == []
    (note,) = answer["notes"]
    assert '"Xyzzy Plugh"' in note
    # What there is, where nothing comes near.
    assert VALUES[facet][0].casefold() in note.casefold() or facet == "tag"
    assert "there are: " in note


@pytest.mark.parametrize(
    ("facet", "value", "meant"),
    [
        ("platform", "k8s", "Kubernetes"),
        ("platform", "KUBE", "Kubernetes"),
        ("platform", "Kubernets", "Kubernetes"),
        ("platform", "amazon web services", "AWS"),
        ("platform", "Amazon", "AWS"),
        ("platform", "google cloud", "GCP"),
        ("platform", "Google", "GCP"),
        ("platform", "microsoft azure", "Azure"),
        ("collection", "anchor_codecollection", "anchor-codecollection"),
        ("access", "readonly", "read-only"),
        ("access", "read_write", "read-write"),
        ("kind", "runbooks", "runbook"),
    ],
)
def test_what_says_the_same_is_searched_and_told(api: httpx2.Client, facet: str, value: str, meant: str) -> None:
    answer, same = (asked(api, "/api/v1/search", (facet, each)) for each in (value, meant))
    (note,) = answer["notes"]
    assert f'"{value}"; it is read as ' in note
    assert meant.casefold() in note.casefold()
    assert rows(answer) == rows(same) != []


@pytest.mark.parametrize(
    ("facet", "value", "near"),
    [
        ("platform", "azzure", "Azure"),
        ("collection", "beacon", "beacon-codecollection"),
        ("collection", "beacon-codecolection", "beacon-codecollection"),
        ("tag", "securty", "Security"),
        ("resource_type", "deploymnt", "deployment"),
    ],
)
def test_what_comes_near_is_named(api: httpx2.Client, facet: str, value: str, near: str) -> None:
    answer = asked(api, "/api/v1/search", (facet, value))
    assert rows(answer) == []
    (note,) = answer["notes"]
    assert f'"{value}"; near it: ' in note
    assert near.casefold() in note.partition("near it: ")[2].removesuffix(".").casefold().split(", ")


def test_a_platform_that_is_a_tag_is_said_to_be_one(api: httpx2.Client) -> None:
    (note,) = asked(api, "/api/v1/search", ("platform", "cost"))["notes"]
    assert note == 'No platform here is "cost"; there is a tag "cost".'


@pytest.mark.parametrize("value", ["string", "None", "any"])
def test_a_placeholder_ends_in_no_empty_page_without_a_word(api: httpx2.Client, value: str) -> None:
    called = call(api, "find_codebundle", {"query": "pods", "platform": value, "collection": "", "tags": []})
    (note,) = called["structuredContent"]["notes"]
    assert f'No platform here is "{value}"' in note
    assert "Kubernetes" in note


def test_an_unknown_type_is_told(api: httpx2.Client) -> None:
    (note,) = asked(api, "/api/v1/search", ("types", "codebundle,bundles"))["notes"]
    assert note == 'There is no type "bundles"; there are: codebundle, documentation, library.'


def test_agents_are_told_too(api: httpx2.Client) -> None:
    called = call(api, "find_codebundle", {"query": "pods", "platform": "k8s", "tags": ["*nothing*"]})
    platform, tag = called["structuredContent"]["notes"]
    assert platform == 'No platform here is "k8s"; it is read as Kubernetes.'
    assert '"*nothing*"' in tag
    assert platform in text(called)
    # In Markdown it stays what it is.
    assert r"\*nothing\*" in text(called)


def test_all_that_ask_for_the_same_are_told_the_same(api: httpx2.Client, index: Index) -> None:
    filters = Filters.of(platform=["k8s", "AWS"])
    notes = search(index, "pods", filters).notes
    assert notes == asked(api, "/api/v1/search", ("q", "pods"), ("platform", "k8s,AWS"))["notes"]
    assert notes == asked(api, "/api/v1/codebundles", ("search", "pods"), ("platform", "k8s,AWS"))["notes"]


@pytest.mark.parametrize(
    "value", ["<https://evil.example>", "\u202eevil", "a\x1b[2Jb", "x" * 2_000, "\ud800", "ß" * 300]
)
def test_a_hostile_value_is_short_and_harmless(index: Index, value: str) -> None:
    (note,) = notes_on(Filters.of(tag=[value]), [index])
    assert len(note) < 500
    assert not set(note) & set("<>\u202e\x1b\ud800")


@pytest.mark.parametrize("count", [6, 500, 2_000])
def test_values_without_end_are_told_in_a_few_sentences(index: Index, count: int) -> None:
    filters = Filters.of(tag=[f"nothing{number}" for number in range(count)], platform=["none"] * count)
    notes = notes_on(filters, [index])
    assert len(notes) == 7
    assert [note for note in notes if note.startswith(f"{count - 5} more values")] == [notes[-1]]
    assert len(" ".join(notes)) < 3_000


def test_on_a_corpus_of_nothing_it_is_said_that_there_is_nothing(index: Index) -> None:
    assert notes_on(Filters.of(tag=["x"]), []) == ['No tag here is "x"; nothing here has any.']


def test_what_a_machine_made_up_is_no_unknown_word() -> None:
    pasted = Remarks(unknown=("7f9c", "x7k2p", "deadbeef01"))
    assert notes_on_query([pasted]) == []
    assert notes_on_query([pasted._replace(unknown=("7f9c", "quuxmq"))]) == ['Nothing here has the word "quuxmq".']
