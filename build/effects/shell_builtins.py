"""What the shell's own commands do to what is known: they run texts, set variables, print."""

import re
import shlex
from functools import lru_cache
from typing import TYPE_CHECKING

from build.effects.ledger import Where
from build.effects.programs.judge import Verdict
from build.effects.scene import is_pattern, missing
from build.effects.shell_state import Flow
from build.effects.shell_syntax import Node
from build.effects.text import EMPTY, NOTHING_KNOWN, UNKNOWN, Text, Texts, either, fixed, names_of

if TYPE_CHECKING:
    from build.effects.shell import _Follower as Follower
    from build.effects.shell_words import Fields

_OWN = frozenset({
    "exit", "return", "continue", "break", "echo", "printf", "eval", "source", ".", "exec", "command",
    "builtin", "time",
    "{", "set", "shift", "read", "mapfile", "readarray", "trap", "cat", "tee", "envsubst", "basename",
    "dirname", "which",
})  # fmt: skip
_TEXT_TOOLS = frozenset({
    "echo", "printf", "jq", "grep", "sed", "awk", "tr", "cut", "head", "tail", "date", "bc", "wc", "sort",
    "uniq", "cat",
    "[",    "test", "true", "false", ":", "return", "local", "set", "shift", "read", "mkdir", "mv", "rm", "mktemp",
    "basename", "dirname",
})  # fmt: skip

_QUIET = frozenset({
    ":", "true", "false", "cd", "pwd", "shopt", "test", "[", "[[", "wait", "hash", "ulimit", "umask", "alias",
    "unalias",    "jobs", "fg", "bg", "disown", "getopts", "let", "type", "pushd", "popd", "dirs", "times",
    "sleep", "unset", "local",
    "declare", "typeset", "readonly", "export", "caller", "}", "compgen", "complete", "enable", "suspend",
})  # fmt: skip
_DONE_HERE = _OWN | _QUIET | {"coproc"}
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?\w+=")
# `exec {fd}>file` puts the number of the opened file into a variable.
_INTO_VARIABLE = re.compile(r"\{\w{1,100}\}")
_PRINTED = re.compile(r"%%|%-?\d*[sdqb]|\\n|\\t|\\0|\\\\")


@lru_cache(512)
def handles_text(body: Node, functions: frozenset[str]) -> bool:
    """Return whether all commands of a function are tools for text by their own names; none of `functions` is
    called.
    """
    todo = [body]
    while todo:
        node = todo.pop()
        if node.type == "command_name":
            name = node.text
            if name in functions or name not in _TEXT_TOOLS:
                return False
        todo += node.children
    return True


def run(follower: "Follower", fields: "Fields", where: Where, shown: str | None) -> Flow | None:
    """Follow a builtin, or a program that only handles text; return None when the command is neither.

    Args:
        follower: The script that it stands in.
        fields: The command.
        where: Its place.
        shown: The command as people see it.
    """
    name, rest = fields[0].text, fields[1:]
    if name not in _DONE_HERE:
        return None
    state = follower.state
    if name in ("exit", "return"):
        return "exit" if name == "exit" else "return"
    if name in ("continue", "break"):
        return "next"
    if name == "printf" and len(rest) > 2 and rest[0].text == "-v" and rest[1].text.isidentifier():
        state.put(rest[1].text, printed(name, rest[2:]))
    elif name in ("echo", "printf"):
        state.print(printed(name, rest))
    elif name == "eval":
        words = Text(" ".join(one.text for one in rest), names_of(rest), rest[0].whole if len(rest) == 1 else None)
        return _evaluate(follower, words, where)
    elif name in ("source", "."):
        return _source(follower, rest, where, shown)
    elif name in ("exec", "command", "builtin", "time", "coproc", "{"):
        return _rest(follower, name, rest, where, shown)
    elif name == "set":
        if rest and rest[0].text == "--":
            state.arguments = rest[1:]
    elif name == "shift":
        count = int(rest[0].text) if rest and rest[0].text.isdigit() else 1
        if state.arguments is not None:
            state.arguments = state.arguments[count:]
    elif name in ("read", "mapfile", "readarray"):
        _read(follower, name, rest)
    elif name == "trap":
        if rest and rest[0].text not in ("-", "") and not rest[0].text.startswith("-"):
            before = state.copy()
            _evaluate(follower, rest[0], where)
            state.printed = before.printed
    elif name == "cat":
        _cat(follower, rest)
    elif name == "tee":
        _tee(follower, rest, where)
    elif name in ("envsubst", "basename", "dirname") or (name in ("which", "type") and rest):
        _text_tool(follower, name, rest)
    elif name not in _QUIET:
        return None
    return "on"


