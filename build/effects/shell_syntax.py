"""The syntax tree of a shell script, by tree-sitter's grammar of bash and without running anything."""

import re
from functools import lru_cache

import tree_sitter_bash
from tree_sitter import Language, Parser
from tree_sitter import Node as Found

MAX_BYTES = 400_000
MAX_DEPTH = 150
MAX_NODES = 200_000
# The parser takes time and memory with the square of these.
MAX_PIPES = 3_000
MAX_OPEN = 400
_PARSER = Parser(Language(tree_sitter_bash.language()))
_BRACKETS = re.compile(rb"[()]")
_IGNORED = frozenset({"comment"})


class NotReadable(Exception):
    """Why a script is not analysed, as the end of a sentence."""


class Node:
    """A node of the tree; `line` counts from 0 at the start of the text, `start` and `end` are bytes in it."""

    __slots__ = ("children", "end", "line", "source", "start", "type")

    def __init__(self, kind: str, source: bytes, start: int, end: int, line: int) -> None:
        self.type, self.source, self.start, self.end, self.line = kind, source, start, end, line
        self.children: list[Node] = []

    @property
    def text(self) -> str:
        """The part of the script that this node is."""
        return self.source[self.start : self.end].decode("utf-8", "replace")

    def first(self, *types: str) -> "Node | None":
        """Return the first child of one of these types."""
        return next((child for child in self.children if child.type in types), None)

    def all(self, *types: str) -> "list[Node]":
        """Return the children of these types."""
        return [child for child in self.children if child.type in types]


@lru_cache(64)
def parse_shell(text: str) -> Node:
    """Return the script's tree, without its comments. Raises NotReadable: it is too long or nested too deeply."""
    source = text.encode("utf-8", "replace")
    if len(source) > MAX_BYTES:
        raise NotReadable(f"it is {len(source):,} bytes long")
    # The grammar does not know carriage returns at ends of lines.
    if b"\r" in source:
        source = source.replace(b"\r\n", b" \n").replace(b"\r", b" ")
    if source.count(b"|") > MAX_PIPES or _most_open(source) > MAX_OPEN:
        raise NotReadable("it is nested too deeply")
    tree = _PARSER.parse(source)
    cursor = tree.walk()
    root = _copied(cursor.node, source)
    stack, count = [root], 0
    # Not by recursion: how deep a stranger's script is nested is not known yet.
    while True:
        if cursor.goto_first_child():
            found = cursor.node
        else:
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return root
                stack.pop()
            stack.pop()
            found = cursor.node
        count += 1
        if len(stack) > MAX_DEPTH:
            raise NotReadable("it is nested too deeply")
        if count > MAX_NODES:
            raise NotReadable("it has too many parts")
        node = _copied(found, source)
        if node.type not in _IGNORED:
            stack[-1].children.append(node)
        stack.append(node)


def has_errors(node: Node) -> bool:
    """Whether the grammar did not understand a part of it."""
    todo = [node]
    while todo:
        one = todo.pop()
        if one.type == "ERROR":
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


def _copied(found: Found | None, source: bytes) -> Node:
    assert found is not None
    return Node(found.type, source, found.start_byte, found.end_byte, found.start_point[0])
