"""Follows a shell script statement by statement, in every branch, without running anything."""

from collections.abc import Iterator, Mapping, Sequence

from build.effects import shell_builtins
from build.effects.ledger import Condition, Where
from build.effects.programs.judge import Verdict
from build.effects.runner import FUNCTIONS, Runner
from build.effects.shell_state import Flow, Function, State, Value
from build.effects.shell_syntax import Node, NotReadable, is_broken, parse_shell
from build.effects.shell_tests import condition_of, holds, matches, names_in
from build.effects.shell_words import Fields, Words
from build.effects.text import EMPTY, NOTHING_KNOWN, UNKNOWN, Text, Texts, concatenate, either, fixed, names_of

_REDIRECTS = ("file_redirect", "heredoc_redirect", "herestring_redirect")
_STATEMENTS = frozenset({
    "command", "redirected_statement", "pipeline", "list", "if_statement", "while_statement", "for_statement",
    "c_style_for_statement", "case_statement", "function_definition", "subshell", "compound_statement", "negated_command",
    "variable_assignment", "variable_assignments", "declaration_command", "unset_command", "test_command", "ERROR",
    "do_group", "else_clause", "elif_clause",
})  # fmt: skip
_PLAIN_TARGETS = ("/dev/", "/proc/self/")
MAX_CALLS = 60
FOLLOWED = 3


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
        runner: Notes what is run.
        text: The script.
        where: The place where it begins.
        environment: The variables that it gets.
        arguments: `$1` and so on; None where they are not known.
        script: Its path, "" for a text inside another one.
    """
    try:
        tree = parse_shell(text)
    except NotReadable as error:
        runner.ledger.add(script or text[:100], Verdict("unclear", f"runs a script that is not read: {error}"), where)
        return NOTHING_KNOWN
    state = State(script, arguments)
    state.variables.update(environment)
    state.functions.update(_functions_of(environment))
    follower = _Follower(runner, state, where, text)
    if is_broken(tree):
        runner.broken.add(where.path)
    follower.sequence(tree)
    return state.printed


def _functions_of(environment: Mapping[str, Value]) -> dict[str, Function]:
    carried = environment.get(FUNCTIONS)
    return carried[0] if carried else {}  # type: ignore[return-value]


class _Handed(Mapping[str, Value]):
    """The variables that a program gets; most have no use for them."""

    def __init__(self, state: State) -> None:
        self._state = state

    def __getitem__(self, name: str) -> Value:
        if name == FUNCTIONS and self._state.functions:
            return (self._state.functions,)  # type: ignore[return-value]
        return self._state.variables[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._state.variables
        if self._state.functions:
            yield FUNCTIONS

    def __len__(self) -> int:
        return len(self._state.variables) + bool(self._state.functions)


class _Follower:
    def __init__(self, runner: Runner, state: State, where: Where, text: str) -> None:
        self.runner, self.state, self.where = runner, state, where
        self.words = Words(state, runner.ledger.defaults, self.substituted)
        self.stdin: Texts | None = None
        self._calls: list[tuple[str, Fields]] = []
        self._followed: dict[Node, int] = {}
        self.in_loop = 0

    # Statements

    def sequence(self, node: Node) -> Flow:
        """Follow the statements of a block up to one that ends it."""
        before = self.where
        try:
            for child in node.children:
                if child.type in _STATEMENTS:
                    flow = self.statement(child)
                    if flow != "on":
                        return flow
            return "on"
        finally:
            self.where = before

    def statement(self, node: Node) -> Flow:
        """Follow one statement."""
        self.runner.ledger.steps.take()
        kind = node.type
        if kind == "command":
            return self.command(node)
        if kind == "redirected_statement":
            return self.redirected(node)
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
        elif kind in ("variable_assignment", "variable_assignments", "declaration_command"):
            self.assign(node)
        elif kind == "unset_command":
            for child in node.children[1:]:
                self.state.variables.pop(child.text, None)
        elif kind == "negated_command":
            return self.sequence(node)
        elif kind == "test_command":
            self.expanded_inside(node)
        elif kind == "c_style_for_statement":
            self.loop(node)
        else:
            return self.sequence(node)
        return "on"

    def chain(self, node: Node) -> Flow:
        """`a && b`, `a || b`: what comes second depends on the first."""
        first, operator, second = node.children[0], node.children[1].type, node.children[-1]
        printed = self.state.printed
        flow = self.statement(first) if first.type in _STATEMENTS else "on"
        if flow != "on" or second is first or second.type not in _STATEMENTS:
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
        """`if`: every branch that the fixed values allow."""
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
            elif child.type in _STATEMENTS:
                arms[-1 if place == 0 else 0][place].append(child)
        ends: list[State] = []
        flows: list[Flow] = []
        before = self.where
        excluded: list[Condition | None] = []
        leaving: list[tuple[Condition | None, Flow]] = []
        sure = False
        for tests, body in arms:
            printed = self.state.printed
            self._each(tests)
            # What is only tested is seldom what is printed.
            self.state.printed = printed
            decided = holds(self.words, tests[-1]) if tests else None
            if decided is False:
                continue
            known = self.state.copy()
            condition = None if decided else condition_of(self.words, tests[-1] if tests else None, True)
            self.where = before.under(condition)
            flow = self._each(body)
            self.where = before
            negated = None if decided else condition_of(self.words, tests[-1] if tests else None, False)
            if flow == "on":
                ends.append(self.state.copy())
            elif _is_calm(body):
                leaving.append((negated, flow))
            flows.append(flow)
            self._become(known)
            if decided:
                sure = True
                break
            excluded.append(negated)
        if not sure:
            for condition in excluded[-1:]:
                self.where = self.where.under(condition)
            flow = self._each(other) if other else "on"
            self.where = before
            flows.append(flow)
            if flow == "on":
                ends.append(self.state.copy())
        if not ends:
            return flows[0] if flows else "on"
        self.state.take(ends)
        for condition, _ in leaving:
            self.where = self.where.under(condition)
        return "on"

    def case(self, node: Node) -> Flow:
        """`case`: every item whose pattern may match."""
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
                    patterns.append(child.text.strip("\"'"))
                elif behind:
                    body.append(child)
            may, sure = matches(value, patterns)
            if not may:
                continue
            self._become(known.copy())
            if not all(one.is_fixed for one in value):
                shown = " or ".join(patterns)
                said = f"unless {_plain(subject)} is another" if shown == "*" else f"if {_plain(subject)} is {shown}"
                self.where = before.under(Condition(said, names))
            flow = self._each(body)
            self.where = before
            flows.append(flow)
            if flow == "on":
                ends.append(self.state.copy())
            if sure:
                break
        if not sure:
            ends.append(known)
        if not ends:
            return flows[0] if flows else "on"
        self.state.take(ends)
        return "on"

    def loop(self, node: Node) -> Flow:
        """`while`, `until` and `for ((…))`: the body once, and not at all."""
        known, before = self.state.copy(), self.where
        tests = [child for child in node.children if child.type in _STATEMENTS and child.type != "do_group"]
        self.in_loop += 1
        body = node.first("do_group", "compound_statement")
        if node.type == "while_statement":
            self._each(tests)
            self.where = self.where.under(condition_of(self.words, tests[-1], node.children[0].type == "while") if tests else None)
        flow = self.statement(body) if body else "on"
        self.in_loop -= 1
        self.where = before
        self.state.take([self.state.copy(), known])
        return flow if flow in ("exit", "return") and False else "on"

    def for_each(self, node: Node) -> Flow:
        """`for NAME in …`: the body once, with all that NAME may be."""
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
            self.state.variables[name.text] = either(tuple(options) or NOTHING_KNOWN)
        self.in_loop += 1
        if body is not None:
            self.statement(body)
        self.in_loop -= 1
        self.where = before
        self.state.take([self.state.copy(), known])
        return "on"

    def define(self, node: Node) -> None:
        """Remember a function."""
        name = node.first("word")
        body = node.children[-1]
        if name is not None and body.type in _STATEMENTS:
            self.state.functions[name.text] = Function(body, self.where.path, self.where.line)

    def subshell(self, node: Node) -> None:
        """`( … )`: its variables are its own."""
        known = self.state.copy()
        self.sequence(node)
        known.printed = self.state.printed
        self._become(known)

    def assign(self, node: Node) -> None:
        """`NAME=…`, `NAME+=…`, and with `export`, `local` and their like."""
        if node.type != "variable_assignment":
            for child in node.children:
                if child.type == "variable_assignment":
                    self.assign(child)
                elif child.type not in _REDIRECTS and child.type != "variable_name":
                    self.expanded_inside(child)
            return
        target, value = node.first("variable_name", "subscript"), node.children[-1]
        if target is None:
            return
        element = target.type == "subscript"
        inner = target.first("variable_name") if element else None
        name = inner.text if inner else target.text
        made: Value = EMPTY
        if value.type == "array":
            made = self.words.fields(value)
        elif value.type not in ("=", "+="):
            made = self.words.text(value)
        if element:
            self.state.append(name, (tuple(one for one in made if isinstance(one, Text)),))
        elif node.first("+=") is not None:
            self.state.append(name, made)
        else:
            self.state.variables[name] = made

    # Commands

    def command(self, node: Node) -> Flow:
        """A command with its own variables, words and redirections."""
        nodes, own, redirects = [], [], []
        for child in node.children:
            if child.type == "variable_assignment":
                own.append(child)
            elif child.type in _REDIRECTS:
                redirects.append(child)
            else:
                nodes.append(child)
        if redirects:
            return self.with_redirects(redirects, lambda: self.simple(node, nodes, own))
        return self.simple(node, nodes, own)

    def simple(self, node: Node, nodes: Sequence[Node], own: Sequence[Node], more: Sequence[Node] = ()) -> Flow:
        """Run the words of a command in each of the ways in which they may expand."""
        place = self.where._replace(line=self.where.line + node.line)
        possible = self.words.commands([*nodes, *more])
        before: dict[str, Value | None] = {}
        for assignment in own:
            target = assignment.first("variable_name")
            if target is not None:
                before.setdefault(target.text, self.state.variables.get(target.text))
            self.assign(assignment)
        flow: Flow = "on"
        if not possible and nodes:
            names = sorted(names_of(field for fields in self.words.fields(nodes[0]) for field in fields)) or sorted(names_in(self.words, nodes[0]))
            if names:
                because = f"runs the command of the variable {', '.join(names)}"
                self.runner.ledger.add(node.text, Verdict("unclear", because), place)
        known = self.state.copy() if len(possible) > 1 else None
        ends: list[State] = []
        for fields in possible:
            if known is not None:
                self._become(known.copy())
            flow = self.run(fields, place, _shown(node, nodes, fields))
            ends.append(self.state.copy())
        if known is not None:
            self.state.take(ends)
        for name, value in before.items():
            if not possible:
                break
            if value is None:
                self.state.variables.pop(name, None)
            else:
                self.state.variables[name] = value
        return flow

    def run(self, fields: Fields, where: Where, shown: str | None) -> Flow:
        """Run a command's fields: a function, a builtin of the shell, or a program."""
        name = fields[0].text
        function = self.state.functions.get(name)
        if function is not None:
            return self.call(name, function, fields[1:], where)
        done = shell_builtins.run(self, fields, where, shown)
        if done is not None:
            return done
        printed = self.runner.run(fields, where, self.environment(), self.stdin, shown)
        self.state.print(printed)
        return "on"

    def environment(self) -> Mapping[str, Value]:
        """Return what a script that is run from here gets: all variables, and the functions, which may be exported."""
        return _Handed(self.state)

    def call(self, name: str, function: Function, arguments: Fields, where: Where) -> Flow:
        """Follow a function's body with these arguments."""
        # A function that calls itself does there what it does here.
        if sum(one[0] == name for one in self._calls) >= 2 or len(self._calls) > MAX_CALLS:
            return "on"
        if self._only_handles_text(name, function):
            return "on"
        before, outer = self.where, self.state.arguments
        self._calls.append((name, arguments))
        self.where = where.deeper()._replace(path=function.path, line=function.line)
        self.state.arguments = arguments
        flow = self.statement(function.body)
        self.state.arguments = outer
        self.where = before
        self._calls.pop()
        return "exit" if flow == "exit" else "on"

    def _only_handles_text(self, name: str, function: Function) -> bool:
        """Whether a function was followed often enough: it runs nothing but tools for text, whatever it is given."""
        seen = self._followed.get(function.body, 0)
        self._followed[function.body] = seen + 1
        if seen < FOLLOWED or not shell_builtins.handles_text(function.body, frozenset(self.state.functions)):
            return False
        self.state.print(NOTHING_KNOWN)
        return True

    def source(self, text: str, path: str, where: Where) -> Flow:
        """Follow another script as if its text stood here."""
        try:
            tree = parse_shell(text)
        except NotReadable as error:
            self.runner.ledger.add(path, Verdict("unclear", f"reads a script that is not read: {error}"), where)
            return "on"
        if ("source", fixed(path)) in self._calls:
            return "on"
        before, script = self.where, self.state.script
        self._calls.append(("source", fixed(path)))
        self.where = where.deeper()._replace(path=path or where.path, line=1 if path else where.line)
        if is_broken(tree):
            self.runner.broken.add(self.where.path)
        flow = self.sequence(tree)
        self.where, self.state.script = before, script
        self._calls.pop()
        return "exit" if flow == "exit" else "on"

    def substituted(self, node: Node) -> Texts:
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
            self.sequence(node)
            printed = self.state.printed
        self._become(known)
        return tuple(Text(one.text.rstrip("\n"), one.names, one.whole) for one in printed)

    def expanded_inside(self, node: Node) -> None:
        """Follow the command substitutions within a node that is no command."""
        todo = [node]
        while todo:
            one = todo.pop()
            if one.type in ("command_substitution", "process_substitution"):
                self.substituted(one)
            else:
                todo += reversed(one.children)

    # Redirections and pipes

    def redirected(self, node: Node) -> Flow:
        """A statement with redirections behind it."""
        redirects = [child for child in node.children if child.type in _REDIRECTS]
        body = [child for child in node.children if child.type not in _REDIRECTS]
        more = [part for one in redirects if one.type == "heredoc_redirect" for part in one.children
                if part.type in ("word", "string", "raw_string", "concatenation", "simple_expansion", "expansion", "number")]  # fmt: skip

        def run() -> Flow:
            if len(body) == 1 and body[0].type == "command" and more:
                inner = body[0]
                nodes = [c for c in inner.children if c.type != "variable_assignment" and c.type not in _REDIRECTS]
                return self.simple(inner, nodes, inner.all("variable_assignment"), more)
            return self._each(body)

        heredoc = next((one for one in redirects if one.type == "heredoc_redirect"), None)
        pipe = heredoc.first("pipeline") if heredoc else None
        if pipe is not None:
            before, self.state.printed = self.state.printed, EMPTY
            self.with_redirects(redirects, run)
            stdin, self.state.printed = self.state.printed, before
            return self.pipeline(pipe.children, stdin)
        flow = self.with_redirects(redirects, run)
        if heredoc is not None:
            following = [child for child in heredoc.children if child.type in _STATEMENTS]
            if following and flow == "on":
                flow = self._each(following)
        return flow

    def with_redirects(self, redirects: Sequence[Node], run: "shell_builtins.Run") -> Flow:
        """Run with what is read from and written to elsewhere."""
        stdin, target, more = self.stdin, None, False
        flat = [*redirects, *(inner for one in redirects for inner in one.all("file_redirect", "herestring_redirect"))]
        for one in flat:
            if one.type == "heredoc_redirect":
                body, start = one.first("heredoc_body"), one.first("heredoc_start")
                if body is not None:
                    quoted = start is not None and start.text[:1] in "'\"\\"
                    stdin = fixed(body.text) if quoted else self.words.heredoc(body)
                elif one.first("heredoc_end") is not None:
                    stdin = EMPTY
            elif one.type == "herestring_redirect":
                stdin = self.words.text(one.children[-1])
            else:
                operator = next((c.type for c in one.children if c.type in ("<", ">", ">>", "&>", "&>>", ">&", "<&", ">|")), "")
                word = one.children[-1]
                number = one.first("file_descriptor")
                if operator == "<":
                    stdin = self._read_from(word)
                elif operator in (">", ">>", "&>", ">|", "&>>") and (number is None or number.text == "1"):
                    target, more = word, ">>" in operator
                elif operator == ">&" and (number is None or number.text == "1"):
                    target = word
        before, printed = self.stdin, self.state.printed
        self.stdin = stdin
        if target is not None:
            self.state.printed = EMPTY
        flow = run()
        self.stdin = before
        if target is not None:
            name = self.words.text(target)
            for one in name[:3]:
                self._write(one, self.state.printed, more, target)
            self.state.printed = printed
        return flow

    def _write(self, name: Text, printed: Texts, more: bool, node: Node) -> None:
        text = name.text
        if text.isdigit() or text.startswith(_PLAIN_TARGETS):
            return
        self.runner.scene.write(name, printed, more=more)
        if self.where.remote:
            place = self.where._replace(line=self.where.line + node.line)
            self.runner.ledger.add(f"> {text}", Verdict("changes"), place)

    def _read_from(self, word: Node) -> Texts:
        if word.type == "process_substitution":
            return self.substituted(word)
        name = self.words.text(word)[0].text
        written = self.runner.scene.written(name)
        if written is not None:
            return written
        file = self.runner.scene.find(name)
        return fixed(file.text) if file else NOTHING_KNOWN

    def pipeline(self, stages: Sequence[Node], stdin: Texts | None = None) -> Flow:
        """`a | b`: what one prints is what the next one reads."""
        before, printed = self.stdin, self.state.printed
        flow: Flow = "on"
        for stage in self._stages(stages):
            if stdin is not None:
                self.stdin = stdin
            self.state.printed = EMPTY
            known = self.state.copy()
            flow = self.statement(stage)
            if flow != "on":
                # It ends the stage's own process alone.
                known.printed = self.state.printed
                self._become(known)
            stdin = self.state.printed
        self.stdin = before
        self.state.printed = concatenate([printed, stdin or EMPTY])
        return "on"

    def _stages(self, nodes: Sequence[Node]) -> list[Node]:
        found: list[Node] = []
        for node in nodes:
            if node.type == "pipeline":
                found += self._stages(node.children)
            elif node.type in _STATEMENTS:
                found.append(node)
        return found

    # Small things

    def _each(self, nodes: Sequence[Node]) -> Flow:
        before = self.where
        try:
            for node in nodes:
                if node.type in _STATEMENTS:
                    flow = self.statement(node)
                    if flow != "on":
                        return flow
            return "on"
        finally:
            self.where = before

    def _until_end(self, condition: Condition | None, ending: Node) -> None:
        """What comes after a statement that may have ended the block depends on its not having done so."""
        if _is_calm([ending]):
            self.where = self.where.under(condition)

    def _become(self, state: State) -> None:
        mine = self.state
        mine.variables, mine.functions, mine.printed = state.variables, state.functions, state.printed
        mine.arguments, mine.script = state.arguments, state.script

