"""The syntax tree of a shell script, by tree-sitter's grammar of bash and without running anything."""

import re
import sys
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

import tree_sitter_bash
from tree_sitter import Language, Parser, Tree

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
_EXPANSION = re.compile(
    rb"(\$\{!?\w{1,100}(?:\[[^\]\n]{0,40}\])?)(:?[-=+?]|%%?|##?|//?|\^\^?|,,?)([^{}\"'$`\\\n]{1,200})\}"
)
_ESCAPED_DOLLAR = re.compile(rb"\\\$\$(?![\w{(])")
_ODD_IN_DEFAULT = re.compile(rb"[|&;()<>]")
_ODD_IN_PATTERN = re.compile(rb"[^\w/*.]")
_BRACKETS = re.compile(rb"[()]")
_LINE_ENDS = re.compile(rb"\n")
# The grammar takes a NUL for the end of the text.
_STANDS_FOR_UNKNOWN = "\ue000"
_IGNORED = frozenset({"comment"})
# The children of a node without any, which are most. Nobody adds to them.
_NONE: "list[Node]" = []


class NotReadable(Exception):
    """Why a script is not analysed, as the end of a sentence."""


class Source(NamedTuple):
    """The bytes of a script, where each of its lines but the first begins, and whether the grammar understood all.
    `text` is the same where each character is one byte, else None.
    """

    content: bytes
    lines: tuple[int, ...]
    is_understood: bool
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
        """The line on which it begins, counted from 0 at the start of the text."""
        return bisect_right(self.source.lines, self.start)

    @property
    def text(self) -> str:
        """The part of the script that this node is."""
        text = self._text
        if text is None:
            text = self._text = self.between(self.start, self.end)
        return text

    def between(self, start: int, end: int) -> str:
        """Return a part of the script by its bytes."""
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
    """Return the script's tree, without its comments. Raises NotReadable: it is too long or nested too deeply."""
    source = text.replace(UNKNOWN, _STANDS_FOR_UNKNOWN).encode("utf-8", "replace")
    if len(source) > MAX_BYTES:
        raise NotReadable(f"it is {len(source):,} bytes long")
    # The grammar does not know carriage returns at ends of lines.
    if b"\r" in source:
        source = source.replace(b"\r\n", b" \n").replace(b"\r", b" ")
    if source.count(b"|") > MAX_PIPES or (source.count(b"(") > MAX_OPEN and _most_open(source) > MAX_OPEN):
        raise NotReadable("it is nested too deeply")
    tree = _PARSER.parse(source)
    if tree.root_node.has_error:
        source = _mended(source)
        tree = _PARSER.parse(source)
    if tree.root_node.descendant_count - 1 > MAX_NODES:
        raise NotReadable("it has too many parts")
    lines = tuple(found.end() for found in _LINE_ENDS.finditer(source))
    plain = source.decode("ascii") if source.isascii() else None
    return _copied(tree, Source(source, lines, not tree.root_node.has_error, plain))


def _copied(tree: Tree, source: Source) -> Node:
    cursor, found = tree.walk(), tree.root_node
    first, following, parent = cursor.goto_first_child, cursor.goto_next_sibling, cursor.goto_parent
    root = Node(found.type, source, found.start_byte, found.end_byte)
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
            raise NotReadable("it is nested too deeply")
        at = cursor.node
        if at is None:
            raise NotReadable("it cannot be parsed")
        number = at.kind_id
        # What the grammar does not understand has a number of its own.
        kind = _TYPES[number] if number < len(_TYPES) else at.type
        node = Node(kind, source, at.start_byte, at.end_byte)
        if kind not in _IGNORED:
            stack[-1].children.append(node)
        stack.append(node)


@lru_cache(64)
def is_broken(node: Node) -> bool:
    """Whether the grammar did not understand so much of it that commands and texts may be mistaken for each other."""
    todo = [] if node.source.is_understood else [node]
    while todo:
        one = todo.pop()
        if one.type == "ERROR" and one.end - one.start > _SMALL_ERROR:
            return True
        todo += one.children
    return False


def _mended(source: bytes) -> bytes:
    """The script with as many characters, but without what the grammar mistakes in patterns and texts."""
    return _ESCAPED_DOLLAR.sub(rb"\\$_", _EXPANSION.sub(_mended_expansion, source))


def _mended_expansion(found: re.Match[bytes]) -> bytes:
    odd = _ODD_IN_DEFAULT if found[2][-1:] in b"-=+?" else _ODD_IN_PATTERN
    return found[1] + found[2] + odd.sub(b"_", found[3]) + b"}"


def _most_open(source: bytes) -> int:
    """Return the most brackets that are open at one place, wherever brackets may stand."""
    now = most = 0
    for one in _BRACKETS.findall(source):
        now = now + 1 if one == b"(" else max(0, now - 1)
        most = max(most, now)
    return most