def is_own(name: str) -> bool:
    """Return whether a command changes the shell's own state."""
    return name in _OWN


def printed(name: str, rest: "Fields") -> Texts:
    """Return what `echo` or `printf` prints."""
    names = names_of(rest)
    words = [one.text for one in rest]
    if name == "echo":
        while words and re.fullmatch(r"-[neE]+", words[0]):
            words.pop(0)
        if rest and len(words) == 1 and len(rest) == 1:
            return (Text(words[0] + "\n", names, rest[0].whole),)
        return (Text(" ".join(words) + "\n", names),)
    if words and words[0] == "-v":
        return EMPTY
    if words and words[0] == "--":
        words.pop(0)
    if not words:
        return EMPTY
    arguments = iter(words[1:])

    def fill(match: re.Match[str]) -> str:
        known = {"\\n": "\n", "\\t": "\t", "\\0": "", "\\\\": "\\", "%%": "%"}.get(match[0])
        if known is not None:
            return known
        argument = next(arguments, "")
        return shlex.quote(argument) if match[0].endswith("q") else argument

    text = _PRINTED.sub(fill, words[0][:10_000])
    left = list(arguments)
    if left and "%" in words[0]:
        # The format is used again for the arguments that are left.
        for one in left[:50]:
            arguments = iter([one])
            text += _PRINTED.sub(fill, words[0])
    whole = rest[1].whole if len(rest) == 2 and words[0] in ("%s", "%s\\n") else None
    return (Text(text, names, whole),)


def _evaluate(follower: "Follower", words: Text, where: Where) -> Flow:
    """Follow `eval` in the shell's own state, so that what it sets is set."""
    if words.text.strip(UNKNOWN + " \n") == "" or words.whole:
        follower.state.print(follower.runner.run_text((words,), where, follower.environment()))
        return "on"
    lines = words.text.split("\n")
    known = [line for line in lines if line.strip(UNKNOWN + " ")]
    if len(known) < len(lines) and all(_ASSIGNMENT.match(line) for line in known):
        # Where all that is known sets variables, what is not known most likely does too.
        lines = known
    return follower.source("\n".join(lines), "", where)


def _source(follower: "Follower", rest: "Fields", where: Where, shown: str | None) -> Flow:
    if not rest:
        return "on"
    if rest[0].text.startswith(("/dev/fd", "/dev/stdin")):
        return "on"
    file = follower.runner.find(rest[0].text)
    if file is not None:
        before = follower.state.arguments
        if rest[1:]:
            follower.state.arguments = rest[1:]
        flow = follower.source(file.text, file.path or "", where)
        if rest[1:]:
            follower.state.arguments = before
        return flow
    name = rest[0].text
    any_file = is_pattern(name) and "." not in name.rsplit("/", 1)[-1]
    if not name.strip(UNKNOWN + "/.") or name.endswith((".sh", ".bash")) or any_file:
        # Completions, profiles and files of settings are not part of what the bundle does.
        because = f"{'reads in' if is_pattern(name) else 'reads the script'} {missing(name)}"
        if not name.startswith(("/etc/", "/usr/", "/opt/", "~")):
            follower.runner.ledger.add(shown or "source", Verdict("unclear", because), where)
    return "on"


