"""Values of filters that nothing is called: what they mean."""

import pytest

from search_fn.query.values import meant

PLATFORMS = ["Kubernetes", "AWS", "Azure", "GCP", "Database"]


@pytest.mark.parametrize(
    ("value", "known", "same"),
    [
        ("k8s", PLATFORMS, ["Kubernetes"]),
        ("Amazon Web Services", PLATFORMS, ["AWS"]),
        ("google  Cloud Platform", PLATFORMS, ["GCP"]),
        ("GOOGLE", PLATFORMS, ["GCP"]),
        ("Microsoft", PLATFORMS, ["Azure"]),
        ("postgresql", ["postgres", "mysql"], ["postgres"]),
        ("Read_Only", ["read-only", "read-write"], ["read-only"]),
        ("runbooks", ["runbook", "monitor"], ["runbook"]),
        # What is only near is none.
        ("postgres", PLATFORMS, []),
        ("kub", PLATFORMS, []),
        ("AW", PLATFORMS, []),
        ("string", PLATFORMS, []),
        ("", PLATFORMS, []),
        ("--", ["-", ""], []),
        ("x" * 2_000, PLATFORMS, []),
    ],
)
def test_what_says_the_same_is_meant(value: str, known: list[str], same: list[str]) -> None:
    assert meant(value, known) == same
