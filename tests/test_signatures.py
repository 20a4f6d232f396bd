"""What the rooms of the build hand each other has types: `Any` in a signature would leave a contract unchecked."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from build.commands.rooms import modules, room_of

MODULES = {name: file for name, file in modules().items() if name.startswith("build.")}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_what_crosses_a_border_between_rooms_has_types() -> None:
    crossing = handed_on(MODULES)
    assert len(crossing) > 50
    untyped = [
        f"{module}.{name}: {said}"
        for module, name in sorted(crossing)
        for said in untyped_parts(ast.parse(MODULES[module].read_bytes()), name)
    ]
    assert untyped == []


@pytest.mark.parametrize(
    "text",
    [
        "def f(x: Any) -> int: ...", "def f() -> dict[str, Any]: ...", "def f(*, x: 'list[Any]') -> int: ...",
        "def f(*xs: Any) -> int: ...", "class f:\n    def g(self, x: Any) -> int: ...", "class f:\n    x: Any",
        "f = Callable[[Any], int]", "async def f(x: typing.Any) -> int: ...",
    ],
)  # fmt: skip
def test_every_way_to_leave_a_type_open_is_seen(text: str) -> None:
    assert list(untyped_parts(ast.parse(text), "f"))


@pytest.mark.parametrize(
    "text", ["def f(x: object) -> int:\n    y: Any = x", "class f:\n    def _g(self, x: Any) -> int: ...", "f = 3"]
)
def test_what_stays_inside_may_be_open(text: str) -> None:
    assert list(untyped_parts(ast.parse(text), "f")) == []


def handed_on(files: dict[str, Path]) -> set[tuple[str, str]]:
    """Module and name of all that a module of another room imports."""
    found = set()
    for module, file in files.items():
        for node in ast.walk(ast.parse(file.read_bytes())):
            if not isinstance(node, ast.ImportFrom) or node.module is None:
                continue
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                if whole in files and room_of(whole) != room_of(module):
                    # A module as a whole: whatever is public in it.
                    found |= {(whole, name) for name in public(ast.parse(files[whole].read_bytes()))}
                elif node.module in files and room_of(node.module) != room_of(module):
                    found.add((node.module, alias.name))
    return found


def public(tree: ast.Module) -> Iterator[str]:
    """Yield the names of a module's own functions and classes that are no secret of it."""
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


def untyped_parts(tree: ast.Module, name: str) -> Iterator[str]:
    """Yield each part of a signature, of fields or of a name for a type in which `Any` stands."""
    for node in tree.body:
        if isinstance(node, Function) and node.name == name:
            yield from _signature(node)
        elif isinstance(node, ast.ClassDef) and node.name == name:
            for part in node.body:
                if isinstance(part, Function) and not part.name.startswith("_"):
                    yield from (f"{part.name}: {said}" for said in _signature(part))
                elif isinstance(part, ast.AnnAssign) and _is_open(part.annotation):
                    yield ast.unparse(part)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name and _is_open(node.value):
            yield ast.unparse(node)


def _signature(function: Function) -> Iterator[str]:
    given = function.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
    parts = {one.arg: one.annotation for one in every} | {"returns": function.returns}
    for name, annotation in parts.items():
        if annotation is not None and _is_open(annotation):
            yield f"{name}: {ast.unparse(annotation)}"


def _is_open(annotation: ast.expr) -> bool:
    for node in ast.walk(annotation):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "Any" in node.value:
            return True
        if (isinstance(node, ast.Name) and node.id == "Any") or (
            isinstance(node, ast.Attribute) and node.attr == "Any"
        ):
            return True
    return False
