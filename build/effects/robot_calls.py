"""What calls of keywords do that come from libraries: declarations, what runs commands, and the collection's own."""

import ast
import json
import re
import warnings
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import lru_cache

from robot.api import parsing

from build.effects import robot_keywords
from build.effects.ledger import Where
from build.effects.programs.judge import Verdict, judge_http
from build.effects.python_code import Python
from build.effects.python_values import (
    Defined,
    Known,
    Many,
    Module,
    Outside,
    Table,
    is_texts,
    one_of,
    plain,
    texts_of,
)
from build.effects.robot_libraries import keyword_function, load_library, module_at
from build.effects.robot_variables import Variables
from build.effects.runner import Runner
from build.effects.scene import missing
from build.effects.text import (
    NOTHING_KNOWN,
    STANDS_FOR_UNKNOWN,
    UNKNOWN,
    Text,
    Texts,
    chosen,
    concatenate,
    fixed,
    names_of,
    unknown,
)
from build.parse.imports import declared_default, declared_enum, read_import
from build.parse.names import normalize

_PAIR = re.compile(r'"(\w+)"\s*:\s*"((?:[^"\\]|\\.)*)"')
# What may stand before a keyword's name in steps of behaviour-driven tests.
_STEP = re.compile(r"(?i)(?:given|when|then|and|but)\s+")
_COPIES = frozenset(
    {"copydictionary", "copylist", "converttostring", "stripstring", "converttolist", "converttolowercase"}
)
_EMBEDDED = re.compile(r"\$\{[^}]*\}")
Keywords = dict[str, tuple[parsing.Keyword, str]]


