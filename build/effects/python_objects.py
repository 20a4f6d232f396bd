"""What objects, classes and modules of Python code have by a name, as far as that can be known."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import lru_cache

from build.effects.python_values import (
    Bound,
    Class,
    Defined,
    Known,
    Many,
    Module,
    Object,
    OneOf,
    Outside,
    Table,
    is_texts,
    one_of,
)
from build.effects.text import NOTHING_KNOWN, Text, fixed

Scope = dict[str, Known]
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class Objects(ABC):
    """Finds what stands behind a dot. Expressions and calls are evaluated by the subclass."""

    arguments: tuple[Text, ...]

    @abstractmethod
    def value(self, node: ast.expr, scope: Scope, module: Module) -> Known:
        """Return the value of an expression."""

    @abstractmethod
    def enter(self, function: Defined, arguments: Sequence[Known], options: Mapping[str, Known]) -> Known:
        """Follow a function's body, and return its value."""

    @abstractmethod
    def module(self, name: str) -> Module | None:
        """Return a module that can be read."""

    def attribute(self, owner: Known, name: str) -> Known:
        """Return the value of `owner.name`."""
        if isinstance(owner, OneOf):
            return one_of(*(self.attribute(one, name) for one in owner.values))
        if isinstance(owner, Outside):
            path = f"{owner.path}.{name}"
            if path.startswith("sys.argv"):
                return Many([fixed("script"), *((one,) for one in self.arguments)])
            return owner._replace(path=path[-300:] if len(path) > 300 else path)
        if isinstance(owner, Module):
            return owner.values.get(name) or self.module(f"{owner.name}.{name}") or Outside(f"{owner.name}.{name}")
        if isinstance(owner, Object):
            result = owner.attributes.get(name)
            if result is not None:
                return result
            method = self.method(owner, name)
            if method is None:
                return self.class_value(owner.kind, name)
            if any("property" in mark for mark in _marks_of(method.node)):
                return self.enter(method, [], {})
            return method
        if isinstance(owner, Class):
            method = self.method(Object(owner), name)
            if method is not None:
                return method._replace(owner=owner if "classmethod" in _marks_of(method.node) else None)
            return self.class_value(owner, name)
        if is_texts(owner) or isinstance(owner, Many | Table):
            return Bound(owner, name)
        return NOTHING_KNOWN

    def special(self, owner: Known, name: str) -> Known:
        """Follow a method of an object that Python itself calls, such as `__enter__`, and return its value."""
        method = self.method(owner, name) if isinstance(owner, Object) else None
        return self.enter(method, [], {}) if method else NOTHING_KNOWN

    def method(self, owner: Object, name: str) -> Defined | None:
        """Return a method of an object, from its class or those that this extends."""
        todo, seen = [owner.kind], 0
        while todo and seen < 30:
            kind = todo.pop(0)
            seen += 1
            one = _methods_of(kind.node).get(name)
            if one is not None:
                static = any("staticmethod" in mark for mark in _marks_of(one))
                return Defined(one, kind.module, None if static else owner, kind.around)
            todo += [base for base in kind.bases if isinstance(base, Class)]
        return None

    def class_value(self, kind: Class, name: str) -> Known:
        """Return the value that a class itself has under a name."""
        todo, seen = [kind], 0
        while todo and seen < 30:
            one = todo.pop(0)
            seen += 1
            value = _values_of(one.node).get(name)
            if value is not None:
                return self.value(value, one.around, one.module)
            for base in one.bases:
                if isinstance(base, Class):
                    todo.append(base)
                elif isinstance(base, Outside):
                    return Outside(f"{base.path}.{name}")
        return NOTHING_KNOWN


# Each name of an object is looked for in its class, and the same classes are met with in most bundles.
@lru_cache(1024)
def _methods_of(node: ast.ClassDef) -> dict[str, _Function]:
    result: dict[str, _Function] = {}
    for one in node.body:
        if isinstance(one, _Function):
            result.setdefault(one.name, one)
    return result


@lru_cache(1024)
def _values_of(node: ast.ClassDef) -> dict[str, ast.expr]:
    """Return the values that a class's body assigns, by their names."""
    result: dict[str, ast.expr] = {}
    for one in node.body:
        value = getattr(one, "value", None)
        for target in getattr(one, "targets", [getattr(one, "target", None)]):
            if value is not None and isinstance(target, ast.Name):
                result.setdefault(target.id, value)
    return result


@lru_cache(2048)
def _marks_of(node: _Function | ast.Lambda) -> tuple[str, ...]:
    """Return the decorators of a function as written."""
    return tuple(ast.unparse(one) for one in getattr(node, "decorator_list", ()))
