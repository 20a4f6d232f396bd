"""What a bundle's own files say of being deprecated, and what they say of other things."""

import pytest

from build.parse.deprecation import find_deprecation


@pytest.mark.parametrize(
    ("metadata", "since", "instead", "reason"),
    [
        ("true", None, None, None),
        ("2026-05-01", "2026-05-01", None, "2026-05-01"),
        ("since v1.4, use k8s-podresources-health instead", "v1.4", "k8s-podresources-health", None),
        ("Replaced by rw-cli/k8s-new.", None, "rw-cli/k8s-new", None),
    ],
)
def test_metadata_says_it(metadata: str, since: str | None, instead: str | None, reason: str | None) -> None:
    found = find_deprecation(metadata, [], None)
    assert found is not None
    assert (found.since, found.instead, found.source) == (since, instead, "metadata")
    assert found.reason == (reason if metadata in ("true", "2026-05-01") else metadata)


@pytest.mark.parametrize("metadata", [None, "", "false", "No"])
def test_metadata_says_that_it_is_not(metadata: str | None) -> None:
    assert find_deprecation(metadata, ["Deprecation", "KUBERNETES"], "# Pods\n\nLooks at pods.\n") is None


@pytest.mark.parametrize("tag", ["deprecated", "DEPRECATED", "status:deprecated", "deprecated:true"])
def test_a_tag_of_the_whole_bundle_says_it(tag: str) -> None:
    found = find_deprecation(None, ["KUBERNETES", tag], None)
    assert found is not None
    assert found.source == "metadata"


@pytest.mark.parametrize(
    "readme",
    [
        "# Pods (deprecated)\n\nLooks at pods.\n",
        "# DEPRECATED: Pods\n",
        "# Pods - Deprecated\n\nUse `k8s-new` instead.\n",
        "# [Deprecated] Pods\n",
        "# Pods\n\n## Deprecated\n\nUse k8s-new.\n",
        "# Pods\n\n## Deprecation notice\n\nReplaced by [k8s-new](../k8s-new/README.md).\n",
        "# Pods\n\n> **Deprecated**: superseded by k8s-new\n",
        "# Pods\n\n> [!WARNING]\n> This CodeBundle is deprecated in favour of `k8s-new`.\n",
        "# Pods\n\n:warning: **DEPRECATED** - use k8s-new\n",
        "# Pods\n\nThis runbook has been deprecated.\n",
    ],
)
def test_a_readme_says_it(readme: str) -> None:
    found = find_deprecation(None, [], readme)
    assert found is not None
    assert found.source == "readme"
    assert found.instead == ("k8s-new" if "k8s-new" in readme else None)


@pytest.mark.parametrize(
    "readme",
    [
        "# Deprecated API versions\n\nFinds deprecated APIs.\n",
        "# Pods\n\n## Deprecated APIs\n\nWhich objects use them.\n",
        "# EKS\n\nChecks whether the cluster runs a deprecated or extended-support version.\n",
        "# Pods\n\n- Deprecated: which APIs are.\n",
        "# Pods\n\n- `DimensionMetric.name` is marked deprecated in favour of more.\n",
        "# Pods\n\n```\n# Deprecated\n> Deprecated: x\n```\n",
        "# Pods\n\n~~~sh\n```\n# Deprecated\n~~~\n",
        "# Pods\n" + "\n" * 80 + "## Deprecated\n\nThe variable X.\n",
        "",
    ],
)
def test_a_readme_that_speaks_of_other_things_does_not(readme: str) -> None:
    assert find_deprecation(None, [], readme) is None


def test_a_strangers_text_takes_no_time_and_is_cut() -> None:
    for text in ("> " * 20_000 + "x", "# " + "deprecated " * 5_000, "!" * 50_000 + "deprecated", "a -" * 30_000):
        found = find_deprecation(None, [], text)
        assert found is None or len(found.reason or "") <= 300
