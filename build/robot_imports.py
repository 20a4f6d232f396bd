"""Calls of `Import User Variable`, `Import Secret` and their like: how a bundle declares what it needs."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

ImportKind = Literal["variable", "secret", "service", "platform_variable"]

_KEYWORDS: dict[str, ImportKind] = {
    "importuservariable": "variable",
    "importsecret": "secret",
    "importoptionalsecret": "secret",
    "importservice": "service",
    "importplatformvariable": "platform_variable",
}
_METRIC = "pushmetric"
BRANCHES = frozenset({"ELSE", "ELSE IF", "AND"})
_OPTION = re.compile(r"([a-z_]+)=(.*)", re.DOTALL)
# At the start of a cell. Nothing in it can match in two ways: a cell may be a megabyte long.
_ASSIGNED = re.compile(r"[$@&]\{([^}]*)\}\s*=?\s*")
_DYNAMIC = re.compile(r"[$@&%]\{")
EMPTY = frozenset({"", '""', "''", "${EMPTY}"})


class Import(NamedTuple):
    """One declaration. `options` are raw; `assigned` is the robot variable that receives the value."""

    kind: ImportKind
    name: str
    assigned: str
    options: dict[str, str]
    line: int
    surplus: bool
    dynamic: bool


def split_assignment(cell: str) -> tuple[str | None, str]:
    """The variable that a cell begins with, as in `${X}= Import Secret`, and the rest; for `${X=}=` it is X."""
    found = _ASSIGNED.match(cell)
    if found is None:
        return None, cell
    return found[1].strip().removesuffix("=").strip(), cell[found.end() :]


def nested_calls(arguments: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """What a variant of `Run Keyword` may call that matters here: declarations and metrics, each with its own
    arguments, up to the next one or to ELSE or AND.
    """
    cuts = [i for i, cell in enumerate(arguments) if cell in BRANCHES or _last(cell) in (*_KEYWORDS, _METRIC)]
    for start, end in pairwise([*cuts, len(arguments)]):
        if arguments[start] not in BRANCHES:
            yield arguments[start], arguments[start + 1 : end]


def read_metric(keyword: str, arguments: Sequence[str]) -> str | None:
    """The `sub_name` of a call of `Push Metric`, None for other calls and for the metric without one."""
    if _last(keyword) != _METRIC:
        return None
    names = [cell.removeprefix("sub_name=").strip() for cell in arguments if cell.startswith("sub_name=")]
    return next(filter(None, names), None)


def read_import(keyword: str, arguments: Sequence[str], assigned: str | None, line: int) -> Import | None:
    """The declaration made by a keyword call, None when it makes none.

    The name is the first argument, whatever variable it is assigned to. A cell after an option that is no option
    itself goes on with that option's text (Robot refuses it at run time: `surplus`).
    """
    kind = _KEYWORDS.get(_last(keyword))
    if kind is None:
        return None
    name, options, last = "", dict[str, list[str]](), list[str]()
    for argument in arguments:
        option = _OPTION.fullmatch(argument)
        if option and option[1] in ("varname", "key", "name") and not name:
            name = option[2].strip()
        elif option:
            last = [option[2]]
            options.setdefault(option[1], last)
        elif not name:
            name = argument.strip()
        elif last:
            last.append(argument)
    if not name:
        return None
    if _last(keyword) == "importoptionalsecret":
        options.setdefault("optional", ["True"])
    return Import(
        kind=kind,
        name=name,
        assigned=assigned or name,
        options={option: " ".join(cells) for option, cells in options.items()},
        line=line,
        surplus=any(len(cells) > 1 for cells in options.values()),
        dynamic=_DYNAMIC.search(name) is not None,
    )


def normalize(name: str) -> str:
    """A keyword's or variable's name as Robot compares it."""
    return re.sub(r"[\s_]", "", name).lower()


def _last(keyword: str) -> str:
    return normalize(keyword).rsplit(".", 1)[-1]


def declared_default(options: dict[str, str]) -> str | None:
    """The raw default: None when there is none, "" for each spelling of empty."""
    default = options.get("default")
    return "" if default is not None and default.strip() in EMPTY else default


def declared_enum(options: dict[str, str]) -> tuple[str, ...]:
    """The choices of `enum=[a,b]` or `enum=a,b`, trimmed; none when it is empty."""
    text = options.get("enum", "").strip().removeprefix("[").removesuffix("]")
    return tuple(choice for part in text.split(",") if (choice := part.strip()))
