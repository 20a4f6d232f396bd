"""What a bundle needs to run: user variables, secrets, services and platform variables, merged over its files. Pure."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from build.credentials import REMOVED, names_credential
from build.model import Kind, Secret, Service, Variable
from build.robot_file import RobotFile
from build.robot_imports import Import, ImportKind, declared_default, declared_enum, normalize

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


def declarations(files: Mapping[Kind, RobotFile]) -> Declarations:
    """Merge the imports of a bundle's files. Within a file the first declaration of a name stands and later ones
    fill its gaps; between files the runbook's stands.
    """
    merged = {kind: _by_name(file.imports) for kind, file in files.items()}

    def each(wanted: ImportKind) -> Iterator[tuple[Import, tuple[Kind, ...]]]:
        used_by: dict[str, tuple[Kind, ...]] = {}
        for kind, imports in merged.items():
            for what, name in imports:
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
            kind: {
                normalize(name): i.name for i in file.imports if i.kind == "variable" for name in (i.name, i.assigned)
            }
            for kind, file in files.items()
        },
        surplus=tuple((i.name, kind, i.line) for kind, file in files.items() for i in file.imports if i.surplus),
    )


def _by_name(imports: list[Import]) -> dict[tuple[ImportKind, str], Import]:
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
