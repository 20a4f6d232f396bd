"""What the variables of a robot file are known to hold without running anything, and its text with them and with
Robot's escapes resolved.

Only plain names are looked up. Robot itself would also evaluate Python in a variable's braces and ask its environment.
"""

import ast
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from robot.utils import unescape
from robot.variables import is_variable, search_variable

from build.parse.names import normalize
from build.untrusted.credentials import names_credential, sanitize

# Characters and depth up to which variables are filled in; a longer text is shown as written, and cut anyway.
_LONGEST = 20_000
_DEEPEST = 20
_MOST_CELLS = 500
_BUILT_IN = {"empty": "", "space": " ", "true": "True", "false": "False", "none": "None", "null": "None",
             "/": "/", ":": ":", r"\n": "\n"}  # fmt: skip
_NONE = re.compile(r"\$\{\s*n(?:one|ull)\s*\}", re.IGNORECASE)
_LITERAL = re.compile(r"""\s*(?:True|False|None|-?\d{1,40}(?:\.\d{1,40})?|'[^'\\\n]{0,200}'|"[^"\\\n]{0,200}")\s*""")
_SPACES = re.compile(r"(space|empty)\*(\d{1,3})")
_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})")


class Definition(NamedTuple):
    """A row of a Variables section: the name with its sign and braces, the cells of the value."""

    name: str
    value: tuple[str, ...]
    separator: str | None = None


class Resolved(NamedTuple):
    """A text without Robot's escapes. It is `whole` if each of its variables is known; the others stand as written."""

    text: str
    whole: bool


class Constants:
    """The variables that a robot file sets in its Variables sections, and Robot's own. Of equal names the first stands,
    as for Robot. What may be a credential is not known.
    """

    def __init__(self, definitions: Iterable[Definition] = (), but: frozenset[str] = frozenset()) -> None:
        self._definitions: dict[str, Definition] = {}
        for definition in definitions:
            match = search_variable(definition.name, parse_type=True, ignore_errors=True)
            name = normalize(match.base or "")
            if match.is_variable() and not match.items:
                self._definitions.setdefault(name, definition)
        for name in but:
            self._definitions.pop(name, None)
        self._known: dict[str, Resolved | None] = {}

    @property
    def known(self) -> bool:
        """Return whether the file sets any constant."""
        return bool(self._definitions)

    def text(self, written: str) -> Resolved:
        """Return a text for people: resolved, without keys, and without characters that nobody sees."""
        result = self.fill(written)
        return result if result.text == written else result._replace(text=sanitize(result.text))

    def fill(self, written: str, depth: int = 0) -> Resolved:
        """Return what Robot would make of a cell, as far as that is known."""
        if len(written) > _LONGEST or depth > _DEEPEST:
            return Resolved(written, "{" not in written and "\\" not in written)
        parts, whole, rest = list[str](), True, written
        while match := search_variable(rest, identifiers="$@&%", ignore_errors=True):
            value = self._value(match.identifier, match.base, match.items, depth)
            whole = whole and value is not None
            parts += [_unescaped(match.before), match.match if value is None else value]
            rest = match.after
        parts.append(_unescaped(rest))
        text = "".join(parts)
        return Resolved(text, whole) if len(text) <= _LONGEST else Resolved(written, False)

    def cells(self, written: Sequence[str]) -> list[str]:
        """Return the cells of a call, a list or dictionary that is known being as many cells as it has items. They keep
        their escapes.
        """
        parts = list[str]()
        for cell in written:
            items = self._items(cell, "@&") if cell[:1] in ("@", "&") else None
            parts += [cell] if items is None else items
        return parts

    def choices(self, cell: str) -> list[str] | None:
        """Return the items of a list that a cell is, resolved; None if it is none that is known."""
        items = self._items(cell, "@")
        return None if items is None else [self.text(item).text for item in items]

    def _items(self, cell: str, signs: str) -> list[str] | None:
        if not is_variable(cell, "$@&"):
            return None
        definition = self._definitions.get(normalize(cell[2:-1]))
        if definition is None or definition.name[0] not in signs or len(definition.value) > _MOST_CELLS:
            return None
        return list(definition.value)

    def _value(self, identifier: str, base: str, items: Sequence[str], depth: int) -> str | None:
        if identifier != "$" or items or not base:
            return None
        if base.startswith("{"):
            return _literal(base[1:-1])
        if "{" in base:
            inner = self.fill(base, depth + 1)
            if not inner.whole:
                return None
            base = inner.text
        name = normalize(base)
        if name in self._definitions:
            result = self._defined(name, depth)
            return result.text if result and result.whole else None
        if name in _BUILT_IN:
            return _BUILT_IN[name]
        if spaces := _SPACES.fullmatch(name):
            return _BUILT_IN[spaces[1]] * int(spaces[2])
        return name if _NUMBER.fullmatch(name) else None

    def _defined(self, name: str, depth: int) -> Resolved | None:
        if name not in self._known:
            # A variable that comes to itself is none.
            self._known[name] = None
            definition = self._definitions[name]
            if definition.name.startswith("$") and not names_credential(definition.name[2:].partition("}")[0]):
                cells = [self.fill(cell, depth + 1) for cell in definition.value[:_MOST_CELLS]]
                separator = self.fill(definition.separator or "", depth + 1)
                text = (" " if definition.separator is None else separator.text).join(cell.text for cell in cells)
                whole = separator.whole and all(cell.whole for cell in cells) and len(text) <= _LONGEST
                self._known[name] = Resolved(text, whole)
        return self._known[name]


def _literal(expression: str) -> str | None:
    """Return the value of a Python literal as text, None for any other expression, which is never run."""
    if not _LITERAL.fullmatch(expression):
        return None
    try:
        return str(ast.literal_eval(expression.strip()))
    except (ValueError, SyntaxError):
        return None


def _unescaped(text: str) -> str:
    """Return the text without escapes; half of a character, which Robot makes on demand, cannot be written."""
    return unescape(text).encode("utf-8", "replace").decode() if "\\" in text else text


def is_none(written: str) -> bool:
    """Return whether a cell is Robot's word for None, which is no text."""
    return _NONE.fullmatch(written.strip()) is not None


def is_made_at_run_time(name: Resolved) -> bool:
    """Return whether a name holds a variable whose value is known only when the file runs."""
    match = search_variable(name.text, identifiers="$@&%", ignore_errors=True)
    return not name.whole or bool(match)
