"""Declarations as calls make them: `Import User Variable` and its like, with RW.Core's arguments."""

import json
import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from robot.conf.languages import Languages
from robot.running.arguments.typeinfo import TypeInfo
from robot.variables import is_variable, search_variable

from build.parse.constants import Constants, is_made_at_run_time, is_none

ImportKind = Literal["variable", "secret", "service", "platform_variable"]

# What each keyword declares, and its arguments in the order in which RW.Core has them.
IMPORTS: dict[str, tuple[ImportKind, tuple[str, ...]]] = {
    "importuservariable": (
        "variable",
        ("varname", "type", "description", "example", "pattern", "enum", "format", "default"),
    ),
    "importsecret": ("secret", ("varname", "description", "example", "pattern", "optional")),
    "importoptionalsecret": ("secret", ("varname", "description", "example", "pattern")),
    "importservice": ("service", ("varname", "description", "example", "default")),
    # It takes any others, and does nothing with them.
    "importplatformvariable": ("platform_variable", ("varname",)),
}
METRIC = "pushmetric"
EMPTY = frozenset({"", '""', "''", "${EMPTY}"})
_NAMES = frozenset({"varname", "key", "name"})
_OPTION = re.compile(r"([a-z_]+)=(.*)", re.DOTALL)
# An item of a list that is not JSON, in quotes or not.
_ITEM = re.compile(r"""\s*(?:"([^"]*)"\s*(?=,|$)|'([^']*)'\s*(?=,|$)|([^,]*))(?:,|$)""")
# A backslash that Robot takes away and that only patterns have.
_OF_A_PATTERN = re.compile(r"(?<!\\)(?:\\\\)*\\(?![nrt]|[xuU][0-9a-fA-F]{2})[A-Za-z0-9.*+?^()\[\]|/-]")
_BOOLEAN = TypeInfo.from_type_hint(bool)
NO_CONSTANTS = Constants()


class Declaration(NamedTuple):
    """A declaration of a robot file: a call of `Import User Variable` or its like, not Robot's `Library` setting.

    `options` are as RW.Core gets them, as far as that is known, a pattern as it is written; `assigned` is the robot
    variable that receives the value. `dynamic`: the name is only known at run time; `partial`: some of the options are.
    """

    kind: ImportKind
    name: str
    assigned: str
    options: dict[str, str]
    line: int
    surplus: bool = False
    dynamic: bool = False
    partial: bool = False


def read_import(
    keyword: str,
    arguments: Sequence[str],
    assigned: str | None,
    line: int,
    constants: Constants = NO_CONSTANTS,
    languages: Languages | None = None,
) -> Declaration | None:
    """Return the declaration that a call makes, None when it makes none.

    The name is the first argument, whatever variable it is assigned to. A cell after an option that is no option
    itself goes on with that option's text (Robot refuses it at run time: `surplus`).

    Args:
        keyword: The keyword's name, normalized and without its library's.
        arguments: The cells of the call.
        assigned: The variable that the call's value is assigned to, if any.
        line: Where the call stands.
        constants: What the file's variables are known to hold.
        languages: In what words the file says yes and no, besides English.
    """
    if keyword not in IMPORTS:
        return None
    kind, signature = IMPORTS[keyword]
    name, options, last, position, surplus, partial = "", dict[str, list[str]](), list[str](), 0, False, False
    for argument in constants.cells(arguments):
        if name and _is_several(argument):
            partial = True
            continue
        option = _OPTION.fullmatch(argument)
        if option and option[1] in _NAMES and not name:
            name = option[2].strip()
        elif option:
            last = [option[2]]
            options.setdefault(option[1], last)
        elif not name:
            name = argument.strip()
        elif last:
            last.append(argument)
            surplus = surplus or any(cells is last for cells in options.values())
        else:
            position += 1
            if position < len(signature):
                options.setdefault(signature[position], [argument])
            else:
                surplus = surplus or kind != "platform_variable"
    if not name:
        return None
    if keyword == "importoptionalsecret":
        options.setdefault("optional", ["True"])
    choices = constants.choices(options["enum"][0]) if "enum" in options else None
    if choices is not None:
        options["enum"] = [json.dumps(choices)]
    elif is_variable(" ".join(options.get("enum", ())), "$@&"):
        # The choices are only known when the suite runs.
        del options["enum"]
    written = {option: " ".join(cells) for option, cells in options.items() if not is_none(" ".join(cells))}
    resolved = {option: constants.text(text) for option, text in written.items()}
    values = {option: written[option] if _is_raw(option, written[option]) else r.text for option, r in resolved.items()}
    if "optional" in values:
        # RW.Core's argument is a truth value, which Robot makes of what is written.
        optional = resolved["optional"].whole and bool(_BOOLEAN.convert(values["optional"], languages=languages))
        values["optional"] = str(optional)
    result = constants.text(name)
    return Declaration(
        kind=kind,
        name=result.text.strip(),
        assigned=assigned or result.text.strip(),
        options=values,
        line=line,
        surplus=surplus,
        dynamic=is_made_at_run_time(result) or not result.text.strip(),
        partial=partial,
    )


def _is_several(cell: str) -> bool:
    """Return whether a cell is a list or dictionary variable, which stands for any number of cells."""
    match = search_variable(cell, "@&", ignore_errors=True)
    return bool(match) and not match.before and not match.after


def _is_raw(option: str, written: str) -> bool:
    # RW.Core reads neither; an example of a pattern is for people who know that Robot takes a backslash away.
    return option == "pattern" or (option == "example" and _OF_A_PATTERN.search(written) is not None)


def read_metric(arguments: Sequence[str], constants: Constants = NO_CONSTANTS) -> str | None:
    """Return the `sub_name` of a call of `Push Metric`, None for the metric without one."""
    named = [cell.removeprefix("sub_name=") for cell in arguments if cell.startswith("sub_name=")]
    positional = [cell for cell in arguments[:2] if not _OPTION.fullmatch(cell)]
    names = [*named, *positional[1:]]
    return next(filter(None, (constants.text(name).text.strip() for name in names if not is_none(name))), None)


def is_optional(options: dict[str, str]) -> bool:
    """Return whether a secret is declared as optional."""
    return options.get("optional") == "True"


def declared_default(options: dict[str, str]) -> str | None:
    """Return the default: None when there is none, "" for each spelling of empty."""
    default = options.get("default")
    return "" if default is not None and default.strip() in EMPTY else default


def declared_enum(options: dict[str, str]) -> tuple[str, ...]:
    """Return the choices of `enum=[a,b]`, `enum=a,b` or `enum=["a", "b"]`, trimmed; none when it is empty."""
    text = options.get("enum", "").strip()
    if text.startswith("["):
        try:
            items = json.loads(text)
        except (ValueError, RecursionError):
            items = None
        if isinstance(items, list) and not any(isinstance(item, list | dict) for item in items):
            texts = (item if isinstance(item, str) else json.dumps(item) for item in items)
            return tuple(choice for one in texts if (choice := one.strip()))
    text = text.removeprefix("[").removesuffix("]")
    parts = ("".join(groups) for groups in _ITEM.findall(text))
    return tuple(choice for part in parts if (choice := part.strip()))
