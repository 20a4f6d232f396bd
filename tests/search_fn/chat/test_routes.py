"""The chat without a provider: what it finds, what it says, and how it goes on from the question before."""

import json
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from search_fn.chat.text import EXAMPLES
from search_fn.rest.application import create_app
from search_fn.settings import PACKAGE
from tests.support.chatting import ask, ids
from tests.support.made_up import settings_for
from tests.support.serving import serving

PODS = "beacon-codecollection/k8s-pod-restarts"


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


@pytest.mark.parametrize(
    "question", ["hi", "Hello!", "what can you do?", "What can I ask here?", "thanks", "help", "?", "how many bundles"]
)
def test_a_greeting_is_answered_with_what_can_be_asked(api: httpx2.Client, question: str) -> None:
    answer = ask(api, question)
    assert "catalogue of 13 Skill Templates in 2 CodeCollections" in answer["answer"]
    assert (answer["answer_source"], answer["no_match"], answer["relevant_tasks"]) == ("system", False, [])


@pytest.mark.parametrize(
    "question", ["what can I do about restarting pods?", "which bundles find certificates that are about to expire?"]
)
def test_a_question_is_no_greeting(api: httpx2.Client, question: str) -> None:
    assert ask(api, question)["answer_source"] == "codebundles"


# Requests


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
