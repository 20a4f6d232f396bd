"""What is known at one place of a shell script: variables, functions, arguments, what was printed so far."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from build.effects.shell_syntax import Node
from build.effects.text import (
    EMPTY,
    MAX_OPTIONS,
    NOTHING_KNOWN,
    UNKNOWN,
    Text,
    Texts,
    concatenate,
    either,
    names_of,
    unknown,
)

Value = tuple[Text | tuple[Text, ...], ...]
"""What a variable may be: each a text, or the elements of an array."""
Flow = Literal["on", "next", "return", "exit"]
"""How a statement ends: with the one after it, the next round of a loop, the function's end or the script's."""


# What a program prints that is not followed.
_LINES: Texts = (Text(UNKNOWN + "\n"),)


class Function(NamedTuple):
    """A function, with the place of the text that it stands in."""

    body: Node
    path: str
    line: int


class State:
    """Copied where a script branches, and joined behind it."""

    def __init__(self, script: str, arguments: tuple[Text, ...] | None) -> None:
        self.script, self.arguments = script, arguments
        self.variables: dict[str, Value] = {}
        self.functions: dict[str, Function] = {}
        self.printed: Texts = EMPTY

    def copy(self) -> "State":
        """Return one that changes alone."""
        other = State(self.script, self.arguments)
        other.variables, other.functions = dict(self.variables), dict(self.functions)
        other.printed = self.printed
        return other

    def take(self, branches: Sequence["State"]) -> None:
        """Become what holds whichever of the branches was taken."""
        # A branch may be this very state.
        first, *others = [branch.copy() if branch is self else branch for branch in branches]
        self.variables, self.functions, self.printed = first.variables, first.functions, first.printed
        self.arguments = first.arguments
        for other in others:
            for name, value in other.variables.items():
                mine = self.variables.get(name)
                if mine is not value and mine != value:
                    self.variables[name] = value if mine is None else either_value(mine, value)
            self.functions = {**other.functions, **self.functions}
            self.printed = either(self.printed, other.printed)
            if self.arguments != other.arguments:
                self.arguments = None

    def print(self, texts: Texts) -> None:
        """Add to what was printed."""
        if texts == NOTHING_KNOWN:
            if any(one.text.endswith(UNKNOWN + "\n") for one in self.printed):
                return
            texts = _LINES
        self.printed = concatenate([self.printed, texts])

    def append(self, name: str, value: Value) -> None:
        """Do `NAME+=value`."""
        before = self.variables.get(name)
        if before is None:
            before = unknown(name) if any(isinstance(one, Text) for one in value) else ((),)
        made: list[Text | tuple[Text, ...]] = []
        for old in before:
            for new in value:
                if isinstance(new, Text) and isinstance(old, Text):
                    made.append(Text(old.text + new.text, old.names | new.names))
                else:
                    made.append((*_elements(old), *_elements(new)))
        self.variables[name] = _bounded(made)


class Handed(Mapping[str, Value]):
    """The variables that a program gets of a shell, and its functions, which may be exported. Most programs have no use
    for either, so that nothing is copied.
    """

    def __init__(self, state: State) -> None:
        self.variables, self.functions = state.variables, state.functions

    def __getitem__(self, name: str) -> Value:
        return self.variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.variables)

    def __len__(self) -> int:
        return len(self.variables)


def either_value(*several: Value) -> Value:
    """Return what any of the values may be."""
    return _bounded([one for value in several for one in value])


def _elements(one: Text | tuple[Text, ...]) -> tuple[Text, ...]:
    return (one,) if isinstance(one, Text) else one


def _bounded(options: Sequence[Text | tuple[Text, ...]]) -> Value:
    found = tuple(dict.fromkeys(options))
    if len(found) <= MAX_OPTIONS:
        return found
    return unknown(*names_of(field for one in found for field in _elements(one)))
