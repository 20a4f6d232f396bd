"""How long the names, texts and lists of a bundle or library may be. What is longer is cut, and told."""

from typing import Any, TypeVar

from build.model import Bundle, Library

# Several times what real bundles have; one page and one search result must hold it all.
MAX_ITEMS = 500
MAX_NAME = 300
MAX_TEXT = 20_000
MAX_README = 200_000
MAX_CODE = 200_000
_NAMES = frozenset({"name", "display_name", "title", "author", "type", "tags", "support_tags", "arguments"})
_Cut = TypeVar("_Cut", Bundle, Library)


def within_limits(value: _Cut) -> tuple[_Cut, list[str]]:
    """The value with everything that is too long cut, and a sentence for each field that was."""
    wrong: dict[str, None] = {}
    data = _cut(value.model_dump(), "", wrong)
    return (type(value).model_validate(data) if wrong else value), list(wrong)


def _cut(value: Any, field: str, wrong: dict[str, None]) -> Any:
    if isinstance(value, dict):
        return {name: _cut(item, name, wrong) for name, item in value.items()}
    if isinstance(value, tuple):
        if len(value) > MAX_ITEMS:
            wrong[f"more than {MAX_ITEMS} items in {field}; the rest is left out"] = None
        return tuple(_cut(item, field, wrong) for item in value[:MAX_ITEMS])
    most = MAX_README if field in ("readme", "code") else MAX_NAME if field in _NAMES else MAX_TEXT
    if isinstance(value, str) and len(value) > most:
        wrong[f"more than {most:,} characters in {field}; the rest is left out"] = None
        return value[:most]
    return value
