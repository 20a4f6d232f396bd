"""Whether a condition of a robot file holds, and what it says for people."""

import ast
import re
from typing import Protocol

from build.effects.ledger import Condition
from build.effects.python_values import texts_of
from build.effects.robot_variables import Variables, parts_of
from build.effects.text import concatenate, names_of

_COMPARED = re.compile(r"""\s*(['"]?)([^'"=!<>]*)\1\s*(==|!=)\s*(['"]?)([^'"=!<>]*)\4\s*""")
_BARE = re.compile(r"\$(\w+)")


class Follower(Protocol):
    """Has the variables that a condition may name."""

    variables: Variables


def holds(follower: Follower, test: str) -> bool | None:
    """Return whether a condition holds in every run, None where that depends on the run."""
    texts = concatenate([follower.variables.text(test)])
    if len(texts) != 1 or not texts[0].is_fixed or len(test) > 1_000:
        return None
    text = _replace_bare(follower, texts[0].text)
    if text is None:
        return None
    if text.strip().lower() in ("true", "false"):
        return text.strip().lower() == "true"
    match = _COMPARED.fullmatch(text)
    if match is None:
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return None
        return bool(value) if isinstance(value, str | int | float) else None
    return (match[2].strip() == match[5].strip()) == (match[3] == "==")


def condition_of(follower: Follower, test: str, positive: bool) -> Condition:
    """Return a condition in words; with `positive` False its opposite."""
    names = names_of(
        text for part in parts_of(test[:2_000]) if part.sign for text in texts_of(follower.variables.get(part.text))
    )
    for bare in _BARE.findall(test[:2_000]):
        names |= names_of(texts_of(follower.variables.get(bare)))
    return Condition(f"{'if' if positive else 'unless'} {test}", names)


def _replace_bare(follower: Follower, text: str) -> str | None:
    """Return the condition with `$name` replaced; None where a value is not fixed."""
    for bare in _BARE.findall(text):
        value = texts_of(follower.variables.get(bare))
        if len(value) != 1 or not value[0].is_fixed:
            return None
        text = text.replace(f"${bare}", repr(value[0].text))
    return text
