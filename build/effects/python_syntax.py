"""Syntax trees of Python code, and what the tests in them are made of. Nothing is run."""

import ast
import warnings
from functools import lru_cache


@lru_cache(128)
def parse_python(text: str) -> ast.Module:
    """Return the syntax tree of a module.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: The text cannot be parsed.
    """
    # A stranger's escapes and comparisons are no warnings of ours.
    with warnings.catch_warnings(action="ignore"):
        return ast.parse(text)


@lru_cache(2048)
def read_test(test: ast.expr) -> tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return a test's text, and the names, the object's own attributes and the environment's variables in it."""
    used = dict.fromkeys(one.id for one in ast.walk(test) if isinstance(one, ast.Name))
    attributes = dict.fromkeys(
        one.attr
        for one in ast.walk(test)
        if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == "self"
    )
    asked = dict.fromkeys(
        str(one.args[0].value)
        for one in ast.walk(test)
        if isinstance(one, ast.Call)
        and one.args
        and isinstance(one.args[0], ast.Constant)
        and ast.unparse(one.func).endswith(("environ.get", "getenv"))
    )
    return ast.unparse(test)[:300], tuple(used), tuple(attributes), tuple(asked)
