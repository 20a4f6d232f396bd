"""Why a result stands where it does, in words; and how well it fits."""

from typing import Any

import httpx2
import pytest

from search_fn.index.open import Index
from search_fn.query.read import read_query
from search_fn.search.ranking import search
from search_fn.search.reasons import MOST_REASONS, asked_of, best_said, match_of
from tests.support.mcp_messages import call

SAID = [
    ("alert", "KubePodCrashLooping"),
    ("alert", "KubeJobFailed"),
    ("error", "Back-off restarting failed container"),
    ("symptom", "app pods keep restarting"),
    ("question", "Why do pods restart after a deploy?"),
    ("alias", "Restart"),
]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("KubePodCrashLooping", "KubePodCrashLooping"),
        ("[FIRING:1] kubepodcrashlooping prod", "KubePodCrashLooping"),
        ("pods are crash looping", "KubePodCrashLooping"),
        ("pods keep restarting", "app pods keep restarting"),
        ("Back-off restarting failed container app", "Back-off restarting failed container"),
        ("restart", "Restart"),
        # One word of several is about everything.
        ("pod logs of the ingress", None),
        ("kube", None),
    ],
)
def test_what_is_said_is_told_where_the_query_is_about_it(index: Index, query: str, wanted: str | None) -> None:
    asked = asked_of(read_query(query, index.vocabulary), index, query)
    best = best_said(asked, SAID)
    assert (best and best[1]) == wanted


def test_every_result_has_a_reason_that_can_be_checked(index: Index) -> None:
    for query in ("pods keep restarting", "certificate about to expire", "http-endpoint-check", "zzzz qqqq"):
        answer = search(index, query, limit=100, explain=True)
        assert answer.results
        for result in answer.results:
            assert result.why
            assert 1 <= len(result.why.because) <= MOST_REASONS
            for reason in result.why.because:
                kind, _, text = reason.partition(": ")
                if kind in ("tool", "meaning close to"):
                    assert text in {_plain(tool.title) for tool in result.tools}
                elif kind == "title":
                    assert all(word in result.display_name.lower() for word in text.split(", "))
                elif kind == "name":
                    assert text == result.display_name


def _plain(title: str) -> str:
    return " ".join(title.replace("${", "").replace("}", "").replace("`", "").split())


def test_a_name_is_a_reason_of_its_own(index: Index) -> None:
    first = search(index, "http-endpoint-check", explain=True).results[0]
    assert first.why
    assert (first.why.tier, first.why.because[0]) == ("exact", f"name: {first.display_name}")


def test_nothing_asked_has_no_reason(index: Index) -> None:
    answer = search(index, "", explain=True)
    assert {(one.match, tuple(one.why.because) if one.why else None) for one in answer.results} == {(None, ())}
    assert answer.likely == answer.total


def test_weak_matches_come_last_and_are_counted(index: Index) -> None:
    answer = search(index, "pods keep restarting", limit=100)
    matches = [str(one.match) for one in answer.results]
    assert matches == sorted(matches, key=["strong", "partial", "weak"].index)
    assert 0 < answer.likely == len(matches) - matches.count("weak") < answer.total
    assert [match_of(score) for score in (1, 0.7, 0.4, 0.1)] == ["strong", "strong", "partial", "weak"]


def test_agents_and_programs_are_told_the_same(api: httpx2.Client) -> None:
    rest = api.get("/api/v1/search", params={"q": "pods keep restarting", "explain": "1"}).json()["results"]
    result: dict[str, Any] = call(api, "find_codebundle", {"query": "pods keep restarting"})
    mcp = result["structuredContent"]["results"]
    assert [(one["id"], one["match"], one["why"]) for one in mcp] == [
        (one["id"], one["match"], one["why"]) for one in rest
    ]
    text = result["content"][0]["text"]
    assert "strong match" in text
    assert "Found by " in text
    plain = api.get("/api/v1/search", params={"q": "pods keep restarting"}).json()["results"]
    assert [(one["match"], one["why"]) for one in plain] == [(one["match"], None) for one in rest]
