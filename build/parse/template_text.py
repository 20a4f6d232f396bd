"""A template of configuration read as text: each variant of it that its branches make, with marks for its expressions.

It is parsed, and never rendered: no expression is evaluated, no other file is read.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from jinja2 import Environment, TemplateSyntaxError, nodes

from build.parse.template_expressions import condition_of, literal, source_of, words
from build.untrusted.yaml_text import PRIVATE

MAX_CHARACTERS = 50_000
MAX_VARIANTS = 16
# Conditions that make variants of one template; of more, the rest is taken to hold.
MAX_CONDITIONS = 8
KNOWN = ("repo_url", "ref")
"""What the registry knows of a collection, so that its templates' questions for it are answered."""
# As RunWhen Local has it. Nothing here is ever rendered, so nothing is escaped either.
_JINJA = Environment(trim_blocks=True, lstrip_blocks=True)  # noqa: S701
_KEY = re.compile(r"\s*(?:- )?([A-Za-z_][\w.-]{0,100})[ \t]*:[ \t]*\r?")
_EXPRESSION = re.compile("\ue010([0-9]{1,6})\ue011")


class TemplateError(Exception):
    """A template that cannot be read; `line` is 1-based, or None."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class Expression(NamedTuple):
    """An expression: what it stands for, as it is written, the text that it gives if that is known without a run."""

    words: str
    source: str
    literal: str | None


class Variant(NamedTuple):
    """A template where all conditions are decided: `text` has a mark for each of the expressions. `lines` are the
    template's line of each of its lines; `includes` the files that are put in below a key; `notes` what is left out.
    """

    text: str
    lines: Sequence[int]
    conditions: Mapping[str, bool]
    expressions: Sequence[Expression]
    includes: Mapping[str, Sequence[str]]
    notes: Sequence[str]


class Read(NamedTuple):
    """A template's variants, and whether there would be more of them."""

    variants: list[Variant]
    more: bool


class Part(NamedTuple):
    """A part of a value: a text as it stands, or an expression."""

    text: str
    expression: Expression | None


def parts_of(value: str, expressions: Sequence[Expression]) -> list[Part]:
    """Return the parts of a value that has marks of expressions."""
    result = []
    for number, piece in enumerate(_EXPRESSION.split(value)):
        if number % 2 == 0:
            result.append(Part(PRIVATE.sub("", piece), None))
        elif int(piece) < len(expressions):
            result.append(Part("", expressions[int(piece)]))
    return [part for part in result if part.text or part.expression]


def read_template_text(source: str) -> Read:
    """Return the variants of a template.

    Raises:
        TemplateError: The template is too long, not Jinja, or has parts that are not read.
    """
    if len(source) > MAX_CHARACTERS:
        raise TemplateError(f"it has {len(source):,} characters, more than {MAX_CHARACTERS:,}")
    source = PRIVATE.sub("", source)
    try:
        body = _JINJA.parse(source).body
        return _variants(body, source.split("\n"))
    except TemplateSyntaxError as error:
        raise TemplateError(f"Jinja says {error.message}", error.lineno) from None
    except (ArithmeticError, RecursionError, ValueError):
        raise TemplateError("it is nested too deeply, or has a number that is too long") from None


def _variants(body: Sequence[nodes.Node], lines: Sequence[str]) -> Read:
    result: list[Variant] = []
    undecided: list[dict[str, bool]] = [{}]
    while undecided and len(result) < MAX_VARIANTS:
        walk = _Walk(lines, undecided.pop())
        try:
            walk.visit(body)
        except _UndecidedError as error:
            undecided += [{**walk.decided, error.condition: holds} for holds in (False, True)]
            continue
        result.append(walk.variant())
    return Read(result, bool(undecided))


class _UndecidedError(Exception):
    def __init__(self, condition: str) -> None:
        super().__init__(condition)
        self.condition = condition


