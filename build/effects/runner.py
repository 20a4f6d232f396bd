"""What happens when a command is run: a script of the bundle, an interpreter, or a program that a table knows."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from build.effects import custodian
from build.effects.ledger import Ledger, Noted, Where
from build.effects.programs.judge import Inner, Verdict, judge, judge_sql
from build.effects.scene import Answers, File, Scene, Write, is_pattern, missing
from build.effects.shell_state import Handed, Value
from build.effects.text import NOTHING_KNOWN, UNKNOWN, Text, Texts, names_of

SHELLS = frozenset({"bash", "sh", "dash", "zsh", "ksh", "ash"})
_PYTHONS = frozenset({"python", "python3", "python2"})
# What a script that was written may be run as.
_RUN_LATER = (".sh", ".bash", ".py", ".sql", ".yaml", ".yml")
# How far below its command a text may begin, and how much of its first line has to be the same.
_NEAR, _TELLING = 80, 40
_VERBS = frozenset({
    "get", "describe", "logs", "exec", "delete", "patch", "scale", "rollout", "apply", "annotate", "label", "top", "cp",
    "create", "cordon", "uncordon", "drain", "auth", "version", "cluster-info", "api-resources", "events",
})  # fmt: skip
# A file in the place of the text that is run: psql's -f, az's --scripts @file.
_FILE = re.compile(r"@\S{1,300}|\S{1,300}\.sql")
_BROKEN = "a part of its script cannot be parsed"
_BINARY_VARIABLES = ("kubernetesdistribution", "kubectl", "k8sdistribution", "binaryname", "kubebinary")

Environment = Mapping[str, Value]


class RunShell(Protocol):
    """Follows a shell script. With `anchor` its text is a part of that file's text, beginning at the place's line."""

    def __call__(
        self, text: str, where: Where, environment: Environment, arguments: tuple[Text, ...] | None, script: str
    ) -> Texts: ...


Followed = dict[tuple[object, ...], tuple[Where, list[Noted], Answers, list[Write]]]
"""What following a script has noted, by all that this depends on, what files it has looked at, and what it wrote."""

RunPython = Callable[[str, Where, Environment, tuple[Text, ...], str], None]


class Runner:
    """Follows commands of one tool without running them. The two languages are set from outside: they run commands
    too.
    """

    def __init__(self, scene: Scene, ledger: Ledger, followed: "Followed") -> None:
        self.scene, self.ledger, self._followed = scene, ledger, followed
        self.run_shell: RunShell
        self.run_python: RunPython
        # Scripts that the grammar understands only in part: what is no program there may be text.
        self.broken: set[str] = set()
        self._running: list[tuple[str, tuple[str, ...]]] = []

    def run(
        self,
        fields: Sequence[Text],
        where: Where,
        environment: Environment,
        stdin: Texts | None = None,
        shown: str | None = None,
    ) -> Texts:
        """Note what a command does, and return what it prints as far as that can be known.

        Args:
            fields: The program and its arguments.
            where: Its place.
            environment: The variables that it gets.
            stdin: What it reads; None where nothing is known of that.
            shown: The command as people see it; its fields unless given.
        """
        self.ledger.steps.take()
        where = where.deeper()
        if not fields or not fields[0].text:
            return NOTHING_KNOWN
        fields, shown = self._with_program(fields), shown or " ".join(_display(field) for field in fields)
        user = fields[0].whole
        if user is not None and (fields[0].text == UNKNOWN or (len(fields) > 1 and fields[1].whole == user)):
            self._unclear(shown, f"runs the command of the variable {user}", where)
            return NOTHING_KNOWN
        name = fields[0].text.rsplit("/", 1)[-1]
        if name in SHELLS:
            return self._shell(fields, where, environment, stdin, shown)
        if name in _PYTHONS or name.startswith("python3."):
            if self._python(fields, where, environment, stdin):
                return NOTHING_KNOWN
        elif "/" in fields[0].text or UNKNOWN in fields[0].text or "." in name:
            file = self.find(fields[0].text)
            if file is not None:
                self.run_file(file, where, environment, tuple(fields[1:]))
                return NOTHING_KNOWN
            if "/" in fields[0].text and is_pattern(fields[0].text):
                self._unclear(shown, f"runs {missing(fields[0].text)}", where)
                return NOTHING_KNOWN
        if name == "custodian" and len(fields) > 1 and fields[1].text == "run":
            for verdict, text in custodian.judge_run(fields, self.scene):
                self.ledger.add(f"{shown}: {text}" if text else shown, verdict, where)
            return NOTHING_KNOWN
        self._program(fields, where, environment, stdin, shown)
        return NOTHING_KNOWN

    def find(self, name: str) -> File | None:
        """Return a script by the path by which it is run."""
        written = self.scene.written(name)
        if written is not None:
            return File(None, written[0].text)
        return self.scene.find(name)

    def run_file(
        self, file: File, where: Where, environment: Environment, arguments: tuple[Text, ...], *, python: bool = False
    ) -> None:
        """Follow a script with these arguments; one that runs itself is not entered a second time.

        Args:
            file: The script.
            where: Where it is run.
            environment: The variables that it gets.
            arguments: Its command line.
            python: Whether Python runs it, whatever its name says.
        """
        first = file.text[:200].split("\n", 1)[0]
        key = (file.path or file.text, tuple(one.text for one in arguments))
        if key in self._running:
            return
        known = _key_of(file, environment, arguments, where, self.scene.names)
        files = self.scene.files
        if known is not None and known in self._followed:
            # Monitors and runbooks run the same scripts, and so do states of a bundle that follow each other.
            before, noted, answers, writes = self._followed[known]
            if files.agree(answers):
                self.ledger.again(noted, before, where)
                for write in writes:
                    self.scene.write(write.name, write.texts, more=write.more)
                return
        start, asked, wrote = len(self.ledger.steps.noted), files.asked, len(self.scene.writes)
        self._running.append(key)
        inside = where._replace(path=file.path, line=1) if file.path else where
        try:
            if python or (file.path or "").endswith(".py") or "python" in first:
                self.run_python(file.text, inside, environment, arguments, file.path or "")
            elif (file.path or "").endswith((".sh", ".bash")) or not first.startswith("#!") or "sh" in first:
                self.run_shell(file.text, inside, environment, arguments, file.path or "")
            else:
                name = first.rsplit("/", 1)[-1]
                self._unclear(file.path or "a script", f"runs a script for {name}, a language that is not read", where)
        finally:
            self._running.pop()
        if known is not None:
            noted, writes = self.ledger.steps.noted[start:], self.scene.writes[wrote:]
            self._followed[known] = where, noted, files.answers(asked), writes

    def run_text(self, texts: Texts, where: Where, environment: Environment, arguments: tuple[Text, ...] = ()) -> Texts:
        """Follow the text of a shell command, and return what it prints; a text of a user or an unknown one is
        unclear.

        Args:
            texts: Its possible values.
            where: Its place.
            environment: The variables that it gets.
            arguments: `$1` and so on.
        """
        printed: Texts = NOTHING_KNOWN
        for one in texts:
            leading = one.text.lstrip()[:1]
            bare = one.text.strip()
            if one.whole is not None and (bare == UNKNOWN or (leading != UNKNOWN and (" " in bare or not bare))):
                self._unclear(f"${one.whole}", f"runs the command of the variable {one.whole}", where)
            elif one.text.strip(UNKNOWN + " \n") == "" and leading:
                names = ", ".join(sorted(one.names))
                because = (
                    f"runs the command of the variable {names}" if names else "runs a command that is made as it runs"
                )
                self._unclear(f"${names}" if names else "…", because, where)
            else:
                result = self.run_shell(one.text, self._at(one.text, where).deeper(), environment, arguments, "")
                printed = result if len(texts) == 1 else NOTHING_KNOWN
        return printed

    def _with_program(self, fields: Sequence[Text]) -> Sequence[Text]:
        """Return the fields with kubectl as program, where only its variable's name or its arguments show it."""
        first = fields[0]
        if UNKNOWN not in first.text or "/" in first.text.strip(UNKNOWN):
            return fields
        folded = "".join(sorted(first.names)).replace("_", "").lower()
        known = any(name in folded for name in _BINARY_VARIABLES) or folded in ("kubectl", "oc", "k8sbin", "kubecmd")
        if first.text == UNKNOWN and (known or _like_kubectl(fields)):
            return (Text("kubectl", first.names), *fields[1:])
        return fields

    def _shell(
        self, fields: Sequence[Text], where: Where, environment: Environment, stdin: Texts | None, shown: str
    ) -> Texts:
        rest = list(fields[1:])
        while rest:
            option = rest.pop(0)
            text = option.text
            if text.startswith("-") and not text.startswith("--") and "c" in text[1:] and text != "-":
                # Behind the text stand $0 and the arguments.
                return self.run_text((rest[0],), where, environment, tuple(rest[2:])) if rest else NOTHING_KNOWN
            if text in ("-o", "+o", "--rcfile", "--init-file", "-O") and rest:
                rest.pop(0)
            elif text in ("-s", "-", "--") or text.startswith("-s"):
                break
            elif not text.startswith(("-", "+")):
                if text in ("/dev/stdin", "/dev/fd/0"):
                    break
                return self._script(option, tuple(rest), where, environment, shown)
        if stdin is None:
            return NOTHING_KNOWN
        if all(one.text.strip(UNKNOWN + " \n") == "" for one in stdin):
            self._unclear(shown, f"`{shown}` runs what another command prints", where)
            return NOTHING_KNOWN
        return self.run_text(stdin, where, environment, tuple(rest))

    def _script(
        self, name: Text, arguments: tuple[Text, ...], where: Where, environment: Environment, shown: str
    ) -> Texts:
        file = self.find(name.text)
        if file is not None:
            self.run_file(file, where, environment, arguments)
        elif name.whole or name.text == UNKNOWN:
            what = f"the variable {name.whole}" if name.whole else "a path that is made as it runs"
            self._unclear(shown, f"runs the script of {what}", where)
        else:
            self._unclear(shown, f"runs {missing(name.text)}", where)
        return NOTHING_KNOWN

    def _python(self, fields: Sequence[Text], where: Where, environment: Environment, stdin: Texts | None) -> bool:
        """Follow a command of Python, and return whether it was code, and not one of Python's own modules."""
        rest = list(fields[1:])
        while rest and rest[0].text.startswith("-") and rest[0].text not in ("-", "-c", "-m"):
            takes = rest.pop(0).text in ("-W", "-X")
            if takes and rest:
                rest.pop(0)
        if rest and rest[0].text == "-m":
            inside = rest[1].text.replace(".", "/") if len(rest) > 1 else ""
            file = self.find(f"{inside}.py") or self.find(f"{inside}/__main__.py") if inside else None
            if file is not None:
                self.run_file(file, where, environment, tuple(rest[2:]), python=True)
            return file is not None
        if rest and rest[0].text == "-c" and len(rest) > 1:
            self._python_text(rest[1], where, environment, tuple(rest[2:]))
        elif not rest or rest[0].text == "-":
            if stdin is None:
                return not rest
            for one in stdin:
                self._python_text(one, where, environment, tuple(rest[1:]))
        else:
            if not rest[0].text.startswith("-"):
                self._script_python(rest[0], tuple(rest[1:]), where, environment)
        return True

    def _script_python(self, name: Text, arguments: tuple[Text, ...], where: Where, environment: Environment) -> None:
        file = self.find(name.text)
        if file is None:
            self._unclear(f"python {_display(name)}", f"runs {missing(name.text)}", where)
            return
        self.run_file(file, where, environment, arguments, python=True)

    def _python_text(self, one: Text, where: Where, environment: Environment, arguments: tuple[Text, ...]) -> None:
        if one.text.strip(UNKNOWN + " \n") == "" and one.text:
            self._unclear("python", "runs Python code that is made as it runs", where)
        else:
            self.run_python(one.text, self._at(one.text, where), environment, arguments, "")

    def _at(self, text: str, where: Where) -> Where:
        """Return the place where a text of several lines begins within the file of its command."""
        if "\n" not in text:
            return where
        inner = text.split("\n")
        row = next((row for row, line in enumerate(inner) if line.strip()), 0)
        start = inner[row].strip()[:_TELLING]
        lines = self.scene.lines(where.path)[where.line - 1 : where.line + _NEAR]
        if len(start) > 3 and UNKNOWN not in start:
            for place, line in enumerate(lines):
                if start in line or start in line.replace("\\", ""):
                    return where._replace(line=max(1, where.line + place - row))
        return where

    def _program(
        self, fields: Sequence[Text], where: Where, environment: Environment, stdin: Texts | None, shown: str
    ) -> None:
        words = tuple(field.text for field in fields)
        first = fields[0]
        if first.text == UNKNOWN or UNKNOWN in words[0].rsplit("/", 1)[-1]:
            names = ", ".join(sorted(first.names))
            because = (
                f"runs the command of the variable {names}"
                if names
                else f"runs `{shown}`, a program that is found as it runs"
            )
            self._unclear(shown, because, where)
            return
        given = stdin[0].text if stdin else None
        verdict = self._with_files(_judge(words, given, where.remote))
        if verdict.effect == "unclear" and where.path in self.broken:
            verdict = verdict._replace(because=_BROKEN)
            shown = where.path.rsplit("/", 1)[-1]
        condition = self._deciding_default(fields, words, given, verdict, where.remote)
        if condition:
            verdict = verdict._replace(condition=" and ".join(filter(None, (verdict.condition, condition))))
        self.ledger.add(shown, verdict, where)
        for inner in verdict.runs:
            inside = where._replace(remote=True) if inner.remote else where
            self.inner(inner, fields, inside, environment, stdin, shown)

    def _with_files(self, verdict: Verdict) -> Verdict:
        """Return a verdict that was unclear only because the program's module does not see the bundle's files,
        as known.
        """
        if verdict.effect != "unclear":
            return verdict
        names = [one.text.removeprefix("@") for one in verdict.runs if _FILE.fullmatch(one.text)]
        if not names:
            return verdict
        if any(self.find(name) is None for name in names):
            return verdict._replace(runs=())
        return verdict._replace(effect="reads", because=None)

    def inner(
        self,
        inner: Inner,
        fields: Sequence[Text],
        where: Where,
        environment: Environment,
        stdin: Texts | None,
        shown: str,
    ) -> None:
        """Follow what a program runs in turn.

        Args:
            inner: What it runs.
            fields: The program's own command, whose fields say which words are a user's.
            where: Its place.
            environment: The variables that it gets.
            stdin: What it reads.
            shown: The command as people see it.
        """
        by_text: dict[str, Text] = {}
        for field in fields:
            # Which of several unknown ones it is cannot be told.
            same = by_text.setdefault(field.text, field)
            if same.names != field.names:
                by_text[field.text] = Text(field.text)
        names = names_of(fields)
        text = by_text.get(inner.text) or Text(inner.text, names if inner.text.strip(UNKNOWN) else frozenset())
        words = tuple(by_text.get(word) or Text(word) for word in inner.words)
        payload = self.find(text.text[1:]) if _FILE.fullmatch(text.text) else None
        if inner.language == "shell" and payload is not None:
            # `@script.sh` in the place of a script's text
            inside = where._replace(path=payload.path, line=1) if payload.path else where
            self.run_shell(payload.text, inside, {}, words, payload.path or "")
        elif inner.language == "words":
            self.run(words, where, environment, stdin, shown)
        elif inner.language == "shell":
            self.run_text((text,), where, environment, words)
        elif inner.language == "python":
            self._python_text(text, where, environment, words)
        elif inner.language == "custodian":
            for verdict, what in custodian.judge_policy(inner.text):
                self.ledger.add(f"{shown}: {what}" if what else shown, verdict, where)
        else:
            self.sql(text, where, shown)

    def sql(self, text: Text, where: Where, shown: str) -> None:
        """Note what SQL does; a text that names a `.sql` file is replaced by that file's text."""
        file = self.find(text.text) if text.text.endswith(".sql") and "\n" not in text.text else None
        if file is not None:
            text = Text(file.text)
        verdict = judge_sql(text.text)
        if verdict.effect != "changes" and text.whole:
            verdict = Verdict("unclear", f"runs the SQL of the variable {text.whole}")
        elif verdict.effect == "unclear" and text.names:
            verdict = Verdict("unclear", f"runs SQL made of the variable {', '.join(sorted(text.names))}")
        self.ledger.add(shown, verdict, where)

    def _deciding_default(
        self, fields: Sequence[Text], words: tuple[str, ...], given: str | None, verdict: Verdict, remote: bool
    ) -> str | None:
        """Return the defaults of a user's variables on which the effect rests."""
        # Of words that were one text before it cannot be told which variable is in which.
        open_ = [f for f in fields[1:] if len(f.names) == 1 and f.text != UNKNOWN and not f.names & fields[0].names]
        if not open_:
            return None
        other = (words[0], *(UNKNOWN if field in open_ else field.text for field in fields[1:]))
        if other == words or _judge(other, given, remote).effect == verdict.effect:
            return None
        for field in open_:
            one = tuple(UNKNOWN if f is field else word for f, word in zip(fields, words, strict=True))
            if _judge(one, given, remote).effect != verdict.effect:
                return f"{', '.join(field.names)} is {field.text!r} by default"
        return None

    def _unclear(self, shown: str, because: str, where: Where) -> None:
        if where.path in self.broken:
            shown, because = where.path.rsplit("/", 1)[-1], _BROKEN
        self.ledger.add(shown, Verdict("unclear", because), where)


