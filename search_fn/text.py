"""Strangers' text among ours: without characters that act on a terminal or hide, and as plain text in Markdown."""

import re

# They act on a terminal, or on where a line ends; a space in their place keeps words apart.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]|\r(?!\n)")
# Nobody sees them, but they reorder letters or make two names of one; a joiner between symbols makes one of two emoji.
HIDDEN = re.compile(
    r"[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0]"
    r"|[\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]|(?<![\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d"
    r"|\u200d(?![\u2190-\u2bff\U0001f000-\U0001faff])"
)
# What Markdown takes for its own.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&])")


def visible(text: str, control: str = " ") -> str:
    """The text without them, with `control` in the place of each that acts."""
    return HIDDEN.sub("", CONTROLS.sub(control, text))


def inline(text: object) -> str:
    """A text within a line."""
    return _escaped(" ".join(visible(str(text).replace("\n", " "), "").split()))


def quote(text: str | None, indent: str = "") -> list[str]:
    """A text as quoted lines."""
    lines = visible((text or "").replace("\r\n", "\n"), "").strip().split("\n")
    return [f"{indent}> {_escaped(line)}".rstrip() for line in lines] if any(lines) else []


def _escaped(line: str) -> str:
    return _SPECIAL.sub(r"\\\1", line)