class _Walk:
    """Goes through a template once, each condition being decided."""

    def __init__(self, lines: Sequence[str], decided: Mapping[str, bool]) -> None:
        self.decided = dict(decided)
        self._lines = lines
        self._asked: dict[str, bool] = {}
        self._text: list[str] = []
        self._starts: list[int] = [1]
        self._expressions: list[Expression] = []
        self._includes: dict[str, list[str]] = {}
        self._notes: dict[str, None] = {}
        self._scope: dict[str, str | None] = {}

    def variant(self) -> Variant:
        return Variant(
            "".join(self._text), self._starts, self._asked, self._expressions, self._includes, list(self._notes)
        )

    def visit(self, result: Iterable[nodes.Node]) -> None:
        for node in result:
            self._visit_one(node)

    def _visit_one(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Output):
            for part in node.nodes:
                if isinstance(part, nodes.TemplateData):
                    self._write(part.data, part.lineno)
                else:
                    self._expression(part)
        elif isinstance(node, nodes.If):
            self.visit(self._branch(node))
        elif isinstance(node, nodes.For):
            self._loop(node)
        elif isinstance(node, nodes.Include):
            self._include(node)
        elif isinstance(node, nodes.Assign):
            if isinstance(node.target, nodes.Name):
                self._scope[node.target.name] = literal(node.node, self._scope)
        elif isinstance(node, (nodes.With, nodes.Block, nodes.Scope, nodes.ScopedEvalContextModifier)):
            self.visit(node.body)
        elif isinstance(node, nodes.Extends):
            raise TemplateError("it extends another template, which is not read", node.lineno)
        elif isinstance(node, (nodes.FilterBlock, nodes.CallBlock)):
            self._mark(Expression("text", "what a block makes", None))
        elif isinstance(node, nodes.AssignBlock):
            if isinstance(node.target, nodes.Name):
                self._scope[node.target.name] = None
        elif isinstance(node, (nodes.Macro, nodes.Import, nodes.FromImport)):
            self._notes["macros are not followed: what they would write is to be filled in"] = None

    def _branch(self, node: nodes.If) -> Sequence[nodes.Node]:
        for one in (node, *node.elif_):
            condition, wanted = condition_of(one.test)
            if self._holds(condition) == wanted:
                return one.body
        return node.else_

    def _holds(self, condition: str) -> bool:
        if condition in self._asked:
            return self._asked[condition]
        if condition in KNOWN:
            holds = True
        elif condition in self.decided:
            holds = self.decided[condition]
        elif len(self.decided) < MAX_CONDITIONS:
            raise _UndecidedError(condition)
        else:
            holds = True
        self._asked[condition] = holds
        return holds

    def _loop(self, node: nodes.For) -> None:
        source = f"for {source_of(node.target)} in {source_of(node.iter)}"
        last = max((one.lineno or 0 for one in node.find_all(nodes.Node)), default=node.lineno)
        if last == node.lineno and "\n" not in "".join(one.data for one in node.find_all(nodes.TemplateData)):
            # Within a value: what it writes is one text.
            self._mark(Expression(words(node.iter), source, None))
            return
        self._notes[f"what stands once here is made once {source.replace('for', 'for each', 1)}"] = None
        self.visit(node.body)

    def _include(self, node: nodes.Include) -> None:
        name = literal(node.template, {}) or source_of(node.template)
        line = self._lines[node.lineno - 1]
        indent, direct = len(line) - len(line.lstrip()), True
        for above in reversed(self._lines[: node.lineno - 1]):
            key = _KEY.fullmatch(above)
            # A list may begin below its key without an indent; anything else there is beside the key.
            if key and len(above) - len(above.lstrip()) < indent + direct:
                self._includes.setdefault(key[1], []).append(name)
                return
            direct = direct and above.strip()[:2] in ("", "{%")
        self._includes.setdefault("", []).append(name)

    def _expression(self, node: nodes.Node) -> None:
        name = _known(node)
        text = literal(node, self._scope)
        self._mark(Expression(name or words(node), name or source_of(node), None if name else text))

    def _mark(self, expression: Expression) -> None:
        self._text.append(f"\ue010{len(self._expressions)}\ue011")
        self._expressions.append(expression)

    def _write(self, text: str, line: int) -> None:
        self._text.append(text)
        self._starts[-1] = line
        self._starts += [line + number for number in range(1, text.count("\n") + 1)]


def _known(node: nodes.Node) -> str | None:
    """Return the name of KNOWN that an expression is, with or without a default, None for another."""
    while isinstance(node, nodes.Filter) and node.name in ("default", "d") and node.node is not None:
        node = node.node
    return node.name if isinstance(node, nodes.Name) and node.name in KNOWN else None
