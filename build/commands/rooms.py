"""The rooms of the code in their order, and their documents: a drawing, and a map of all modules."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from build.options import CODE

BASE = "base"
"""The modules at the top of `build` that its rooms share."""

# A room imports only from those before it, and `search_fn` never from `build`. Modules at the top stand by name.
SEARCH_FN = (
    "text", "retries", "secrets", "provider", "encoder", "query", "settings", "index", "search", "issues", "tools",
    "http", "chat", "skills", "mcp", "rest", "app", "handler", "site_index", "stdio", "server",
)  # fmt: skip
BUILD = (
    "untrusted", BASE, "config", "fetch", "forms", "images", "parse", "effects", "releases", "enhance", "catalogue",
    "index", "site", "skills", "publish", "parse_cache", "release_cache", "render_cache", "file_cache", "phases",
    "commands", "pipeline", "cli", "__main__",
)  # fmt: skip
ORDER = (*(f"search_fn.{name}" for name in SEARCH_FN), *(f"build.{name}" for name in BUILD))
_BASE = (
    "errors", "model", "keyword_libraries", "documentation", "runs", "open_requests", "options", "problems",
    "platforms", "storage", "progress", "environment", "workers",
)  # fmt: skip


def modules(root: Path = CODE) -> dict[str, Path]:
    """Return the file of each module of `build` and `search_fn` by its dotted name, without `__init__`."""
    files = (file for package in ("search_fn", "build") for file in sorted((root / package).rglob("*.py")))
    return {
        ".".join(file.relative_to(root).with_suffix("").parts): file for file in files if file.name != "__init__.py"
    }


def room_of(module: str) -> str:
    """Return the room of a module: `build.parse` for `build.parse.bundle`, `build.base` for `build.model`."""
    package, first = module.split(".")[:2]
    return f"{package}.{BASE}" if package == "build" and first in _BASE else f"{package}.{first}"


def imports(file: Path, known: Iterable[str]) -> Iterator[tuple[str, ast.ImportFrom | ast.Import]]:
    """Yield each of the `known` modules that a file imports, wherever in it, with the statement."""
    known = set(known)
    for node in ast.walk(ast.parse(file.read_bytes(), filename=str(file))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names} & known
            yield from ((name, node) for name in sorted(names))
            if node.module in known:
                yield node.module, node


def arrows(root: Path = CODE) -> dict[str, set[str]]:
    """Return the rooms that each room imports from."""
    files = modules(root)
    result: dict[str, set[str]] = {room: set() for room in ORDER}
    for module, file in files.items():
        room = room_of(module)
        result[room] |= {room_of(name) for name, _ in imports(file, files)} - {room}
    return result


def drawing() -> str:
    """Return the rooms from the ground up, each with the rooms it stands on; what those stand on is left out."""
    result = arrows()
    below: dict[str, set[str]] = {}
    for room in ORDER:
        below[room] = result[room].union(*(below[other] for other in result[room]))
    width = max(map(len, ORDER))
    lines = []
    for room in ORDER:
        nearest = result[room] - set[str]().union(*(below[other] for other in result[room]))
        on = ", ".join(sorted(nearest, key=ORDER.index))
        lines.append(f"    {room:<{width}} ──► {on}" if on else f"    {room}")
    return "\n".join(reversed(lines)) + "\n"


def module_map() -> str:
    """Return docs/reference/modules.md: each module with the first line of its docstring."""
    lines = ["# Modules", "", "Each room from the ground up, its modules and what each is for.", ""]
    by_room: dict[str, list[str]] = {room: [] for room in ORDER}
    for module, file in modules().items():
        by_room[room_of(module)].append(f"| `{file.relative_to(CODE).as_posix()}` | {_headline(file)} |")
    for package in ("search_fn", "build"):
        lines += [f"## {package}/", "", "| module | what it is for |", "|---|---|"]
        lines += [row for room in ORDER if room.startswith(f"{package}.") for row in by_room[room]]
        lines.append("")
    return "\n".join(lines)


def _headline(file: Path) -> str:
    """Return the first sentence of a module's docstring, as text of a table."""
    text = " ".join((ast.get_docstring(ast.parse(file.read_bytes())) or "").split("\n\n")[0].split())
    return text.replace("|", "\\|").replace("<", "\\<")
