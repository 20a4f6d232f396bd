"""Keys made by the patterns that detect-secrets publishes (https://github.com/Yelp/detect-secrets) are removed."""

import random
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

from build.untrusted.credentials import without_keys

PLUGINS: dict[str, Any] = get_mapping_from_secret_type_to_class()
# What it finds besides: by a word or chance alone, by what it decodes, or what is nobody's secret.
NOT_BY_SHAPE = {
    "Artifactory Credentials", "Base64 High Entropy String", "Basic Auth Credentials", "Cloudant Credentials",
    "Hex High Entropy String", "IBM COS HMAC Credentials", "IBM Cloud IAM Key", "JSON Web Token", "Private Key",
    "Public IP (ipv4)", "Secret Keyword", "SoftLayer Credentials",
}  # fmt: skip
# Their patterns that fit more than their keys are like: the letters that these really have.
NARROWED = {
    "Azure Storage Account access key": ["AccountKey=[a-zA-Z0-9+/]{86}=="],
    "Discord Bot Token": [r"[MNO][a-zA-Z\d_-]{11}[0-9][a-zA-Z\d_-]{11}\.[a-zA-Z\d_-]{6}\.[a-zA-Z\d_-]{27}"],
    "NPM tokens": [
        r"//registry\.example/:_authToken=(?:npm_[A-Za-z0-9]{36}|[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12})"
    ],
    "OpenAI Token": ["sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}"],
    "PyPI Token": ["pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{70}", "pypi-AgENdGVzdC5weXBpLm9yZw[A-Za-z0-9_-]{70}"],
    "Slack Token": [
        "xox[abposr]-[0-9]{12}-[0-9]{12}-[a-z0-9]{24}",
        r"https://hooks\.slack\.com/services/T[a-zA-Z0-9_]{9}/B[a-zA-Z0-9_]{9}/[a-zA-Z0-9_]{24}",
    ],
    "Square OAuth Secret": ["sq0csp-[0-9A-Za-z_-]{43}"],
    "Telegram Bot Token": [r"[0-9]{8,10}:AA[0-9A-Za-z_-]{33}"],
}
AWS_BY_NAME = "aws.{0,20}?"


def drawn(pattern: str, chance: random.Random) -> str:
    """A text that a simple pattern fits, its letters by chance."""
    parsed = re._parser.parse(pattern)  # type: ignore[attr-defined] # the one reader of patterns that there is
    return "".join(drawn_part(part, chance) for part in parsed)


def drawn_part(part: tuple[Any, Any], chance: random.Random) -> str:
    name, what = str(part[0]), part[1]
    if name == "LITERAL":
        return chr(what)
    if name == "IN":
        return chance.choice(letters(one_of(what)))
    if name == "MAX_REPEAT":
        least, most, inner = what
        count = chance.randint(least, min(int(most), least + 10))
        return "".join(drawn_part(part, chance) for _ in range(count) for part in inner)
    if name == "SUBPATTERN":
        return "".join(drawn_part(part, chance) for part in what[-1])
    if name == "BRANCH":
        return "".join(drawn_part(part, chance) for part in chance.choice(what[1]))
    assert name == "ASSERT_NOT", name
    return ""


@cache
def letters(one: str) -> str:
    """All that a class has; a blank is no letter of a key."""
    return "".join(chr(number) for number in range(33, 127) if re.fullmatch(one, chr(number)))


def one_of(members) -> str:
    """The class of characters that a parsed pattern has."""
    said = []
    for kind, what in members:
        name = str(kind)
        said.append(
            f"{re.escape(chr(what[0]))}-{re.escape(chr(what[1]))}" if name == "RANGE"
            else r"\d" if name == "CATEGORY"
            else re.escape(chr(what))
        )  # fmt: skip
    return f"[{''.join(said)}]"


def published_patterns() -> Iterator[tuple[str, str]]:
    for kind, plugin in PLUGINS.items():
        if kind not in NOT_BY_SHAPE:
            own = [one.pattern for one in plugin.denylist if not one.pattern.startswith(AWS_BY_NAME)]
            yield from ((kind, pattern) for pattern in NARROWED.get(kind, own))


@pytest.mark.parametrize(("kind", "pattern"), list(published_patterns()))
def test_what_published_rules_take_for_a_key_is_removed(kind: str, pattern: str) -> None:
    plugin = PLUGINS[kind]()
    chance = random.Random(pattern)
    for _ in range(50):
        key = drawn(pattern, chance)
        if len(set(key[-16:])) < 8:
            continue
        assert list(plugin.analyze_string(key)), key
        cleaned = without_keys(f"curl {key} x")
        assert cleaned.keys == 1, key
        assert key[-14:] not in cleaned.text
