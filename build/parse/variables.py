"""What a bundle needs: its variables, secrets, services and platform variables, merged over its robot files."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from build.model import Kind, PlatformVariable, RunTimeName, Secret, Service, Variable
from build.parse.imports import Declaration, ImportKind, declared_default, declared_enum, is_optional
from build.parse.names import normalize
from build.parse.needs import Name, Standing
from build.untrusted.credentials import REMOVED, names_credential

HIDDEN = "***"
Needs = Mapping[Name, Standing]
_NOT_NEEDED = Standing(False, frozenset())


class Tried(NamedTuple):
    """A variable or secret that a suite tries to get and does without, and its alternatives."""

    what: ImportKind
    name: str
    others: frozenset[str]
    kind: Kind
    line: int


class Declarations(NamedTuple):
    """The merged declarations. `assigned`: which declared name a robot variable holds, by kind of file; `surplus`:
    name, kind of file and line of each declaration with cells that Robot refuses.
    """

    variables: tuple[Variable, ...]
    secrets: tuple[Secret, ...]
    services: tuple[Service, ...]
    platform_variables: tuple[PlatformVariable, ...]
    at_run_time: tuple[RunTimeName, ...]
    tried: tuple[Tried, ...]
    assigned: dict[Kind, dict[str, str]]
    surplus: tuple[tuple[str, Kind, int], ...]


def declarations(imports: Mapping[Kind, Sequence[Declaration]], needs: Mapping[Kind, Needs]) -> Declarations:
    """Merge the imports of a bundle's files, by kind of file. Within a file the first declaration of a name stands and
    later ones fill its gaps; between files the runbook's stands. What has a name that only a run makes is listed apart.
    """
    merged = {kind: _by_name(own) for kind, own in imports.items()}

    def each(wanted: ImportKind) -> Iterator[tuple[Declaration, tuple[Kind, ...], Standing]]:
        used_by: dict[str, tuple[Kind, ...]] = {}
        for kind, own in merged.items():
            for what, name in own:
                if what == wanted:
                    used_by[name] = (*used_by.get(name, ()), kind)
        for name, kinds in used_by.items():
            yield merged[kinds[0]][wanted, name], kinds, needs.get(kinds[0], {}).get((wanted, name), _NOT_NEEDED)

    return Declarations(
        variables=tuple(_variable(*one) for one in each("variable")),
        secrets=tuple(_secret(*one) for one in each("secret")),
        services=tuple(_service(item, kinds) for item, kinds, _ in each("service")),
        platform_variables=tuple(
            PlatformVariable(name=item.name, used_by=kinds) for item, kinds, _ in each("platform_variable")
        ),
        at_run_time=tuple(
            RunTimeName(declares=i.kind, name=i.name, kind=kind, line=i.line)
            for kind, own in imports.items()
            for i in own
            if i.dynamic
        ),
        tried=tuple(
            Tried(what, name, standing.others, kind, item.line)
            for kind, own in merged.items()
            for (what, name), item in own.items()
            if what in ("variable", "secret") and not _is_given(item)
            if not (standing := needs.get(kind, {}).get((what, name), _NOT_NEEDED)).required
        ),
        # The keyword sets a variable of the declared name, too.
        assigned={
            kind: {
                normalize(name): i.name
                for i in own
                if i.kind == "variable" and not i.dynamic
                for name in (i.name, i.assigned)
            }
            for kind, own in imports.items()
        },
        surplus=tuple((i.name, kind, i.line) for kind, own in imports.items() for i in own if i.surplus),
    )


def _is_given(item: Declaration) -> bool:
    """Return whether the suite gets a value in any case: the variable has a default, or the secret is optional."""
    return declared_default(item.options) is not None if item.kind == "variable" else is_optional(item.options)


def _by_name(imports: Sequence[Declaration]) -> dict[Name, Declaration]:
    result: dict[Name, Declaration] = {}
    for item in imports:
        if item.dynamic:
            continue
        first = result.setdefault((item.kind, item.name), item)
        if first is not item:
            result[item.kind, item.name] = first._replace(options=item.options | first.options)
    return result


def _variable(item: Declaration, used_by: tuple[Kind, ...], standing: Standing) -> Variable:
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
        required=default is None and standing.required,
        alternatives=tuple(sorted(standing.others)) if default is None else (),
        used_by=used_by,
        line=item.line,
        sensitive=sensitive,
    )


def _secret(item: Declaration, used_by: tuple[Kind, ...], standing: Standing) -> Secret:
    return Secret(
        name=item.name,
        description=item.options.get("description"),
        required=standing.required,
        alternatives=tuple(sorted(standing.others)),
        used_by=used_by,
    )


def _service(item: Declaration, used_by: tuple[Kind, ...]) -> Service:
    options = item.options
    return Service(
        name=item.name,
        description=options.get("description"),
        default=declared_default(options),
        example=options.get("example"),
        used_by=used_by,
    )
