"""How long the names, texts and lists of a bundle or library may be. What is longer is cut, and told."""

from collections.abc import Iterator
from typing import Any, TypeVar

from build.keyword_libraries import (
    Library,
)
from build.model import (
    Bundle,
)

# Several times what real bundles have; one page and one search result must hold it all.
MAX_ITEMS = 500
MAX_NAME = 300
MAX_TEXT = 20_000
MAX_README = 200_000
MAX_CODE = 200_000
# Of all texts and items together, names of things, README and code not counted; real bundles have at most 21,000.
MAX_TEXTS = 500_000
_NAMES = frozenset({"name", "display_name", "title", "author", "type", "tags", "support_tags", "arguments"})
# Without the whole of these a value is none, or leads elsewhere; and a text of so few characters is a word of ours.
_WHOLE = frozenset({"path", "used_by", "collection", "import_name"})
_WORD = 40
_Cut = TypeVar("_Cut", Bundle, Library)


def within_limits(value: _Cut) -> tuple[_Cut, list[str]]:
    """Return a value with all texts and lists cut to their limits, and a sentence for each field that was cut."""
    cutter = _Cutter()
    data = cutter.cut(value.model_dump(), "")
    return (type(value).model_validate(data) if cutter.wrong else value), list(cutter.wrong)


class _Cutter:
    """Cuts what is too long alone, and what comes when all together are too long: few words can be many items' own."""

    def __init__(self) -> None:
        self.wrong: dict[str, None] = {}
        self._left = MAX_TEXTS

    def cut(self, value: Any, field: str) -> Any:
        if isinstance(value, dict):
            return {name: self.cut(item, name) for name, item in value.items()}
        if isinstance(value, tuple):
            if len(value) > MAX_ITEMS:
                self.wrong[f"more than {MAX_ITEMS} items in {field}; the rest is left out"] = None
            return tuple(self._items(value[:MAX_ITEMS], field))
        if not isinstance(value, str):
            return value
        if field in ("readme", "code"):
            return self._shortened(value, field, MAX_README)
        if field in _NAMES:
            return self._shortened(value, field, MAX_NAME)
        text = self._shortened(value, field, MAX_TEXT)
        return text if len(text) <= _WORD or field in _WHOLE else self._counted(text)

    def _items(self, items: tuple[Any, ...], field: str) -> Iterator[Any]:
        most = MAX_NAME if field in _NAMES else MAX_TEXT
        for item in items:
            if not isinstance(item, str) or field in _WHOLE:
                yield self.cut(item, field)
            elif counted := self._counted(self._shortened(item, field, most)):
                yield counted
            elif not item:
                yield item

    def _shortened(self, text: str, field: str, most: int) -> str:
        if len(text) > most:
            self.wrong[f"more than {most:,} characters in {field}; the rest is left out"] = None
        return text[:most]

    def _counted(self, text: str) -> str:
        if len(text) > self._left:
            self.wrong[f"more than {MAX_TEXTS:,} characters in all; the rest is left out"] = None
        text = text[: self._left]
        self._left -= len(text)
        return text
