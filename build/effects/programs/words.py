"""The words of a command taken apart: its options with their values, and what is no option."""

from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple

Style = Literal["gnu", "long"]
"""How options are written: `-it` is -i and -t (gnu), or one option called it (long: terraform, find, java)."""


class Option(NamedTuple):
    """An option as written, `--name` or `-n`, and its value if it has one."""

    name: str
    value: str | None = None


class Split(NamedTuple):
    """A command's words without the program. `rest` is what follows `--` or the last positional that was asked for."""

    positionals: tuple[str, ...]
    options: tuple[Option, ...]
    rest: tuple[str, ...] | None

    def has(self, *names: str) -> bool:
        """Return whether an option of any of these names is there."""
        return any(option.name in names for option in self.options)

    def value(self, *names: str) -> str | None:
        """Return the value of the last option of these names, None where there is none."""
        return next((option.value for option in reversed(self.options) if option.name in names), None)

    def values(self, *names: str) -> list[str]:
        """Return the values of all options of these names, in order."""
        return [option.value for option in self.options if option.name in names and option.value is not None]


def split(
    words: Sequence[str],
    takes_value: Collection[str],
    *,
    style: Style = "gnu",
    positionals: int | None = None,
    attached: Collection[str] = (),
) -> Split:
    """Split the words behind a program's name into options and positionals.

    Args:
        words: The words behind the name.
        takes_value: Options whose next word is their value.
        style: How the program's options are written.
        positionals: How many positionals are the program's own; all behind them is `rest` (sudo: 0, timeout: 1).
        attached: Options of one letter whose value can only stand right behind it (mysql's -p).
    """
    result: list[str] = []
    options: list[Option] = []
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if word == "--":
            return Split(tuple(result), tuple(options), tuple(words[index:]))
        if len(word) < 2 or word[0] != "-":
            if positionals is not None and len(result) == positionals:
                return Split(tuple(result), tuple(options), tuple(words[index - 1 :]))
            result.append(word)
            continue
        name, equals, value = word.partition("=")
        if word.startswith("--") or style == "long":
            if equals:
                options.append(Option(name, value))
            elif name in takes_value and index < len(words):
                options.append(Option(name, words[index]))
                index += 1
            else:
                options.append(Option(name))
            continue
        if word[1].isdigit():
            # tail -50, kill -9
            options.append(Option(word))
            continue
        letters = word[1:]
        for place, letter in enumerate(letters):
            name = f"-{letter}"
            if name in attached:
                options.append(Option(name, letters[place + 1 :] or None))
                break
            if name not in takes_value:
                options.append(Option(name))
                continue
            value = letters[place + 1 :].removeprefix("=")
            if value or letters[place + 1 :]:
                options.append(Option(name, value))
            elif index < len(words):
                options.append(Option(name, words[index]))
                index += 1
            else:
                options.append(Option(name))
            break
    return Split(tuple(result), tuple(options), None)
