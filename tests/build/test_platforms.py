"""Supports as a list whichever way it is written, and the platforms that a bundle is for."""

import time

import pytest

from build.model import GenerationRule, ResourceType
from build.platforms import main_platform, platforms, support_tags, unseparated


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
    types = tuple(ResourceType(platform=platform, resource_type=name) for name in resources)
    return GenerationRule(path="r", platform=platform, resource_types=resources, resources=types)


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
    assert platforms("lamp", [], [], both) == ("Kubernetes", "Azure", "GCP")
    assert platforms("lamp", ["Lamps"], [], both) == ("Azure", "GCP", "Lamps")
    assert platforms("jenkins-lamp", ["Jenkins"], [], [rule("aws", "aws_ec2_instances")]) == ("Jenkins",)


@pytest.mark.parametrize("borrowed", ["kubernetes", "runwhen"])
def test_a_product_comes_before_what_its_rule_borrows(borrowed: str) -> None:
    assert platforms("widget", ["oVirt", "RHV"], [], [rule(borrowed, "cluster")]) == ("oVirt",)
    assert platforms("widget", ["Acme Cloud"], [], [rule(borrowed, "cluster")]) == ("Acme Cloud",)


@pytest.mark.parametrize(
    "sentence",
    [
        "Acme network_service status",
        "Acme acme_project traffic observability report",
        "Acme things that go wrong in a rather long sentence of words",
        "acme what it does",
        "${PLATFORM} of acme",
    ],
)
def test_a_sentence_is_no_platform_and_a_rules_platform_comes_before_it(sentence: str) -> None:
    assert platforms("widget", [sentence], [], [rule("kubernetes", "cluster")]) == ("Kubernetes",)
    assert [p.casefold() for p in platforms("widget", [sentence], [], [rule("acme", "widget")])] == ["acme"]
    assert platforms("widget", [sentence], [], []) == ()


def test_a_product_is_read_out_of_a_sentence_where_name_or_rule_has_it_too() -> None:
    sentence = "Mailgun network_service platform-status"
    assert platforms("mailgun-domain", [sentence], [], []) == ("Mailgun",)
    assert platforms("acme-domain", ["Acme acme_project status"], [], []) == ("Acme",)
    assert platforms("widget", ["Acme acme_project status"], [], [rule("ACME")]) == ("Acme",)


@pytest.mark.parametrize(
    ("supports", "found"),
    [
        (["Vercel", "HTTP"], ("HTTP", "Vercel")),
        (["Acme", "HTTP", "Slack"], ("Acme", "HTTP", "Slack")),
        (["MongoDB Atlas"], ("Database", "MongoDB Atlas")),
        (["Elasticsearch"], ("Database", "Elasticsearch")),
        (["Redis Enterprise"], ("Database", "Redis Enterprise")),
        (["GitHub Actions"], ("GitHub",)),
        (["Vault Enterprise", "HTTP"], ("HTTP", "Vault")),
        # What runs on a cloud is the cloud's.
        (["Istio", "Kubernetes"], ("Kubernetes",)),
        (["Key Vault", "Azure"], ("Azure",)),
        # Only what comes first is a product for sure, or what the name has as well.
        (["HTTP", "Acme"], ("HTTP",)),
        (["HTTP", "Widget"], ("HTTP", "Widget")),
    ],
)
def test_a_vendor_is_not_lost_beside_a_word_that_is_known(supports: list[str], found: tuple[str, ...]) -> None:
    assert platforms("widget-lamp", supports, [], []) == found


def test_a_rule_for_a_products_own_resources_adds_the_product() -> None:
    assert platforms("widget", ["HTTP"], [], [rule("acme", "acme_widget")]) == ("Acme", "HTTP")
    assert platforms("widget", ["HTTP", "ACME"], [], [rule("acme", "acme_widget")]) == ("ACME", "HTTP")
    for odd in ("", "{{ x }}", "a b", "x" * 41, "é"):
        assert platforms("widget", ["HTTP"], [], [rule(odd, "x")]) == ("HTTP",)


def test_a_clouds_service_speaks_for_the_cloud() -> None:
    assert platforms("rds-mysql-lamp", [], [], []) == ("AWS", "Database")
    assert platforms("lamp", ["CloudSQL"], [], []) == ("GCP", "Database")
    assert platforms("lamp", ["CosmosDB"], [], []) == ("Azure", "Database")


@pytest.mark.parametrize(
    ("supports", "spelled"),
    [
        (["mcp"], "MCP"),
        (["dns"], "DNS"),
        (["ping"], "Ping"),
        (["uptime"], "Uptime"),
        (["opsgenie"], "Opsgenie"),
        (["OpsGenie"], "Opsgenie"),
        (["twitter"], "Twitter"),
        (["Microsoft", "MS-TEAMS"], "Microsoft Teams"),
        (["Microsoft Teams"], "Microsoft Teams"),
        (["microsoft", "Teams", "ms_teams"], "Microsoft Teams"),
        (["Google-Chat"], "Google Chat"),
        (["googlechat"], "Google Chat"),
        (["NewRelic"], "New Relic"),
        (["new relic"], "New Relic"),
        (["Amazon Web Services"], "AWS"),
        (["amazon"], "AWS"),
        (["Google Cloud"], "GCP"),
        (["google cloud platform"], "GCP"),
        (["acme"], "Acme"),
        (["Acme"], "Acme"),
        (["n8n"], "n8n"),
        (["cert-manager"], "cert-manager"),
    ],
)
def test_a_product_is_spelled_in_one_way(supports: list[str], spelled: str) -> None:
    assert platforms("lamp", supports, [], []) == (spelled,)


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (("Acme network_service status",), [("Acme network_service status", 1)]),
        (("Acme", "network_service status"), [("network_service status", 1)]),
        (("Linux macOS Windows HTTP",), [("Linux macOS Windows HTTP", 4)]),
        (("Kubernetes", "Istio AKS  EKS", " "), [("Istio AKS EKS", 3)]),
        (("data lakes",), [("data lakes", 1)]),
        (("One Two Three Four",), [("One Two Three Four", 1)]),
        (("GitHub Actions",), []),
        (("Azure", "Data factories"), []),
        (("GCP,Cloud Run",), []),
        (("Acme network_service,status of it all",), []),
        (("Kubernetes",), []),
        ((), []),
    ],
)
def test_a_cell_that_may_be_read_otherwise_is_told(cells: tuple[str, ...], found: list[tuple[str, int]]) -> None:
    assert unseparated(cells) == found


def test_very_many_words_make_no_more_platforms_than_a_bundle_can_be_for() -> None:
    word, words = "a-b_c." * 30_000, " ".join("ab" for _ in range(90_000))
    assert platforms(word, [word, words], [word], [rule(word, word)]) == ()
    assert unseparated([words]) == [(words, 1)]
    types = tuple(ResourceType(platform=f"p{n}x", resource_type="a") for n in range(100_000))
    made = GenerationRule(path="r", platform="kubernetes", resources=types)
    found = platforms("lamp", [f"item {n}" for n in range(100_000)], [], [made])
    assert len(found) <= 12


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
        ("vercel-lamp", [], ("HTTP", "Vercel"), "Vercel"),
        ("elasticsearch-lamp", [], ("Database", "Elasticsearch"), "Elasticsearch"),
        ("lamp", ["acme"], ("Acme", "HTTP"), "Acme"),
        ("lamp", [], (), None),
    ],
)
def test_one_platform_is_the_main_one(name: str, declared: list[str], found: tuple[str, ...], main: str | None) -> None:
    assert main_platform(name, declared, found) == main
