"""Follows Python code by its syntax tree, without running anything: functions, objects, what is called outside."""

import ast
import re
from collections.abc import Callable, Mapping, Sequence

from build.effects import python_calls
from build.effects.ledger import Condition, Where
from build.effects.programs.judge import Verdict
from build.effects.python_command_line import CommandLine, commands_of
from build.effects.python_expressions import Expressions
from build.effects.python_objects import Scope
from build.effects.python_syntax import parse_python, read_test
from build.effects.python_values import (
    Class,
    Defined,
    Known,
    Many,
    Module,
    Object,
    Outside,
    Partial,
    Table,
    join,
    one_of,
    plain,
    texts_of,
)
from build.effects.runner import Runner
from build.effects.scene import Files, Question
from build.effects.shell_state import Value
from build.effects.text import NOTHING_KNOWN, STANDS_FOR_UNKNOWN, UNKNOWN, Text, Texts, fixed, names_of

_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
MAX_CALLS = 50
MAX_ROUNDS = 20
_TELLING = re.compile(r"(?i)web_?hook|slack|discord|teams|chat|notif|send_?message|post_?message")
_CALLS_KEYWORD = re.compile(r"(?:\w+\.)*BuiltIn\.(?:run_keyword\w*|wait_until_keyword_succeeds)")
_SENDING = re.compile(r"(?i)post|method|request")
# Tuples: `A | B` would be made anew for each statement.
_ASSIGNS, _IMPORTS = (ast.AnnAssign, ast.AugAssign), (ast.Import, ast.ImportFrom)
_DEFINES, _LOOPS = (ast.FunctionDef, ast.AsyncFunctionDef), (ast.For, ast.AsyncFor)
_WITHS = (ast.With, ast.AsyncWith)
RunKeyword = Callable[[str, list[str], int], Known]
"""Calls a keyword of a robot file with cells as arguments; the line is that of the call."""


