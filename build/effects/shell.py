"""Follows a shell script statement by statement, in every branch, without running anything."""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from build.effects import shell_builtins
from build.effects.ledger import Where
from build.effects.programs.judge import Verdict
from build.effects.runner import Runner
from build.effects.shell_branches import Branches
from build.effects.shell_pipes import REDIRECTS, STATEMENTS
from build.effects.shell_state import Flow, Function, Handed, State, Value
from build.effects.shell_syntax import Node, NotReadableError, is_broken, parse_shell
from build.effects.shell_tests import names_in
from build.effects.shell_words import Fields, unescape_backquoted
from build.effects.text import EMPTY, NOTHING_KNOWN, UNKNOWN, Text, Texts, fixed, names_of

MAX_CALLS = 60
FOLLOWED = 3
MAX_DISPATCHED = 40
_VARIABLE = re.compile(r"\$\{[^{}\n]{1,200}\}|\$\w+")
_OF_NAMES = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-:.*")


def follow_shell(
    runner: Runner,
    text: str,
    where: Where,
    environment: Mapping[str, Value],
    arguments: tuple[Text, ...] | None,
    script: str,
) -> Texts:
    """Follow a script or a command's text, and return what it prints as far as that can be known.

    Args:
        runner: Notes the commands.
        text: The script.
        where: The place where it begins.
        environment: The variables that it gets.
        arguments: `$1` and so on; None where they are not known.
        script: Its path, "" for a text inside another one.
    """
    try:
        tree = parse_shell(text)
    except NotReadableError as error:
        runner.ledger.add(script or text[:100], Verdict("unclear", f"runs a script that is not read: {error}"), where)
        return NOTHING_KNOWN
    if isinstance(environment, Handed):
        state = State(script, arguments, environment.variables, environment.functions)
    else:
        state = State(script, arguments, environment)
    follower = _Follower(runner, state, where)
    follower.add_tree(tree)
    if is_broken(tree):
        runner.broken.add(where.path)
    try:
        follower.sequence(tree)
    finally:
        # It and its words know each other: else both, and the tree, would wait for a search for such circles.
        del follower.words
    return state.printed


