"""What is, or looks like, a credential. The keys here are made up, and put together so that no scanner takes them."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.untrusted import credentials
from build.untrusted.credentials import REMOVED, names_credential, without_keys
from tests.support.bundles import SOUND, codes, parse
from tests.support.made_up_keys import keys

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


@pytest.mark.parametrize("kind", keys(0))
def test_a_key_of_each_kind_is_removed_and_what_is_around_it_stays(kind: str) -> None:
    for seed in range(20):
        key = keys(seed)[kind]
        secret = key.rstrip("@")[-14:]
        for before, after in (("", ""), ("curl -H '", "' \\"), ("a\n\t", "\nb"), ("KEY=", "; x"), ('{"a": "', '"}')):
            cleaned = without_keys(f"{before}{key}{after}")
            assert (cleaned.keys, cleaned.line) == (1, 1 + before.count("\n")), key
            assert cleaned.text.startswith(before)
            assert cleaned.text.endswith(after)
            assert secret not in cleaned.text


@pytest.mark.parametrize("kind", keys(0))
def test_many_keys_on_a_line_are_all_removed(kind: str) -> None:
    several = [keys(seed)[kind] for seed in range(30)]
    assert without_keys(" ".join(several)).keys == 30


# Each stands where a password could.
NO_PASSWORDS = (
    "$TOKEN", "\\$TOKEN", "${TOKEN}", '"$TOKEN"', "'$TOKEN'", '\\"$TOKEN\\"', "$1", "$(get-token)", "%{TOKEN}",
    "%(token)s", "%TOKEN%", "%s", "{token}", "{{token}}", "<token>", "<your-token>", "<YOUR_TOKEN>", "[password]",
    "[TOKEN]", "(password)", "***", "****", "xxxx", "XXXX", "xxxxxxxxxxxx", "...", "your-password", "your_password",
    "YOUR_TOKEN", "YOURTOKEN", "yourpassword", "YOUR-PERSONAL-ACCESS-TOKEN", "my-password", "MY_SECRET", "the_password",
    "password",
    "PASSWORD", "passwd", "pass", "secret", "token", "TOKEN", "pat", "GITHUB_TOKEN", "DB_PASSWORD", "db-password",
    "API_KEY", "apikey", "credentials", "guest", "changeme", "change-me", "CHANGE_ME", "changeit", "example", "EXAMPLE",
    "placeholder", "dummy", "redacted", "token-here", "PASSWORD_HERE", "prefix${TOKEN}", "oauth2%{TOKEN}",
    "#{token}", "&lt;token&gt;", "\\<token\\>", "__TOKEN__", "TOKEN_GOES_HERE", "mypassword", "accesstoken",
    "xxx-xxx", "•••",
)  # fmt: skip


@pytest.mark.parametrize("word", NO_PASSWORDS)
@pytest.mark.parametrize("scheme", ["https", "postgres", "vi", "mongodb+srv"])
def test_what_stands_for_a_password_is_none_and_the_command_stays_whole(word: str, scheme: str) -> None:
    for user in ("user", "\\$USER", "%{USER}", "x-access-token"):
        command = f"git clone {scheme}://{user}:{word}@git.example.com/o/r.git --depth 1"
        assert without_keys(command) == (command, 0, None)


@pytest.mark.parametrize(
    "password",
    [
        "hunter22",
        "S3cr3t!",
        "Passw0rd!",
        "correct-horse-battery",
        "%40dmin99",
        "guest1",
        "tokens4all",
        "xxxy",
        "admin",
        "p",
    ],
)
@pytest.mark.parametrize("user", ["user", "", "$USER", "<user>"])
def test_what_may_be_a_password_is_removed(password: str, user: str) -> None:
    cleaned = without_keys(f"https://{user}:{password}@host.example/x")
    assert cleaned.keys == (len(password) > 2)
    assert (f":{password}@" in cleaned.text) == (len(password) < 3)


@pytest.mark.parametrize("kind", [kind for kind in keys(0) if not kind.startswith(("password", "private"))])
def test_a_key_of_one_letter_or_of_documentation_only_shows_what_one_is_like(kind: str) -> None:
    key = keys(1)[kind]
    for letter in ("x", "X", "0"):
        shown = key[:-16] + "".join(letter if one.isalnum() else one for one in key[-16:])
        assert without_keys(f"a {shown} b") == (f"a {shown} b", 0, None)


@pytest.mark.parametrize(
    "text",
    [
        "AKIA" + "IOSFODNN7EXAMPLE",
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY" + "EXAMPLEKEY",
        "https://hooks.slack.com/services/T00000000/B00000000/" + "X" * 24,
        "xoxb-your-token-here-please",
        "sk-your-api-key-goes-here-please",
        "export HF_TOKEN=hf_" + "x" * 34,
        "DD_API_KEY=<your key>",
        "Authorization: Bearer $TOKEN",
        "Authorization: Bearer <your-token>",
        "Authorization: Bearer YOUR_ACCESS_TOKEN_GOES_HERE",
        "Basic authentication_of_a_service_account",
        "DD_API_KEY: ${DD_API_KEY}",
        "AccountKey=" + "x" * 86 + "==",
        "sha512-" + "q83Jr0" * 14 + "qw==",
        "image@sha256:" + "0123456789abcdef" * 4,
        "commit 0123456789abcdef0123456789abcdef01234567",
        "the storage key is kept elsewhere",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:name-AbCdEf",
        "kubectl get pods -n kube-system -l app=some-very-long-name-of-an-application",
        "u+rwx,g+rx,o+rx",
        "0b9a5a2e-5d1c-4b52-9d5a-3a2f2a1d6c11",
        "https://login.microsoftonline.com/0b9a5a2e-5d1c-4b52-9d5a-3a2f2a1d6c11/oauth2/token",
        "RW.Core.Import Secret    kubeconfig",
    ],
)
def test_documented_values_and_plain_names_stay(text: str) -> None:
    assert without_keys(text) == (text, 0, None)


def test_patterns_have_no_group_but_that_of_a_named_value() -> None:
    assert (credentials._KEY.groups, credentials._VALUE.groups) == (0, 1)


@pytest.mark.parametrize(
    "piece",
    ["a", "-", ".", "_", "A", "0", "a.", "s.", "eyJ", "a://", "a://b:c", "a://b:ccc@", "key=", "token ", "sk-", "u+",
     "https://hooks.slack.com/services/", "-----BEGIN PRIVATE KEY-----", "AKIA", "M1", "d:A", "\\n", " ", "=", "key=\"",
     "aws_secret_", "okta_a_", "your-", "a_", "0" * 31 + "-"],
)  # fmt: skip
def test_a_long_text_is_read_in_a_time_that_grows_with_it(piece: str) -> None:
    """If it grew faster, these would not come to an end."""
    text = piece * (300_000 // len(piece))
    assert without_keys(text).text.count("\n") == text.count("\n")


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


# What `_named_keys` finds, as one expression that looks at every name first.
_NAMED_KEY = re.compile(
    r"(?:key|token|secret|ssws|bearer|basic)[\"'`}\])]{0,3}[ \t]{0,4}(?:=>|:=|[ \t=:,])[ \t]{0,8}[\"'`]{0,2}"
    r"(?=([A-Za-z0-9/+_-]{20,100}={0,2})(?![A-Za-z0-9]))",
    re.IGNORECASE,
)
_PARTS = (
    "key", "tokEN", "ſecret", "to\u212aen", "basic", "=", "=>", ":=", ":", ",", " ", "\t", '"', "'", "}", "\n", "==",
    "ı", "aws_", "Authorization: Bearer ", "datadog_", WORD, WORD + "/+_-", "0123456789abcdef" * 2, "A" * 110,
)  # fmt: skip


@given(st.lists(st.sampled_from(_PARTS), max_size=14).map("".join))
def test_values_are_looked_at_before_names_and_the_same_are_found(text: str) -> None:
    named = [
        found.span(1)
        for found in _NAMED_KEY.finditer(text)
        if credentials._is_named(text[max(0, found.start(1) - credentials._LONGEST_NAME) : found.start(1)], found[1])
    ]
    assert list(credentials._named_keys(text)) == named
