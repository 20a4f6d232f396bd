"""Whether a test of a shell script holds, and what it says for people."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from build.effects.ledger import Condition
from build.effects.shell_state import Value
from build.effects.shell_syntax import Node
from build.effects.shell_words import Words
from build.effects.text import Text, Texts

_EXPANSIONS = ("simple_expansion", "expansion")
_EQUAL, _UNEQUAL = ("=", "==", "-eq"), ("!=", "-ne")


def holds(words: Words, node: Node | None) -> bool | None:
    """Return whether a test holds in every run, None where that depends on the run."""
    if node is None:
        return None
    kind = node.type
    if kind == "command":
        command = node.text
        if command in ("true", ":", "false"):
            return command != "false"
        parts = node.children
        if parts[0].text == "test" and len(parts) == 4:
            return _compared(words, parts[1], parts[2].text, parts[3])
        return None
    if kind == "negated_command":
        result = holds(words, node.children[-1])
        return None if result is None else not result
    if kind in ("test_command", "parenthesized_expression"):
        inner = [child for child in node.children if child.type not in ("[", "]", "[[", "]]", "(", ")", "((", "))")]
        return holds(words, inner[0]) if len(inner) == 1 and node.children[0].type != "((" else None
    if kind == "unary_expression" and len(node.children) == 2:
        operator, operand = node.children
        if operator.type == "!":
            result = holds(words, operand)
            return None if result is None else not result
        if operator.text in ("-z", "-n"):
            text = _only(words.text(operand))
            return None if text is None else (text == "") == (operator.text == "-z")
        return None
    if kind == "binary_expression" and len(node.children) == 3:
        left, operator, right = node.children
        if operator.text in ("&&", "||"):
            first, second = holds(words, left), holds(words, right)
            if operator.text == "&&":
                return False if False in (first, second) else True if first and second else None
            return True if True in (first, second) else False if first is False and second is False else None
        return _compared(words, left, operator.text, right)
    return None


def condition_of(words: Words, node: Node | None, positive: bool) -> Condition | None:
    """Return a test in words, with `positive` False its opposite; None for a test that only asks whether a command
    succeeded.
    """
    if node is None:
        return None
    text = node.text
    while node.type == "negated_command":
        node, positive = node.children[-1], not positive
        text = node.text
    if node.type not in ("test_command", "command", "list") or len(text) > 2_000:
        return None
    if not _is_test(node):
        return None
    names = names_in(words, node)
    for start, end in (("[[", "]]"), ("[", "]"), ("((", "))"), ("test ", "")):
        if text.startswith(start) and text.endswith(end):
            text = text[len(start) : len(text) - len(end)].strip()
            break
    return Condition(f"{'if' if positive else 'unless'} {' '.join(text.split())}", names)


def _is_test(node: Node) -> bool:
    """Return whether a test compares values, and does not ask whether some command succeeded."""
    if node.type == "command":
        head = node.children[0]
        # `$DRY_RUN && …`, where the variable is `true` or `false`.
        return head.text == "test" or (len(node.children) == 1 and head.first(*_EXPANSIONS) is not None)
    if node.type == "list":
        return all(_is_test(child) for child in (node.children[0], node.children[-1]))
    if node.type == "negated_command":
        return _is_test(node.children[-1])
    return node.type == "test_command" and "$(" not in node.text


def names_in(words: Words, node: Node) -> frozenset[str]:
    """Return the user's variables from which the variables in a node get their values."""
    result: set[str] = set()
    todo = [node]
    while todo:
        one = todo.pop()
        if one.type == "variable_name":
            result |= _names(words.variable(one.text))
            if one.text in words.state.variables or not one.text.isupper():
                continue
            result.add(one.text)
        elif one.type != "command_substitution":
            todo += one.children
    return frozenset(result)


def matches(value: Texts, patterns: Sequence[str]) -> tuple[bool, bool]:
    """Return whether a pattern of `case` may match, and whether it certainly does."""
    if any(set(pattern) & set("$`\\(") for pattern in patterns):
        return True, False
    if not all(one.is_fixed for one in value):
        return True, patterns == ["*"]
    result = [any(fnmatchcase(one.text, pattern) for pattern in patterns) for one in value]
    return any(result), all(result)


def _compared(words: Words, left: Node, operator: str, right: Node) -> bool | None:
    if operator not in (*_EQUAL, *_UNEQUAL):
        return None
    first, second = _only(words.text(left)), _only(words.text(right))
    if first is None or second is None or set(second) & set("*?["):
        return None
    return (first == second) == (operator in _EQUAL)


def _only(texts: Texts) -> str | None:
    return texts[0].text if len(texts) == 1 and texts[0].is_fixed else None


def _names(value: Value) -> frozenset[str]:
    names: frozenset[str] = frozenset()
    for option in value:
        for one in (option,) if isinstance(option, Text) else option:
            names |= one.names
    return names
