"""Docstrings of keyword libraries in parts that a page can show: text, headings, arguments, and the rest as it is."""

import re
from collections.abc import Iterator

Part = tuple[str, str | list[tuple[str, str]]]

# Sphinx's fields: ":param str name: what it is".
_FIELD = re.compile(r":(param|parameter|arg|type|return|returns|rtype|raises?)\b ?([^:]{0,80}):\s*(.*)", re.DOTALL)
# Google's and NumPy's sections, and their arguments: "name (str): what it is".
_SECTION = re.compile(r"(Args|Arguments|Parameters|Returns?|Raises|Yields|Examples?|Notes?|Usage)\s*:?", re.IGNORECASE)
_ARGUMENT = re.compile(r"\*{0,2}(\w[\w.]{0,60})(?:\s*\(([^)]{0,120})\))?\s*[:–-]\s+(.*)", re.DOTALL)
# What an editor writes for people to replace.
_UNFILLED = re.compile(r"_(?:summary|description|type)_")
_WORDS = {"return": "Returns", "returns": "Returns", "rtype": "Returned type", "raise": "Raises", "raises": "Raises"}


def docstring_parts(text: str) -> Iterator[Part]:
    """Yield each part with its kind: `text`, `heading`, `pairs` of names and meanings, or `laid` for text laid out
    by blanks.
    """
    text = _UNFILLED.sub("", text)
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        lines = block.splitlines()
        if not re.search(r"\w", block):
            continue
        fields = _FIELD.match(block.strip())
        if fields:
            yield "pairs", list(_fields(lines))
        elif section := _SECTION.fullmatch(lines[0].strip()):
            inner = [line for line in lines[1:] if re.search(r"\w", line)]
            if inner:
                yield "heading", section[1].capitalize()
                yield from _section(inner)
        else:
            before, after = _split_at_field(lines)
            if before:
                yield _text(before)
            if after:
                yield "pairs", list(_fields(after))


def _split_at_field(lines: list[str]) -> tuple[list[str], list[str]]:
    """Return a block's lines before its first field, and the others."""
    at = next((at for at, line in enumerate(lines) if _FIELD.match(line.strip())), len(lines))
    return lines[:at], lines[at:]


def _fields(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the name and meaning of each Sphinx field; a field continues until the next."""
    joined: list[str] = []
    for line in lines:
        if _FIELD.match(line.strip()) or not joined:
            joined.append(line.strip())
        else:
            joined[-1] += f" {line.strip()}"
    for field in joined:
        match = _FIELD.fullmatch(field)
        if not match:
            yield "", field
        elif match[3] and match[1] != "type":
            yield (match[2].split() or [_WORDS.get(match[1], "")])[-1], match[3]


def _section(lines: list[str]) -> Iterator[Part]:
    """Yield the arguments of a section, or its text where it has none."""
    margin = min(len(line) - len(line.lstrip()) for line in lines)
    joined: list[str] = []
    for line in lines:
        if joined and len(line) - len(line.lstrip()) > margin:
            joined[-1] += f" {line.strip()}"
        else:
            joined.append(line.strip())
    result = [_ARGUMENT.fullmatch(one) for one in joined]
    if all(result):
        yield "pairs", [(one[1], f"{one[3]} ({one[2]})" if one[2] else one[3]) for one in result if one]
    else:
        yield _text(lines)


def _text(lines: list[str]) -> Part:
    """Return lines as a paragraph, or unchanged where more than single blanks lays them out."""
    margins = {len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()}
    listed = any(re.match(r"\s*(?:[-*|>$]|\d+[.)]|\.\.\.)", line) for line in lines) or any(
        "    " in line.strip() for line in lines
    )
    if listed or len(margins) > 1:
        return "laid", "\n".join(lines)
    return "text", " ".join(line.strip() for line in lines)
