"""What is known of a value in Python code before anything runs."""

import ast
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeGuard

from build.effects.text import MAX_OPTIONS, NOTHING_KNOWN, UNKNOWN, Text, Texts, either, names_of


class Many:
    """A list, tuple or set with what is known of its items."""

    __slots__ = ("items",)

    def __init__(self, items: "list[Known]") -> None:
        self.items = items


class Table:
    """A dictionary with what is known of its values, by their keys."""

    __slots__ = ("items",)

    def __init__(self, items: "dict[str, Known]") -> None:
        self.items = items


class Outside(NamedTuple):
    """Something of a package that is not read: the way to it, such as `boto3.client.describe_instances`, and the first
    texts that were given on that way (for boto3's the service).
    """

    path: str
    given: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()


class Module:
    """A module of the library or bundle, with the line at which its text begins; `values` are its names."""

    __slots__ = ("line", "name", "path", "values")

    def __init__(self, name: str, path: str, line: int = 1) -> None:
        self.name, self.path, self.line = name, path, line
        self.values: dict[str, Known] = {}


class Class(NamedTuple):
    """A class that is read; `around` is where it is defined."""

    node: ast.ClassDef
    module: Module
    bases: "tuple[Known, ...]"
    around: "dict[str, Known]"


class Object:
    """An object of a class that is read."""

    __slots__ = ("attributes", "kind")

    def __init__(self, kind: Class) -> None:
        self.kind = kind
        self.attributes: dict[str, Known] = {}


class Defined(NamedTuple):
    """A function that is read; `owner` is the object or class that it is a method of, `around` where it is defined."""

    node: "ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda"
    module: Module
    owner: "Object | Class | None" = None
    around: "dict[str, Known] | None" = None


class Partial(NamedTuple):
    """A function with some of its arguments."""

    function: "Known"
    arguments: "tuple[Known, ...]"
    options: "Mapping[str, Known]"


class OneOf(NamedTuple):
    """One of several values that are no texts."""

    values: "tuple[Known, ...]"


class Bound(NamedTuple):
    """A method of a text, list or dictionary."""

    owner: "Texts | Many | Table"
    name: str


Known = Texts | Many | Table | Outside | Module | Class | Object | Defined | Partial | OneOf | Bound


def is_texts(value: Known) -> TypeGuard[Texts]:
    """Return whether a value is texts, and not one of the named tuples."""
    return type(value) is tuple


def texts_of(value: Known | None) -> Texts:
    """Return a value as texts; every other kind of value is unknown."""
    if value is None:
        return NOTHING_KNOWN
    if is_texts(value):
        return value
    if isinstance(value, OneOf):
        return either(*(texts_of(one) for one in value.values))
    if isinstance(value, Many | Table):
        names = names_of(text for item in parts_of(value)[:50] if is_texts(item) for text in item)
        return (Text(UNKNOWN, names),)
    return NOTHING_KNOWN


def parts_of(value: Many | Table) -> "list[Known]":
    """Return the items of a list, or the values of a dictionary."""
    return value.items if isinstance(value, Many) else list(value.items.values())


def one_of(*values: Known) -> Known:
    """Return the value that any of the values may be."""
    distinct: list[Known] = []
    for value in values:
        for one in value.values if isinstance(value, OneOf) else (value,):
            if not any(
                one is other or (type(one) is type(other) and type(one) in (tuple, Outside) and one == other)
                for other in distinct
            ):
                distinct.append(one)
    texts = [one for one in distinct if is_texts(one)]
    others = [one for one in distinct if not is_texts(one)]
    if not others:
        return either(*texts)
    if texts:
        # What is unknown beside something known adds nothing to follow.
        known = [one for one in texts if one != NOTHING_KNOWN and one[0].text not in ("", "None")]
        others += [either(*known)] if known else []
    return others[0] if len(others) == 1 else OneOf(tuple(others[:MAX_OPTIONS]))


def entry_of(table: Table, keys: Texts, default: Known) -> Known:
    """Return the value under a key of a dictionary; any value of it where a run decides the key."""
    if not table.items:
        return default
    if any(UNKNOWN in key.text or key.names for key in keys):
        return one_of(*table.items.values())
    return one_of(*(table.items.get(key.text, default) for key in keys))


def names_like(owner: Known, name: Text) -> list[str]:
    """Return the names of methods and functions that may be meant."""
    if UNKNOWN not in name.text and not name.names:
        return [name.text]
    known: list[str] = []
    if isinstance(owner, Object):
        known = [one.name for one in owner.kind.node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    elif isinstance(owner, Module):
        known = [one for one, value in owner.values.items() if isinstance(value, Defined)]
    start = name.text.split(UNKNOWN, 1)[0] if UNKNOWN in name.text else name.text.rsplit("_", 1)[0]
    return [one for one in known if one.startswith(start) and not one.startswith("__")][:40] or [name.text]


def plain(value: Known | None, depth: int = 0) -> str:
    """Return a value's text as it would stand in the body of a request."""
    if value is None or depth > 4:
        return UNKNOWN
    if is_texts(value):
        return value[0].text
    if isinstance(value, Many):
        return "[" + ", ".join(plain(item, depth + 1) for item in value.items[:50]) + "]"
    if isinstance(value, Table):
        return (
            "{"
            + ", ".join(f'"{key}": "{plain(item, depth + 1)}"' for key, item in list(value.items.items())[:50])
            + "}"
        )
    return UNKNOWN


def join(mine: dict[str, Known], others: Sequence[dict[str, Known]]) -> None:
    """Merge the variables after branches into `mine`: each may have the value of any branch."""
    for other in others:
        for name, value in other.items():
            have = mine.get(name)
            if have is None:
                mine[name] = value
            elif have is not value:
                mine[name] = one_of(have, value)
