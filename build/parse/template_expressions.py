"""Expressions of Jinja in words, and what they give where that is plain without a run. Nothing is evaluated."""

import re
from collections.abc import Mapping

from jinja2 import nodes

# What says nothing of which value is meant.
_GENERAL = frozenset({"match_resource", "resource", "metadata", "spec", "custom", "labels", "annotations", "tags"})
_VAGUE = frozenset({"name", "id", "kind"})
# What comes of the resource that a rule finds is always there to be filled in; its default is for oddities alone.
_FOUND = frozenset({"match_resource", "resource", "qualifiers", "project", "cluster", "namespace"})
_UNWANTED = re.compile(r"[^A-Za-z0-9 ./-]+")
_MAX_WORDS = 60
_MAX_SOURCE = 160
_MAX_LITERAL = 2_000
_OPERATORS = {"eq": "==", "ne": "!=", "gt": ">", "gteq": ">=", "lt": "<", "lteq": "<=", "in": "in", "notin": "not in"}

Scope = Mapping[str, str | None]
"""What `set` gave names: a text, or None where only a run can tell."""


def literal(node: nodes.Node, scope: Scope) -> str | None:
    """Return the text that an expression gives whatever it is run with, but for the optional settings of `custom`,
    which give their default; None where only a run can tell.
    """
    if isinstance(node, nodes.Const):
        return str(node.value)[:_MAX_LITERAL] if isinstance(node.value, (str, int, float)) else None
    if isinstance(node, nodes.Name):
        return scope.get(node.name)
    if not isinstance(node, nodes.Filter) or node.node is None:
        return None
    inner = literal(node.node, scope)
    arguments = [literal(one, scope) for one in node.args]
    if node.name in ("default", "d"):
        if inner is not None:
            return inner if inner or len(arguments) < 2 else arguments[0]
        return arguments[0] if arguments and not _is_found(node.node) else None
    if inner is None:
        return None
    if node.name == "replace" and len(arguments) == 2 and arguments[0] and arguments[1] is not None:
        return inner.replace(arguments[0], arguments[1])[:_MAX_LITERAL]
    simple = {"lower": inner.lower(), "upper": inner.upper(), "trim": inner.strip(), "string": inner}
    return simple.get(node.name) if not arguments else None


def _is_found(node: nodes.Node) -> bool:
    path = _path(node)
    return not path or path[0] in _FOUND


def words(node: nodes.Node) -> str:
    """Return what an expression stands for, in the words of a placeholder: `resource name`."""
    path = _path(node)
    telling = [part for part in path if part not in _GENERAL]
    if not telling:
        telling = path[-1:]
    elif len(telling) == 1 and telling[0] in _VAGUE and len(path) > 1:
        telling = ["resource", *telling]
    return in_words(" ".join(telling[-2:])) or "value"


def in_words(name: str) -> str:
    """Return a name as words of a placeholder."""
    return " ".join(_UNWANTED.sub(" ", name.replace("_", " ")).split())[:_MAX_WORDS].strip()


def _path(node: nodes.Node | None) -> list[str]:
    """Return the names that lead to the value with which an expression begins."""
    parts: list[str] = []
    # However deep it is, it was parsed; a loop does not mind.
    while node is not None:
        if isinstance(node, nodes.Name):
            parts.append(node.name)
            break
        if isinstance(node, nodes.Getattr):
            parts.append(node.attr)
            node = node.node
        elif isinstance(node, nodes.Getitem):
            if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
                parts.append(node.arg.value)
            node = node.node
        elif isinstance(node, nodes.Call):
            # The name of a method says nothing of the value; the key that `get` takes does.
            method = node.node
            if not isinstance(method, nodes.Getattr):
                return []
            key = node.args[0] if method.attr == "get" and node.args else None
            if isinstance(key, nodes.Const) and isinstance(key.value, str):
                parts.append(key.value)
            node = method.node
        elif isinstance(node, (nodes.Filter, nodes.Test)):
            node = node.node
        elif isinstance(node, nodes.Const):
            parts.append(str(node.value))
            break
        else:
            return []
    return parts[::-1]


def source_of(node: nodes.Node) -> str:
    """Return an expression much as it is written, on one line and not too long."""
    return _source(node)[:_MAX_SOURCE]


def _source(node: nodes.Node | None) -> str:
    if isinstance(node, nodes.Const):
        return repr(node.value)[:_MAX_SOURCE]
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_source(node.node)}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        return f"{_source(node.node)}[{_source(node.arg)}]"
    if isinstance(node, nodes.Call):
        return f"{_source(node.node)}({', '.join(map(_source, node.args))})"
    if isinstance(node, nodes.Filter):
        arguments = f"({', '.join(map(_source, node.args))})" if node.args else ""
        return f"{_source(node.node)} | {node.name}{arguments}"
    if isinstance(node, nodes.Test):
        return f"{_source(node.node)} is {node.name}"
    if isinstance(node, nodes.Not):
        return f"not {_source(node.node)}"
    if isinstance(node, nodes.And):
        return f"{_source(node.left)} and {_source(node.right)}"
    if isinstance(node, nodes.Or):
        return f"({_source(node.left)} or {_source(node.right)})"
    if isinstance(node, nodes.Compare):
        compared = "".join(f" {_OPERATORS.get(one.op, one.op)} {_source(one.expr)}" for one in node.ops)
        return f"{_source(node.expr)}{compared}"
    if isinstance(node, nodes.BinExpr):
        return f"{_source(node.left)} {node.operator} {_source(node.right)}"
    return "…"


def condition_of(node: nodes.Node) -> tuple[str, bool]:
    """Return what a condition asks, and whether it asks for that or, with `not`, for its opposite."""
    holds = True
    while isinstance(node, nodes.Not):
        node, holds = node.node, not holds
    return source_of(node), holds


_PATH = re.compile(r"[A-Za-z_][\w.]*")
_DEFINED = re.compile(r"(.+) is (defined|none|undefined|true|false)")


def condition_words(conditions: Mapping[str, bool]) -> str:
    """Return what holds where a variant applies: `repo_url and ref are set, and wb_version is not set`."""
    groups: dict[str, list[str]] = {}
    rest = []
    for source, holds in conditions.items():
        known = _DEFINED.fullmatch(source)
        name, state = (source, "set") if _PATH.fullmatch(source) else (known[1], known[2]) if known else (source, "")
        if state:
            groups.setdefault(state if holds else f"not {state}", []).append(name)
        else:
            rest.append(f"{source} {'holds' if holds else 'does not hold'}")
    said = [f"{_joined(names)} {'is' if len(names) == 1 else 'are'} {state}" for state, names in groups.items()]
    return ", and ".join([*said, *rest])


def _joined(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