class Calls(ABC):
    """Knows the keywords that a robot file can call, and follows those of libraries."""

    def __init__(self, runner: Runner, python: Python, where: Where) -> None:
        self.runner, self.python, self.where = runner, python, where
        self.variables = Variables(python, runner.ledger.defaults, self.evaluate)
        self.keywords: Keywords = {}
        self.imports: list[tuple[str, str]] = []
        self.returned: list[list[Known]] = []
        self.argument_lines: dict[str, int] = {}
        self._libraries: dict[str, Known | None] = {}

    @abstractmethod
    def step(self, keyword: str, args: list[str], line: int) -> Known:
        """Call a keyword."""

    def import_library(self, written: str, alias: str | None) -> None:
        """Record the import of a library, which may be given by its file."""
        name = module_at(written, self.where.path, self.python.paths)
        self.imports.append((alias or name.rsplit(".", 1)[-1] if name != written else alias or written, name))

    def local_keyword(self, keyword: str) -> tuple[parsing.Keyword, str, dict[str, str]] | None:
        """Return a keyword of the file or of a resource, with the arguments that stand in its name."""
        result = self._local_keyword(keyword)
        if result is None and (prefix := _STEP.match(keyword)) is not None:
            return self._local_keyword(keyword[prefix.end() :])
        return result

    def _local_keyword(self, keyword: str) -> tuple[parsing.Keyword, str, dict[str, str]] | None:
        key = normalize(keyword)
        result = self.keywords.get(key) or self.keywords.get(key.rsplit(".", 1)[-1])
        if result is not None:
            return result[0], result[1], {}
        for node, path in self.keywords.values():
            if "${" in node.name and len(node.name) < 300:
                names = [one[2:-1].split(":")[0] for one in _EMBEDDED.findall(node.name)]
                pattern = "(.+?)".join(re.escape(part) for part in _EMBEDDED.split(node.name))
                match = re.fullmatch(pattern, keyword[:500], re.IGNORECASE) if len(names) <= 4 else None
                if match is not None:
                    return node, path, dict(zip(names, match.groups(), strict=True))
        return None

    def library_keyword(self, keyword: str, args: list[str], line: int) -> Known:
        """Follow a keyword of a library, and return its value.

        Args:
            keyword: As written, with its library's prefix if it has one.
            args: The cells behind it.
            line: The call's line.
        """
        declared = read_import(normalize(keyword).rsplit(".", 1)[-1], args, None, line)
        if declared is not None:
            return self.declared(declared.kind, declared.name, declared.options)
        library, name = self.library_of(keyword)
        short = normalize(name)
        if short == "importlibrary" and args:
            behind = [one.upper() for one in args[-2:-1]]
            self.import_library(args[0], args[-1] if behind in (["AS"], ["WITH NAME"]) else None)
            return NOTHING_KNOWN
        if short == "catenate":
            return self.catenate(args)
        if short == "createlist":
            return Many(self.variables.cells(args))
        if short == "createdictionary":
            return self.dictionary(args)
        if short == "settodictionary" and args:
            owner = self.variables.value(args[0])
            if isinstance(owner, Table):
                owner.items.update(self.dictionary(args[1:]).items)
            return owner
        if short in ("appendtolist", "insertintolist") and args:
            owner = self.variables.value(args[0])
            if isinstance(owner, Many):
                owner.items += self.variables.cells(args[-1:] if short.startswith("insert") else args[1:])
            return owner
        if short == "evaluate" and args:
            return self.evaluate(args[0])
        if short == "getenvironmentvariable" and args:
            return self.environment_variable(args)
        if short == "getvariablevalue" and args:
            result = self.variables.get(args[0].strip("\\${} "))
            return result if result != NOTHING_KNOWN or len(args) < 2 else self.variables.value(args[1])
        if short in _COPIES and args:
            result = self.variables.value(args[0])
            if isinstance(result, Table):
                return Table(dict(result.items))
            return Many(list(result.items)) if isinstance(result, Many) else result
        if short in ("splitstring", "splittolines") and args:
            return Many([(Text(w, t.names),) for t in self.variables.text(args[0]) for w in t.text.split()[:50]])
        if short in ("createfile", "appendtofile") and len(args) > 1:
            self.runner.scene.write(self.variables.text(args[0])[0], self.variables.text(args[1]))
        if library in robot_keywords.KUBECTL or f"{library}.{short}" in robot_keywords.KUBECTL:
            return tuple(
                Text("kubectl", one.names)
                for one in texts_of(self.variables.text(args[0]) if args else NOTHING_KNOWN)[:1]
            )
        done = robot_keywords.runs(library, short)
        if done is not None:
            return self.run(done, args, line)
        method = robot_keywords.method(library, short)
        if method is not None:
            return self.request(method, keyword, args, line)
        return self.other(library, name, keyword, args, line)

    def library_of(self, keyword: str) -> tuple[str, str]:
        """Return the library of a keyword, by its prefix or by what is imported, and the keyword's own name."""
        if "." in keyword:
            prefix, _, name = keyword.rpartition(".")
            folded = normalize(prefix)
            for alias, imported in self.imports:
                if normalize(alias) == folded:
                    return normalize(imported), name
            # Some call it by more than its library's name: RW.K8s.K8s.Shell.
            if robot_keywords.is_known(folded) or self.library(prefix) is not None:
                return folded, name
            if normalize(name) and " " not in prefix.strip():
                return folded, name
        name = keyword
        short = normalize(name)
        for _, imported in self.imports:
            folded = normalize(imported)
            if robot_keywords.runs(folded, short) or (robot_keywords.method(folded, short) and short != "get"):
                return folded, name
        if any(normalize(i) == "requestslibrary" for _, i in self.imports) and robot_keywords.method(
            "requestslibrary", short
        ):
            return "requestslibrary", name
        known = robot_keywords.standard(short)
        if known:
            return known, name
        for _, imported in self.imports:
            if self.method(imported, short) is not None:
                return normalize(imported), name
        unread = [normalize(i) for _, i in self.imports if self.library(i) is None]
        # Of the others there are no lists: if only one can have it, it has it.
        others = [one for one in unread if robot_keywords.is_known(one) and not robot_keywords.is_listed(one)]
        return (others[0] if len(others) == 1 else ""), name

    # What runs commands

    def run(self, done: robot_keywords.Runs, args: list[str], line: int) -> Known:
        """Follow what a keyword is told to run: a shell's text, a file, a program with arguments, SQL.

        Args:
            done: How the keyword runs it, and in which argument it stands.
            args: The cells behind the keyword.
            line: The call's line.
        """
        named, places = self.named(args)
        cell = next((named[name] for name in done.names if name in named), places[0] if places else "")
        line = self.argument_lines.get(next((a for a in args if a.endswith(cell)), ""), line)
        where = self.where.at(self.where.path, line)
        environment = self.environment(named.get("env"))
        if done.does == "file":
            override = named.get("cmd_override", "")
            if override and self.variables.text(override)[0].text:
                return self.shell(override, where, environment)
            return self.file(cell, where, environment)
        if done.does == "process":
            return self.process(places, named, where)
        if done.does == "sql":
            for one in self.variables.text(cell):
                self.runner.sql(one, where, f"{one.text[:300]}")
            return NOTHING_KNOWN
        if done.does == "remote":
            where = where._replace(remote=True)
        if any(name.startswith("run_in_workload_with") and self.variables.text(named[name])[0].text for name in named):
            # What runs there is followed below.
            self.runner.run((Text("kubectl"), Text("exec"), Text(UNKNOWN), Text("--"), Text("true")), where, {})
            where = where._replace(remote=True)
        return self.shell(cell, where, environment)

    def shell(self, cell: str, where: Where, environment: dict[str, Texts]) -> Known:
        """Follow the text of a shell command."""
        texts, placed = self.variables.shell_text(cell)
        self.runner.run_text(texts, where, {**environment, **placed})
        return Outside("RW.response")

    def file(self, cell: str, where: Where, environment: dict[str, Texts]) -> Known:
        """Follow a script of the bundle."""
        for one in self.variables.text(cell):
            file = self.runner.find(one.text)
            if file is not None:
                self.runner.run_file(file, where, environment, ())
            else:
                because = f"runs the script of the variable {one.whole}" if one.whole else f"runs {missing(one.text)}"
                self.runner.ledger.add(cell, Verdict("unclear", because), where)
        return Outside("RW.response")

    def process(self, places: Sequence[str], named: dict[str, str], where: Where) -> Known:
        """Follow `Run Process`: a program with arguments, or with `shell=` a shell's text."""
        if named.get("shell", "").strip().lower() not in ("", "false", "${false}", "no", "off") and places:
            return self.shell(" ".join(places), where, {})
        fields: list[Text] = []
        for value in self.variables.cells(
            [
                one
                for one in places
                if not re.match(r"(cwd|stdout|stderr|stdin|alias|timeout|on_timeout|env|env:\w+|output_encoding)=", one)
            ]
        ):
            texts = texts_of(value)
            fields.append(texts[0] if len(texts) == 1 else Text(UNKNOWN, names_of(texts)))
        environment = {name[4:]: self.variables.text(value) for name, value in named.items() if name.startswith("env:")}
        if fields:
            self.runner.run(fields, where, environment)
        return Outside("RW.response")

    def request(self, method: str, keyword: str, args: list[str], line: int) -> Known:
        """Note the request of a keyword over HTTP.

        Args:
            method: The HTTP method.
            keyword: As written.
            args: The cells behind it.
            line: The call's line.
        """
        named, places = self.named(args)
        on_session = "onsession" in normalize(keyword) or "request" in normalize(keyword)
        cell = named.get("url", places[1] if on_session and len(places) > 1 else places[0] if places else "")
        body = named.get("json", named.get("data"))
        verdict = judge_http(
            method, self.variables.text(cell)[0].text, plain(self.variables.value(body)) if body else None
        )
        self.runner.ledger.add(f"{keyword}    {cell}", verdict, self.where.at(self.where.path, line))
        return Outside("RW.response")

    # Keywords of libraries

    def other(self, library: str, name: str, keyword: str, args: list[str], line: int) -> Known:
        """Follow a keyword of a library that is read, or judge it by its name alone.

        Args:
            library: The library as Robot compares names, "" where it is not known.
            name: The keyword without its prefix.
            keyword: As written.
            args: The cells behind it.
            line: The call's line.
        """
        where = self.where.at(self.where.path, line)
        short = normalize(name)
        shown = "    ".join((keyword, *args))
        if library not in ("rw.cli", "rw.core", "rw.platform"):
            written = next((i for _, i in self.imports if normalize(i) == library), None) or keyword.rpartition(".")[0]
            read = self.library(written) if written else None
            if read is not None:
                method = self.method(written, short)
                if method is not None:
                    return self.call(method, args, where, shown)
                because = f"calls the keyword {name}, which its library {written} does not have"
                self.runner.ledger.add(shown, Verdict("unclear", because), where)
                return NOTHING_KNOWN
        if robot_keywords.is_known(library):
            self.runner.ledger.add(shown, robot_keywords.judge_keyword(library, short, name), where)
        else:
            if library and short == "shell":
                named, places = self.named(args)
                return self.shell(
                    named.get("cmd", places[0] if places else ""), where, self.environment(named.get("env"))
                )
            because = f"calls the keyword {keyword}, which neither the collection nor a table has"
            self.runner.ledger.add(shown, Verdict("unclear", because), where)
        return NOTHING_KNOWN

    def call(self, method: Defined, args: list[str], where: Where, shown: str) -> Known:
        """Follow a keyword of a Python library, and return its value.

        Args:
            method: Its function.
            args: The cells behind the keyword.
            where: The call's place.
            shown: The call as people see it, which may say what it is for.
        """
        named: dict[str, Known] = {}
        places: list[Known] = []
        parameters = {one.arg for one in (*method.node.args.args, *method.node.args.kwonlyargs)}
        for cell in args:
            name, equals, value = cell.partition("=")
            if equals and name.isidentifier() and (name in parameters or method.node.args.kwarg):
                named[name] = self.variables.value(value)
            else:
                places += self.variables.cells([cell])
        saved, self.python.where = self.python.where, where
        environment, self.python.environment = self.python.environment, {}
        self.python.hint = shown
        try:
            return self.python.enter(method, places, named)
        finally:
            self.python.where, self.python.environment, self.python.hint = saved, environment, ""

    def library(self, name: str) -> Known | None:
        """Return the object or module of a library that is read, None for all others."""
        if name not in self._libraries:
            self._libraries[name] = None
            saved, self.python.where = self.python.where, self.where
            self._libraries[name] = load_library(self.python, name)
            self.python.where = saved
        return self._libraries[name]

    def method(self, library: str, short: str) -> Defined | None:
        """Return a keyword's function in a library that is read."""
        return keyword_function(self.library(library), short)

    # Values

    def declared(self, kind: str, name: str, options: dict[str, str]) -> Known:
        """Return the value of `Import User Variable` and its like, and set their suite variable.

        Args:
            kind: What is imported: a variable, a secret or a service.
            name: The variable's name.
            options: The named arguments of the call.
        """
        name = self.variables.text(name)[0].text if "{" in name else name
        value: Known = NOTHING_KNOWN
        if kind in ("variable", "platform_variable"):
            default = declared_default(options)
            if default is None:
                enum = declared_enum(options)
                value = tuple(Text(one, frozenset((name,)), name) for one in enum[:6]) if enum else unknown(name)
            else:
                text = self.variables.text(default)[0].text.strip("\"'")
                # Where nothing is the default it is optional, or still to be filled in.
                value = chosen(text, name) if text else unknown(name)
                self.runner.ledger.defaults.setdefault(name, text)
        elif kind == "service":
            value = Outside("RW.platform.Service")
        self.variables.set(name, value, "suite")
        return value

    def environment(self, cell: str | None) -> dict[str, Texts]:
        """Return the variables that a script gets, from a dictionary or from the JSON of one."""
        if cell is None:
            return {}
        value = self.variables.value(cell)
        if isinstance(value, Table):
            return {name: texts_of(one) for name, one in value.items.items()}
        result: dict[str, Texts] = {}
        for one in texts_of(value):
            for name, text in _pairs(one.text):
                # Which of the user's variables a part is of is lost in the text; that of its own name is most likely.
                names = frozenset(n for n in one.names if n == name)
                own = self.variables.get(name)
                if UNKNOWN in text or names:
                    texts = (
                        texts_of(own)
                        if own != NOTHING_KNOWN and names_of(texts_of(own))
                        else (Text(text, frozenset((name,)), name if names else None),)
                    )
                else:
                    texts = (Text(text, names),)
                result[name] = texts
        return result

    def environment_variable(self, args: list[str]) -> Known:
        """Return the value of `Get Environment Variable`."""
        name = self.variables.text(args[0])[0].text
        if len(args) < 2:
            return unknown(name)
        default = self.variables.text(args[1].removeprefix("default="))
        return tuple(Text(one.text, one.names | {name}, name) for one in default)

    def evaluate(self, cell: str) -> Known:
        """Return the value of a Python expression of Robot's: `${x}` stands in it as text, `$x` as itself."""
        result: list[Known] = []
        scope = {**self.variables.suite, **self.variables.local}
        for one in self.variables.text(cell)[:4]:
            text = re.sub(r"\$(\w+)", r"\1", one.text.replace(UNKNOWN, STANDS_FOR_UNKNOWN))
            names = {n: scope.get(normalize(n)) for n in re.findall(r"\w+", text[:2000])}
            tree = _expression(text[:5000])
            if tree is None:
                result.append((Text(UNKNOWN, one.names),))
                continue
            known = {name: value for name, value in names.items() if value is not None}
            modules: dict[str, Known] = {
                n: Outside(n) for n in ("os", "subprocess", "requests", "shlex", "json", "re") if n in names
            }
            saved, self.python.where = self.python.where, self.where
            value = self.python.value(tree, {**modules, **known}, Module("", self.where.path))
            self.python.where = saved
            if is_texts(value):
                value = tuple(Text(t.text, t.names | one.names) for t in texts_of(value))
            result.append(value)
        return one_of(*result)

    def catenate(self, args: list[str]) -> Known:
        """Return the value of `Catenate`."""
        between = " "
        if args and args[0].startswith("SEPARATOR="):
            between, args = self.variables.text(args[0].removeprefix("SEPARATOR="))[0].text, args[1:]
        parts: list[Texts] = []
        for place, value in enumerate(self.variables.cells(args)):
            parts += ([fixed(between)] if place else []) + [texts_of(value)]
        return concatenate(parts) if parts else fixed("")

    def dictionary(self, args: Sequence[str]) -> Table:
        """Return the value of `Create Dictionary`, and of `&{name}` in the Variables section."""
        items: dict[str, Known] = {}
        pending: str | None = None
        for cell in args:
            if cell.startswith("&{"):
                value = self.variables.value(cell)
                items |= value.items if isinstance(value, Table) else {}
            elif pending is not None:
                items[pending], pending = self.variables.value(cell), None
            elif "=" in cell:
                key, _, value_cell = cell.partition("=")
                items[self.variables.text(key)[0].text] = self.variables.value(value_cell)
            else:
                pending = self.variables.text(cell)[0].text
        return Table(items)

    @staticmethod
    def named(args: Sequence[str]) -> tuple[dict[str, str], list[str]]:
        """Split arguments into those given by name and those by position."""
        named: dict[str, str] = {}
        places: list[str] = []
        for cell in args:
            name, equals, value = cell.partition("=")
            if equals and re.fullmatch(r"[A-Za-z_][\w]*(:\w+)?", name):
                named[name] = value
            else:
                places.append(cell)
        return named, places


@lru_cache(512)
def _expression(text: str) -> ast.expr | None:
    """Return the tree of a Python expression; None where it cannot be parsed."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        loaded = json.loads(text)
    except (ValueError, RecursionError):
        return [(name, value) for name, value in _PAIR.findall(text[:50_000])]
    return [(str(k), str(v)) for k, v in loaded.items()] if isinstance(loaded, dict) else []
