"""The YAML front matter of a Markdown text, as the table that GitHub shows of it."""

import re
from typing import Any

from markupsafe import escape

from build.untrusted import safe_yaml

# Characters. A longer beginning is not front matter.
_MAX_CHARACTERS = 20_000
_MAX_DEPTH = 4
_FRONT_MATTER = re.compile(
    rf"---[ \t]*\r?\n(.{{0,{_MAX_CHARACTERS}}}?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE
)


def split_front_matter(text: str) -> tuple[str, str]:
    """Return the front matter of a text as HTML, empty where it has none, and the text behind it."""
    match = _FRONT_MATTER.match(text)
    if not match:
        return "", text
    try:
        value = safe_yaml.load(match[1])
    except safe_yaml.SafeYamlError:
        return "", text
    if not isinstance(value, dict):
        return "", text if match[1].strip() else text[match.end() :]
    return (_table(value, _MAX_DEPTH) if value else ""), text[match.end() :]


def _table(value: dict[Any, Any], depth: int) -> str:
    head = "".join(f"<th>{escape(str(name))}</th>" for name in value)
    row = "".join(f"<td>{_cell(one, depth - 1)}</td>" for one in value.values())
    return f"<table><thead><tr>{head}</tr></thead><tbody><tr>{row}</tr></tbody></table>\n"


def _cell(value: Any, depth: int) -> str:
    if isinstance(value, dict) and value and depth:
        return _table(value, depth)
    if isinstance(value, list) and not any(isinstance(one, dict | list) for one in value):
        return str(escape(", ".join(map(_text, value))))
    if isinstance(value, list) and depth:
        return "".join(f"<p>{_cell(one, depth - 1)}</p>" for one in value)
    return str(escape(_text(value)))


def _text(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
