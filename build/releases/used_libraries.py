"""Which files of a collection's keyword libraries a bundle may use: only those decide whether it is read anew."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

from build.model import LIBRARIES, SourceFile

# In robot files, scripts and what these write: too many names cost little, one too few would leave a fact stale.
_NAMED = re.compile(rb"(?im)(?:^\s*Library(?: {2,}|\t)\s*|\b(?:from|import)\s+)([\w.]+)")
# Its own imports may be of any library.
_RESOURCE = re.compile(rb"(?i)\bResource(?: {2,}|\t)")
_MAX_NAMES = 500
# Statements of Python, wherever they stand; a text that looks like one does no harm.
_IMPORT = re.compile(rb"(?m)^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]*(\([^)]*\)|[^\n;]*)|import[ \t]+([^\n;]*))")
_DOTTED = re.compile(r"[A-Za-z_][\w.]*")


def library_names(content: bytes) -> frozenset[str] | None:
    """Return the modules that a bundle's file may import, None where it may use any file of the libraries."""
    if f"{LIBRARIES}/".encode() in content or _RESOURCE.search(content):
        return None
    return frozenset(name.decode("ascii", "replace") for name in _NAMED.findall(content))


def merge_names(result: Iterable[frozenset[str] | None]) -> tuple[str, ...] | None:
    """Return the sorted union of `library_names` of all files of a bundle; None where one is None, or there are too
    many.
    """
    names: set[str] = set()
    for one in result:
        if one is None:
            return None
        names |= one
    return tuple(sorted(names)) if len(names) <= _MAX_NAMES else None


def imported_modules(path: str, content: bytes) -> frozenset[str]:
    """Return the modules that a library's file may import, by whole names."""
    package = _module(path).split(".")
    if not path.endswith("/__init__.py"):
        package = package[:-1]
    result: set[str] = set()
    for raw_origin, raw_names, raw_modules in _IMPORT.findall(content):
        origin, names, modules = (part.decode("ascii", "replace") for part in (raw_origin, raw_names, raw_modules))
        result.update(_DOTTED.findall(modules))
        if origin:
            level = len(origin) - len(origin.lstrip("."))
            parts = package[: len(package) - level + 1] if level else []
            whole = ".".join(filter(None, (*parts, origin.lstrip("."))))
            result.update((whole, *(f"{whole}.{name}" for name in _DOTTED.findall(names))))
    return frozenset(result)


class Libraries:
    """The keyword libraries of one state of a collection."""

    def __init__(self, files: Sequence[SourceFile], imports: Mapping[str, frozenset[str]]) -> None:
        """Set the files, and the modules that each imports, by its object id."""
        self.files = files
        self._imports = imports
        self._oids = {file.path: file.oid for file in files}
        self._paths: dict[str, list[str]] = {}
        for file in files:
            self._paths.setdefault(_module(file.path), []).append(file.path)
        self._roots = {module.split(".")[0] for module in self._paths}
        self._digests: dict[tuple[str, ...] | None, str] = {}

    def used(self, names: Iterable[str] | None) -> dict[str, str]:
        """Return the object id by path of each file that importers of these modules may use; of all files for None."""
        if names is None:
            return self._oids
        result: dict[str, str] = {}
        todo, seen = list(names), set[str]()
        while todo:
            parts = todo.pop().split(".")
            if parts[0] not in self._roots:
                continue
            # A module comes with its packages; a name behind it is a class or a function.
            for name in (".".join(parts[: count + 1]) for count in range(len(parts))):
                if name in seen:
                    continue
                seen.add(name)
                for path in self._paths.get(name, ()):
                    result[path] = self._oids[path]
                    todo.extend(self._imports.get(self._oids[path], ()))
        return result

    def digest(self, names: tuple[str, ...] | None) -> str:
        """Return a key of the content of all files of `used`."""
        if names not in self._digests:
            lines = "\n".join(f"{path} {oid}" for path, oid in sorted(self.used(names).items()))
            self._digests[names] = hashlib.sha256(lines.encode()).hexdigest()[:16]
        return self._digests[names]


def _module(path: str) -> str:
    inside = path.removeprefix(f"{LIBRARIES}/")
    if not inside.endswith(".py"):
        # It is no module, and nothing imports it.
        return f"/{inside}"
    return inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
