"""What of a model's answer can be stood by."""

from typing import Any

import pytest

from build.enhance.answer import Answer, keep_valid
from build.model import Bundle, Tool
from tests.support.catalogues import entry
from tests.support.replaying import EMPTY

TEXTS = {"runbook.robot": "Look\n    kubectl   get pods -n x\n", "look.sh": "aws ec2 describe-instances\n"}
TOOL = Tool(kind="runbook", name="Look at `${POD}`", title="Look", line=1, access="read-only")
BUNDLE = Bundle(name="a", tools=(TOOL,), has_runbook=True, access_level="read-only", access_level_source="declared")


def check(bundle: Bundle = BUNDLE, **given: Any) -> tuple[Answer, list[str]]:
    answer = Answer.model_validate({**EMPTY, "description": "Looks.", **given})
    kept, findings = keep_valid(answer, entry(bundle), TEXTS)
    assert {found.code for found in findings} <= {"ai-item-dropped"}
    return kept, [found.message for found in findings]


def need(platform: str, requirement: str, evidence: str = "kubectl get pods") -> dict[str, str]:
    return {"platform": platform, "requirement": requirement, "evidence": evidence}


@pytest.mark.parametrize(
    ("platform", "requirement", "stands"),
    [
        ("AWS", "ec2:DescribeInstances", True),
        ("AWS", "s3:*", True),
        ("AWS", "*", False),
        ("AWS", "AmazonEC2ReadOnlyAccess", False),
        ("AWS", "ec2:describe instances", False),
        ("Kubernetes", "pods:list", True),
        ("Kubernetes", "pods/exec:create", True),
        ("Kubernetes", "deployments.apps:patch", True),
        ("Kubernetes", "pods:read", False),
        ("Kubernetes", "list pods", False),
        ("Azure", "Monitoring Reader", True),
        ("Azure", "Microsoft.Compute/virtualMachines/read", False),
        ("GCP", "roles/compute.viewer", True),
        ("GCP", "compute.viewer", False),
    ],
)
def test_a_permission_is_written_as_its_platform_does(platform: str, requirement: str, stands: bool) -> None:
    kept, told = check(iam_requirements=[need(platform, requirement)])
    assert [found.requirement for found in kept.iam_requirements] == [requirement] * stands
    assert len(told) == (not stands)


@pytest.mark.parametrize("evidence", ["kubectl get nodes", "", "k", "aws ec2 terminate-instances"])
def test_a_permission_without_evidence_in_the_files_is_left_out(evidence: str) -> None:
    kept, told = check(iam_requirements=[need("Kubernetes", "pods:list", evidence), need("Kubernetes", "pods:get")])
    assert [found.requirement for found in kept.iam_requirements] == ["pods:get"]
    assert "'pods:list'" in told[0]


def test_a_tool_is_known_by_its_exact_name() -> None:
    text = {"purpose": "To see.", "function": "Looks.", "requirements": ["eyes", ""]}
    kept, told = check(tools=[{"name": name, **text} for name in (TOOL.name, "Look", TOOL.name)])
    assert [(found.name, found.requirements) for found in kept.tools] == [(TOOL.name, ("eyes",))]
    assert told == ["left out: it has no tool 'Look'"]


def test_texts_are_cleaned_and_bounded() -> None:
    token = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6"
    kept, told = check(
        description="A\x1b[31m \u202eb\n\nc " + "long " * 1_000,
        symptoms=["  same ", "same", "", "\u200b", token, *(f"s{number}" for number in range(100))],
        aliases=["x" * 5_000],
    )
    assert kept.description.startswith("A [31m b c long")
    assert len(kept.description) <= 1_502
    assert kept.symptoms[:2] == ("same", "(key removed)")
    assert len(kept.symptoms) <= 12
    assert len(kept.aliases[0]) <= 302
    assert told == []


def test_an_address_that_is_not_the_bundles_is_left_out() -> None:
    kept, told = check(symptoms=["see https://evil.example/now", "www.evil.example", "fine"], limitations="ftp://x.y/z")
    assert (kept.symptoms, kept.limitations) == (("fine",), "")
    assert len(told) == 1
