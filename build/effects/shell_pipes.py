"""What a shell's commands read from and write to: redirections, here-documents and pipes."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from build.effects.ledger import Where
from build.effects.programs.judge import Verdict
from build.effects.runner import Runner
from build.effects.shell_state import Flow, State
from build.effects.shell_syntax import Node
from build.effects.shell_words import Words
from build.effects.text import EMPTY, NOTHING_KNOWN, Text, Texts, concatenate, fixed

Run = Callable[[], Flow]

REDIRECTS = ("file_redirect", "heredoc_redirect", "herestring_redirect")
STATEMENTS = frozenset({
    "command", "redirected_statement", "pipeline", "list", "if_statement", "while_statement", "for_statement",
    "c_style_for_statement", "case_statement", "function_definition", "subshell", "compound_statement",
    "negated_command",    "variable_assignment", "variable_assignments", "declaration_command",
    "unset_command", "test_command", "ERROR",
    "do_group", "else_clause", "elif_clause",
})  # fmt: skip
_WORDS = ("word", "string", "raw_string", "concatenation", "simple_expansion", "expansion", "number")
_PLAIN_TARGETS = ("/dev/", "/proc/self/")


class Pipes(ABC):
    """Follows redirections and pipes around commands; the commands themselves are followed by the subclass."""

    def __init__(self, runner: Runner, state: State, where: Where) -> None:
        self.runner, self.state, self.where = runner, state, where
        self.words = Words(state, runner.ledger.defaults, self.substitute)
        self.stdin: Texts | None = None

    @abstractmethod
    def statement(self, node: Node) -> Flow:
        """Follow one statement."""

    @abstractmethod
    def simple(self, node: Node, nodes: Sequence[Node], own: Sequence[Node], more: Sequence[Node] = ()) -> Flow:
        """Run the words of a command."""

    @abstractmethod
    def substitute(self, node: Node) -> Texts:
        """Follow `$(…)`, and return what it prints."""

    def each(self, nodes: Sequence[Node]) -> Flow:
        """Follow the statements among these up to one that ends the block."""
        before = self.where
        try:
            for node in nodes:
                if node.type in STATEMENTS:
                    flow = self.statement(node)
                    if flow != "on":
                        return flow
            return "on"
        finally:
            self.where = before

    def follow_redirected(self, node: Node) -> Flow:
        """Follow a statement with redirections behind it."""
        redirects = [child for child in node.children if child.type in REDIRECTS]
        body = [child for child in node.children if child.type not in REDIRECTS]
        more = [
            part for one in redirects if one.type == "heredoc_redirect" for part in one.children if part.type in _WORDS
        ]

        def run() -> Flow:
            if len(body) == 1 and body[0].type == "command" and more:
                inner = body[0]
                nodes = [c for c in inner.children if c.type != "variable_assignment" and c.type not in REDIRECTS]
                return self.simple(inner, nodes, inner.all("variable_assignment"), more)
            return self.each(body)

        heredoc = next((one for one in redirects if one.type == "heredoc_redirect"), None)
        pipe = heredoc.first("pipeline") if heredoc else None
        if pipe is not None:
            before, self.state.printed = self.state.printed, EMPTY
            self.follow_with_redirects(redirects, run)
            stdin, self.state.printed = self.state.printed, before
            return self.pipeline(pipe.children, stdin)
        flow = self.follow_with_redirects(redirects, run)
        if heredoc is not None:
            following = [child for child in heredoc.children if child.type in STATEMENTS]
            if following and flow == "on":
                flow = self.each(following)
        return flow

    def follow_with_redirects(self, redirects: Sequence[Node], run: Run) -> Flow:
        """Follow a statement, by calling `run`, with its stdin and stdout redirected."""
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
                operator = next(
                    (c.type for c in one.children if c.type in ("<", ">", ">>", "&>", "&>>", ">&", "<&", ">|")), ""
                )
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
            for possible in name[:3]:
                self._write(possible, self.state.printed, more, target)
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
            return self.substitute(word)
        name = self.words.text(word)[0].text
        written = self.runner.scene.written(name)
        if written is not None:
            return written
        file = self.runner.scene.find(name)
        return fixed(file.text) if file else NOTHING_KNOWN

    def pipeline(self, stages: Sequence[Node], stdin: Texts | None = None) -> Flow:
        """Follow `a | b`: the output of one is the input of the next."""
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
                self.state.become(known)
            stdin = self.state.printed
        self.stdin = before
        self.state.printed = concatenate([printed, stdin or EMPTY])
        return "on"

    def _stages(self, nodes: Sequence[Node]) -> list[Node]:
        result: list[Node] = []
        for node in nodes:
            if node.type == "pipeline":
                result += self._stages(node.children)
            elif node.type in STATEMENTS:
                result.append(node)
        return result