def _arm(node: Node) -> tuple[list[Node], list[Node]]:
    tests: list[Node] = []
    body: list[Node] = []
    into = tests
    for child in node.children:
        if child.type == "then":
            into = body
        elif child.type in _STATEMENTS:
            into.append(child)
    return tests, body


def _is_calm(body: Sequence[Node]) -> bool:
    """Whether a block that ends the script or function does so without an error."""
    last = next((node for node in reversed(body) if node.type in _STATEMENTS), None)
    while last is not None and last.type in ("compound_statement", "list", "subshell", "redirected_statement"):
        last = next((node for node in reversed(last.children) if node.type in _STATEMENTS), None)
    if last is None or last.type != "command":
        return False
    words = last.text.split()
    return words[0] in ("exit", "return", "continue") and words[1:2] in ([], ["0"])


def _plain(node: Node | None) -> str:
    return node.text.strip("\"") if node else ""


def _shown(node: Node, nodes: Sequence[Node], fields: Fields) -> str | None:
    """The command as it is written; where the program stands in a variable, with what that is."""
    if not nodes or any(_is_array(one) for one in nodes):
        return None
    first = nodes[0]
    inner = first.children[0] if first.children else first
    start, end = nodes[0].start, nodes[-1].end
    text = node.between(start, end)
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


