"""Fields of an untrusted YAML mapping, each by its type; a value of another type is a complaint with its line."""

import difflib
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

# Items that are read of one list; complaints that are reported of one document; characters of a key in one.
MAX_ITEMS = 500
_MAX_COMPLAINTS = 50
_MAX_KEY = 60
Path = tuple[str | int, ...]


class Complaint(NamedTuple):
    """What is wrong, in a sentence; `line` is 1-based, None for the whole file."""

    message: str
    line: int | None = None


class Complaints:
    """The complaints about one document, in the order in which they were found, each once. `locate` returns the line of
    a path.
    """

    def __init__(self, locate: Callable[[Path], int | None]) -> None:
        self.locate = locate
        self._found: dict[Complaint, None] = {}

    def add(self, path: Path, message: str) -> None:
        """Note what is wrong where `path` leads to."""
        if len(self._found) <= _MAX_COMPLAINTS:
            self._found.setdefault(Complaint(message, self.locate(path)))

    @property
    def found(self) -> list[Complaint]:
        """Return the first complaints, with one that says so where there are more."""
        result = list(self._found)
        if len(result) > _MAX_COMPLAINTS:
            result[_MAX_COMPLAINTS:] = [Complaint("more than that is not as the format has it")]
        return result


class Fields:
    """One mapping of a document: where it stands, what it is called in complaints, and its values by type.

    A value of another type is reported and left out; null counts as missing.
    """

    def __init__(self, data: dict[Any, Any], path: Path, name: str, complaints: Complaints) -> None:
        self.data, self.path, self.name = data, path, name
        self._complaints = complaints

    def tell(self, key: str | int | None, message: str) -> None:
        """Note what is wrong with the value of `key`, or with the mapping itself."""
        path = self.path if key is None else (*self.path, key)
        self._complaints.add(path, f"{self.name}: {message}" if self.name else message)

    def only(self, known: Iterable[str], what: str) -> None:
        """Tell of each key that is none of `known`, of which `what` is made."""
        known = list(known)
        for key in self.data:
            if key not in known:
                shown = str(key)[:_MAX_KEY]
                near = difflib.get_close_matches(shown, known, 1)
                hint = f"; is {near[0]} meant?" if near else ""
                self.tell(key if isinstance(key, str) else None, f"{what} has no key {shown!r}{hint}")

    def text(self, key: str) -> str | None:
        """Return the text of a key."""
        value = self.data.get(key)
        if value is not None and not isinstance(value, str):
            self.tell(key, f"{key} is not a text")
        return value.strip() or None if isinstance(value, str) else None

    def texts(self, key: str) -> list[str]:
        """Return the texts of a key that holds a list of them."""
        return [item for position, item in self._items(key) if self._is_text(key, position, item)]

    def words(self, key: str) -> list[str]:
        """Return the texts of a key that holds a list of them, or one text with commas between them."""
        value = self.data.get(key)
        if isinstance(value, str):
            return [word for part in value.split(",") if (word := part.strip())]
        return [word for text in self.texts(key) if (word := text.strip())]

    def inner(self, key: str) -> "Fields":
        """Return the mapping of a key, an empty one where there is none."""
        value = self.data.get(key)
        if value is not None and not isinstance(value, dict):
            self.tell(key, f"{key} is not a mapping")
        return Fields(value if isinstance(value, dict) else {}, (*self.path, key), self.name, self._complaints)

    def _is_text(self, key: str, position: int, item: Any) -> bool:
        if not isinstance(item, str) or not item:
            self._item(key, position, "a text")
        return isinstance(item, str) and bool(item)

    def flag(self, key: str) -> bool:
        """Return whether a key is true."""
        value = self.data.get(key)
        if value is not None and not isinstance(value, bool):
            self.tell(key, f"{key} is not true or false")
        return value is True

    def mappings(self, key: str, name: str, *, alone: bool = False) -> Iterator["Fields"]:
        """Yield each mapping of a list, or the one mapping in the list's place.

        Args:
            key: The key of the list.
            name: What a mapping is called in complaints.
            alone: Whether a mapping in the list's place is right; else it is a complaint.
        """
        value = self.data.get(key)
        if isinstance(value, dict):
            if not alone:
                self.tell(key, f"{key} is not a list")
            yield Fields(value, (*self.path, key), self.name, self._complaints)
            return
        for position, item in self._items(key):
            if isinstance(item, dict):
                yield Fields(item, (*self.path, key, position), self.name, self._complaints)
            else:
                self._item(key, position, f"a mapping, so no {name}")

    def resource(self, key: str | int, data: Any = None) -> tuple[str | None, str | None]:
        """Return platform and name of a resource type, which is `type`, `platform:type` or a mapping of the two."""
        value = self.data.get(key) if data is None else data
        if isinstance(value, dict):
            inner = Fields(value, (*self.path, key), self.name, self._complaints)
            inner.only(("platform", "resourceType"), "a resource type")
            name, platform = inner.text("resourceType"), inner.text("platform")
            if name is None:
                inner.tell(None, "a resource type has no resourceType")
            return (platform.lower() if platform else None), name
        if value is not None and not isinstance(value, str):
            self.tell(key, f"{key} is not a resource type")
        if not isinstance(value, str) or not value.strip():
            return None, None
        platform, colon, name = value.strip().partition(":")
        return (platform.strip().lower(), name.strip() or None) if colon and platform else (None, value.strip())

    def resources(self, key: str) -> list[tuple[str | None, str]]:
        """Return platform and name of each resource type of a list."""
        result = []
        for position, item in self._items(key):
            if not isinstance(item, str | dict):
                self._item(key, position, "a resource type")
                continue
            inner = Fields({position: item}, (*self.path, key), self.name, self._complaints)
            platform, name = inner.resource(position)
            if name:
                result.append((platform, name))
        return result

    def pairs(self, key: str) -> list[tuple[str, str]]:
        """Return the names and values of a mapping, what is no text as JSON."""
        value = self.data.get(key)
        if value is not None and not isinstance(value, dict):
            self.tell(key, f"{key} is not a mapping")
        return [
            (str(name), item if isinstance(item, str) else json.dumps(item, default=str, ensure_ascii=False))
            for name, item in list(value.items() if isinstance(value, dict) else ())[:MAX_ITEMS]
        ]

    def _items(self, key: str) -> Iterator[tuple[int, Any]]:
        value = self.data.get(key)
        if value is None:
            return
        if not isinstance(value, list):
            self.tell(key, f"{key} is not a list")
            return
        if len(value) > MAX_ITEMS:
            self.tell(key, f"{key} has more than {MAX_ITEMS} items; the rest is left out")
        yield from enumerate(value[:MAX_ITEMS])

    def _item(self, key: str, position: int, what: str) -> None:
        self._complaints.add(
            (*self.path, key, position),
            f"{self.name}: item {position + 1} of {key} is not {what}".removeprefix(": "),
        )
