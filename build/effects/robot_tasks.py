"""Follows the tasks of a robot file through its keywords, without running anything."""

from collections.abc import Sequence

from robot.api import parsing
from robot.parsing.model.statements import Fixture, Statement

from build.effects.ledger import Condition, Ledger, Where
from build.effects.python_code import Python
from build.effects.python_values import Known, Many, OneOf, Table, is_texts, join, texts_of
from build.effects.robot_assignments import SETTERS, Assignments
from build.effects.robot_conditions import condition_of, holds
from build.effects.robot_variables import variable_name
from build.effects.runner import Runner
from build.effects.scene import Files
from build.effects.text import MAX_OPTIONS, NOTHING_KNOWN, fixed
from build.parse.names import normalize
from build.parse.robot_file import parsed_file
from build.parse.steps import split_assignment

_LEAVES = frozenset({"return", "returnfromkeyword", "passexecution", "fail", "fatalerror", "skip"})
_LEAVES_IF = frozenset({"returnfromkeywordif", "passexecutionif", "skipif", "runkeywordandreturnif"})
_WRAPS = {
    "runkeyword": 0, "runkeywordandignoreerror": 0, "runkeywordandreturnstatus": 0, "runkeywordandcontinueonfailure": 0,
    "runkeywordandwarnonfailure": 0, "runkeywordandreturn": 0, "runkeywordandexpecterror": 1, "repeatkeyword": 1,
    "waituntilkeywordsucceeds": 2, "runkeywordiftestfailed": 0, "runkeywordiftestpassed": 0,
    "runkeywordifanytestsfailed": 0,
    "runkeywordifalltestspassed": 0, "runkeywordiftimeoutoccurred": 0, "runkeywordifanycriticaltestsfailed": 0,
}  # fmt: skip
MAX_KEYWORDS = 30
MAX_RESOURCES = 20
# Values that a keyword may return, as far as they are followed.
_MAX_RETURNED = 6


