"""What is, or looks like, a credential. The keys here are made up, and put together so that no scanner takes them."""

import time

import pytest

from build.untrusted.credentials import REMOVED, names_credential, without_keys
from tests.support.bundles import SOUND, codes, parse

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
    for before, after in (("", ""), ('curl -H "x: ', '" https://a.example'), ("KEY_", " x"), ("a\nb\n", "\nc\n")):
        cleaned = without_keys(before + key + after)
        assert cleaned.text == before + REMOVED + after.removeprefix("db") or "@" in key
        assert (cleaned.keys, cleaned.line) == (1, 1 + before.count("\n"))
        assert key not in cleaned.text


@pytest.mark.parametrize(
    "text",
    [
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
def test_plain_values_are_not_keys(text: str) -> None:
    assert without_keys(text) == (text, 0, None)


def test_a_whole_key_of_many_lines_goes_and_the_lines_stay() -> None:
    body = "\n".join([WORD + "ABCD"] * 3)
    text = "a\n-----BEGIN RSA " + f"PRIVATE KEY-----\n{body}\n-----END RSA " + "PRIVATE KEY-----\nb"
    cleaned = without_keys(text)
    assert (WORD in cleaned.text, cleaned.line, cleaned.keys) == (False, 2, 1)
    assert cleaned.text.count("\n") == text.count("\n")
    assert cleaned.text.splitlines()[-1] == "b"


def test_very_many_keys_take_no_long_time() -> None:
    text = f"{KEYS[1]}\n" * 40_000
    start = time.perf_counter()
    assert without_keys(text).keys == 40_000
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("file", ["README.md", "sli.robot", "SKILL-TEMPLATE.md"])
def test_a_key_anywhere_is_told_with_its_line(file: str) -> None:
    bundle = parse({"runbook.robot": SOUND, file: f"first\nsecond {KEYS[1]} and {KEYS[0]}\n"})
    (told,) = (problem for problem in bundle.problems if problem.code == "key-in-source")
    assert (told.path, told.line) == (f"codebundles/a-bundle/{file}", 2)
    assert "2 keys" in told.message
    assert KEYS[1] not in bundle.model_dump_json()


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