class _Follower(Branches):
    def __init__(self, runner: Runner, state: State, where: Where) -> None:
        super().__init__(runner, state, where)
        self._calls: list[tuple[str, Fields]] = []
        self._followed: dict[Node, int] = {}
        self._sites: list[Where] = []
        self._trees: list[Node] = []
        self._names: frozenset[str] | None = None

    def add_tree(self, tree: Node) -> None:
        """Record a script that is followed, and note the first line in it that cannot be parsed."""
        self._trees.append(tree)
        self._names = None
        error = tree.source.first_error
        if error is not None:
            # Nobody knows what stands there, so what is found elsewhere is not all.
            place = self.where.at(self.where.path, self.where.line + error)
            name = place.path.rsplit("/", 1)[-1]
            verdict = Verdict("unclear", f"cannot be parsed as a shell script near line {place.line} of {name}")
            self.runner.ledger.add(name, verdict, place)

    # Statements

    def sequence(self, node: Node) -> Flow:
        """Follow the statements of a block up to one that ends it."""
        return self.each(node.children)

    def statement(self, node: Node) -> Flow:
        """Follow one statement."""
        self.runner.ledger.steps.take()
        kind = node.type
        if kind == "command":
            return self.command(node)
        if kind == "variable_assignment":
            self.assign(node)
            return "on"
        if kind == "redirected_statement":
            return self.follow_redirected(node)
        if kind == "pipeline":
            return self.pipeline(node.children)
        if kind == "list":
            return self.chain(node)
        if kind == "if_statement":
            return self.branches(node)
        if kind == "while_statement":
            return self.loop(node)
        if kind == "for_statement":
            return self.for_each(node)
        if kind == "case_statement":
            return self.case(node)
        if kind == "function_definition":
            self.define(node)
        elif kind == "subshell":
            self.subshell(node)
        elif kind in ("variable_assignments", "declaration_command"):
            self.assign(node)
        elif kind == "unset_command":
            for child in node.children[1:]:
                self.words.follow(child)
                self.state.put(child.text, None)
        elif kind == "negated_command":
            return self.sequence(node)
        elif kind == "test_command":
            self.words.follow(node)
        elif kind == "c_style_for_statement":
            for child in node.children:
                if child.type not in ("do_group", "compound_statement"):
                    self.words.follow(child)
            self.loop(node)
        else:
            if kind == "compound_statement":
                # `((…))`
                for child in node.children:
                    if child.type not in STATEMENTS:
                        self.words.follow(child)
            return self.sequence(node)
        return "on"

    def define(self, node: Node) -> None:
        """Record a function."""
        name = node.first("word")
        body = next((child for child in node.children if child.type in STATEMENTS), None)
        for child in node.children:
            if child.type in REDIRECTS:
                self.words.follow(child)
        if name is not None and body is not None:
            self.state.define(name.text, Function(body, self.where.path, self.where.line))

    def subshell(self, node: Node) -> None:
        """Follow `( … )`, whose variables are its own."""
        known = self.state.copy()
        self.sequence(node)
        known.printed = self.state.printed
        self.state.become(known)

    def assign(self, node: Node) -> None:
        """Set the variables of `NAME=…` and `NAME+=…`, also behind `export`, `local` and their like."""
        if node.type != "variable_assignment":
            for child in node.children:
                if child.type == "variable_assignment":
                    self.assign(child)
                elif child.type not in REDIRECTS and child.type != "variable_name":
                    self.words.follow(child)
            return
        target, value = node.first("variable_name", "subscript"), node.children[-1]
        if target is None:
            return
        element = target.type == "subscript"
        inner = target.first("variable_name") if element else None
        name = inner.text if inner else target.text
        assigned: Value = EMPTY
        if value.type == "array":
            assigned = self.words.fields(value)
        elif value.type not in ("=", "+="):
            assigned = self.words.text(value)
        if element:
            self.words.follow(target)
            self.state.append(name, (tuple(one for one in assigned if isinstance(one, Text)),))
        elif node.first("+=") is not None:
            self.state.append(name, assigned)
        else:
            self.state.put(name, assigned)

    # Commands

    def command(self, node: Node) -> Flow:
        """Follow a command with its own variables, words and redirections."""
        nodes, own, redirects = [], [], []
        for child in node.children:
            if child.type == "variable_assignment":
                own.append(child)
            elif child.type in REDIRECTS:
                redirects.append(child)
            else:
                nodes.append(child)
        if redirects:
            return self.follow_with_redirects(redirects, lambda: self.simple(node, nodes, own))
        return self.simple(node, nodes, own)

    def simple(self, node: Node, nodes: Sequence[Node], own: Sequence[Node], more: Sequence[Node] = ()) -> Flow:
        """Follow the words of a command in each of the ways in which they may expand.

        Args:
            node: The command.
            nodes: Its words.
            own: Assignments in front of it, which hold for it alone.
            more: Words behind a here-document's mark.
        """
        place = self._place_of(node, nodes)
        possible = self.words.commands([*nodes, *more])
        if nodes and self.state.functions:
            possible = self._with_dispatched(nodes, possible)
        before: dict[str, Value | None] = {}
        for assignment in own:
            target = assignment.first("variable_name")
            if target is not None:
                before.setdefault(target.text, self.state.variables.get(target.text))
            self.assign(assignment)
        flow: Flow = "on"
        if not possible and nodes:
            names = sorted(names_of(field for fields in self.words.fields(nodes[0]) for field in fields)) or sorted(
                names_in(self.words, nodes[0])
            )
            if names:
                because = f"runs the command of the variable {', '.join(names)}"
                self.runner.ledger.add(node.text, Verdict("unclear", because), place)
        # Programs change nothing of what the shell knows.
        apart = len(possible) > 1 and any(
            shell_builtins.is_own(fields[0].text) or fields[0].text in self.state.functions for fields in possible
        )
        known = self.state.copy() if apart else None
        ends: list[State] = []
        for fields in possible:
            if known is not None:
                self.state.become(known)
            flow = self.run(fields, place, _shown(node, nodes, fields))
            if known is not None:
                ends.append(self.state.copy())
        if known is not None:
            self.state.take(ends)
        for name, value in before.items():
            if not possible:
                break
            self.state.put(name, value)
        return flow

    def _place_of(self, node: Node, nodes: Sequence[Node]) -> Where:
        """Return the place of a command; one that a function only passes on stands where the function is called."""
        text = node.text
        if (
            self._sites
            and ("$@" in text or "$*" in text)
            and any("$@" in one.text or "$*" in one.text for one in nodes)
        ):
            site = self._sites[-1]
            return self.where.at(site.path, site.line)
        return self.where.at(self.where.path, self.where.line + node.line)

    def _with_dispatched(self, nodes: Sequence[Node], possible: Sequence[Fields]) -> tuple[Fields, ...]:
        """Return the possible fields with the functions that `"do_${action}"` or `"$1"` may name."""
        node, unchanged = nodes[0], tuple(possible)
        if (
            node.fixed
            or any(fields[0].is_fixed for fields in possible)
            or _is_array(node)
            or "$@" in node.text
            or "$*" in node.text
        ):
            return unchanged
        pattern = _VARIABLE.sub("*", node.text.strip("\"'"))
        if pattern.count("*") not in (1, 2) or not set(pattern) <= _OF_NAMES:
            return unchanged
        functions = self.state.functions
        own: tuple[Fields, ...] = ()
        if pattern == "*":
            # Most programs in variables are kubectl. A function is one whose default is one, or what is given nothing
            # but the script's own arguments; then it may be a program as well.
            by_default = any(fields[0].text in functions for fields in possible)
            alone = all("$@" in one.text or "${@" in one.text for one in nodes[1:])
            if not by_default and (not alone or any(UNKNOWN not in fields[0].text for fields in possible)):
                return unchanged
            own = () if by_default else unchanged
        named = [
            name
            for name in functions
            if fnmatchcase(name, pattern) and not (pattern == "*" and name in self._called_by_name())
        ]
        if not named:
            return unchanged
        rest = possible[0][1:] if possible else ()
        names = names_of(fields[0] for fields in possible)
        return (*own, *((Text(name, names), *rest) for name in named[:MAX_DISPATCHED]))

    def _called_by_name(self) -> frozenset[str]:
        """Return the commands that stand in the script by their names."""
        if self._names is None:
            result, todo = set(), list(self._trees)
            while todo:
                node = todo.pop()
                if node.type == "command_name":
                    result.add(node.text)
                todo += node.children
            self._names = frozenset(result)
        return self._names

    def run(self, fields: Fields, where: Where, shown: str | None) -> Flow:
        """Follow a command's fields: a function, a builtin of the shell, or a program."""
        name = fields[0].text
        function = self.state.functions.get(name)
        if function is not None:
            return self.call(name, function, fields[1:], where)
        done = shell_builtins.run(self, fields, where, shown)
        if done is not None:
            if self.left.get(done):
                self.left[done][-1].append(self.state.copy())
            return done
        printed = self.runner.run(fields, where, self.environment(), self.stdin, shown)
        self.state.print(printed)
        return "on"

    def environment(self) -> Mapping[str, Value]:
        """Return what a script that is run from here gets: all variables, and the functions, which may be exported."""
        return Handed(self.state)

    def call(self, name: str, function: Function, arguments: Fields, where: Where) -> Flow:
        """Follow a function's body.

        Args:
            name: The function.
            function: Its body and place.
            arguments: `$1` and so on.
            where: The call's place.
        """
        # A function that calls itself does there what it does here.
        if sum(one[0] == name for one in self._calls) >= 2 or len(self._calls) > MAX_CALLS:
            return "on"
        if self._only_handles_text(name, function):
            return "on"
        before, outer = self.where, self.state.arguments
        self._calls.append((name, arguments))
        self._sites.append(where)
        self.where = where.deeper().at(function.path, function.line)
        self.state.arguments = arguments
        self.left["return"].append([])
        flow = self.statement(function.body)
        ends = self.left["return"].pop()
        if flow == "on":
            ends.append(self.state.copy())
        if ends:
            self.state.take(ends)
        self.state.arguments = outer
        self.where = before
        self._calls.pop()
        self._sites.pop()
        return "on" if ends else flow

    def _only_handles_text(self, name: str, function: Function) -> bool:
        """Return whether a function that was followed FOLLOWED times runs nothing but tools for text."""
        seen = self._followed.get(function.body, 0)
        self._followed[function.body] = seen + 1
        if seen < FOLLOWED or not shell_builtins.handles_text(function.body, frozenset(self.state.functions)):
            return False
        self.state.print(NOTHING_KNOWN)
        return True

    def source(self, text: str, path: str, where: Where) -> Flow:
        """Follow another script as if its text stood here.

        Args:
            text: The script.
            path: Its file, "" for the text of `eval`.
            where: Where it is read in.
        """
        try:
            tree = parse_shell(text)
        except NotReadableError as error:
            self.runner.ledger.add(path, Verdict("unclear", f"reads a script that is not read: {error}"), where)
            return "on"
        if ("source", fixed(path)) in self._calls:
            return "on"
        self.add_tree(tree)
        before, script = self.where, self.state.script
        self._calls.append(("source", fixed(path)))
        self.where = where.deeper().at(path or where.path, 1 if path else where.line)
        if is_broken(tree):
            self.runner.broken.add(self.where.path)
        self.left["return"].append([])
        flow = self.sequence(tree)
        ends = self.left["return"].pop()
        if flow == "on":
            ends.append(self.state.copy())
        if ends:
            self.state.take(ends)
        self.where, self.state.script = before, script
        self._calls.pop()
        return "on" if ends else flow

    def substitute(self, node: Node) -> Texts:
        """Follow `$(…)`, and return what it prints."""
        known = self.state.copy()
        self.state.printed = EMPTY
        target = node.first("file_redirect")
        if target is not None and len(node.children) == 3:
            # `$(< file)`
            name = self.words.text(target.children[-1])
            written = self.runner.scene.written(name[0].text)
            printed = written or NOTHING_KNOWN
        else:
            self.sequence(_without_backquotes(node))
            printed = self.state.printed
        self.state.become(known)
        return tuple(
            Text(one.text.rstrip("\n"), one.names, one.whole) if one.text.endswith("\n") else one for one in printed
        )


def _without_backquotes(node: Node) -> Node:
    """Return a substitution whose backquotes have others inside as the tree of its text."""
    if node.type != "command_substitution" or not node.text.startswith("`") or "\\`" not in node.text:
        return node
    return parse_shell("\n" * node.line + unescape_backquoted(node.text[1:-1]))


def _shown(node: Node, nodes: Sequence[Node], fields: Fields) -> str | None:
    """Return the command as written; where the program stands in a variable, with that one's value."""
    if not nodes:
        return None
    first = nodes[0]
    inner = first.children[0] if first.children else first
    start, end = first.start, nodes[-1].end
    text = node.between(start, end)
    if ("[@]" in text or "[*]" in text) and any(_is_array(one) for one in nodes):
        return None
    if inner.type in ("word", "raw_string"):
        return text
    if UNKNOWN in fields[0].text:
        return text
    name = fields[0].text
    rest = node.between(first.end, end)
    divided = len(fields) > len(nodes)
    return None if divided else name + rest


def _is_array(node: Node) -> bool:
    return node.type in ("string", "expansion", "command_name") and ("[@]" in node.text or "[*]" in node.text)