class Robot(Assignments):
    """Follows one robot file. `model` is Robot Framework's parse of it."""

    def __init__(self, model: parsing.File, runner: Runner, python: Python, where: Where) -> None:
        super().__init__(runner, python, where)
        self.tasks: list[parsing.TestCase] = []
        self.settings: list[Statement] = []
        self._entered: list[str] = []
        self.read(model)

    def read(self, model: parsing.File) -> None:
        """Record a file's settings, variables, tasks and keywords."""
        for section in model.sections:
            if isinstance(section, parsing.SettingSection):
                self.settings += section.body
                for one in section.body:
                    if isinstance(one, parsing.LibraryImport) and one.name:
                        self.import_library(one.name, one.alias)
            elif isinstance(section, parsing.VariableSection):
                for one in section.body:
                    if isinstance(one, parsing.Variable):
                        self.declare(one.name, one.value, "suite")
            elif isinstance(section, parsing.TestCaseSection):
                self.tasks += [one for one in section.body if isinstance(one, parsing.TestCase)]
            elif isinstance(section, parsing.KeywordSection):
                for one in section.body:
                    if isinstance(one, parsing.Keyword):
                        self.keywords.setdefault(normalize(one.name), (one, self.where.path))

    def add_resources(self, files: Files) -> None:
        """Record the keywords of the resource files that this file imports."""
        todo = [one.name for one in self.settings if isinstance(one, parsing.ResourceImport) and one.name]
        done: set[str] = set()
        while todo and len(done) < MAX_RESOURCES:
            wanted = todo.pop().rsplit("}", 1)[-1].lstrip("./")
            own = (path for path in files.paths(".resource", ".robot") if path.endswith(f"/{wanted}"))
            path = min(own, key=len, default=None)
            text = files.text(path) if path else None
            if path is None or text is None or path in done:
                continue
            done.add(path)
            saved = self.where
            self.where = self.where._replace(path=path)
            before = len(self.settings)
            tasks = list(self.tasks)
            self.read(parsed_file(text).model)
            todo += [one.name for one in self.settings[before:] if isinstance(one, parsing.ResourceImport) and one.name]
            # Only its keywords, variables and imports count.
            del self.settings[before:]
            self.tasks, self.where = tasks, saved

    def suite(self, ledger: Ledger) -> None:
        """Follow the suite's setup and teardown."""
        self.runner.ledger = ledger
        for kind in (parsing.SuiteSetup, parsing.SuiteTeardown):
            for one in self.settings:
                if isinstance(one, kind):
                    self.fixture(one)

    def task(self, task: parsing.TestCase, ledger: Ledger) -> None:
        """Follow one task with its setup and teardown."""
        self.runner.ledger = ledger
        saved = dict(self.variables.suite)
        self.variables.local = {}
        own = {type(one) for one in task.body}
        for kind, general in (
            (parsing.Setup, parsing.TestSetup),
            (None, None),
            (parsing.Teardown, parsing.TestTeardown),
        ):
            if kind is None:
                self.body_of(task)
            elif kind in own:
                for one in task.body:
                    if isinstance(one, kind):
                        self.fixture(one)
            else:
                for one in self.settings:
                    if general is not None and isinstance(one, general):
                        self.fixture(one)
        self.variables.suite, self.variables.local = saved, {}

    def body_of(self, task: parsing.TestCase) -> None:
        """Follow the steps of a task, or its rows where it has a template."""
        template = next((one.value for one in task.body if isinstance(one, parsing.Template)), None)
        if template is None:
            template = next((one.value for one in self.settings if isinstance(one, parsing.TestTemplate)), None)
        if template and template.upper() != "NONE":
            for one in task.body:
                if isinstance(one, parsing.TemplateArguments):
                    self.call_template(template, one)
                elif isinstance(one, parsing.For):
                    self.for_each(one, template)
            return
        self.block(task.body)

    def call_template(self, template: str, row: parsing.TemplateArguments) -> None:
        """Call a template's keyword with one row."""
        cells = list(row.args)
        while cells and "${" in template:
            start = template.find("${")
            end = template.find("}", start)
            if end < 0:
                break
            template = template[:start] + cells.pop(0) + template[end + 1 :]
        self.step(template, cells, row.lineno)

    def fixture(self, node: Fixture) -> None:
        """Follow a setup or teardown."""
        if node.name and node.name.upper() != "NONE":
            self.step(node.name, list(node.args), node.lineno)

    # Steps

    def block(self, body: Sequence[object]) -> bool:
        """Follow steps, and return whether the block may come to its end."""
        saved = self.where
        try:
            return all(self.statement(one) for one in body)
        finally:
            self.where = saved

    def statement(self, node: object) -> bool:
        """Follow a step, and return whether the next one may be reached."""
        self.runner.ledger.steps.take()
        if isinstance(node, parsing.KeywordCall):
            keyword, assigned = node.keyword or "", list(node.assign)
            if not assigned:
                # With a single space after it, an assignment and its keyword are one cell.
                name, rest = split_assignment(keyword)
                if name and rest:
                    keyword, assigned = rest, [f"${{{name}}}"]
            return self.assigned(keyword, node, assigned)
        if isinstance(node, parsing.If):
            return self.branch(node)
        if isinstance(node, parsing.For):
            self.for_each(node)
        elif isinstance(node, parsing.While):
            saved, self.where = self.where, self.where.under(condition_of(self, node.header.condition or "", True))
            self.block(node.body)
            self.where = saved
        elif isinstance(node, parsing.Try):
            branch: parsing.Try | None = node
            while branch is not None:
                self.block(branch.body)
                branch = branch.next
        elif isinstance(node, parsing.Group):
            return self.block(node.body)
        elif isinstance(node, parsing.Var):
            self.declare(node.name, node.value, (node.scope or "local").lower(), node.separator)
        elif isinstance(node, parsing.ReturnStatement):
            self.returned.append(self.variables.cells(node.values))
            return False
        return True

    def assigned(self, keyword: str, node: parsing.KeywordCall, assigned: Sequence[str]) -> bool:
        """Follow a call, assign its value, and return whether the next step may be reached.

        Args:
            keyword: Its name, without an assignment.
            node: The call.
            assigned: The variables that get the value.
        """
        args, line = list(node.args), node.lineno
        lines = [token.lineno for token in node.get_tokens(parsing.Token.ARGUMENT)]
        self.argument_lines = dict(zip(args, lines, strict=False))
        name = self.variables.text(keyword)[0].text if "{" in keyword else keyword
        short = normalize(name).removeprefix("builtin.")
        if short in _LEAVES:
            self.returned.append(self.variables.cells(args))
            return False
        if short in _LEAVES_IF and args:
            decided = holds(self, args[0])
            if short == "runkeywordandreturnif" and decided is not False and len(args) > 1:
                saved, self.where = self.where, self.where.under(condition_of(self, args[0], True))
                self.step(args[1], args[2:], line)
                self.where = saved
            if decided is None:
                self.where = self.where.under(condition_of(self, args[0], False))
            return decided is not True
        value = self.step(name, args, line)
        self.give(assigned, value)
        return True

    def step(self, keyword: str, args: list[str], line: int) -> Known:
        """Call a keyword by its name, and return its value.

        Args:
            keyword: As written.
            args: The cells behind it.
            line: The call's line.
        """
        self.runner.ledger.steps.take()
        short = normalize(keyword).removeprefix("builtin.")
        if short in SETTERS:
            return self.set_variable(short, args)
        if short in ("runkeywordif", "runkeywordunless"):
            return self.run_if(short, args, line)
        if short == "runkeywords":
            return self.run_several(args, line)
        if short in _WRAPS:
            rest = args[_WRAPS[short] :]
            if (
                short == "waituntilkeywordsucceeds"
                and rest
                and "=" in rest[0]
                and normalize(rest[0]).startswith("retry")
            ):
                rest = rest[1:]
            result = self.step(rest[0], rest[1:], line) if rest else NOTHING_KNOWN
            return (
                result
                if short in ("runkeyword", "runkeywordandreturn", "waituntilkeywordsucceeds")
                else (Many([NOTHING_KNOWN, result]) if short == "runkeywordandignoreerror" else NOTHING_KNOWN)
            )
        if short == "setvariableif":
            return self.variable_if(args)
        local = self.local_keyword(keyword)
        if local is not None:
            node, path, embedded = local
            return self.enter(node, path, embedded, args)
        return self.library_keyword(keyword, args, line)

    def enter(self, node: parsing.Keyword, path: str, embedded: dict[str, str], args: list[str]) -> Known:
        """Follow a keyword of the file or of a resource, and return its value.

        Args:
            node: The keyword.
            path: Its file.
            embedded: Arguments that stand in its name.
            args: The cells behind it.
        """
        values = self.variables.cells([one for one in args if not self.is_named(node, one)])
        named = {n: self.variables.value(v) for n, v in (one.split("=", 1) for one in args if self.is_named(node, one))}
        key = f"{id(node)} {[texts_of(one) for one in values]} {embedded}"[:3000]
        if key in self._entered or len(self._entered) > MAX_KEYWORDS:
            return NOTHING_KNOWN
        self._entered.append(key)
        saved, local, returned = self.where, self.variables.local, self.returned
        self.where = self.where.deeper()._replace(path=path)
        self.variables.local, self.returned = {}, []
        for name, text in embedded.items():
            self.variables.set(name, fixed(text))
        self.bind(node, values, named)
        try:
            for one in node.body:
                if isinstance(one, parsing.Setup):
                    self.fixture(one)
            self.block(node.body)
            for one in node.body:
                if isinstance(one, parsing.Teardown):
                    self.fixture(one)
                elif isinstance(one, parsing.ReturnSetting):
                    self.returned.append(self.variables.cells(one.values))
            result = [one[0] if len(one) == 1 else Many(one) for one in self.returned if one]
        finally:
            self._entered.pop()
            self.where, self.variables.local, self.returned = saved, local, returned
        return _any_of(result)

    @staticmethod
    def is_named(node: parsing.Keyword, cell: str) -> bool:
        """Return whether a cell gives one of the keyword's arguments by its name."""
        name = cell.split("=", 1)[0]
        if "=" not in cell or not name or "$" in name:
            return False
        return any(normalize(name) == variable_name(spec.split("=", 1)[0]) for spec in _specs(node))

    def bind(self, node: parsing.Keyword, values: Sequence[Known], named: dict[str, Known]) -> None:
        """Bind a keyword's arguments to values: `values` by position, `named` by name."""
        place = 0
        for spec in _specs(node):
            name, _, default = spec.partition("=")
            if spec.startswith("@"):
                self.variables.set(name, Many(list(values[place:])))
                place = len(values)
            elif spec.startswith("&"):
                self.variables.set(name, Table({}))
            elif variable_name(name) in {normalize(one) for one in named}:
                self.variables.set(name, next(v for n, v in named.items() if normalize(n) == variable_name(name)))
            elif place < len(values):
                self.variables.set(name, values[place])
                place += 1
            else:
                self.variables.set(name, self.variables.value(default) if "=" in spec else NOTHING_KNOWN)

    # Branches

    def branch(self, node: parsing.If) -> bool:
        """Follow each branch of an `IF` that the fixed values allow, and return whether the next step may be
        reached.
        """
        saved = self.where
        before = dict(self.variables.local), dict(self.variables.suite)
        ends: list[tuple[dict[str, Known], dict[str, Known]]] = []
        leaving: list[Condition | None] = []
        left: list[dict[str, Known]] = []
        sure, one = False, node
        excluded: Condition | None = None
        while one is not None and not sure:
            test = one.condition
            decided = True if test is None else holds(self, test)
            sure = decided is True
            if decided is not False:
                self.variables.local, self.variables.suite = dict(before[0]), dict(before[1])
                self.where = (
                    saved.under(condition_of(self, test, True))
                    if test is not None and not sure
                    else saved.under(excluded)
                )
                if self.block(one.body):
                    ends.append((self.variables.local, self.variables.suite))
                else:
                    # What it has set for the suite stays.
                    left.append(self.variables.suite)
                if test is not None and not sure and _is_calm(one.body):
                    leaving.append(condition_of(self, test, False))
            if test is not None and decided is None:
                excluded = condition_of(self, test, False)
            one = one.orelse
        self.where = saved
        if not sure:
            ends.append(before)
        if not ends:
            self.variables.suite = dict(left[0])
            join(self.variables.suite, left[1:])
            return False
        self.variables.local, self.variables.suite = dict(ends[0][0]), dict(ends[0][1])
        join(self.variables.local, [end[0] for end in ends[1:]])
        join(self.variables.suite, [*(end[1] for end in ends[1:]), *left])
        for condition in leaving:
            self.where = self.where.under(condition)
        return True

    def for_each(self, node: parsing.For, template: str | None = None) -> None:
        """Follow the body of a `FOR` once, with all values that its variables may have."""
        values = self.variables.cells(node.values)
        if (node.flavor or "IN").upper() == "IN" and len(node.assign) == 1 and values:
            item = self.variables_of(values)
        elif (node.flavor or "").upper() == "IN" and values:
            item = NOTHING_KNOWN
        else:
            item = NOTHING_KNOWN
        before = dict(self.variables.local), dict(self.variables.suite)
        for place, name in enumerate(node.assign):
            one = item
            if (node.flavor or "").upper() == "IN" and len(node.assign) > 1:
                one = self.variables_of(values[place :: len(node.assign)])
            self.variables.set(name, one)
        if template:
            for row in node.body:
                if isinstance(row, parsing.TemplateArguments):
                    self.call_template(template, row)
        else:
            self.block(node.body)
        join(self.variables.local, [before[0]])
        join(self.variables.suite, [before[1]])

    def run_if(self, short: str, args: list[str], line: int) -> Known:
        """Follow `Run Keyword If` with its `ELSE IF` and `ELSE`, and return its value."""
        saved, result, negated = self.where, [], short == "runkeywordunless"
        rest: list[str] | None = args
        while rest:
            cut = next((i for i, cell in enumerate(rest) if i and cell in ("ELSE IF", "ELSE")), len(rest))
            test, call = rest[0], rest[1:cut]
            decided = holds(self, test)
            decided = None if decided is None else decided != negated
            if decided is not False and call:
                self.where = saved.under(None if decided else condition_of(self, test, not negated))
                result.append(self.step(call[0], call[1:], line))
            self.where = saved
            if decided is True:
                break
            kind, rest = rest[cut : cut + 1], rest[cut + 1 :]
            if kind == ["ELSE"] and rest:
                self.where = saved.under(condition_of(self, test, negated))
                result.append(self.step(rest[0], rest[1:], line))
                self.where = saved
                break
        return result[0] if len(result) == 1 else NOTHING_KNOWN if not result else self.variables_of(result)

    def run_several(self, args: list[str], line: int) -> Known:
        """Follow `Run Keywords`: calls divided by AND, or each cell a keyword."""
        calls: list[list[str]] = [[]]
        for cell in args:
            if cell == "AND":
                calls.append([])
            else:
                calls[-1].append(cell)
        if len(calls) == 1:
            calls = [[cell] for cell in args]
        for call in calls:
            if call:
                self.step(call[0], call[1:], line)
        return NOTHING_KNOWN


def _is_calm(body: Sequence[object]) -> bool:
    """Return whether a branch leaves without failing the task."""
    last = body[-1] if body else None
    if isinstance(last, parsing.KeywordCall):
        return normalize(last.keyword or "").removeprefix("builtin.") in (
            "return",
            "returnfromkeyword",
            "passexecution",
            "skip",
        )
    return isinstance(last, parsing.ReturnStatement | parsing.Continue | parsing.Break)


def _any_of(values: Sequence[Known]) -> Known:
    """Return what any of the values that a keyword returns may be; nothing known without any."""
    if not values:
        return NOTHING_KNOWN
    if all(is_texts(value) for value in values):
        return tuple(dict.fromkeys(text for value in values for text in texts_of(value)))[:MAX_OPTIONS]
    return values[0] if len(values) == 1 else OneOf(tuple(values[:_MAX_RETURNED]))


def _specs(node: parsing.Keyword) -> tuple[str, ...]:
    return next((one.values for one in node.body if isinstance(one, parsing.Arguments)), ())
