"""Which Python module a robot file imports as a library, and which of its functions a keyword calls."""

import ast
import posixpath
from collections.abc import Mapping

from build.effects.python_code import Python
from build.effects.python_values import Class, Defined, Known, Module, Object
from build.parse.names import normalize

# Classes of one library that are looked through, in case they inherit from each other in a circle.
_MAX_CLASSES = 30


def module_at(written: str, robot_file: str, modules: Mapping[str, str]) -> str:
    """Return the module of a library that is given by its file, beside the robot file or in the folders around it."""
    inside = written.replace("${/}", "/").rsplit("}", 1)[-1].strip().removesuffix("/")
    if not inside.endswith(".py") and "/" not in written:
        return written
    wanted = posixpath.normpath(posixpath.join(posixpath.dirname(robot_file), inside.lstrip("/")))
    files = (wanted, wanted + "/__init__.py")
    return next((name for name, path in modules.items() if path in files), written)


def load_library(python: Python, name: str) -> Known | None:
    """Return the object or module of a library by its dotted name; None where it is not read.

    As Robot Framework has it, that is the class of the module's own name, else the only class that is marked as a
    library, else the module.
    """
    parent, _, last = name.rpartition(".")
    module = python.module(name)
    result: Known | None = None
    if module is not None:
        result = module.values.get(last)
        if not isinstance(result, Class):
            classes = [one for one in module.values.values() if isinstance(one, Class) and one.module is module]
            marked = [one for one in classes if any("library" in ast.unparse(d) for d in one.node.decorator_list)]
            result = marked[0] if len(marked) == 1 else module
    elif parent and (outer := python.module(parent)) is not None:
        result = outer.values.get(last)
    if isinstance(result, Class):
        return python.construct(result, [], {})
    return result if isinstance(result, Module) else None


def keyword_function(library: Known | None, short: str) -> Defined | None:
    """Return the function of a keyword, named as Robot compares names; base classes are searched too."""
    if isinstance(library, Module):
        for name, value in library.values.items():
            if isinstance(value, Defined) and _is_called(value, name, short):
                return value
    if isinstance(library, Object):
        todo, seen = [library.kind], 0
        while todo and seen < _MAX_CLASSES:
            kind = todo.pop(0)
            seen += 1
            for one in kind.node.body:
                if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
                    static = any("staticmethod" in ast.unparse(d) for d in one.decorator_list)
                    value = Defined(one, kind.module, None if static else library, kind.around)
                    if _is_called(value, one.name, short):
                        return value
            todo += [base for base in kind.bases if isinstance(base, Class)]
    return None


def _is_called(function: Defined, name: str, short: str) -> bool:
    return normalize(name) == short or short in declared_names(function)


def declared_names(function: Defined) -> set[str]:
    """Return the names that decorators give a keyword."""
    result = set()
    for one in getattr(function.node, "decorator_list", ()):
        if isinstance(one, ast.Call):
            values = [*one.args[:1], *(word.value for word in one.keywords if word.arg == "name")]
            result |= {
                normalize(value.value)
                for value in values
                if isinstance(value, ast.Constant) and isinstance(value.value, str)
            }
    return result