def _key_of(
    file: File, environment: Environment, arguments: tuple[Text, ...], where: Where, written: frozenset[str]
) -> tuple[object, ...] | None:
    """Return all that the effects of a script depend on; None where that is too much to compare."""
    has_functions = isinstance(environment, Handed) and bool(environment.functions)
    if has_functions or any(name in file.text for name in written if name.endswith(_RUN_LATER)):
        return None
    return file.path, file.text, arguments, tuple(sorted(environment.items())), where.remote


@lru_cache(4096)
def _judge(words: tuple[str, ...], stdin: str | None, remote: bool) -> Verdict:
    return judge(words, stdin, remote=remote)


def _like_kubectl(fields: Sequence[Text]) -> bool:
    """Return whether the arguments are such that the program can only be kubectl or oc."""
    words = [field.text for field in fields[1:] if not field.text.startswith("-")]
    options = {field.text.split("=", 1)[0] for field in fields[1:] if field.text.startswith("-")}
    return (
        bool(words)
        and bool(_VERBS & set(words[:3]))
        and bool(options & {"-n", "--namespace", "--context", "-A", "--all-namespaces"})
    )


def _display(field: Text) -> str:
    if field.text == UNKNOWN and field.names:
        return "".join(f"${{{name}}}" for name in sorted(field.names)[:1])
    text = field.text.replace(UNKNOWN, "…")
    return f"'{text}'" if any(c.isspace() for c in text) and "'" not in text else text
