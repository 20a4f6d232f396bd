"""Supports as a list whichever way it is written, and the platforms that a bundle is for."""

import time

import pytest

from build.model import GenerationRule
from build.platforms import main_platform, platforms, support_tags


@pytest.mark.parametrize(
    ("cells", "items"),
    [
        # Cells, commas, one cell of several words.
        (("Azure", "Key Vault", "Health"), ("Azure", "Key Vault", "Health")),
        (("GCP,Cloud Run",), ("GCP", "Cloud Run")),
        (("GCP , Cloud Run,, ",), ("GCP", "Cloud Run")),
        (("Linux macOS Windows HTTP",), ("Linux", "macOS", "Windows", "HTTP")),
        (("GKE EKS AKS Kubernetes",), ("GKE", "EKS", "AKS", "Kubernetes")),
        # A product's name is no list.
        (("GitHub Actions",), ("GitHub Actions",)),
        (("Grafana Loki",), ("Grafana Loki",)),
        (("Terraform Cloud",), ("Terraform Cloud",)),
        (("Jenkins",), ("Jenkins",)),
        # Several of them mixed: beside other cells, one with words is a list only if two are platforms.
        (("Kubernetes", "Azure Storage"), ("Kubernetes", "Azure Storage")),
        (("Kubernetes", "Istio AKS EKS"), ("Kubernetes", "Istio", "AKS", "EKS")),
        (("Kubernetes,AKS", "EKS"), ("Kubernetes", "AKS", "EKS")),
        (("  Padded   words ",), ("Padded words",)),
        ((), ()),
        (("", " "), ()),
        ((",",), ()),
    ],
)
def test_supports_is_written_in_three_ways(cells: tuple[str, ...], items: tuple[str, ...]) -> None:
    assert support_tags([cells]) == items


def test_the_lists_of_both_files_are_one_in_their_first_spelling_and_order() -> None:
    runbook, monitor = ("AWS", "EKS", "aws"), ("eks", "Slack", "Aws")
    assert support_tags([runbook, monitor]) == ("AWS", "EKS", "Slack")
    assert support_tags([]) == ()


def test_a_long_list_takes_no_long_time() -> None:
    start = time.perf_counter()
    assert len(support_tags([(",".join(f"item{n}" for n in range(200_000)),)])) == 200_000
    assert time.perf_counter() - start < 5


def rule(platform: str, *resources: str) -> GenerationRule:
    return GenerationRule(path="r", platform=platform, resource_types=resources)


@pytest.mark.parametrize(
    ("name", "supports", "secrets", "found"),
    [
        ("k8s-lamp", [], [], ("Kubernetes",)),
        ("aks-lamp", [], [], ("Kubernetes", "AKS")),
        ("lamp-health", ["EKS"], [], ("Kubernetes", "EKS")),
        ("lamp-health", ["GKE", "OpenShift"], [], ("Kubernetes", "GKE", "OpenShift")),
        ("azure-aks-lamp", [], [], ("Kubernetes", "AKS", "Azure")),
        ("aws-lamp", ["CloudWatch"], [], ("AWS",)),
        ("lamp", ["GCP", "Cloud Run"], [], ("GCP",)),
        ("gh-actions", ["GitHub Actions"], [], ("GitHub",)),
        ("postgres-lamp", ["Kubernetes"], [], ("Kubernetes", "Database")),
        ("aws-c7n-rds-lamp", [], [], ("AWS", "Database")),
        ("lamp", ["MySQL", "Redis", "http"], [], ("Database", "HTTP")),
        # A word within an item, or further on in a name, counts only for what things run on.
        ("azure-kv-lamp", ["Azure Key Vault", "Web Apps"], [], ("Azure",)),
        ("lamp-slack-gke", [], [], ("Kubernetes", "GKE")),
        ("lamp-linux_curl", [], [], ()),
        ("curl-http-ok", [], [], ("HTTP",)),
        ("lamp", [], ["kubeconfig", "AWS_KEY", "lamp-key"], ("Kubernetes", "AWS")),
        ("curl-lamp", [], ["gcp_credentials_json", "azure-sp"], ("Azure", "GCP", "HTTP")),
        # None is without one that says anything at all.
        ("lamp", ["Lighthouse", "Lamps"], [], ("Lighthouse",)),
        ("lamp", ["x" * 41], [], ()),
        ("", [], [], ()),
    ],
)
def test_platforms_are_what_name_supports_and_secrets_say(
    name: str, supports: list[str], secrets: list[str], found: tuple[str, ...]
) -> None:
    assert platforms(name, supports, secrets, []) == found


def test_rules_decide_where_the_others_are_silent() -> None:
    both = [rule("kubernetes", "gcp_lamps", "deployment"), rule("azure_devops")]
    assert platforms("lamp", ["Lamps"], [], both) == ("Kubernetes", "Azure", "GCP")
    assert platforms("jenkins-lamp", ["Jenkins"], [], [rule("aws", "aws_ec2_instances")]) == ("Jenkins",)


def test_orchestrators_and_clouds_come_first_and_each_once() -> None:
    found = platforms("slack-lamp", ["aws", "AWS", "Slack", "AKS", "Azure", "GCP", "EKS", "Linux"], ["gcp"], [])
    assert found == ("Kubernetes", "AKS", "EKS", "AWS", "Azure", "GCP", "Linux", "Slack")


@pytest.mark.parametrize(
    ("name", "declared", "found", "main"),
    [
        ("aws-lamp", ["kubernetes"], ("Kubernetes", "AWS"), "AWS"),
        ("curl-gcp-lamp", [], ("GCP", "HTTP"), "GCP"),
        ("curl-lamp", [], ("HTTP",), "HTTP"),
        ("lamp", ["gcp"], ("Kubernetes", "GCP"), "GCP"),
        ("lamp", [], ("Azure", "Slack"), "Azure"),
        ("aks-lamp", [], ("Kubernetes", "AKS"), "Kubernetes"),
        ("lamp", ["unheard-of"], ("Slack",), "Slack"),
        ("dns-lamp", [], ("AWS", "Azure", "GCP"), None),
        ("lamp", [], ("Kubernetes", "AWS", "Azure"), "Kubernetes"),
        ("lamp", [], (), None),
    ],
)
def test_one_platform_is_the_main_one(name: str, declared: list[str], found: tuple[str, ...], main: str | None) -> None:
    assert main_platform(name, declared, found) == main
