"""The order of the rooms, and what each may touch. docs/architecture.md draws what is checked here."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from build.commands.rooms import ORDER, arrows, imports, modules, room_of
from build.options import CODE

MODULES = modules()
PACKAGES = (CODE / "build", CODE / "search_fn")
# They take values and return values. What guards the parser and reads its files lives in workers and parse_cache.
PURE = (
    "build.untrusted",
    "build.images",
    "build.parse",
    "build.effects",
    "build.releases",
    "build.catalogue",
    "build.site",
    "build.skills",
    "search_fn.query",
)
# The shell around the pages: MkDocs reads and writes folders.
IMPURE = {"build.site.folder", "build.site.mkdocs"}
WORLD = {
    "asyncio", "fcntl", "ftplib", "glob", "http", "httpx2", "io", "lancedb", "mmap", "multiprocessing", "openai", "os",
    "pebble", "requests", "shutil", "signal", "smtplib", "socket", "ssl", "subprocess", "tempfile", "threading",
    "urllib.request",
}  # fmt: skip
METHODS = {
    "chmod", "exists", "glob", "hardlink_to", "is_dir", "is_file", "iterdir", "lstat", "mkdir", "open", "read_bytes",
    "read_text", "rename", "resolve", "rglob", "rmdir", "stat", "symlink_to", "touch", "unlink", "write_bytes",
    "write_text",
}  # fmt: skip
# What takes long to import, and the modules that need it; everybody else reaches it through these, late where a start
# must be fast.
SLOW = {
    "boto3": {"search_fn.secrets"},
    "git": {"build.fetch.git", "build.fetch.git_command", "build.fetch.local_folder"},
    "httpx2": {"build.fetch.github_issues", "build.fetch.http", "build.fetch.oci", "search_fn.issues.github"},
    "lancedb": {"search_fn.index.lance"},
    "lxml": {"build.fetch.documentation"},
    "mkdocs": {"build.site.mkdocs", "build.site.shell"},
    "onnx": {"build.index.encoder_graph"},
    "onnxruntime": {"search_fn.encoder.minilm"},
    "openai": {"build.enhance.step", "search_fn.chat.model", "search_fn.provider"},
    "ray": {"build.workers"},
    "robot": {
        "build.effects.bundle",
        "build.effects.read",
        "build.effects.robot_calls",
        "build.effects.robot_tasks",
        "build.parse.bundle",
        "build.parse.constants",
        "build.parse.imports",
        "build.parse.keyword_names",
        "build.parse.libraries",
        "build.parse.robot_file",
        "build.parse.steps",
    },
    "safetensors": {
        "build.commands.static_encoder",
        "build.index.array_files",
        "build.index.browser_files",
        "build.index.encoder_file",
    },
    "tree_sitter": {"build.effects.shell_syntax"},
    "trafilatura": {"build.fetch.documentation"},
    "uvicorn": {"build.commands.serve", "search_fn.server"},
}


def test_every_module_has_a_room() -> None:
    assert {room_of(module) for module in MODULES} == set(ORDER)


def test_a_room_imports_only_from_what_stands_before_it() -> None:
    upwards = {
        f"{room} imports from {other}"
        for room, others in arrows().items()
        for other in others
        if ORDER.index(other) > ORDER.index(room)
    }
    assert upwards == set()


def test_the_function_imports_nothing_of_the_build() -> None:
    crossing = {
        (module, name)
        for module, file in MODULES.items()
        if module.startswith("search_fn.")
        for name in every_import(file)
        if name.split(".")[0] == "build"
    }
    assert crossing == set()


def test_no_modules_import_each_other_in_a_circle() -> None:
    """A circle of imports fails for whoever imports it at another place first, which tests never do."""
    # What a function imports is imported when it runs.
    graph = {
        module: [name for name, node in imports(file, MODULES) if node.col_offset == 0]
        for module, file in MODULES.items()
    }
    # Raises CycleError, which names the circle.
    assert len(list(TopologicalSorter(graph).static_order())) == len(MODULES)


@pytest.mark.parametrize(("package", "most"), [("build", 20), ("search_fn", 10)])
def test_a_stranger_sees_few_files_first(package: str, most: int) -> None:
    assert 0 < sum(name.startswith(f"{package}.") and name.count(".") == 1 for name in MODULES) <= most


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_touches_nothing_of_the_world(room: str) -> None:
    files = {name: file for name, file in MODULES.items() if room_of(name) == room and name not in IMPURE}
    assert files
    assert [found for name, file in files.items() for found in touches(name, file)] == []


@pytest.mark.parametrize(
    "statement",
    [
        "import os", "from os import environ", "import urllib.request", "from urllib import request", "import socket",
        "open('x')", "Path('x').read_text()", "p.write_bytes(b'')", "from pathlib import Path\nPath('x').open()",
        "def f(name):\n    return Path(__file__).with_name(name).read_text()",
        "def f():\n    import subprocess",
    ],
)  # fmt: skip
def test_whatever_touches_the_world_is_seen(statement: str, tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(statement, encoding="utf-8")
    assert list(touches("module", file))


def test_a_table_beside_the_module_is_no_world(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text("TABLE = Path(__file__).with_suffix('.toml').read_text(encoding='utf-8')", encoding="utf-8")
    assert list(touches("module", file)) == []


@pytest.mark.parametrize("package", SLOW)
def test_what_is_slow_to_import_stands_where_it_is_needed(package: str) -> None:
    users = {
        module for module, file in MODULES.items() if any(name.split(".")[0] == package for name in every_import(file))
    }
    assert users == SLOW[package]


def test_only_the_packages_own_files_say_anything() -> None:
    """A room's __init__.py is empty: re-exports would cost a start, and hide where things are."""
    saying = {file.parent for package in PACKAGES for file in package.rglob("__init__.py") if file.read_bytes()}
    assert saying == set(PACKAGES)


def every_import(file: Path) -> Iterator[str]:
    """Yield the absolute name of all that a file imports; relative imports are those of a name that nothing has."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: relative imports are not used here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def touches(module: str, file: Path) -> Iterator[str]:
    """Yield each way in which a module reaches for files, the network, processes or the environment."""
    tree = ast.parse(file.read_bytes())
    constants = {id(node) for statement in tree.body for node in ast.walk(statement) if _is_own_table(node)}
    for name in every_import(file):
        if any(name == one or name.startswith(f"{one}.") for one in WORLD):
            yield f"{module} imports {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and id(node) not in constants:
            if isinstance(node.func, ast.Name) and node.func.id == "open":
                yield f"{module}:{node.lineno} opens a file"
            elif isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
                yield f"{module}:{node.lineno} calls .{node.func.attr}()"


def _is_own_table(node: ast.AST) -> bool:
    """Whether a call reads a file beside the module, of a constant name or one with a constant ending: a constant
    that is kept in a file. `with_name` and `with_suffix` lead to no other folder.
    """
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "read_text"):
        return False
    made = ast.unparse(node.func.value)
    inner = node.func.value
    return (
        made.startswith("Path(__file__).with_")
        and isinstance(inner, ast.Call)
        and (
            isinstance(inner.args[0], ast.Constant)
            or (isinstance(inner.args[0], ast.JoinedStr) and isinstance(inner.args[0].values[-1], ast.Constant))
        )
    )