class Python(Expressions):
    """Follows the modules of a collection's library and a bundle's scripts.

    `scope` is everywhere the names where a statement stands, `module` the module that it stands in.
    """

    def __init__(self, runner: Runner, files: Files) -> None:
        super().__init__()
        self.runner, self._files = runner, files
        self.paths = files.modules
        self._modules: dict[str, Module] = {}
        # What each of them has asked for when it was loaded.
        self._loaded: dict[str, tuple[Question, ...]] = {}
        self._calls: list[tuple[int, tuple[object, ...]]] = []
        self.where = Where("", 1)
        self.environment: Mapping[str, Value] = {}
        self.arguments: tuple[Text, ...] = ()
        self.command_line = CommandLine(())
        self._returned: list[list[Known]] = []
        self.run_keyword: RunKeyword
        # How the keyword is called that is followed, which may say what for.
        self.hint = ""
        self._quiet: dict[tuple[object, ...], Known] = {}

    # Entrances

    def script(
        self, text: str, where: Where, environment: Mapping[str, Value], arguments: tuple[Text, ...], path: str
    ) -> None:
        """Follow a script from its first statement to its last.

        Args:
            text: The script.
            where: Where it begins.
            environment: The variables that it gets.
            arguments: Its command line.
            path: Its file, "" for a text within another file.
        """
        saved = self.where, self.environment, self.arguments, self.command_line
        self.where, self.environment, self.arguments = where.deeper(), environment, arguments
        try:
            tree = parse_python(text.replace(UNKNOWN, STANDS_FOR_UNKNOWN))
            module = Module("__main__", where.path, where.line)
            module.values["__name__"] = fixed("__main__")
            self.command_line = CommandLine(arguments)
            self.block(tree.body, module.values, module)
            for function in commands_of(module, arguments):
                self.enter(function, [], {})
        except _UNREADABLE:
            verdict = Verdict("unclear", "runs Python code that cannot be parsed")
            self.runner.ledger.add(path or "python", verdict, where)
        finally:
            self.where, self.environment, self.arguments, self.command_line = saved

    def module(self, name: str) -> Module | None:
        """Return a module of the library or bundle with the values of its names; None where there is none to read."""
        self._files.ask("module", name)
        if name in self._modules:
            self._files.ask_again(self._loaded.get(name, ()))
            return self._modules[name]
        start = self._files.asked
        path = self.paths.get(name)
        text = self._files.text(path) if path else None
        if path is None or text is None:
            return None
        module = self._modules[name] = Module(name, path)
        module.values["__name__"] = fixed(name)
        saved, self.where = self.where, self.where.at(path, 1)
        try:
            self.block(parse_python(text).body, module.values, module)
        except _UNREADABLE:
            self.runner.ledger.unclear(f"uses {path}, which cannot be parsed")
        finally:
            self.where = saved
        self._loaded[name] = tuple(self._files.answers(start))
        return module

    # Statements

    def block(self, body: Sequence[ast.stmt], scope: Scope, module: Module) -> bool:
        """Follow statements, and return whether the block may come to its end."""
        before = self.where
        try:
            return all(self.statement(one, scope, module) for one in body)
        finally:
            self.where = before

    def statement(self, node: ast.stmt, scope: Scope, module: Module) -> bool:
        """Follow a statement, and return whether the next one may be reached."""
        self.runner.ledger.steps.take()
        if isinstance(node, ast.Expr):
            self.value(node.value, scope, module)
        elif isinstance(node, ast.Assign):
            value = self.value(node.value, scope, module)
            for target in node.targets:
                self.assign(target, value, scope, module)
        elif isinstance(node, _ASSIGNS):
            if node.value is not None:
                value = self.value(node.value, scope, module)
                if isinstance(node, ast.AugAssign):
                    value = self.add(self.value(node.target, scope, module), value)
                self.assign(node.target, value, scope, module)
        elif isinstance(node, _DEFINES):
            scope[node.name] = Defined(node, module, None, scope)
        elif isinstance(node, ast.ClassDef):
            scope[node.name] = Class(node, module, tuple(self.value(base, scope, module) for base in node.bases), scope)
        elif isinstance(node, _IMPORTS):
            self.bind_imports(node, scope, module)
        elif isinstance(node, ast.If):
            return self.branch(node, scope, module)
        elif isinstance(node, _LOOPS):
            for value in self.rounds_of(self.value(node.iter, scope, module)):
                self.assign(node.target, value, scope, module)
                self.block(node.body, scope, module)
            self.block(node.orelse, scope, module)
        elif isinstance(node, ast.While):
            saved, self.where = self.where, self.where.under(self.condition(node.test, scope, module, True))
            self.block(node.body, scope, module)
            self.where = saved
        elif isinstance(node, ast.Try):
            self.block(node.body, scope, module)
            for handler in node.handlers:
                self.block(handler.body, dict(scope) if handler.name else scope, module)
            self.block(node.orelse, scope, module)
            self.block(node.finalbody, scope, module)
        elif isinstance(node, _WITHS):
            managers: list[Known] = []
            for item in node.items:
                value = self.value(item.context_expr, scope, module)
                entered = self.special(value, "__enter__") if isinstance(value, Object) else NOTHING_KNOWN
                managers.append(value)
                if item.optional_vars is not None:
                    given = value if entered == NOTHING_KNOWN else entered
                    self.assign(item.optional_vars, given, scope, module)
            goes_on = self.block(node.body, scope, module)
            for one in managers:
                self.special(one, "__exit__")
            return goes_on
        elif isinstance(node, ast.Return):
            if node.value is not None and self._returned:
                self._returned[-1].append(self.value(node.value, scope, module))
            return False
        elif isinstance(node, ast.Match):
            self.value(node.subject, scope, module)
            for case in node.cases:
                self.block(case.body, scope, module)
        elif isinstance(node, ast.Raise):
            return False
        return True

    def rounds_of(self, value: Known) -> list[Known]:
        """Return the values of a loop's variable: one a round where functions go with names, otherwise one for
        all rounds.
        """
        if isinstance(value, Many) and len(value.items) <= MAX_ROUNDS:
            pairs = [one for one in value.items if isinstance(one, Many)]
            if len(pairs) == len(value.items) and any(isinstance(part, Defined) for one in pairs for part in one.items):
                return list(value.items)
        return [self.items_of(value)]

    def branch(self, node: ast.If, scope: Scope, module: Module) -> bool:
        """Follow each branch of an `if` that the fixed values allow, and return whether the next statement may
        be reached.
        """
        decided = self.holds(node.test, scope, module)
        self.value(node.test, scope, module)
        saved = self.where
        other = dict(scope)
        self.undecided += 1 if decided is None else 0
        ends: list[Scope] = []
        goes_on = False
        if decided is not False:
            self.where = saved if decided else saved.under(self.condition(node.test, scope, module, True))
            if self.block(node.body, scope, module):
                ends.append(dict(scope))
                goes_on = True
        if decided is not True:
            self.where = saved if decided is False else saved.under(self.condition(node.test, other, module, False))
            if not node.orelse or self.block(node.orelse, other, module):
                ends.append(other)
                goes_on = True
        self.where = saved
        self.undecided -= 1 if decided is None else 0
        if decided is None and isinstance(node.body[-1], ast.Return | ast.Continue | ast.Break) and other in ends:
            # What follows is not reached where the branch has left.
            self.where = saved.under(self.condition(node.test, other, module, False))
        for end in ends[:1]:
            scope.clear()
            scope.update(end)
        join(scope, ends[1:])
        return goes_on

    def condition(self, test: ast.expr, scope: Scope, module: Module, positive: bool) -> Condition | None:
        """Return a test in words; with `positive` False its opposite."""
        text, used, attributes, variables = read_test(test)
        names = frozenset(variables)
        for name in used:
            names |= names_of(texts_of(scope.get(name, module.values.get(name))))
        owner = scope.get("self")
        if isinstance(owner, Object):
            for name in attributes:
                names |= names_of(texts_of(owner.attributes.get(name)))
        return Condition(f"{'if' if positive else 'unless'} {text}", names)

    def bind_imports(self, node: ast.Import | ast.ImportFrom, scope: Scope, module: Module) -> None:
        """Bind the names of an import: to modules that are read, all others to an `Outside`."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.name if alias.asname else alias.name.split(".")[0]
                result = self.module(alias.name)
                scope[alias.asname or name] = (result if alias.asname and result else None) or Outside(name)
            return
        origin = node.module or ""
        if node.level:
            parts = self._name_of(module).split(".")
            is_package = module.path.endswith("/__init__.py")
            base = parts[: len(parts) - node.level + is_package]
            origin = ".".join([*base, origin] if origin else base)
        result = self.module(origin)
        for alias in node.names:
            if alias.name == "*":
                if result is not None and result is not module:
                    scope.update({k: v for k, v in result.values.items() if not k.startswith("_")})
                continue
            value = result.values.get(alias.name) if result else None
            if value is None:
                value = self.module(f"{origin}.{alias.name}") or Outside(f"{origin}.{alias.name}")
            scope[alias.asname or alias.name] = value

    def _name_of(self, module: Module) -> str:
        """Return the dotted name of a module; of a script the name that its path would have."""
        if module.name != "__main__":
            return module.name
        return next((name for name, path in self.paths.items() if path == module.path), module.name)

    # Calls

    def call(
        self, function: Known, arguments: Sequence[Known], options: Mapping[str, Known], node: ast.Call | None
    ) -> Known:
        """Return the value of a call, and note what it does."""
        self.runner.ledger.steps.take()
        if isinstance(function, Defined):
            return self.enter(function, arguments, options)
        if isinstance(function, Class):
            return self.construct(function, arguments, options)
        if isinstance(function, Outside):
            return self.call_outside(function, arguments, options, node)
        if isinstance(function, Partial):
            return self.call(
                function.function, [*function.arguments, *arguments], {**function.options, **options}, node
            )
        if isinstance(function, Object):
            method = self.method(function, "__call__")
            return self.enter(method, arguments, options) if method else NOTHING_KNOWN
        self.follow_callbacks([*arguments, *options.values()])
        return NOTHING_KNOWN

    def follow_text(self, texts: Texts, scope: Scope, module: Module) -> Known:
        """Follow the statements of `exec`; a text that a run makes is unclear."""
        for one in texts:
            try:
                if UNKNOWN in one.text:
                    raise ValueError("a part of it is not known")
                self.block(parse_python(one.text.strip()).body, scope, module)
            except _UNREADABLE:
                verdict = Verdict("unclear", "runs Python code that is made as it runs")
                self.runner.ledger.add("exec", verdict, self.where)
        return NOTHING_KNOWN

    def import_by_name(self, names: Texts) -> Known:
        """Return a module that is imported by its name as a text."""
        name = names[0].text
        if len(names) > 1 or UNKNOWN in name or not name.replace(".", "").isidentifier():
            return NOTHING_KNOWN
        return self.module(name) or Outside(name)

    def follow_callbacks(self, values: Sequence[Known]) -> None:
        """Follow functions that are passed to code that is not read, which most likely calls them."""
        for value in values:
            if isinstance(value, Defined | Partial):
                self.call(value, [], {}, None)

    def call_outside(
        self, what: Outside, arguments: Sequence[Known], options: Mapping[str, Known], node: ast.Call | None
    ) -> Known:
        """Note what a call into a package does that is not read, and return its value; parameters as those of
        `call`.
        """
        name = what.path.rsplit(".", 1)[-1]
        if what.path in ("os.environ.get", "os.getenv", "environ.get", "os.environ.setdefault"):
            return self.variable(arguments, options)
        if what.path == "shlex.split" and arguments:
            return python_calls.split_words(texts_of(arguments[0]))
        if what.path.startswith("argparse."):
            return self.command_line.call(what, arguments, options)
        if python_calls.is_sql_text(what) and arguments:
            return arguments[0]
        if _CALLS_KEYWORD.fullmatch(what.path) and arguments:
            cells = [plain(one) for one in arguments]
            return self.run_keyword(name.replace("_", " "), cells, self.where.line)
        if what.path in ("functools.partial", "partial") and arguments:
            return Partial(arguments[0], tuple(arguments[1:]), options)
        if what.path in ("importlib.import_module", "import_module") and arguments:
            return self.import_by_name(texts_of(arguments[0]))
        if name in ("submit", "map", "Thread", "Process", "run_in_executor", "apply_async", "to_thread", "starmap"):
            self.follow_deferred(arguments, options)
        else:
            self.follow_callbacks([*arguments, *options.values()])
        done = python_calls.decide(what, arguments, options)
        if done is python_calls.NOTHING:
            return python_calls.result_of(what, arguments, options)
        line = self.where.line + (node.lineno - 1 if node is not None else 0)
        where = self.where.at(self.where.path, line)
        shown = ast.unparse(node) if node is not None else what.path
        for verdict, shown_as in done.verdicts:
            if (
                verdict.effect == "unclear"
                and _TELLING.search(f"{shown[:600]} {self.hint[:600]}")
                and _SENDING.search(shown[:600])
            ):
                # An address that nobody knows, but for what it is there.
                verdict = verdict._replace(effect="changes", because=None)
            self.runner.ledger.add(shown_as or shown[:600], verdict, where)
        stdin = options.get("input")
        for words in done.words:
            self.runner.run(words, where, self.environment, texts_of(stdin) if stdin is not None else None)
        for texts in done.shells:
            self.runner.run_text(texts, where, self.environment)
        for texts in done.sql:
            for one in texts:
                self.runner.sql(one, where, shown[:600])
        if done.words or done.shells:
            return Outside("subprocess.completed")
        return python_calls.result_of(what, arguments, options)

    def follow_deferred(self, arguments: Sequence[Known], options: Mapping[str, Known]) -> None:
        """Follow a function that is passed to a pool or thread."""
        target = options.get("target", arguments[0] if arguments else None)
        given = options.get("args")
        rest = list(given.items) if isinstance(given, Many) else list(arguments[1:])
        if isinstance(target, Defined | Partial):
            self.call(target, rest, {}, None)

    def variable(self, arguments: Sequence[Known], options: Mapping[str, Known]) -> Known:
        """Return the value of a variable of the environment."""
        name = texts_of(arguments[0] if arguments else None)[0].text
        default = arguments[1] if len(arguments) > 1 else options.get("default")
        known = self.environment.get(name)
        if known is not None and isinstance(known[0], Text) and known[0].text != UNKNOWN:
            return tuple(one for one in known if isinstance(one, Text))
        if default is not None:
            texts = texts_of(default)
            if len(texts) == 1 and UNKNOWN not in texts[0].text:
                self.runner.ledger.defaults.setdefault(name, texts[0].text)
            return tuple(Text(one.text, one.names | {name}, name) for one in texts)
        return (Text(UNKNOWN, frozenset((name,)), name),)

    def construct(self, kind: Class, arguments: Sequence[Known], options: Mapping[str, Known]) -> Known:
        """Return an object of a class, initialized by its `__init__`."""
        instance = Object(kind)
        method = self.method(instance, "__init__")
        if method is not None:
            self.enter(method, arguments, options)
        elif arguments or options:
            fields = [
                one.target.id
                for one in kind.node.body
                if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
            ]
            instance.attributes.update(zip(fields, arguments, strict=False))
            instance.attributes.update(options)
        return instance

    def enter(self, function: Defined, arguments: Sequence[Known], options: Mapping[str, Known]) -> Known:
        """Follow a function's body with these arguments, and return its value."""
        node = function.node
        key = (
            id(node),
            (*(texts_of(one) for one in arguments), *((k, texts_of(v)) for k, v in options.items())),
        )
        if key in self._calls or len(self._calls) >= MAX_CALLS or sum(k[0] == id(node) for k in self._calls) > 2:
            return NOTHING_KNOWN
        plain = (
            function.owner is None
            and function.around is function.module.values
            and all(type(one) is tuple for one in (*arguments, *options.values()))
        )
        memory = (id(node), tuple(arguments), tuple(sorted(options.items()))) if plain else None
        if memory is not None and memory in self._quiet:
            # The same call did nothing worth noting before.
            return self._quiet[memory]
        noted = len(self.runner.ledger.steps.noted)
        scope: Scope = {} if function.around is function.module.values else dict(function.around or {})
        self.bind(function, arguments, options, scope)
        if isinstance(node, ast.Lambda):
            return self.value(node.body, scope, function.module)
        saved = self.where
        self.where = self.where.deeper()
        if function.module.path:
            self.where = self.where.at(function.module.path, function.module.line)
        self._calls.append(key)
        self._returned.append([])
        try:
            self.block(node.body, scope, function.module)
        finally:
            self.where = saved
            self._calls.pop()
            returned = self._returned.pop()
        result = one_of(*returned) if returned else NOTHING_KNOWN
        if memory is not None and noted == len(self.runner.ledger.steps.noted):
            self._quiet[memory] = result
        return result

    def bind(self, function: Defined, arguments: Sequence[Known], options: Mapping[str, Known], scope: Scope) -> None:
        """Bind a function's parameters to values.

        Args:
            function: The function.
            arguments: Positional arguments.
            options: Named ones; "**" is an unpacked dictionary.
            scope: Gets the parameters.
        """
        spec = function.node.args
        names = [one.arg for one in (*spec.posonlyargs, *spec.args)]
        given = list(arguments)
        if function.owner is not None and names:
            given.insert(0, function.owner)
        values: Scope = {}
        defaults = dict(zip(names[len(names) - len(spec.defaults) :], spec.defaults, strict=True))
        defaults |= {one.arg: d for one, d in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if d is not None}
        for name, default in defaults.items():
            values[name] = self.value(default, function.module.values, function.module)
        for name in (*names, *(one.arg for one in spec.kwonlyargs)):
            values.setdefault(name, NOTHING_KNOWN)
        values.update(zip(names, given, strict=False))
        rest = {name: value for name, value in options.items() if name not in values and name != "**"}
        values.update({name: value for name, value in options.items() if name in values})
        spread = options.get("**")
        if isinstance(spread, Table):
            values.update({k: v for k, v in spread.items.items() if k in values})
            rest |= {k: v for k, v in spread.items.items() if k not in values}
        if spec.vararg:
            values[spec.vararg.arg] = Many(given[len(names) :])
        if spec.kwarg:
            values[spec.kwarg.arg] = Table(rest)
        scope.update(values)
