"""Filters on collection, platform, tag, access and kind: exact but for case, several values of one mean any of them."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

# The facets of an answer, in its order, and the column of each.
FACETS = {"platform": "platforms", "collection": "collection", "access": "access", "kind": "kinds", "tag": "tags"}


class Filters(NamedTuple):
    """Wanted values by facet, folded; an empty tuple wants all."""

    collection: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()

    @classmethod
    def of(cls, **values: Iterable[str]) -> "Filters":
        """Values as a caller writes them; a comma separates several."""
        return cls(**{name: _folded(given) for name, given in values.items()})

    def accept(self, facts: Mapping[str, Any]) -> bool:
        """Whether a bundle's facts pass."""
        for facet, column in FACETS.items():
            wanted = getattr(self, facet)
            value = facts[column]
            if wanted and not any(item in wanted for item in ([value] if isinstance(value, str) else value)):
                return False
        return True

    def where(self) -> str | None:
        """The same as SQL over a table's columns, None when everything passes."""
        clauses = []
        for facet, column in FACETS.items():
            wanted = ", ".join(_literal(value) for value in getattr(self, facet))
            if not wanted:
                continue
            is_list = column in ("platforms", "tags", "kinds")
            clauses.append(f"array_has_any({column}, [{wanted}])" if is_list else f"{column} IN ({wanted})")
        return " AND ".join(clauses) or None


NO_FILTERS = Filters()


def encodable(text: str) -> str:
    """A caller's text without halves of surrogate pairs: JSON and a command line can hold them, UTF-8 cannot."""
    return text.encode(errors="replace").decode()


def _folded(given: Iterable[str]) -> tuple[str, ...]:
    parts = (part.strip().casefold() for text in given for part in encodable(text).split(","))
    return tuple(dict.fromkeys(filter(None, parts)))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
