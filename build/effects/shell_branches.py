"""Follows the branches and loops of a shell script, each that the fixed values allow."""

from collections.abc import Sequence

from build.effects.ledger import Condition, Where
from build.effects.runner import Runner
from build.effects.shell_options import OptionsGiven, options_given
from build.effects.shell_pipes import STATEMENTS, Pipes
from build.effects.shell_state import Flow, State
from build.effects.shell_syntax import Node
from build.effects.shell_tests import condition_of, holds, matches
from build.effects.text import NOTHING_KNOWN, UNKNOWN, Text, either, fixed, names_of

MAX_ARGUMENTS = 30
_FLOWS: tuple[Flow, ...] = ("on", "next", "return", "exit")


class Branches(Pipes):
    """Follows statements that depend on tests."""

    def __init__(self, runner: Runner, state: State, where: Where) -> None:
        super().__init__(runner, state, where)
        self.in_loop = 0
        # What holds where a loop's round or a function is left, for each of those that are followed now.
        self.left: dict[Flow, list[list[State]]] = {"next": [], "return": []}

    def chain(self, node: Node) -> Flow:
        """Follow `a && b` and `a || b`, whose second part depends on the first."""
        first, operator, second = node.children[0], node.children[1].type, node.children[-1]
        printed = self.state.printed
        flow = self.statement(first) if first.type in STATEMENTS else "on"
        if flow != "on" or second is first or second.type not in STATEMENTS:
            return flow
        decided = holds(self.words, first)
        wanted = operator == "&&"
        quiet = printed if operator == "||" else self.state.printed
        if decided is not None and decided != wanted:
            return "on"
        before, known = self.where, self.state.copy()
        condition = condition_of(self.words, first, wanted)
        self.where = self.where.under(condition)
        # What failed is taken to have printed nothing.
        self.state.printed = quiet
        flow = self.statement(second)
        self.where = before
        if decided is None:
            self.state.take([self.state.copy(), known])
            if flow != "on":
                self._until_end(condition_of(self.words, first, not wanted), second)
            return "on"
        return flow

    def branches(self, node: Node) -> Flow:
        """Follow each branch of an `if` that the fixed values allow."""
        arms: list[tuple[list[Node], list[Node]]] = [([], [])]
        other: list[Node] | None = None
        place = 0
        for child in node.children:
            if child.type == "then":
                place = 1
            elif child.type == "elif_clause":
                arms.append(_arm(child))
            elif child.type == "else_clause":
                other = child.children
            elif child.type in STATEMENTS:
                arms[-1 if place == 0 else 0][place].append(child)
        ends: list[State] = []
        flows: list[Flow] = []
        before = self.where
        excluded: list[Condition | None] = []
        leaving: list[tuple[Condition | None, Flow]] = []
        sure = False
        for tests, body in arms:
            printed = self.state.printed
            self.each(tests)
            # What is only tested is seldom what is printed.
            self.state.printed = printed
            decided = holds(self.words, tests[-1]) if tests else None
            if decided is False:
                continue
            known = self.state.copy()
            condition = None if decided else condition_of(self.words, tests[-1] if tests else None, True)
            self.where = before.under(condition)
            flow = self.each(body)
            self.where = before
            negated = None if decided else condition_of(self.words, tests[-1] if tests else None, False)
            if flow == "on":
                ends.append(self.state.copy())
            elif _is_calm(body):
                leaving.append((negated, flow))
            flows.append(flow)
            self.state.become(known)
            if decided:
                sure = True
                break
            excluded.append(negated)
        if not sure:
            for condition in excluded[-1:]:
                self.where = self.where.under(condition)
            flow = self.each(other) if other else "on"
            self.where = before
            flows.append(flow)
            if flow == "on":
                ends.append(self.state.copy())
        if not ends:
            return _mildest(flows)
        self.state.take(ends)
        for condition, _ in leaving:
            self.where = self.where.under(condition)
        return "on"

    def case(self, node: Node) -> Flow:
        """Follow each item of a `case` whose pattern may match."""
        subject = next((child for child in node.children[1:] if child.type not in ("in", ";", "\n")), None)
        value = self.words.text(subject)
        names = names_of(value)
        ends: list[State] = []
        flows: list[Flow] = []
        known, before = self.state.copy(), self.where
        sure = False
        for item in node.all("case_item"):
            patterns, body, behind = [], [], False
            for child in item.children:
                if child.type == ")":
                    behind = True
                elif not behind and child.type not in ("|", "("):
                    self.words.follow(child)
                    patterns.append(child.text.strip("\"'"))
                elif behind:
                    body.append(child)
            may, sure = matches(value, patterns)
            if not may:
                continue
            self.state.become(known)
            if not all(one.is_fixed for one in value):
                shown = " or ".join(patterns)
                condition_text = (
                    f"unless {_plain(subject)} is another" if shown == "*" else f"if {_plain(subject)} is {shown}"
                )
                self.where = before.under(Condition(condition_text, names))
            flow = self.each(body)
            self.where = before
            flows.append(flow)
            if flow == "on":
                ends.append(self.state.copy())
            if sure:
                break
        if not sure:
            ends.append(known)
        if not ends:
            return _mildest(flows)
        self.state.take(ends)
        return "on"

    def loop(self, node: Node) -> Flow:
        """Follow the body of `while`, `until` and `for ((…))` once; it may also not run at all."""
        known, before = self.state.copy(), self.where
        tests = [child for child in node.children if child.type in STATEMENTS and child.type != "do_group"]
        body = node.first("do_group", "compound_statement")
        if node.type == "while_statement":
            self.each(tests)
            self.where = self.where.under(
                condition_of(self.words, tests[-1], node.children[0].type == "while") if tests else None
            )
        given = options_given(self.words, self.state.arguments, tests[-1]) if tests else None
        if given is not None:
            self._each_option(given, body)
            self.where = before
            return "on"
        left = self._rounds(body)
        self.where = before
        self.state.take([*left, known])
        return "on"

    def _rounds(self, body: Node | None) -> list[State]:
        """Follow a round; where each takes arguments off, as many rounds as there are arguments. Return the
        states behind it.
        """
        left: list[State] = []
        for _ in range(MAX_ARGUMENTS):
            before = self.state.arguments
            left = self.round_of(body)
            if not left or not before:
                break
            self.state.take(left)
            left = [self.state.copy()]
            after = self.state.arguments
            if after == () or (after is not None and len(after) >= len(before)):
                break
        return left

    def _each_option(self, given: OptionsGiven, body: Node | None) -> None:
        """Follow `while getopts …` with known arguments, a round for each option."""
        for letter, value in given.options:
            self.state.put(given.variable, fixed(letter))
            self.state.put("OPTARG", (value,))
            left = self.round_of(body)
            if left:
                self.state.take(left)
        self.state.put("OPTIND", fixed(str(given.taken + 1)))

    def round_of(self, body: Node | None) -> list[State]:
        """Follow one round of a loop, and return the states that may hold behind it."""
        self.left["next"].append([])
        self.in_loop += 1
        flow = self.statement(body) if body is not None else "on"
        self.in_loop -= 1
        left = self.left["next"].pop()
        return [self.state.copy(), *left] if flow == "on" else left

    def for_each(self, node: Node) -> Flow:
        """Follow the body of `for NAME in …` once, with all values that NAME may have."""
        name = node.first("variable_name")
        body = node.first("do_group", "compound_statement")
        words = [c for c in node.children[2:] if c.type not in ("in", ";", "\n", "do_group", "compound_statement")]
        options: list[Text] = []
        for word in words:
            for fields in self.words.fields(word):
                options += fields
        if not words and node.first("in") is None:
            options = list(self.state.arguments) if self.state.arguments is not None else [Text(UNKNOWN)]
        if not options and words:
            return "on"
        known, before = self.state.copy(), self.where
        if name is not None:
            self.state.put(name.text, either(tuple(options) or NOTHING_KNOWN))
        left = self.round_of(body)
        self.where = before
        self.state.take([*left, known])
        return "on"

    def _until_end(self, condition: Condition | None, ending: Node) -> None:
        """Add a condition to what follows a statement that may have ended the block: it runs only if the block
        goes on.
        """
        if _is_calm([ending]):
            self.where = self.where.under(condition)


def _mildest(flows: Sequence[Flow]) -> Flow:
    """Return how branches end together that all end something: the least of their ends."""
    return min(flows, key=_FLOWS.index, default="on")


def _arm(node: Node) -> tuple[list[Node], list[Node]]:
    tests: list[Node] = []
    body: list[Node] = []
    into = tests
    for child in node.children:
        if child.type == "then":
            into = body
        elif child.type in STATEMENTS:
            into.append(child)
    return tests, body


def _is_calm(body: Sequence[Node]) -> bool:
    """Return whether a block that ends the script or function does so without an error."""
    last = next((node for node in reversed(body) if node.type in STATEMENTS), None)
    while last is not None and last.type in ("compound_statement", "list", "subshell", "redirected_statement"):
        last = next((node for node in reversed(last.children) if node.type in STATEMENTS), None)
    if last is None or last.type != "command":
        return False
    words = last.text.split()
    return words[0] in ("exit", "return", "continue") and words[1:2] in ([], ["0"])


def _plain(node: Node | None) -> str:
    return node.text.strip('"') if node else ""
