"""What one robot file says, by Robot Framework's own parser and without running anything.

Robot imports the module that a `Language:` line names, that is, runs code of the repository; here only Robot's
built-in languages are known.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import takewhile

from robot.api import parsing
from robot.conf.languages import Language, Languages
from robot.errors import DataError
from robot.parsing.model.blocks import Block as ModelBlock
from robot.parsing.model.statements import Fixture, Statement

from build.model import SCRIPTS, Setting
from build.parse.variables import BRANCHES, Import, nested_calls, normalize, read_import, read_metric, split_assignment

# Of a file, and of two files as many as a bundle may have.
_MAX_CALLED = 250
_MAX_CALL = 300
_NAMED = re.compile(r"\w[\w. -]{0,150}")
_WORD = re.compile(r"[\w./-]+")
# Also as Python expressions have them: `$NAME`.
_VARIABLE = re.compile(r"[$@&%]\{\s*([A-Za-z_][A-Za-z0-9_ -]*)|(?<![\\$\w])\$([A-Za-z_]\w*)")
# Robot ends a line at each of these; editors and the pages that lines are linked to do not.
_LINE_ENDS = re.compile("[\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]|\r(?!\n)")
# Two blanks separate cells as well as many do, but the time that Robot takes for many grows with their square.
_BLANKS = re.compile(r"([^\S\n]{200})[^\S\n]+")


class BuiltInLanguages(Languages):
    """The languages that Robot ships with; a name that is none of them is an error and never a module to import."""

    def add_language(self, lang: object) -> None:
        try:
            super().add_language(Language.from_name(str(lang)))
        except ValueError as error:
            raise DataError(str(error)) from None

    def _import_language_module(self, name_or_path: object) -> list[Language]:
        raise DataError(f"the language {name_or_path!s} is not one of Robot's own")


@dataclass
class Block:
    """A task or a keyword: what it calls and names. `tags` are None where it does not say."""

    name: str
    line: int
    documentation: str = ""
    arguments: tuple[str, ...] = ()
    tags: tuple[str, ...] | None = None
    calls: set[str] = field(default_factory=set)
    variables: set[str] = field(default_factory=set)
    scripts: set[str] = field(default_factory=set)
    imports: bool = False


@dataclass
class RobotFile:
    """The facts of one file, in its own order. `errors` are (line, message) of Robot's parser, `libraries` what is
    imported (setting, name, alias), `called` the first call of each keyword (its name as written, text, line).
    """

    documentation: str | None = None
    metadata: dict[str, list[str]] = field(default_factory=dict)
    supports_cells: tuple[str, ...] = ()
    forced_tags: list[str] = field(default_factory=list)
    default_tags: list[str] = field(default_factory=list)
    tasks: list[Block] = field(default_factory=list)
    keywords: dict[str, Block] = field(default_factory=dict)
    fixtures: set[str] = field(default_factory=set)
    imports: list[Import] = field(default_factory=list)
    libraries: list[tuple[Setting, str, str | None]] = field(default_factory=list)
    called: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    sub_metrics: set[str] = field(default_factory=set)
    errors: list[tuple[int, str]] = field(default_factory=list)

    def reach(self, task: Block) -> tuple[set[str], set[str], set[str]]:
        """Through the file's keywords: the names of keywords called, variables named, words that may name scripts."""
        calls = self._closure(task.calls)
        blocks = [task, *(keyword for name in calls if (keyword := self.keywords.get(name)))]
        variables, scripts = (
            {name for block in blocks for name in getattr(block, of)} for of in ("variables", "scripts")
        )
        return calls, variables, scripts

    def unreached(self) -> list[Block]:
        """The keywords with declarations that no task, setup or teardown comes to. Names with a variable in them
        match calls that are written otherwise, so they are left out.
        """
        reached = self._closure(self.fixtures.union(*(task.calls for task in self.tasks)))
        return [k for name, k in self.keywords.items() if k.imports and name not in reached and "{" not in name]

    def _closure(self, calls: set[str]) -> set[str]:
        found, todo = set(calls), list(calls)
        while todo:
            keyword = self.keywords.get(todo.pop())
            if keyword is not None:
                todo += keyword.calls - found
                found |= keyword.calls
        return found


def parse_robot(text: str) -> RobotFile:
    """Read the text of a `.robot` file. Robot's own complaints are in `errors`; they lose nothing else of the file."""
    reader = _Reader()
    reader.visit(model_of(text))
    return reader.file


@lru_cache(4)
def model_of(text: str) -> parsing.File:
    """Return what Robot's own parser makes of a text, without running anything. A bundle's are looked at twice."""
    text = _BLANKS.sub(r"\1", _LINE_ENDS.sub(" ", text))
    # Robot takes a text without a line end for a path.
    return parsing.get_model(text + "\n", lang=BuiltInLanguages())


