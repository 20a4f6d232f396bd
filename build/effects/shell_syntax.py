"""The syntax tree of a shell script, by tree-sitter's grammar of bash and without running anything."""

import re
import sys
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

import tree_sitter_bash
from tree_sitter import Language, Parser, Tree

from build.effects.shell_mending import dedent_here_documents, here_documents_as_strings, mend
from build.effects.text import UNKNOWN, Text

MAX_BYTES = 400_000
MAX_DEPTH = 150
MAX_NODES = 200_000
# The parser takes time and memory with the square of these.
MAX_PIPES = 3_000
MAX_OPEN = 400
_BASH = Language(tree_sitter_bash.language())
_PARSER = Parser(_BASH)
# The grammar's names for its nodes: taken from a node itself each would be a text of its own.
_TYPES = tuple(sys.intern(_BASH.node_kind_for_id(number) or "") for number in range(_BASH.node_kind_count))
_SMALL_ERROR = 120
_BRACKETS = re.compile(rb"[()]")
_LINE_ENDS = re.compile(rb"\n")
# The grammar takes a NUL for the end of the text.
_STANDS_FOR_UNKNOWN = "\ue000"
_IGNORED = frozenset({"comment"})
# The children of a node without any, which are most. Nobody adds to them.
_NONE: "list[Node]" = []


class NotReadableError(Exception):
    """Why a script is not analysed, as the end of a sentence."""


class Source(NamedTuple):
    """The bytes of a script, where its lines but the first begin, and where the grammar does not understand it.

    `first_error` is a line counted from 0, None where all is understood. `text` is the script where each of its
    characters is one byte, else None.
    """

    content: bytes
    lines: tuple[int, ...]
    first_error: int | None
    text: str | None


class Node:
    """A node of the tree; `start` and `end` are bytes in the text. Most nodes have no children: they share one list."""

    __slots__ = ("_text", "children", "end", "fixed", "source", "start", "type")

    def __init__(self, kind: str, source: Source, start: int, end: int) -> None:
        self.type, self.source, self.start, self.end = kind, source, start, end
        self.children = _NONE
        self._text: str | None = None
        # What a word without anything to expand is, kept by who expands words.
        self.fixed: tuple[tuple[Text, ...], ...] | None = None

    @property
    def line(self) -> int:
        """Return the line on which it begins, counted from 0 at the start of the text."""
        return bisect_right(self.source.lines, self.start)

    @property
    def text(self) -> str:
        """Return the part of the script that this node is."""
        text = self._text
        if text is None:
            text = self._text = self.between(self.start, self.end)
        return text

    def between(self, start: int, end: int) -> str:
        """Return a part of the script, from byte `start` to byte `end`."""
        if self.source.text is not None:
            return self.source.text[start:end]
        return self.source.content[start:end].decode("utf-8", "replace").replace(_STANDS_FOR_UNKNOWN, UNKNOWN)

    def first(self, *types: str) -> "Node | None":
        """Return the first child of one of these types."""
        for child in self.children:
            if child.type in types:
                return child
        return None

    def all(self, *types: str) -> "list[Node]":
        """Return the children of these types."""
        return [child for child in self.children if child.type in types]


@lru_cache(64)
def parse_shell(text: str) -> Node:
    """Return the script's tree, without its comments.

    Raises:
        NotReadableError: The script is too long or nested too deeply.
    """
    # `$` in front of what is not known is a variable whose name is not known.
    text = text.replace(f"${UNKNOWN}", UNKNOWN).replace(UNKNOWN, _STANDS_FOR_UNKNOWN)
    source = text.encode("utf-8", "replace")
    if len(source) > MAX_BYTES:
        raise NotReadableError(f"it is {len(source):,} bytes long")
    # The grammar does not know carriage returns at ends of lines.
    if b"\r" in source:
        source = source.replace(b"\r\n", b" \n").replace(b"\r", b" ")
    if source.count(b"|") > MAX_PIPES or (source.count(b"(") > MAX_OPEN and _most_open(source) > MAX_OPEN):
        raise NotReadableError("it is nested too deeply")
    if b"<<" in source:
        source = here_documents_as_strings(dedent_here_documents(source) if b"<<-" in source else source)
    tree = _PARSER.parse(source)
    if tree.root_node.has_error:
        source = mend(source)
        tree = _PARSER.parse(source)
    if tree.root_node.descendant_count - 1 > MAX_NODES:
        raise NotReadableError("it has too many parts")
    lines = tuple(match.end() for match in _LINE_ENDS.finditer(source))
    plain = source.decode("ascii") if source.isascii() else None
    return _copy(tree, Source(source, lines, _first_error(tree), plain))


def _copy(tree: Tree, source: Source) -> Node:
    cursor, result = tree.walk(), tree.root_node
    first, following, parent = cursor.goto_first_child, cursor.goto_next_sibling, cursor.goto_parent
    root = Node(result.type, source, result.start_byte, result.end_byte)
    stack = [root]
    # Not by recursion: how deep a stranger's script is nested is not known yet.
    while True:
        if first():
            stack[-1].children = []
        else:
            while not following():
                if not parent():
                    return root
                stack.pop()
            stack.pop()
        if len(stack) > MAX_DEPTH:
            raise NotReadableError("it is nested too deeply")
        at = cursor.node
        if at is None:
            raise NotReadableError("it cannot be parsed")
        number = at.kind_id
        # What the grammar does not understand has a number of its own.
        kind = _TYPES[number] if number < len(_TYPES) else at.type
        node = Node(kind, source, at.start_byte, at.end_byte)
        if kind not in _IGNORED:
            stack[-1].children.append(node)
        stack.append(node)


def _first_error(tree: Tree) -> int | None:
    """Return the line of the first error of a tree, counted from 0; None where there is none."""
    node = tree.root_node
    while node.has_error:
        inner = next((child for child in node.children if child.has_error or child.is_missing or child.is_error), None)
        if inner is None:
            break
        node = inner
    return node.start_point[0] if tree.root_node.has_error else None


@lru_cache(64)
def is_broken(node: Node) -> bool:
    """Return whether so much could not be parsed that commands and texts may be mistaken for each other."""
    todo = [] if node.source.first_error is None else [node]
    while todo:
        one = todo.pop()
        if one.type == "ERROR" and one.end - one.start > _SMALL_ERROR:
            return True
        todo += one.children
    return False


def _most_open(source: bytes) -> int:
    """Return the most brackets that are open at one place, wherever brackets may stand."""
    now = most = 0
    for one in _BRACKETS.findall(source):
        now = now + 1 if one == b"(" else max(0, now - 1)
        most = max(most, now)
    return most