def _rest(follower: "Follower", name: str, rest: "Fields", where: Where, shown: str | None) -> Flow:
    if name == "command" and rest and rest[0].text in ("-v", "-V"):
        follower.state.print(fixed(rest[-1].text + "\n") if len(rest) > 1 else NOTHING_KNOWN)
        return "on"
    while rest and rest[0].text.startswith("-"):
        rest = rest[1:] if rest[0].text != "-a" else rest[2:]
    if name == "coproc" and len(rest) > 1 and (rest[1].text == "{" or rest[0].text == "{"):
        # `coproc NAME { command; }`: what follows `;` are statements of their own.
        rest = rest[2:] if rest[1].text == "{" else rest[1:]
    if not rest or (name == "exec" and _INTO_VARIABLE.fullmatch(rest[0].text)):
        return "on"
    flow = follower.run(rest, where, shown)
    return "exit" if name == "exec" else flow


def _read(follower: "Follower", name: str, rest: "Fields") -> None:
    """Set the variables of `read NAME…` to lines of stdin, where that is known."""
    variables, whole, skip = [], False, False
    for place, one in enumerate(rest):
        if skip:
            skip = False
        elif one.text.startswith("-") and len(one.text) > 1:
            letters = one.text[1:]
            if letters[-1:] in "dptnuNiCcO":
                skip = True
                if letters[-1:] == "d" and place + 1 < len(rest) and rest[place + 1].text == "":
                    whole = True
            if "a" in letters and name == "read":
                whole = False
        elif one.text.isidentifier():
            variables.append(one.text)
    stdin = follower.stdin
    for place, variable in enumerate(variables or ["REPLY"]):
        value = NOTHING_KNOWN
        if stdin is not None:
            value = _line_values(stdin, place, len(variables), whole, follower.in_loop > 0)
        if name != "read":
            follower.state.put(variable, (tuple(value),))
        else:
            follower.state.put(variable, value)


def _line_values(stdin: Texts, place: int, count: int, whole: bool, in_loop: bool) -> Texts:
    result: list[Text] = []
    for one in stdin:
        if whole:
            result.append(one)
            continue
        lines = one.text.split("\n") if in_loop else one.text.split("\n", 1)[:1]
        for line in lines[:50]:
            words = line.split(None, count - 1) if count > 1 else [line]
            if place < len(words) and (words[place].strip() or not in_loop):
                result.append(Text(words[place], one.names))
            elif UNKNOWN in line:
                result.append(Text(UNKNOWN, one.names))
    return either(tuple(result)) if result else NOTHING_KNOWN


def _cat(follower: "Follower", rest: "Fields") -> None:
    files = [one for one in rest if not one.text.startswith("-") or one.text == "-"]
    if not files:
        follower.state.print(follower.stdin if follower.stdin is not None else NOTHING_KNOWN)
    for one in files:
        if one.text == "-":
            follower.state.print(follower.stdin or NOTHING_KNOWN)
            continue
        file = follower.runner.find(one.text)
        written = follower.runner.scene.written(one.text)
        follower.state.print(written or (fixed(file.text) if file else NOTHING_KNOWN))


def _tee(follower: "Follower", rest: "Fields", where: Where) -> None:
    stdin = follower.stdin if follower.stdin is not None else NOTHING_KNOWN
    for one in rest:
        if not one.text.startswith(("-", "/dev/")):
            follower.runner.scene.write(one, stdin)
            if where.remote:
                follower.runner.ledger.add(f"tee {one.text}", Verdict("changes"), where)
    follower.state.print(stdin)


def _text_tool(follower: "Follower", name: str, rest: "Fields") -> None:
    words = [one for one in rest if not one.text.startswith("-")]
    if name == "envsubst":
        follower.state.print(follower.stdin if follower.stdin is not None else NOTHING_KNOWN)
    elif not words:
        follower.state.print(NOTHING_KNOWN)
    elif name in ("which", "type"):
        follower.state.print(fixed(words[0].text + "\n"))
    else:
        head, _, tail = words[0].text.rpartition("/")
        text = tail if name == "basename" else head or "."
        if name == "basename" and len(words) > 1:
            text = text.removesuffix(words[1].text)
        follower.state.print((Text(text + "\n", words[0].names),))
