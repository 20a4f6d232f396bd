"""The chat without a provider: what it finds, what it says, and how it goes on from the question before."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from search_fn.chat.text import EXAMPLES
from search_fn.rest.application import create_app
from search_fn.settings import PACKAGE
from tests.support.chatting import ask, ids
from tests.support.made_up import settings_for
from tests.support.serving import serving

PODS = "beacon-codecollection/k8s-pod-restarts"
CERTIFICATE = "beacon-codecollection/tls-certificate-age"
BUCKETS = "beacon-codecollection/aws-bucket-exposure"
ADDRESSES = "beacon-codecollection/gcp-idle-addresses"
LAG = "anchor-codecollection/postgres-replica-lag"
DISK = "anchor-codecollection/Linux.disk_Usage"
NODES = "beacon-codecollection/aks-node-pressure"


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
    assert "- Runbook tool: List Restarting Pods in \\`$\\{NAMESPACE\\}\\`" in first
    assert "- Needs: NAMESPACE, kubeconfig (secret)" in first
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


def test_a_bundle_has_upstreams_fields_filled_from_its_record(api: httpx2.Client) -> None:
    record = api.get(f"/api/v1/collections/{PODS.replace('/', '/codebundles/')}").json()
    score = api.get("/api/v1/search", params={"q": "my pods keep restarting"}).json()["results"][0]["score"]
    answer = ask(api, "my pods keep restarting")
    assert answer["confidence_score"] == score
    assert answer["relevant_tasks"][0] == {
        "id": PODS,
        "codebundle_name": "Kubernetes Pod Restarts",
        "codebundle_slug": "k8s-pod-restarts",
        "collection_name": "Beacon CodeCollection",
        "collection_slug": "beacon-codecollection",
        "description": record["description"],
        "support_tags": ["Kubernetes", "AKS", "EKS", "GKE"],
        "tasks": record["tasks"],
        "slis": ["Count Restarts"],
        "author": "example",
        "access_level": "read-only",
        "minimum_iam_requirements": [],
        "runbook_source_url": record["runbook_source_url"],
        "relevance_score": score,
        "platform": "Kubernetes",
        "resource_types": ["deployment"],
    }


def test_a_bundle_that_says_nothing_of_itself_has_the_fields_too(api: httpx2.Client) -> None:
    found = ask(api, "what does empty-shell do?")["relevant_tasks"][0]
    assert (found["codebundle_slug"], found["relevance_score"]) == ("empty-shell", 1.0)


def test_equal_questions_have_equal_bodies(api: httpx2.Client) -> None:
    assert len({json.dumps(ask(api, "pods restart")) for _ in range(4)}) == 1


def test_no_more_bundles_than_asked_for(api: httpx2.Client) -> None:
    assert len(ids(ask(api, "pods restart", context_limit=1))) == 1


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


@pytest.mark.parametrize(
    "question", ["hi", "Hello!", "what can you do?", "What can I ask here?", "thanks", "help", "?", "how many bundles"]
)
def test_a_greeting_is_answered_with_what_can_be_asked(api: httpx2.Client, question: str) -> None:
    answer = ask(api, question)
    assert "catalogue of 13 CodeBundles in 2 CodeCollections" in answer["answer"]
    assert (answer["answer_source"], answer["no_match"], answer["relevant_tasks"]) == ("system", False, [])


@pytest.mark.parametrize(
    "question", ["what can I do about restarting pods?", "which bundles find certificates that are about to expire?"]
)
def test_a_question_is_no_greeting(api: httpx2.Client, question: str) -> None:
    assert ask(api, question)["answer_source"] == "codebundles"


# Questions that go on from the one before


FOLLOW_UPS = [
    ("my pods keep restarting", "what permissions does it need?", PODS),
    ("my pods keep restarting", "which variables are required?", PODS),
    ("my pods keep restarting", "is that read-only?", PODS),
    ("my pods keep restarting", "can I run it on a schedule?", PODS),
    ("find certificates that expire", "how do I configure that one?", CERTIFICATE),
    ("find certificates that expire", "explain", CERTIFICATE),
    ("public buckets on aws", "and how do I close one?", BUCKETS),
    ("public buckets on aws", "and on gcp?", ADDRESSES),
    ("how far are database replicas behind", "which secrets does it use?", LAG),
    ("which folders fill the disk", "what does this do?", DISK),
    # A new subject is not mixed with the old one.
    ("my pods keep restarting", "find certificates that are about to expire", CERTIFICATE),
    ("find certificates that expire", "which buckets can anyone on the internet read?", BUCKETS),
    ("my pods keep restarting", "show replication lag of the database", LAG),
    ("my pods keep restarting", "who is the king of Spain?", None),
    ("who won the world cup?", "and in 1998?", None),
]


@pytest.mark.parametrize(("before", "question", "wanted"), FOLLOW_UPS)
def test_a_follow_up_is_about_what_was_spoken_of(
    api: httpx2.Client, before: str, question: str, wanted: str | None
) -> None:
    history = [("user", before), ("assistant", ask(api, before)["answer"])]
    assert next(iter(ids(ask(api, question, history))), None) == wanted


def test_a_follow_up_can_name_the_second_of_the_answer(api: httpx2.Client) -> None:
    history = [("user", "endpoints"), ("assistant", f"1. {PODS}\n2. tls-certificate-age\n3. {DISK}")]
    assert ids(ask(api, "what does the second one need?", history))[0] == CERTIFICATE
    assert ids(ask(api, "what do they need?", history))[:3] == [PODS, CERTIFICATE, DISK]


def test_another_platform_takes_the_place_of_the_one_before(api: httpx2.Client) -> None:
    assert ids(ask(api, "and on azure?", [("user", "short of memory on aws")]))[0] == NODES


def test_a_bundle_that_the_question_names_comes_first(api: httpx2.Client) -> None:
    for name in ("k8s-pod-restarts", PODS, "k8s_pod_restarts"):
        answer = ask(api, f"Is {name} able to show certificates?")
        assert (ids(answer)[0], answer["relevant_tasks"][0]["relevance_score"]) == (PODS, 1.0)


def test_a_history_that_names_every_bundle_costs_no_more_than_a_few_searches(api: httpx2.Client) -> None:
    every = " ".join(one["id"] for one in api.get("/api/v1/codebundles").json()["codebundles"])
    assert len(ids(ask(api, "what are those?", [("assistant", every)], context_limit=20))) == 5


# Requests


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": ""},
        {"question": "x" * 2_001},
        {"question": "x", "context_limit": 0},
        {"question": "x", "context_limit": 21},
        {"question": "x", "conversation_history": [{"role": "user", "content": "x"}] * 21},
        {"question": "x", "conversation_history": [{"role": "user", "content": "x" * 20_001}]},
        {"question": "x", "conversation_history": [{"role": "x" * 21, "content": "x"}]},
        {"question": "x", "conversation_history": ["x"]},
    ],
)
def test_a_request_out_of_bounds_is_a_problem(api: httpx2.Client, body: dict[str, Any]) -> None:
    answer = api.post("/api/v1/chat/query", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_half_a_surrogate_pair_is_a_problem(api: httpx2.Client) -> None:
    body = '{"question": "pods \\ud800 restart", "conversation_history": [{"role": "user", "content": "\\udfff"}]}'
    answer = api.post("/api/v1/chat/query", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422


def test_without_an_index_a_question_is_503_and_health_is_degraded(tmp_path: Path) -> None:
    with serving(create_app(settings_for(tmp_path / "none"))) as client:
        assert client.post("/api/v1/chat/query", json={"question": "pods"}).status_code == 503
        assert client.get("/api/v1/chat/health").json() == {
            "status": "degraded",
            "ai_enabled": False,
            "ai_provider": None,
            "model": None,
            "mcp_status": "unavailable",
            "mcp_semantic_search": False,
        }


def test_examples_are_six_categories_of_four(api: httpx2.Client) -> None:
    examples = api.get("/api/v1/chat/examples").json()
    assert examples == json.loads(EXAMPLES)
    assert [len(group["queries"]) for group in examples["examples"]] == [4] * 6
    assert all(group.keys() == {"category", "icon", "queries"} for group in examples["examples"])


def test_an_answer_without_provider_imports_no_openai(made_up) -> None:
    code = """
import json, sys
from tests.support.lambda_runtime import function_url
from search_fn.handler import handler
event = function_url(
    "/api/v1/chat/query", method="POST", headers={"content-type": "application/json"}, body='{"question": "pods"}'
)
answer = handler(event, None)
assert answer["statusCode"] == 200, answer
assert not {"openai", "httpx2"} & set(sys.modules)
"""
    environment = {"INDEX_URI": str(made_up.folder), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=PACKAGE, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
