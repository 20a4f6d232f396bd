"""Robot Framework's variables: what the cells of a robot file are, as far as that can be known."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from build.effects.python_expressions import Expressions
from build.effects.python_values import Known, Many, OneOf, Outside, Table, is_texts, one_of, texts_of
from build.effects.text import EMPTY, NOTHING_KNOWN, UNKNOWN, Text, Texts, chosen, concatenate, fixed, unknown
from build.parse.names import normalize

_BUILT_IN = {
    "empty": "", "space": " ", "curdir": ".", "true": "True", "false": "False", "none": "", "null": "", "/": "/",
    ":": ":",
    "\\n": "\n", "execdir": ".", "tempdir": "tmp", "suitename": "suite", "testname": "task", "outputdir": ".",
}  # fmt: skip
_PARTS = re.compile(r"\.([A-Za-z_]\w*)|\[([^\[\]]*)\]")
_NAME = re.compile(r"\W+")
_ESCAPES = re.compile(r"\\(n|t|r|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}
MAX_NESTING = 8
# Where an escape or a variable may begin.
_SPECIAL = re.compile(r"\\|[$@&%]\{")
# Characters of a cell that is kept with its parts: the cells of files are much the same.
_OFTEN_THE_SAME = 200
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_BASE = re.compile(r"[^.\[]+")


class Part(NamedTuple):
    """A part of a cell: text, or a variable with the items that are taken of it."""

    text: str
    sign: str = ""
    items: tuple[str, ...] = ()


def parts_of(cell: str) -> tuple[Part, ...]:
    """Return the text and the variables of a cell in their order."""
    return _parts_of(cell) if len(cell) <= _OFTEN_THE_SAME else _parts_of.__wrapped__(cell)


@lru_cache(4096)
def _parts_of(cell: str) -> tuple[Part, ...]:
    result = []
    place = start = 0
    while match := _SPECIAL.search(cell, place):
        place = match.start()
        if match[0] == "\\":
            place += 2
            continue
        end = _closing(cell, place + 1)
        if end is None:
            place += 1
            continue
        if place > start:
            result.append(Part(_unescape(cell[start:place])))
        sign, name, items = cell[place], cell[place + 2 : end], []
        place = end + 1
        while sign in "$@&" and cell[place : place + 1] == "[" and (close := cell.find("]", place)) > 0:
            items.append(cell[place + 1 : close])
            place = close + 1
        result.append(Part(name, sign, tuple(items)))
        start = place
    if start < len(cell):
        result.append(Part(_unescape(cell[start:])))
    return tuple(result)


class Variables:
    """The variables at one place: a suite's, and a task's or keyword's own."""

    def __init__(self, python: Expressions, defaults: dict[str, str], evaluate: Callable[[str], Known]) -> None:
        """Start without variables.

        Args:
            python: Evaluates attributes of values.
            defaults: Gets the default of each variable of the environment.
            evaluate: Returns the value of the Python expression in a cell.
        """
        self.suite: dict[str, Known] = {}
        self.local: dict[str, Known] = {}
        self._python, self._defaults, self._evaluate = python, defaults, evaluate

    def set(self, name: str, value: Known, scope: str = "local") -> None:
        """Set a variable, named as `${name}` or `name`."""
        key = variable_name(name)
        (self.local if scope == "local" else self.suite)[key] = value
        if scope != "local":
            # A variable of the keyword's own would hide it.
            self.local[key] = value

    def get(self, name: str, depth: int = 0) -> Known:
        """Return the value of `${name}`, with the attributes and items that stand in the braces."""
        if depth > MAX_NESTING:
            return NOTHING_KNOWN
        if "{" in name:
            inner = texts_of(self.text(name, depth + 1))
            known = [self.get(one.text, depth + 1) for one in inner if UNKNOWN not in one.text]
            return one_of(*known) if known else NOTHING_KNOWN
        key = normalize(name)
        result = self.local.get(key, self.suite.get(key))
        if result is not None:
            return result
        if key in _BUILT_IN:
            return fixed(_BUILT_IN[key])
        if _NUMBER.fullmatch(name):
            return fixed(name)
        base = _BASE.match(name)
        if base is not None and base.end() < len(name) and (base[0] != name):
            owner = self.local.get(normalize(base[0]), self.suite.get(normalize(base[0])))
            if owner is not None:
                return self._follow_path(owner, name[base.end() :], depth)
        # One that nobody sets is most likely meant to be the user's.
        return unknown(name) if name.isidentifier() and name.isupper() else NOTHING_KNOWN

    def value(self, cell: str, depth: int = 0) -> Known:
        """Return the value of a cell; one variable alone keeps its kind, everything else is text."""
        parts = parts_of(cell)
        if len(parts) == 1 and parts[0].sign:
            return self._part(parts[0], depth)
        return concatenate([self._text_of(part, depth) for part in parts]) if parts else EMPTY

    def text(self, cell: str, depth: int = 0) -> Texts:
        """Return the value of a cell as text."""
        return texts_of(self.value(cell, depth))

    def cells(self, cells: Sequence[str]) -> list[Known]:
        """Return the values of cells; `@{list}` gives one for each of its items."""
        result: list[Known] = []
        for cell in cells:
            parts = parts_of(cell) if cell.startswith("@{") else ()
            if len(parts) == 1 and parts[0].sign == "@":
                value = self._part(parts[0], 0)
                result += value.items if isinstance(value, Many) else [NOTHING_KNOWN]
            else:
                result.append(self.value(cell))
        return result

    def shell_text(self, cell: str) -> tuple[Texts, dict[str, Texts]]:
        """Return a cell as the text of a shell command, and values of shell variables that stand in it.

        A value that only a run or a user can tell becomes such a variable, so that each word keeps its own origin.
        """
        placed: dict[str, Texts] = {}
        parts: list[Texts] = []
        for part in parts_of(cell):
            if not part.sign:
                parts.append(fixed(part.text))
                continue
            value = texts_of(self._part(part, 0))
            if (
                all(one.is_fixed for one in value)
                or (len(value) == 1 and not value[0].names and value[0].text != UNKNOWN)
                or all(one.text != UNKNOWN and not one.whole for one in value)
            ):
                parts.append(value)
            else:
                name = _NAME.sub("_", part.text).strip("_") or "value"
                name = f"_{name}" if name[0].isdigit() else name
                placed[name] = value
                parts.append(fixed(f"${{{name}}}"))
        return concatenate(parts) if parts else EMPTY, placed

    def _part(self, part: Part, depth: int) -> Known:
        if not part.sign:
            return fixed(part.text)
        if part.sign == "%":
            name, _, default = part.text.partition("=")
            if default:
                self._defaults.setdefault(name, default)
            return chosen(default, name) if default else unknown(name)
        if part.text.startswith("{") and part.text.endswith("}"):
            return self._evaluate(part.text[1:-1].strip())
        value = self.get(part.text, depth)
        for item in part.items:
            value = self._item(value, item, depth)
        return value

    def _text_of(self, part: Part, depth: int) -> Texts:
        value = self._part(part, depth)
        if isinstance(value, Many) and part.sign == "@":
            joined: list[Texts] = []
            for item in value.items:
                joined += [texts_of(item), fixed(" ")]
            return concatenate(joined[:-1]) if joined else EMPTY
        return texts_of(value)

    def _item(self, owner: Known, item: str, depth: int) -> Known:
        text = self.text(item.strip("\"'"), depth + 1)[0].text if "{" in item else item.strip("\"'")
        if isinstance(owner, Table):
            return owner.items.get(text, NOTHING_KNOWN)
        if isinstance(owner, Many):
            if text.lstrip("-").isdigit() and len(text) < 5 and -len(owner.items) <= int(text) < len(owner.items):
                return owner.items[int(text)]
            return one_of(*owner.items) if owner.items else NOTHING_KNOWN
        if isinstance(owner, OneOf):
            return one_of(*(self._item(one, item, depth) for one in owner.values))
        return owner if isinstance(owner, Outside) else (Text(UNKNOWN, _names(owner)),)

    def _follow_path(self, owner: Known, path: str, depth: int) -> Known:
        for attribute, item in _PARTS.findall(path)[:20]:
            if attribute and isinstance(owner, Table) and attribute in owner.items:
                owner = owner.items[attribute]
            elif attribute:
                owner = NOTHING_KNOWN if is_texts(owner) else self._python.attribute(owner, attribute)
            else:
                owner = self._item(owner, item, depth)
        return owner


def variable_name(cell: str) -> str:
    """Return the name in `${name}`, `$name` or `name =`, as it is compared."""
    text = cell.strip().rstrip("= ").strip()
    if text[:1] in "$@&" and text[1:2] == "{" and text.endswith("}"):
        text = text[2:-1]
    return normalize(text.lstrip("$@&\\").split(":")[0] if not text.startswith("{") else text)


def _names(value: Known) -> frozenset[str]:
    return frozenset().union(*(one.names for one in texts_of(value))) if is_texts(value) else frozenset()


def _closing(cell: str, opening: int) -> int | None:
    """Return the position of the brace that closes the one at `opening`."""
    depth = 0
    for place in range(opening, min(len(cell), opening + 5_000)):
        if cell[place] == "{":
            depth += 1
        elif cell[place] == "}":
            depth -= 1
            if depth == 0:
                return place
    return None


def _unescape(text: str) -> str:
    return _ESCAPES.sub(lambda m: _ESCAPED.get(m[1], m[1]), text) if "\\" in text else text
