"""The chat's answers without a model: the catalogue's own words."""

from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from search_fn.chat import text as chat_text
from tests.support.chatting import ask

PODS = "beacon-codecollection/k8s-pod-restarts"


def test_an_answer_names_the_best_bundle_what_it_does_its_matching_tools_and_what_it_needs(api: httpx2.Client) -> None:
    answer = ask(api, "my pods keep restarting")
    assert answer.keys() == {
        *("answer", "relevant_tasks", "confidence_score", "sources_used", "query_metadata", "no_match"),
        *("answer_source", "degraded", "build_id"),
    }
    assert "No language model is set up here" in answer["answer"]
    first, *_ = answer["answer"].split("\n2. ")
    assert f"[{PODS}](<https://registry.example.org/codebundles/{PODS}/>)" in first
    assert "Finds pods whose containers restart again and again" in first
    assert "- Runbook tool: List Restarting Pods in `NAMESPACE`" in first
    assert "- Needs: NAMESPACE, kubeconfig (secret)" in first
    assert f"[Configure](<https://registry.example.org/codebundles/{PODS}/#configure>)" in first
    assert (answer["no_match"], answer["degraded"], answer["answer_source"]) == (False, False, "codebundles")
    assert answer["sources_used"][0] == PODS
    assert answer["query_metadata"] == {
        "query_processed_at": "2030-03-01T00:00:00Z",
        "context_tasks_count": len(answer["relevant_tasks"]),
        "search_engine": "hybrid",
        "llm_enabled": False,
        "platform_filter": None,
        "mcp_tools": [],
    }


@pytest.mark.parametrize("question", ["who won the world cup?", "bake a banana cake", "Wie wird das Wetter?", "zzqx"])
def test_a_question_that_nothing_answers_says_so_and_offers_a_request(api: httpx2.Client, question: str) -> None:
    answer = ask(api, question)
    assert answer["answer"].startswith("Nothing in the catalogue answers this with any confidence.")
    assert (answer["no_match"], answer["answer_source"], answer["confidence_score"]) == (True, "system", None)
    assert answer["relevant_tasks"] == answer["sources_used"] == []
    address = urlsplit(answer["answer"].split("](<")[1].split(">)")[0])
    assert address.path == "/runwhen-contrib/codecollection-registry/issues/new"
    assert question in parse_qs(address.query)["body"][0]


def test_what_comes_near_is_only_called_near(api: httpx2.Client) -> None:
    answer = ask(api, "salesforce disk licences renewal invoice workflow")
    assert answer["no_match"]
    assert "These come nearest, but may not be what you need:" in answer["answer"]
    assert "anchor-codecollection/" in answer["answer"]


def follow_up(api: httpx2.Client, before: str, question: str) -> str:
    said = ask(api, before)["answer"]
    text: str = ask(api, question, [("user", before), ("assistant", said)])["answer"]
    return text


def test_what_does_it_need_lists_all_that_it_needs(api: httpx2.Client) -> None:
    record = api.get(f"/api/v1/collections/{PODS.replace('/', '/codebundles/')}").json()
    first, *others = follow_up(api, "my pods keep restarting", "what does it need?").split("\n2. ")
    assert others == []
    assert f"[{PODS}]" in first
    assert "tool:" not in first
    wanted = [*record["user_variables"], *record["secrets"]]
    assert {one["name"] for one in wanted if f"`{one['name']}`" in first} == {
        one["name"] for one in wanted if one["required"]
    }
    assert first.index("- Required secret: `kubeconfig`") < first.index("- Required variable: `NAMESPACE`")


def test_whether_it_changes_anything_is_told_of_its_tools(api: httpx2.Client) -> None:
    said = follow_up(api, "public buckets on aws", "does it change anything?").split("\n2. ")[0]
    assert "- Access: read-write" in said
    # Of what is made up here no code was read.
    assert "- Its code does not tell: Close a Bucket" in said
    assert "tool: " not in said


def test_without_changing_anything_leaves_out_what_may_change_things(api: httpx2.Client) -> None:
    levels = {one["id"]: one["access_level"] for one in api.get("/api/v1/codebundles").json()["codebundles"]}
    for question in ("public buckets on aws", "nodes are short of memory"):
        before = ask(api, question)
        assert levels[before["sources_used"][0]] == "read-write"
        for answer in (
            ask(api, f"{question} without changing anything"),
            ask(api, "and without changing anything?", [("user", question), ("assistant", before["answer"])]),
        ):
            assert {levels[one["id"]] for one in answer["relevant_tasks"]} <= {"read-only"}
            assert "Only what is read-only, by its code or its tags," in answer["answer"]


def test_what_is_optional_is_counted_and_nothing_is_named_twice() -> None:
    def one(name: str, required: bool) -> dict[str, object]:
        return {"name": name, "required": required, "description": "", "default": ""}

    record = {
        "secrets": [one("KEY", True), one("OTHER", False)],
        "user_variables": [one("KEY", True), one("PLACE", True), one("A", False), one("B", False)],
        "permissions": [], "minimum_iam_requirements": [],
    }  # fmt: skip
    assert chat_text._needs(record, "/x/#configure") == [
        "   - Required secret: `KEY`",
        "   - Required variable: `PLACE`",
        "   - [1 optional secret and 2 optional variables](</x/#configure>)",
    ]


def test_that_there_is_no_model_is_said_once_a_conversation(api: httpx2.Client) -> None:
    assert "No language model" not in follow_up(api, "my pods keep restarting", "what does it need?")


def test_who_asks_for_an_action_is_told_first_what_does_it(api: httpx2.Client) -> None:
    asked = "what restarts pods"
    first = ask(api, asked)["relevant_tasks"]
    effects = [task["access_level"] == "read-write" for task in first]
    assert effects == sorted(effects, reverse=True)
    # What narrows it keeps its subject, over a question about the answer, too.
    said = [("user", asked), ("assistant", "1. x"), ("user", "what does it need?"), ("assistant", "2. y")]
    narrowed = ask(api, "without changing anything", said)
    assert narrowed["sources_used"][0] == PODS
