"""What `getopts` finds in arguments that are known."""

from collections.abc import Sequence
from typing import NamedTuple

from build.effects.shell_syntax import Node
from build.effects.shell_words import Words
from build.effects.text import UNKNOWN, Text


class OptionsGiven(NamedTuple):
    """The variable that gets the letters, the options with their values, and how many arguments they are."""

    variable: str
    options: tuple[tuple[str, Text], ...]
    taken: int


def options_given(words: Words, arguments: Sequence[Text] | None, test: Node) -> OptionsGiven | None:
    """Return the options that `getopts` gives round by round; None where they are not known, or the test is another
    command.

    Args:
        words: Expands the words of the script.
        arguments: `$1` and so on; None where they are not known.
        test: The loop's test.
    """
    name = test.first("command_name")
    if arguments is None or name is None or name.text != "getopts":
        return None
    fields = words.commands([child for child in test.children if child.type != "variable_assignment"])
    if len(fields) != 1 or len(fields[0]) != 3:
        return None
    letters, variable = fields[0][1].text, fields[0][2].text
    if UNKNOWN in letters or not variable.isidentifier():
        return None
    return _read(letters, variable, arguments)


def _read(letters: str, variable: str, arguments: Sequence[Text]) -> OptionsGiven | None:
    result: list[tuple[str, Text]] = []
    place = 0
    while place < len(arguments):
        text = arguments[place].text
        if text.startswith(UNKNOWN):
            return None
        if not text.startswith("-") or text == "-":
            break
        place += 1
        if text == "--":
            break
        for at, letter in enumerate(text[1:], 1):
            known = letters.find(letter, 1 if letters.startswith(":") else 0)
            if known < 0 or letter == ":":
                result.append(("?", Text(letter)))
            elif letters[known + 1 : known + 2] != ":":
                result.append((letter, Text("")))
            else:
                if text[at + 1 :]:
                    result.append((letter, arguments[place - 1]._replace(text=text[at + 1 :])))
                elif place < len(arguments):
                    result.append((letter, arguments[place]))
                    place += 1
                break
    return OptionsGiven(variable, tuple(result), place)
