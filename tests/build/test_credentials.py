"""What is, or looks like, a credential. The keys here are made up, and put together so that no scanner takes them."""

import pytest
from bundles import codes, parse

from build.credentials import holds_key, names_credential

WORD = "aZ3kQ9xB7mW2pL5tR8vN1cD4fG6hJ0sYeUiO"
KEYS = (
    "AKIA" + "Z3KQ9XB7MW2PL5TR",
    "ghp_" + WORD,
    "github_pat_" + WORD,
    "glpat-" + WORD[:20],
    "xoxb-" + "1234567890-abc",
    "sk-" + "proj-" + WORD,
    "AIza" + WORD[:35],
    "hvs." + WORD[:24],
    f"eyJ{WORD[:12]}.eyJ{WORD[:12]}.{WORD[:12]}",
    "AccountKey=" + WORD,
    "-----BEGIN RSA " + "PRIVATE KEY-----\\n" + WORD + WORD,
    "postgres://admin:" + "hunter22@db.example/x",
)


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_seen_wherever_it_stands(key: str) -> None:
    assert holds_key(key)
    assert holds_key(f'curl -H "x: {key}" https://a.example')


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "my-main-cluster",
        "https://user@github.com/a/b",
        "https://a.example:8443/x@y",
        "redis://:6379",
        "postgres://${USER}:${PASSWORD}@host",
        "postgres://user:****@host",
        "task-" + "a" * 40,
        "0" * 64,
        "arn:aws:iam::123456789012:role/reader",
        "eyJ",
        "ghp_" + "x" * 36,
        "AKIA" + "X" * 16,
        "-----BEGIN OPENSSH " + "PRIVATE KEY-----\\nput_your_key_here",
    ],
)
def test_plain_values_are_not_keys(text: str | None) -> None:
    assert not holds_key(text)


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "db_password", "OPSGENIE_API_KEY", "AWS_ACCESS_KEY_ID", "APIKEY"])
def test_names_of_credentials(name: str) -> None:
    assert names_credential(name)


@pytest.mark.parametrize("name", ["TOKEN_PATH", "SECRET_NAME", "KEY_ROTATION_DAYS", "TAG_KEY", "AUTH_MODE"])
def test_names_of_other_things(name: str) -> None:
    assert not names_credential(name)


@pytest.mark.parametrize("option", ["default", "example", "description", "pattern", "enum"])
def test_a_key_in_a_declaration_is_told_and_shown_nowhere(option: str) -> None:
    key = KEYS[0]
    text = f"""*** Tasks ***
Look
    [Documentation]    Looks.
    RW.Core.Import User Variable    REGION
    ...    {option}={key}
    Log    x
"""
    bundle = parse({"runbook.robot": text})
    assert "key-in-source" in codes(bundle)
    assert key not in bundle.model_dump_json()
