"""How variables are read, and secrets, services and platform variables: calls of `Import User Variable` and its like,
merged over a bundle's files.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from build.model import Kind, Secret, Service, Variable
from build.untrusted.credentials import REMOVED, names_credential

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


HIDDEN = "***"


class Declarations(NamedTuple):
    """The merged declarations. `assigned`: which declared name a robot variable holds, by kind of file; `surplus`:
    name, kind of file and line of each option with more than one cell.
    """

    variables: tuple[Variable, ...]
    secrets: tuple[Secret, ...]
    services: tuple[Service, ...]
    platform_variables: tuple[Service, ...]
    assigned: dict[Kind, dict[str, str]]
    surplus: tuple[tuple[str, Kind, int], ...]


def declarations(imports: Mapping[Kind, Sequence[Import]]) -> Declarations:
    """Merge the imports of a bundle's files, by kind of file. Within a file the first declaration of a name stands and
    later ones fill its gaps; between files the runbook's stands.
    """
    merged = {kind: _by_name(own) for kind, own in imports.items()}

    def each(wanted: ImportKind) -> Iterator[tuple[Import, tuple[Kind, ...]]]:
        used_by: dict[str, tuple[Kind, ...]] = {}
        for kind, own in merged.items():
            for what, name in own:
                if what == wanted:
                    used_by[name] = (*used_by.get(name, ()), kind)
        return ((merged[kinds[0]][wanted, name], kinds) for name, kinds in used_by.items())

    return Declarations(
        variables=tuple(_variable(item, kinds) for item, kinds in each("variable")),
        secrets=tuple(_secret(item, kinds) for item, kinds in each("secret")),
        services=tuple(Service(name=item.name, used_by=kinds) for item, kinds in each("service")),
        platform_variables=tuple(Service(name=item.name, used_by=kinds) for item, kinds in each("platform_variable")),
        # The keyword sets a variable of the declared name, too.
        assigned={
            kind: {normalize(name): i.name for i in own if i.kind == "variable" for name in (i.name, i.assigned)}
            for kind, own in imports.items()
        },
        surplus=tuple((i.name, kind, i.line) for kind, own in imports.items() for i in own if i.surplus),
    )


def _by_name(imports: Sequence[Import]) -> dict[tuple[ImportKind, str], Import]:
    found: dict[tuple[ImportKind, str], Import] = {}
    for item in imports:
        first = found.setdefault((item.kind, item.name), item)
        if first is not item:
            found[item.kind, item.name] = first._replace(options=item.options | first.options)
    return found


def _variable(item: Import, used_by: tuple[Kind, ...]) -> Variable:
    options = item.options
    default = declared_default(options)
    example = options.get("example")
    sensitive = names_credential(item.name) or REMOVED in f"{default}{example}"
    return Variable(
        name=item.name,
        type=options.get("type"),
        description=options.get("description"),
        pattern=options.get("pattern"),
        example=HIDDEN if sensitive and example else example,
        default=HIDDEN if sensitive and default else default,
        enum=declared_enum(options),
        required=default is None,
        used_by=used_by,
        line=item.line,
        sensitive=sensitive,
    )


def _secret(item: Import, used_by: tuple[Kind, ...]) -> Secret:
    # Robot ignores the default of a secret: only this option makes one optional.
    optional = item.options.get("optional", "").strip().lower() == "true"
    return Secret(name=item.name, description=item.options.get("description"), required=not optional, used_by=used_by)
