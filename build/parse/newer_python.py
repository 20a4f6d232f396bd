"""Python's syntax tree of a file, also where its syntax is newer than the Python that runs here.

What is new since 3.12 is written as this Python knows it; names, arguments and lines stay what they are.
"""

import ast
import re
import sys
import warnings
from typing import NamedTuple

HERE = f"Python {sys.version_info[0]}.{sys.version_info[1]}"
# Characters of a file, depth of f-strings within each other, and characters of a list of type parameters.
_LONGEST = 500_000
_DEEPEST = 20
_LONGEST_PARAMETERS = 2_000
# Type parameters (3.12), up to their bracket; their statement (3.12); exceptions without brackets (3.14); template
# strings (3.14); lazy imports (3.15).
_PARAMETERS = re.compile(r"^[ \t]*(?:(?:async[ \t]+)?def|class|type)[ \t]+\w+[ \t]*(?=\[)", re.MULTILINE)
_ALIAS = re.compile(r"^([ \t]*)type[ \t]+(\w+[ \t]*=(?!=))", re.MULTILINE)
_EXCEPT = re.compile(r"^([ \t]*except\*?)[ \t]+([\w.]+(?:[ \t]*,[ \t]*[\w.]+)+)[ \t]*:", re.MULTILINE)
_TEMPLATE = re.compile(r"(?<!\w)(?:[tT]([rR]?)|([rR])[tT])(?=[\"'])")
_LAZY = re.compile(r"^([ \t]*)lazy[ \t]+(?=import\b|from\b)", re.MULTILINE)
# A comment, or where a string begins.
_STRING = re.compile(r"#[^\n]*|(?<!\w)([A-Za-z]{0,2})(\'\'\'|\"\"\"|\'|\")")
_WITHIN = re.compile(r"\\.|\{\{|\}\}|[{}\n#]|\'\'\'|\"\"\"|\'|\"", re.DOTALL)


class Tree(NamedTuple):
    """The tree, and the first line that was passed over or written otherwise; None where none was."""

    tree: ast.Module
    newer: int | None


class NewerSyntaxError(Exception):
    """Syntax that a newer Python has, around which nothing could be read; `line` is where it stands."""

    def __init__(self, line: int) -> None:
        super().__init__(f"{HERE}, with which this registry reads it, does not know the syntax of line {line}")
        self.line = line


def parse_python(text: str) -> Tree:
    """Return the syntax tree of a file.

    Raises:
        NewerSyntaxError: A newer Python might read the file.
        SyntaxError: No Python reads the file, as far as this one knows; ValueError, RecursionError and MemoryError
            likewise.
    """
    try:
        return Tree(_parsed(text), None)
    except SyntaxError as error:
        if len(text) > _LONGEST:
            raise
        first = error
    older, line = _as_before(text)
    # Quotes within a formatted string may be its own (3.12); what such a string says does not matter here.
    for written, newer in ((older, line), (_without_formatted(older), line or first.lineno)):
        try:
            return Tree(_parsed(written), newer)
        except SyntaxError:
            continue
    if line:
        raise NewerSyntaxError(line)
    raise first


def _parsed(text: str) -> ast.Module:
    # A stranger's escapes and comparisons are no warnings of ours.
    with warnings.catch_warnings(action="ignore"):
        return ast.parse(text)


def _as_before(text: str) -> tuple[str, int | None]:
    """Return the text with newer syntax replaced by older, its lines as many as before, and the first line that
    changed.
    """
    lines: list[int] = []

    def note(at: int) -> None:
        lines.append(text.count("\n", 0, at) + 1)

    parts, last = [], 0
    for match in _PARAMETERS.finditer(text):
        end = _closing(text, match.end())
        if end is not None and match.start() >= last:
            note(match.end())
            # Within brackets a line may end; outside of them only so.
            parts += [text[last : match.end()], "\\\n" * text.count("\n", match.end(), end)]
            last = end
    text = "".join([*parts, text[last:]])
    for pattern, instead in (
        (_ALIAS, r"\1\2"), (_EXCEPT, r"\1 (\2):"), (_LAZY, r"\1"), (_TEMPLATE, r"\1\2"),
    ):  # fmt: skip
        for match in pattern.finditer(text):
            note(match.start())
        text = pattern.sub(instead, text)
    return text, min(lines, default=None)


def _closing(text: str, start: int) -> int | None:
    """Return the position behind the bracket that closes the one opened at `start`, None where it is not closed."""
    depth = 0
    for at in range(start, min(len(text), start + _LONGEST_PARAMETERS)):
        depth += {"[": 1, "]": -1}.get(text[at], 0)
        if not depth:
            return at + 1
    return None


def _without_formatted(text: str) -> str:
    """Return the text with an empty string in place of each f-string. The number of lines stays."""
    parts, last, at = [], 0, 0
    while match := _STRING.search(text, at):
        at = match.end()
        if match[2] is None:
            continue
        at = _end(text, match, 0)
        if "f" in match[1].lower():
            parts += [text[last : match.start()], "''", "\\\n" * text.count("\n", match.start(), at)]
            last = at
    return "".join([*parts, text[last:]])


def _end(text: str, start: re.Match[str], depth: int) -> int:
    """Return the position behind a string's end; within the braces of an f-string there may be other strings."""
    quote, formatted, braces, at = start[2], "f" in start[1].lower() and depth < _DEEPEST, 0, start.end()
    while match := _WITHIN.search(text, at):
        at, sign = match.end(), match[0]
        if braces and sign[0] in "'\"":
            inner = _STRING.search(text, match.start() - min(2, match.start() - start.end()))
            at = _end(text, inner, depth + 1) if inner is not None and inner[2] else at
        elif sign == "#":
            # A comment, but for the one in a format such as `{x:#x}`.
            if braces and text[match.start() - 1].isspace():
                at = end if (end := text.find("\n", at)) >= 0 else len(text)
        elif sign == quote or (not braces and sign.startswith(quote)):
            return match.start() + len(quote)
        elif sign == "\n" and len(quote) == 1 and not braces:
            return match.start()
        elif formatted and sign in ("{", "}", "{{", "}}"):
            # A pair is one sign of the text, but for braces within braces.
            braces = max(0, braces + {"{": 1, "}": -1, "{{": 2, "}}": -2}[sign]) if braces or len(sign) == 1 else 0
    return len(text)
