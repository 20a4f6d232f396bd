"""What the chat answers from: follow-ups, names, and bounds."""

import httpx2
import pytest

from tests.support.chatting import ask, ids

PODS = "beacon-codecollection/k8s-pod-restarts"


CERTIFICATE = "beacon-codecollection/tls-certificate-age"


BUCKETS = "beacon-codecollection/aws-bucket-exposure"


ADDRESSES = "beacon-codecollection/gcp-idle-addresses"


LAG = "anchor-codecollection/postgres-replica-lag"


DISK = "anchor-codecollection/Linux.disk_Usage"


NODES = "beacon-codecollection/aks-node-pressure"


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
