"""Which Python module a robot file imports as a library, and what its functions are called there."""

import ast
import posixpath
from collections.abc import Mapping

from build.effects.python_values import Defined
from build.parse.names import normalize


def module_at(written: str, robot_file: str, modules: Mapping[str, str]) -> str:
    """Return the module of a library that is given by its file, beside the robot file or in the folders around it."""
    inside = written.replace("${/}", "/").rsplit("}", 1)[-1].strip().removesuffix("/")
    if not inside.endswith(".py") and "/" not in written:
        return written
    wanted = posixpath.normpath(posixpath.join(posixpath.dirname(robot_file), inside.lstrip("/")))
    files = (wanted, wanted + "/__init__.py")
    return next((name for name, path in modules.items() if path in files), written)


def declared_names(function: Defined) -> set[str]:
    """Return the names that decorators give a keyword."""
    found = set()
    for one in getattr(function.node, "decorator_list", ()):
        if isinstance(one, ast.Call):
            values = [*one.args[:1], *(word.value for word in one.keywords if word.arg == "name")]
            found |= {
                normalize(value.value)
                for value in values
                if isinstance(value, ast.Constant) and isinstance(value.value, str)
            }
    return found
