"""What is known at one place of a shell script: variables, functions, arguments, what was printed so far."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, cast

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
    """The state at one place of a script: copied where it branches, and joined behind it.

    Copies share `variables` and `functions`, which nobody changes: `put` and `define` make others where they have to.
    """

    __slots__ = ("_is_own", "arguments", "functions", "printed", "script", "variables")

    def __init__(
        self,
        script: str,
        arguments: tuple[Text, ...] | None,
        variables: Mapping[str, Value] | None = None,
        functions: Mapping[str, Function] | None = None,
    ) -> None:
        self.script, self.arguments = script, arguments
        self.variables: Mapping[str, Value] = {} if variables is None else variables
        self.functions: Mapping[str, Function] = {} if functions is None else functions
        self.printed: Texts = EMPTY
        self._is_own = False

    def copy(self) -> "State":
        """Return a state that changes alone."""
        other = State(self.script, self.arguments, self.variables, self.functions)
        other.printed = self.printed
        self._is_own = False
        return other

    def become(self, other: "State") -> None:
        """Take over everything of another state."""
        self.variables, self.functions, self.printed = other.variables, other.functions, other.printed
        self.arguments, self.script = other.arguments, other.script
        self._is_own = other._is_own = False

    def put(self, name: str, value: Value | None) -> None:
        """Set a variable; None unsets it."""
        if value is not None:
            self._own()[name] = value
        elif name in self.variables:
            del self._own()[name]

    def define(self, name: str, function: Function) -> None:
        """Set a function's body."""
        self.functions = {**self.functions, name: function}

    def take(self, branches: Sequence["State"]) -> None:
        """Set this state to what holds whichever of the branches was taken."""
        first = branches[0]
        printed = [one.printed for one in branches]
        arguments = [one.arguments for one in branches]
        several = [(one.variables, one.functions) for one in branches[1:]]
        if first is not self:
            self.variables, self.functions, self._is_own = first.variables, first.functions, False
            first._is_own = False
        for variables, functions in several:
            if variables is not self.variables:
                self._join(variables)
            if functions is not self.functions:
                self.functions = {**functions, **self.functions}
        self.printed = printed[0]
        for other in printed[1:]:
            self.printed = either(self.printed, other)
        self.arguments = arguments[0] if all(one == arguments[0] for one in arguments) else None

    def _join(self, other: Mapping[str, Value]) -> None:
        mine = self.variables
        for name, value in other.items():
            known = mine.get(name)
            if known is not value and known != value:
                mine = self._own()
                mine[name] = value if known is None else either_value(known, value)

    def _own(self) -> dict[str, Value]:
        """Return the variables to be changed, which nobody else has."""
        if not self._is_own:
            self.variables, self._is_own = dict(self.variables), True
        return cast("dict[str, Value]", self.variables)

    def print(self, texts: Texts) -> None:
        """Add to the printed text."""
        if texts == NOTHING_KNOWN:
            if any(one.text.endswith(UNKNOWN + "\n") for one in self.printed):
                return
            texts = _LINES
        self.printed = concatenate([self.printed, texts])

    def append(self, name: str, value: Value) -> None:
        """Set a variable by `NAME+=value`."""
        before = self.variables.get(name)
        if before is None:
            before = unknown(name) if any(isinstance(one, Text) for one in value) else ((),)
        options: list[Text | tuple[Text, ...]] = []
        for old in before:
            for new in value:
                if isinstance(new, Text) and isinstance(old, Text):
                    options.append(Text(old.text + new.text, old.names | new.names))
                else:
                    options.append((*_elements(old), *_elements(new)))
        self.put(name, _bound(options))


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
    """Return a value with the possibilities of all values."""
    return _bound([one for value in several for one in value])


def _elements(one: Text | tuple[Text, ...]) -> tuple[Text, ...]:
    return (one,) if isinstance(one, Text) else one


def _bound(options: Sequence[Text | tuple[Text, ...]]) -> Value:
    result = tuple(dict.fromkeys(options))
    if len(result) <= MAX_OPTIONS:
        return result
    return unknown(*names_of(field for one in result for field in _elements(one)))
