"""YAML from strangers: one document, plain types, no aliases, bounded size and depth; and the line of a key."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import yaml

from search_fn.text import visible

# Of one text: composing takes time and memory with each character, event and level.
MAX_CHARACTERS = 1_000_000
MAX_EVENTS = 50_000
MAX_DEPTH = 50
# YAML 1.1 reads 1:30:00 in base 60; a million such digits would keep a machine busy for a minute.
MAX_NUMBER = 100
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
# What PyYAML's constructors raise for a value that does not fit its explicit tag, as in `!!bool maybe`.
_UNFIT = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class SafeYamlError(Exception):
    """A text that is not YAML which we read; `line` is 1-based, or None."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def load(text: str) -> object:
    """Return the value of a YAML document, None for an empty one.

    Raises:
        SafeYamlError: It is malformed, too large or too deep, or has aliases, duplicate keys or several documents.
    """
    node = _compose(text)
    if node is None:
        return None
    try:
        return _Loader(text).construct_document(node)
    except yaml.YAMLError as error:
        raise _to_error(error) from None
    except _UNFIT as error:
        raise SafeYamlError(f"a value cannot be read ({error})") from None


def documents(text: str) -> list[yaml.Node]:
    """Return the nodes of all documents of a text, as they are written.

    Raises:
        SafeYamlError: As by `load`, but not for duplicate keys, which the caller judges.
    """
    _check(text)
    try:
        return list(yaml.compose_all(text, Loader=yaml.CSafeLoader))
    except yaml.YAMLError as error:
        raise _to_error(error) from None


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Return the 1-based line of `path` (keys and list positions), or that of its nearest parent."""
    return lines_of(text)(path)


def lines_of(text: str) -> Callable[[Sequence[str | int]], int]:
    """Return `line_of` for one text, which is read once."""
    return partial(_line_in, _compose(text))


def _line_in(node: yaml.Node | None, path: Sequence[str | int]) -> int:
    line = 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            result = next(((k, v) for k, v in node.value if k.value == step), None)
            if result is None:
                break
            line, node = result[0].start_mark.line + 1, result[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            break
    return line


class _Loader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise SafeYamlError(f"duplicate key {key.value!r}", key.start_mark.line + 1)
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else id(key))
        return super().construct_mapping(node, deep)

    def construct_scalar(self, node: Any) -> Any:
        # Invisible characters were removed from the text itself, so that only an escape can bring one here.
        if isinstance(node.value, str) and visible(node.value) != node.value:
            raise SafeYamlError("a value has an escaped invisible character", node.start_mark.line + 1)
        if node.tag in _NUMBERS and len(str(node.value)) > MAX_NUMBER:
            raise SafeYamlError(f"a number has more than {MAX_NUMBER} characters", node.start_mark.line + 1)
        return super().construct_scalar(node)


def _compose(text: str) -> yaml.Node | None:
    _check(text)
    try:
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise _to_error(error) from None


def _check(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise SafeYamlError(f"it has {len(text):,} characters, more than {MAX_CHARACTERS:,}")
    depth, line = 0, 1
    try:
        # Aliases and depth are judged on the events: composing a bomb is what must not happen.
        for count, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
            line = event.start_mark.line + 1 if event.start_mark else line
            if isinstance(event, yaml.AliasEvent):
                raise SafeYamlError("it has an alias (*name), which is not read", line)
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH or count > MAX_EVENTS:
                raise SafeYamlError("it is nested too deeply or too long", line)
    except yaml.YAMLError as error:
        raise _to_error(error) from None
    except UnicodeEncodeError:
        raise SafeYamlError("invalid Unicode (lone surrogate)") from None


def _to_error(error: yaml.YAMLError) -> SafeYamlError:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    return SafeYamlError(str(what), mark.line + 1 if mark else None)
