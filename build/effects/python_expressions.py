"""What the expressions of Python code are, as far as that can be known."""

import ast
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from build.effects.ledger import Where
from build.effects.python_command_line import NAMESPACE
from build.effects.python_objects import Objects, Scope
from build.effects.python_texts import KEEPS_TEXT, call_on_text, fill_template
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
    entry_of,
    is_texts,
    names_like,
    one_of,
    parts_of,
    texts_of,
)
from build.effects.text import (
    NOTHING_KNOWN,
    STANDS_FOR_UNKNOWN,
    UNKNOWN,
    Text,
    Texts,
    concatenate,
    either,
    fixed,
    names_of,
)

MAX_DEPTH = 60
_LEAVES = frozenset({ast.Constant, ast.Name})
_CONVERTING = frozenset(
    {"str", "repr", "sorted", "list", "tuple", "set", "reversed", "iter", "frozenset", "bytes", "dict"}
)
_FLAGS = (fixed("True"), fixed("False"))


@lru_cache(2048)
def _has_call(node: ast.expr) -> bool:
    return any(isinstance(one, ast.Call) for one in ast.walk(node))


class Expressions(Objects):
    """Evaluates expressions as far as their values can be known. Calls are evaluated by the subclass.

    `scope` is everywhere the names where an expression stands, `module` the module that it stands in.
    """

    where: Where

    def __init__(self) -> None:
        self._depth = 0
        # For each kind of expression, as it is first met.
        self._methods: dict[type[ast.expr], Callable[[Any, Scope, Module], Known] | None] = {}
        self.undecided = 0

    @abstractmethod
    def call(
        self, function: Known, arguments: Sequence[Known], options: Mapping[str, Known], node: ast.Call | None
    ) -> Known:
        """Return the value of a call.

        Args:
            function: What is called.
            arguments: Its positional arguments.
            options: Its named ones.
            node: The call in the code, None where Python itself or a library calls.
        """

    @abstractmethod
    def follow_callbacks(self, values: Sequence[Known]) -> None:
        """Follow functions that are passed to code that is not read."""

    @abstractmethod
    def follow_text(self, texts: Texts, scope: Scope, module: Module) -> Known:
        """Follow statements that stand in a text."""

    @abstractmethod
    def import_by_name(self, names: Texts) -> Known:
        """Return a module by the name that a run gives it."""

    @abstractmethod
    def variable(self, arguments: Sequence[Known], options: Mapping[str, Known]) -> Known:
        """Return a variable of the environment."""

    def value(self, node: ast.expr, scope: Scope, module: Module) -> Known:
        """Return the value of an expression; calls in it are followed."""
        if self._depth >= MAX_DEPTH:
            return NOTHING_KNOWN
        kind = type(node)
        method = self._methods.get(kind)
        if method is None and kind not in self._methods:
            method = self._methods[kind] = getattr(self, f"_{kind.__name__.lower()}", None)
        if kind in _LEAVES and method is not None:
            # Most are, and they go no deeper.
            return method(node, scope, module)
        self._depth += 1
        try:
            if method is not None:
                return method(node, scope, module)
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self.value(child, scope, module)
            return NOTHING_KNOWN
        finally:
            self._depth -= 1

    def _constant(self, node: ast.Constant, _scope: Scope, _module: Module) -> Known:
        value = node.value
        if isinstance(value, bytes):
            return fixed(value.decode("utf-8", "replace"))
        return fixed("" if value is None else str(value).replace(STANDS_FOR_UNKNOWN, UNKNOWN))

    def _name(self, node: ast.Name, scope: Scope, module: Module) -> Known:
        result = scope.get(node.id)
        if result is None:
            result = module.values.get(node.id)
        return result if result is not None else NOTHING_KNOWN

    def _joinedstr(self, node: ast.JoinedStr, scope: Scope, module: Module) -> Known:
        parts: list[Texts] = []
        for value in node.values:
            inner = value.value if isinstance(value, ast.FormattedValue) else value
            parts.append(texts_of(self.value(inner, scope, module)))
        return concatenate(parts) if parts else fixed("")

    def _binop(self, node: ast.BinOp, scope: Scope, module: Module) -> Known:
        left, right = self.value(node.left, scope, module), self.value(node.right, scope, module)
        if isinstance(node.op, ast.Add):
            return self.add(left, right)
        if isinstance(node.op, ast.Mod) and is_texts(left):
            return fill_template(texts_of(left), right)
        if isinstance(node.op, ast.Div):
            return concatenate([texts_of(left), fixed("/"), texts_of(right)])
        return NOTHING_KNOWN

    def add(self, left: Known, right: Known) -> Known:
        """Return `left + right`."""
        if isinstance(left, Many) and isinstance(right, Many):
            return Many([*left.items, *right.items][:200])
        if isinstance(left, Many):
            return Many([*left.items, NOTHING_KNOWN])
        if is_texts(left) and is_texts(right):
            return concatenate([texts_of(left), texts_of(right)])
        return right if isinstance(right, Many) and left == NOTHING_KNOWN else NOTHING_KNOWN

    def _list(self, node: ast.List | ast.Tuple | ast.Set, scope: Scope, module: Module) -> Known:
        items: list[Known] = []
        for item in node.elts:
            if isinstance(item, ast.Starred):
                value = self.value(item.value, scope, module)
                items += value.items if isinstance(value, Many) else [NOTHING_KNOWN]
            else:
                items.append(self.value(item, scope, module))
        return Many(items[:500])

    _tuple = _set = _list

    def _dict(self, node: ast.Dict, scope: Scope, module: Module) -> Known:
        items: dict[str, Known] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            item = self.value(value, scope, module)
            if key is None:
                items |= item.items if isinstance(item, Table) else {}
            else:
                items[texts_of(self.value(key, scope, module))[0].text] = item
        return Table(items)

    def _attribute(self, node: ast.Attribute, scope: Scope, module: Module) -> Known:
        if node.attr == "value" and isinstance(node.value, ast.Attribute):
            kind = self.value(node.value.value, scope, module)
            if isinstance(kind, Class) and any(
                isinstance(b, Outside) and b.path.startswith("enum.") for b in kind.bases
            ):
                # A member of an enumeration.
                return self.class_value(kind, node.value.attr)
        return self.attribute(self.value(node.value, scope, module), node.attr)

    def _subscript(self, node: ast.Subscript, scope: Scope, module: Module) -> Known:
        owner = self.value(node.value, scope, module)
        key = None if isinstance(node.slice, ast.Slice) else self.value(node.slice, scope, module)
        if isinstance(owner, Outside):
            if owner.path in ("os.environ", "environ") and key is not None:
                return self.variable([key], {})
            return owner
        if isinstance(owner, Table):
            return entry_of(owner, texts_of(key), NOTHING_KNOWN)
        if isinstance(owner, Many):
            if key is None:
                lower = node.slice.lower if isinstance(node.slice, ast.Slice) else None
                start = lower.value if isinstance(lower, ast.Constant) and isinstance(lower.value, int) else 0
                return Many(owner.items[start:])
            text = texts_of(key)[0].text
            if text.lstrip("-").isdigit() and len(text) < 6:
                place = int(text)
                return owner.items[place] if -len(owner.items) <= place < len(owner.items) else NOTHING_KNOWN
            return one_of(*owner.items) if owner.items else NOTHING_KNOWN
        return (Text(UNKNOWN, names_of(texts_of(owner))),) if is_texts(owner) else NOTHING_KNOWN

    def _ifexp(self, node: ast.IfExp, scope: Scope, module: Module) -> Known:
        decided = self.holds(node.test, scope, module)
        if decided is not None:
            return self.value(node.body if decided else node.orelse, scope, module)
        self.value(node.test, scope, module)
        return one_of(self.value(node.body, scope, module), self.value(node.orelse, scope, module))

    def _boolop(self, node: ast.BoolOp, scope: Scope, module: Module) -> Known:
        values = [self.value(one, scope, module) for one in node.values]
        if isinstance(node.op, ast.Or):
            first = values[0]
            if len(values) == 2 and is_texts(first) and values[1] == fixed(""):
                return first
            if is_texts(first) and all(one.text == "" for one in texts_of(first)):
                names = names_of(texts_of(first))
                last = values[-1]
                return tuple(Text(t.text, t.names | names) for t in texts_of(last)) if is_texts(last) else last
            if is_texts(first) and all(one.text and UNKNOWN not in one.text for one in texts_of(first)):
                return first
        return one_of(*values)

    def _starred(self, node: ast.Starred | ast.Await, scope: Scope, module: Module) -> Known:
        return self.value(node.value, scope, module)

    _await = _starred

    def _namedexpr(self, node: ast.NamedExpr, scope: Scope, module: Module) -> Known:
        value = scope[node.target.id] = self.value(node.value, scope, module)
        return value

    def _lambda(self, node: ast.Lambda, scope: Scope, module: Module) -> Known:
        return Defined(node, module, None, scope)

    def _listcomp(self, node: Any, scope: Scope, module: Module) -> Known:
        inner = dict(scope)
        for generator in node.generators:
            self.assign(generator.target, self.items_of(self.value(generator.iter, inner, module)), inner, module)
            for test in generator.ifs:
                self.value(test, inner, module)
        return Many([self.value(node.elt, inner, module)])

    _setcomp = _generatorexp = _listcomp

    def _dictcomp(self, node: ast.DictComp, scope: Scope, module: Module) -> Known:
        inner = dict(scope)
        for generator in node.generators:
            self.assign(generator.target, self.items_of(self.value(generator.iter, inner, module)), inner, module)
        key = texts_of(self.value(node.key, inner, module))[0].text
        return Table({key: self.value(node.value, inner, module)})

    def _call(self, node: ast.Call, scope: Scope, module: Module) -> Known:
        arguments: list[Known] = []
        for one in node.args:
            value = self.value(one, scope, module)
            if isinstance(one, ast.Starred):
                arguments += value.items if isinstance(value, Many) else [NOTHING_KNOWN]
            else:
                arguments.append(value)
        options = {word.arg or "**": self.value(word.value, scope, module) for word in node.keywords}
        spread = options.get("**")
        if isinstance(spread, Table):
            options = {**spread.items, **{k: v for k, v in options.items() if k != "**"}}
        if isinstance(node.func, ast.Name) and node.func.id not in scope and node.func.id not in module.values:
            return self.builtin(node.func.id, arguments, options, scope, module)
        function = self.value(node.func, scope, module)
        several = function.values if isinstance(function, OneOf) else (function,)
        result = [
            self.call_method(one, arguments, options)
            if isinstance(one, Bound)
            else self.call(one, arguments, options, node)
            for one in several
        ]
        return one_of(*result)

    def builtin(
        self, name: str, arguments: Sequence[Known], options: Mapping[str, Known], scope: Scope, module: Module
    ) -> Known:
        """Return the value of a call of a function of the language itself.

        Args:
            name: Its name.
            arguments: Positional arguments.
            options: Named ones.
            scope: The names where it is called.
            module: The module that calls it.
        """
        if name == "getattr" and len(arguments) > 1:
            names = [part for one in texts_of(arguments[1]) for part in names_like(arguments[0], one)]
            return one_of(*(self.attribute(arguments[0], one) for one in names)) if names else NOTHING_KNOWN
        if name in ("globals", "locals"):
            return Table(dict(scope))
        if name == "super":
            owner = scope.get("self")
            if isinstance(owner, Object):
                bases = [base for base in owner.kind.bases if isinstance(base, Class)]
                if bases:
                    # Its methods are the base's, its attributes the object's own.
                    base_view = Object(bases[0])
                    base_view.attributes = owner.attributes
                    return base_view
            return NOTHING_KNOWN
        if name in ("exec", "eval") and arguments:
            return self.follow_text(texts_of(arguments[0]), scope, module)
        if name == "__import__" and arguments:
            return self.import_by_name(texts_of(arguments[0]))
        self.follow_callbacks(list(options.values()))
        if name in _CONVERTING and arguments:
            return arguments[0]
        if name in ("enumerate", "zip", "map", "filter") and arguments:
            if name in ("map", "filter") and len(arguments) > 1 and isinstance(arguments[0], Defined):
                return Many([self.enter(arguments[0], [self.items_of(arguments[1])], {})])
            items = [self.items_of(one) for one in arguments]
            return Many([Many([NOTHING_KNOWN, *items] if name == "enumerate" else items)])
        return NOTHING_KNOWN

    def call_method(self, method: Bound, arguments: Sequence[Known], options: Mapping[str, Known]) -> Known:
        """Return the value of a method of a text, list or dictionary; one that changes its owner does so."""
        owner, name = method.owner, method.name
        if isinstance(owner, Many):
            if name in ("append", "add", "insert") and arguments and len(owner.items) < 500:
                owner.items.append(arguments[-1])
            elif name == "extend" and arguments:
                more = arguments[0]
                owner.items += more.items[:200] if isinstance(more, Many) else [NOTHING_KNOWN]
            elif name in ("copy",):
                return Many(list(owner.items))
            elif name == "pop":
                return owner.items[-1] if owner.items else NOTHING_KNOWN
            return NOTHING_KNOWN
        if isinstance(owner, Table):
            if name in ("get", "pop", "setdefault") and arguments:
                return entry_of(owner, texts_of(arguments[0]), arguments[1] if len(arguments) > 1 else NOTHING_KNOWN)
            if name == "update":
                for one in arguments:
                    owner.items.update(one.items if isinstance(one, Table) else {})
                owner.items.update(options)
            elif name == "items":
                return Many([Many([fixed(k), v]) for k, v in list(owner.items.items())[:50]])
            elif name == "values":
                return Many(list(owner.items.values()))
            elif name == "keys":
                return Many([fixed(key) for key in list(owner.items)[:50]])
            elif name == "copy":
                return Table(dict(owner.items))
            return NOTHING_KNOWN
        return call_on_text(texts_of(owner), name, arguments, options)

    def items_of(self, value: Known) -> Known:
        """Return what an item of a list or of another value may be."""
        if isinstance(value, Many):
            return one_of(*value.items) if value.items else NOTHING_KNOWN
        if isinstance(value, Table):
            return either(*(fixed(key) for key in list(value.items)[:50])) if value.items else NOTHING_KNOWN
        if isinstance(value, Outside):
            return value
        if isinstance(value, Object):
            iterator = self.special(value, "__iter__")
            return (
                self.special(value, "__next__")
                if iterator is value or iterator == NOTHING_KNOWN
                else self.items_of(iterator)
            )
        if isinstance(value, OneOf):
            return one_of(*(self.items_of(one) for one in value.values))
        return (Text(UNKNOWN, names_of(texts_of(value))),)

    def assign(self, target: ast.expr, value: Known, scope: Scope, module: Module) -> None:
        """Assign a value to a target: a name, an attribute, an item, or several of them."""
        if isinstance(target, ast.Name):
            scope[target.id] = value
        elif isinstance(target, ast.Attribute):
            owner = self.value(target.value, scope, module)
            if isinstance(owner, Object):
                # An object is the same in both branches of an `if`.
                before = owner.attributes.get(target.attr, fixed("")) if self.undecided else fixed("")
                owner.attributes[target.attr] = value if before == fixed("") else one_of(before, value)
        elif isinstance(target, ast.Tuple | ast.List):
            items = value.items if isinstance(value, Many) else []
            for place, part in enumerate(target.elts):
                inner = part.value if isinstance(part, ast.Starred) else part
                rest: Known = value if isinstance(value, Outside) else NOTHING_KNOWN
                self.assign(inner, items[place] if place < len(items) else rest, scope, module)
        elif isinstance(target, ast.Subscript):
            owner = self.value(target.value, scope, module)
            if isinstance(owner, Table):
                owner.items[texts_of(self.value(target.slice, scope, module))[0].text] = value

    def holds(self, test: ast.expr, scope: Scope, module: Module) -> bool | None:
        """Return whether a test holds in every run, None where that depends on the run."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            result = self.holds(test.operand, scope, module)
            return None if result is None else not result
        if isinstance(test, ast.Attribute) and isinstance(test.value, ast.Name):
            owner = self._name(test.value, scope, module)
            if isinstance(owner, Object) and owner.kind is NAMESPACE:
                flag = texts_of(owner.attributes.get(test.attr))
                return None if flag not in _FLAGS else flag == _FLAGS[0]
        if isinstance(test, ast.BoolOp):
            parts = [self.holds(one, scope, module) for one in test.values]
            if isinstance(test.op, ast.And):
                return False if False in parts else True if all(parts) else None
            return True if True in parts else False if all(one is False for one in parts) else None
        if (
            isinstance(test, ast.Compare)
            and len(test.ops) == 1
            and isinstance(test.ops[0], ast.Eq | ast.NotEq | ast.In | ast.NotIn)
        ):
            left, right = self._plainly(test.left, scope, module), self._plainly(test.comparators[0], scope, module)
            negated = isinstance(test.ops[0], ast.NotEq | ast.NotIn)
            if isinstance(test.ops[0], ast.In | ast.NotIn):
                if (
                    isinstance(right, Many)
                    and is_texts(left)
                    and all(is_texts(i) and texts_of(i)[0].is_fixed for i in right.items)
                ):
                    one = texts_of(left)
                    if len(one) == 1 and one[0].is_fixed:
                        return (one[0].text in [texts_of(i)[0].text for i in parts_of(right)]) != negated
                return None
            if is_texts(left) and is_texts(right):
                a, b = texts_of(left), texts_of(right)
                if len(a) == 1 and len(b) == 1 and a[0].is_fixed and b[0].is_fixed:
                    return (a[0].text == b[0].text) != negated
        return None

    def _plainly(self, node: ast.expr, scope: Scope, module: Module) -> Known:
        """Return the value of an expression without calls: tests are evaluated more than once, calls must not be."""
        if _has_call(node):
            inner = node.func if isinstance(node, ast.Call) else None
            simple = isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name) and inner.attr in KEEPS_TEXT
            if not simple:
                return NOTHING_KNOWN
        return self.value(node, scope, module)