class _Reader(parsing.ModelVisitor):
    def __init__(self) -> None:
        self.file = RobotFile()
        self.block: Block | None = None

    def visit_File(self, node: parsing.File) -> None:
        for section in node.sections:
            # Robot sets a header's error on its token alone.
            tokens = section.header.tokens if section.header else ()
            self.file.errors += [(token.lineno, token.error) for token in tokens if token.error]
            self.visit(section)

    def visit_SettingSection(self, node: parsing.SettingSection) -> None:
        for statement in node.body:
            self._errors(statement)
            if isinstance(statement, parsing.Documentation) and self.file.documentation is None:
                self.file.documentation = statement.value
            elif isinstance(statement, parsing.Metadata):
                self.file.metadata.setdefault(" ".join(statement.name.split()).lower(), []).append(statement.value)
                if statement.name.strip().lower() == "supports":
                    self.file.supports_cells = statement.get_values(parsing.Token.ARGUMENT)
            elif isinstance(statement, parsing.LibraryImport) and statement.name:
                self.file.libraries.append(("Library", statement.name, statement.alias))
            elif isinstance(statement, parsing.ResourceImport) and statement.name:
                self.file.libraries.append(("Resource", statement.name, None))
            elif isinstance(statement, parsing.TestTags):
                self.file.forced_tags += statement.values
            elif isinstance(statement, parsing.DefaultTags):
                self.file.default_tags += statement.values
            elif isinstance(
                statement, parsing.SuiteSetup | parsing.SuiteTeardown | parsing.TestSetup | parsing.TestTeardown
            ):
                self.file.fixtures |= _fixture(statement)

    def visit_TestCase(self, node: parsing.TestCase) -> None:
        block = Block(name=node.name, line=node.lineno, variables=_variables([node.name]))
        self.file.tasks.append(block)
        self._read(block, node)

    def visit_Keyword(self, node: parsing.Keyword) -> None:
        block = Block(name=node.name, line=node.lineno)
        self.file.keywords.setdefault(normalize(node.name), block)
        self._read(block, node)

    def visit_KeywordCall(self, node: parsing.KeywordCall) -> None:
        if self.block is not None:
            # With a single space after it, an assignment and its keyword are one cell.
            assigned, keyword = split_assignment(node.keyword or "")
            if node.assign:
                assigned, _ = split_assignment(node.assign[0])
            # Once: Robot puts them together anew for each look.
            args = node.args
            self.block.calls.add(normalize(keyword))
            self._call(self.block, keyword, args, assigned, node.lineno)
            self._note(keyword, (*node.assign, node.keyword, *args), node.lineno)
            if normalize(keyword).startswith(("runkeyword", "builtin.runkeyword", "waituntilkeyword")):
                self.block.calls |= set(map(normalize, args))
                for position, cell in enumerate(args):
                    cells = args[position : position + 20]
                    self._note(cell, takewhile(lambda one: one not in BRANCHES, cells), node.lineno)
                for called, arguments in nested_calls(args):
                    self._call(self.block, called, arguments, assigned, node.lineno)
        self.visit_Statement(node)

    def visit_Setup(self, node: parsing.Setup | parsing.Teardown) -> None:
        if self.block is not None:
            self.block.calls |= _fixture(node)
        self.visit_Statement(node)

    visit_Teardown = visit_Setup

    def visit_Statement(self, node: Statement) -> None:
        self._errors(node)
        if self.block is not None:
            cells = [token.value for token in node.data_tokens]
            self.block.variables |= _variables(cells)
            self.block.scripts |= {
                word for cell in cells if "." in cell for word in _WORD.findall(cell) if word.endswith(SCRIPTS)
            }

    def visit_Block(self, node: ModelBlock) -> None:
        self._errors(node)
        self.generic_visit(node)

    def _read(self, block: Block, node: parsing.TestCase | parsing.Keyword) -> None:
        self._errors(node)
        self._errors(node.header)
        self.block = block
        for statement in node.body:
            if isinstance(statement, parsing.Documentation):
                block.documentation = statement.value
            elif isinstance(statement, parsing.Tags):
                block.tags = statement.values
            else:
                if isinstance(statement, parsing.Arguments):
                    block.arguments = statement.values
                self.visit(statement)
                continue
            self._errors(statement)
        self.block = None

    def _call(self, block: Block, keyword: str, arguments: Sequence[str], assigned: str | None, line: int) -> None:
        found = read_import(keyword, arguments, assigned, line)
        if found is not None:
            self.file.imports.append(found)
            block.imports = True
        metric = read_metric(keyword, arguments)
        if metric is not None:
            self.file.sub_metrics.add(metric)

    def _note(self, keyword: str, cells: Iterable[str], line: int) -> None:
        name = normalize(keyword)
        if name not in self.file.called and len(self.file.called) < _MAX_CALLED and _NAMED.fullmatch(keyword):
            self.file.called[name] = (keyword, "    ".join(cells)[:_MAX_CALL], line)

    def _errors(self, node: Statement | ModelBlock) -> None:
        self.file.errors += [(node.lineno, message) for message in node.errors]


def _fixture(node: Fixture) -> set[str]:
    return {normalize(cell) for cell in (node.name, *node.args)}


def _variables(cells: Iterable[str]) -> set[str]:
    return {normalize(braced or bare) for cell in cells for braced, bare in _VARIABLE.findall(cell)}
