"""Credentials, and text that looks like one: they are masked and never shown."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from search_fn.text import visible

_NAME = re.compile(
    r".*(TOKEN|PASSWORD|PASSWD|API_?KEY|APP_KEY|ACCESS_KEY(_ID)?|PRIVATE_KEY|MASTER_KEY|CLIENT_SECRET)", re.I
)
_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
# Whatever is no address is looked at only where so many characters of a key stand together: most words are shorter.
_KEY = re.compile(
    rf"(?<![A-Za-z0-9])(?:{_TABLE['address']}|(?=[A-Za-z0-9_.+~:/?%=-]{{15}})(?:{'|'.join(_TABLE['keys'])}))"
    r"|-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:\\n|[\s.]){0,9}[A-Za-z0-9+/]{40}[A-Za-z0-9+/=]{0,4000}"
    r"(?:(?:\\n|[\s.]){1,9}[A-Za-z0-9+/=]{16,4000}){0,200}"
    r"(?:(?:\\n|[\s.]){1,9}[A-Za-z0-9+/=]{1,15}(?=(?:\\n|[\s.]){0,9}-----END))?"
)
# What may be the value of a name, by what stands before it: values are rarer than names. The last four are those that
# count as letters of the alphabet where case is ignored.
_VALUE = re.compile(
    "[ \t=:,>\"'`](?=([A-Za-z0-9/+_\u0130\u0131\u017f\u212a-]{20,100}={0,2})(?![A-Za-z0-9\u0130\u0131\u017f\u212a]))"
)
# A name, and what stands between it and its value in most languages, Robot's too.
_BEFORE_VALUE = re.compile(
    r"(?:key|token|secret|ssws|bearer|basic)[\"'`}\])]{0,3}[ \t]{0,4}(?:=>|:=|[ \t=:,])[ \t]{0,8}[\"'`]{0,2}\Z",
    re.IGNORECASE,
)
_LONGEST_BEFORE = 25
_NAMES = [(re.compile(rf"(?<![A-Za-z0-9])(?:{n})\W+\Z", re.IGNORECASE), re.compile(v)) for n, v in _TABLE["named"]]
_LONGEST_NAME = 80
# Distinct characters among the last 16 of a key; of 16 random letters and digits some 14 differ.
_DISTINCT = 6
# Words by which documentation says that a key is none.
_NO_KEY = re.compile(r"example|change_?me|placeholder|redacted|your[_-]|x{6}|\*{3}", re.IGNORECASE)
# What stands in a password's place: a variable of a shell, of Robot, of Python or of a template; something in brackets;
# words for a password and no more.
_NO_PASSWORD = re.compile(
    r"[\\\"'`]{0,4}(?:[$<{\[*(].*|%[a-z_]{1,50}%|%s.*)|.*(?:[$%][{(]|#\{|\{\{|&lt;).*|__[a-z_]{1,50}__"
    r"|your[\w-]*|(?:my|the|some)(?:[_-][a-z]{1,30}){1,5}|(?:[a-z]{1,30}[_-]){1,5}here"
    r"|(?:(?:[a-z]{1,30}[_-]){0,5}|access|api|auth|db|my|user)"
    r"(?:api_?key|credentials?|key|pass|passphrase|passwd|password|pat|pw|pwd|secret|token)"
    r"|change[_-]?(?:me|it|this)|dummy|example|guest|placeholder|redacted",
    re.IGNORECASE,
)
REMOVED = "(key removed)"


def names_credential(name: str) -> bool:
    """Return whether a variable of this name holds a credential itself, and not its name, path or age."""
    return _NAME.fullmatch(name) is not None


class Cleaned(NamedTuple):
    """A text without keys, with how many it had, and the 1-based line of the first."""

    text: str
    keys: int
    line: int | None


def without_keys(text: str) -> Cleaned:
    """Mask each part of a text that has the shape of a credential with REMOVED. The number of lines stays.

    A placeholder such as `ghp_xxxx…`, which only shows a key's shape, stays.
    """
    shaped, keys = _remove(text, (match.span() for match in _KEY.finditer(text)))
    cleaned, named = _remove(shaped, _named_keys(shaped))
    lines = [source.count("\n", 0, places[0]) + 1 for source, places in ((text, keys), (shaped, named)) if places]
    return Cleaned(cleaned, len(keys) + len(named), min(lines, default=None))


def sanitize(text: str) -> str:
    """Return untrusted text with credentials masked, and invisible and control characters removed."""
    return without_keys(visible(text)).text


def _remove(text: str, spans: Iterable[tuple[int, int]]) -> tuple[str, list[int]]:
    """Return the text without the keys among the spans of it, and where they were."""
    parts, places, end = [], [], 0
    for start, stop in spans:
        if start >= end and not _only_shows(text[start:stop]):
            parts.append(text[end:start] + REMOVED + "\n" * text.count("\n", start, stop))
            places.append(start)
            end = stop
    return "".join([*parts, text[end:]]), places


def _named_keys(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of the values whose names say that they are keys."""
    for match in _VALUE.finditer(text):
        start, stop = match.span(1)
        if _BEFORE_VALUE.search(text, max(0, start - _LONGEST_BEFORE), start) and _is_named(
            text[max(0, start - _LONGEST_NAME) : start], match[1]
        ):
            yield start, stop


def _is_named(before: str, value: str) -> bool:
    """Return whether a text ends with the name of a kind of key whose shape the value has."""
    return any(like.fullmatch(value) and name.search(before) for name, like in _NAMES)


def _only_shows(key: str) -> bool:
    """Return whether a text in the shape of a key is a placeholder, which opens nothing."""
    if key.endswith("@") and "://" in key:
        password = key[:-1].partition("://")[2].partition(":")[2]
        # `****` and `xxx-xxx` are of one letter.
        letters = {one for one in password.lower() if one.isalnum()}
        return len(letters) < 2 or _NO_PASSWORD.fullmatch(password) is not None
    return len(set(key[-16:].strip())) < _DISTINCT or _NO_KEY.search(key) is not None
