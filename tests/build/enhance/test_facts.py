"""What of a model's answer the code contradicts."""

from typing import Any

import pytest

from build.enhance.answer import Answer
from build.enhance.facts import drop_contradicted
from build.model import AccessLevel, Bundle, Effect, Permission, Tool
from tests.support.replaying import EMPTY

_GRAVEST: tuple[Effect, ...] = ("changes", "unclear", "reads")


def bundle(*effects: Effect, level: AccessLevel = "unknown", needs: tuple[tuple[str, str], ...] = ()) -> Bundle:
    return Bundle(
        name="a",
        tools=tuple(
            Tool(kind="runbook", name=f"Tool {n}", title="t", line=1, effect=effect) for n, effect in enumerate(effects)
        ),
        effect=next((one for one in _GRAVEST if one in effects), "unclear"),
        access_level=level,
        permissions=tuple(Permission(platform=platform, permission=permission) for platform, permission in needs),
    )


def agree(of: Bundle, **said: Any) -> tuple[Answer, list[str]]:
    return drop_contradicted(Answer.model_validate({**EMPTY, "description": "Looks.", **said}), of)


@pytest.mark.parametrize(
    ("known", "said", "kept_level", "told_of"),
    [
        ("read-only", "read-write", "unknown", 1),
        ("read-write", "read-only", "unknown", 1),
        ("read-only", "read-only", "read-only", 0),
        ("read-only", "unknown", "unknown", 0),
        ("unknown", "read-write", "read-write", 0),
    ],
)
def test_the_code_and_the_tags_win_over_the_models_access_level(
    known: AccessLevel, said: str, kept_level: str, told_of: int
) -> None:
    kept, told = agree(bundle("unclear", level=known), access_level=said, access_reason="It says so.")
    assert (kept.access_level, len(told)) == (kept_level, told_of)
    assert kept.access_reason == ("" if told_of else "It says so.")


@pytest.mark.parametrize(
    ("platform", "requirement", "stands"),
    [
        ("Kubernetes", "pods:delete", False),
        ("Kubernetes", "pods:list", True),
        ("Kubernetes", "secrets:get", True),
        ("Kubernetes", "deployments.apps:patch", True),
        ("Kubernetes", "deployments:patch", True),
        ("Kubernetes", "pods/exec:create", False),
        ("Kubernetes", "*:delete", False),
        ("Kubernetes", "*:patch", True),
        ("AWS", "ec2:DescribeInstances", True),
        ("AWS", "ec2:TerminateInstances", False),
        ("AWS", "ec2:*", False),
        ("AWS", "s3:PutObject", True),
        ("AWS", "s3:*", True),
    ],
)
def test_a_permission_to_change_what_no_command_changes_is_left_out(
    platform: str, requirement: str, stands: bool
) -> None:
    needs = (("Kubernetes", "list pods"), ("Kubernetes", "patch deployments.apps"), ("AWS", "s3:PutObject"),
             ("AWS", "ec2:DescribeInstances"))  # fmt: skip
    said = [{"platform": platform, "requirement": requirement, "evidence": "kubectl get pods"}]
    kept, told = agree(bundle("changes", "reads", needs=needs), iam_requirements=said)
    assert [need.requirement for need in kept.iam_requirements] == [requirement] * stands
    assert told == ([] if stands else [f"left out: its code shows no need of {requirement!r}"])
    # Where anything may be run, anything may be needed.
    kept, told = agree(bundle("changes", "unclear", needs=needs), iam_requirements=said)
    assert (len(kept.iam_requirements), told) == (1, [])


@pytest.mark.parametrize(
    ("platform", "role", "stands"),
    [
        ("Azure", "Monitoring Reader", True), ("Azure", "Contributor", False), ("Azure", "Owner", False),
        ("GCP", "roles/compute.viewer", True), ("GCP", "roles/editor", False), ("GCP", "roles/compute.admin", False),
    ],
)  # fmt: skip
def test_a_role_that_allows_changes_is_none_of_what_only_reads(platform: str, role: str, stands: bool) -> None:
    said = [{"platform": platform, "requirement": role, "evidence": "az vm list"}]
    assert len(agree(bundle("reads"), iam_requirements=said)[0].iam_requirements) == stands
    assert len(agree(bundle("changes"), iam_requirements=said)[0].iam_requirements) == 1


@pytest.mark.parametrize(
    "sentence",
    [
        "All tools are read-only.",
        "It only reads the state of pods.",
        "It does not modify any resources.",
        "It looks without changing anything.",
        "No changes are made to the cluster.",
        "It never alters the cluster.",
    ],
)
def test_a_sentence_that_says_nothing_is_changed_is_left_out_where_something_is(sentence: str) -> None:
    tools = [
        {"name": f"Tool {n}", "purpose": sentence, "function": f"Looks. {sentence}", "requirements": []} for n in (0, 1)
    ]
    said = {
        "description": f"Finds pods. {sentence} Then it reports.",
        "use_cases": [sentence, "Pods hang."],
        "tools": tools,
    }
    kept, told = agree(bundle("changes", "reads"), **said)
    assert kept.description == "Finds pods. Then it reports."
    assert kept.use_cases == ("Pods hang.",)
    # The other tool does only read.
    assert [(one.purpose, one.function) for one in kept.tools] == [("", "Looks."), (sentence, f"Looks. {sentence}")]
    assert told == [f"left out: its code changes things, and the model says that it does not: {sentence!r}"]
    assert agree(bundle("reads", "reads"), **said) == (Answer.model_validate({**EMPTY, **said}), [])


@pytest.mark.parametrize(
    "sentence", ["Finds read-only file systems.", "Checks whether read-only replicas lag.", "Restarts pods."]
)
def test_what_says_nothing_of_the_tools_stands(sentence: str) -> None:
    assert agree(bundle("changes"), description=sentence)[1] == []
