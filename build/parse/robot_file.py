"""What one robot file says, by Robot Framework's own parser and its running model, without running anything.

Robot imports the module that a `Language:` line names, that is, runs code of the repository; here only Robot's
built-in languages are known.
"""

import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, cast

from robot import model, running
from robot.api import parsing
from robot.conf.languages import Language, Languages
from robot.errors import DataError
from robot.model import Tags
from robot.output import LOGGER
from robot.parsing.model.blocks import Block as ModelBlock
from robot.parsing.model.statements import Statement
from robot.running.arguments import EmbeddedArguments

from build.model import Setting
from build.parse.constants import Definition
from build.parse.imports import IMPORTS
from build.parse.limits import MAX_ITEMS
from build.parse.names import normalize
from build.parse.steps import NOTHING, Steps, assigned_names, call_of, steps_of

# Robot makes a pattern of each keyword's name.
_LONGEST_NAME = 1_000
# Characters of a cell that is kept with what is in it: the cells of files are much the same.
_OFTEN_THE_SAME = 200
# The ends of keywords' names whose first argument is set: a variable, and the name of one.
_SETTERS = tuple(f"set{scope}variable" for scope in ("suite", "global", "test", "task", "local"))
_DECLARING = tuple(IMPORTS)
# Also as Python expressions have them: `$NAME`. The innermost of nested ones, each with what follows in the braces.
_VARIABLE = re.compile(r"[$@&%]\{\s*([^{}$@&%]+)|(?<![\\$\w])\$([^\W\d]\w*)")
# What Robot takes for the variable's name in `${name.attribute}` or `${name: type}` where it is not the whole.
_BEFORE = re.compile(r".[\w\s]*")
_TAGS = {parsing.TestTags: "forced tags", parsing.DefaultTags: "default tags", parsing.KeywordTags: "keyword tags"}
# Robot ends a line at each of these; editors and the pages that lines are linked to do not.
_LINE_ENDS = re.compile("[\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]|\r(?!\n)")
# Two blanks separate cells as well as many do, but the time that Robot takes for many grows with their square.
_BLANKS = re.compile(r"([^\S\n]{200})[^\S\n]+")
# Robot's builder logs messages that become problems; nothing is printed, and no message stays for a later reader.
LOGGER.unregister_console_logger()
LOGGER.disable_message_cache()


class BuiltInLanguages(Languages):
    """The languages that Robot ships with; a name that is none of them is an error and never a module to import."""

    def add_language(self, lang: object) -> None:
        try:
            super().add_language(Language.from_name(str(lang)))
        except ValueError as error:
            raise DataError(str(error)) from None

    def _import_language_module(self, name_or_path: object) -> list[Language]:
        raise DataError(f"the language {name_or_path!s} is not one of Robot's own")


class RobotFileError(DataError):
    """A file that Robot cannot read at all; `line` is 1-based, None where the cause has no line."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(eq=False)
class Block:
    """A task or a keyword: what it does, and the cells and variables in it. `tags` are effective; `embedded` are the
    arguments in its name.
    """

    name: str
    line: int
    documentation: str = ""
    arguments: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    private: bool = False
    embedded: EmbeddedArguments | None = None
    steps: Steps = NOTHING
    cells: list[str] = field(default_factory=list)
    variables: set[str] = field(default_factory=set)


@dataclass
class RobotFile:
    """The facts of one file, in its own order. `metadata` has each value of a name, as Robot compares names;
    `fixtures` are what the suite sets up and tears down, `assigned` the variables that anything in the file sets.

    `libraries` are (setting, name, alias) of what is imported, `resources` (name, line); `errors` are (line, message)
    of Robot's parser, `cut` what there was too much of: (what, how many).
    """

    documentation: str = ""
    metadata: dict[str, list[str]] = field(default_factory=dict)
    supports_cells: tuple[str, ...] = ()
    tasks: list[Block] = field(default_factory=list)
    keywords: list[Block] = field(default_factory=list)
    fixtures: Block = field(default_factory=lambda: Block("", 0))
    libraries: list[tuple[Setting, str, str | None]] = field(default_factory=list)
    resources: list[tuple[str, int]] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    assigned: set[str] = field(default_factory=set)
    languages: Languages = field(default_factory=BuiltInLanguages)
    errors: list[tuple[int, str]] = field(default_factory=list)
    cut: list[tuple[str, int]] = field(default_factory=list)


class Parsed(NamedTuple):
    """What Robot's own parser makes of a text, cut where there is too much of something: `cut` is of what and how many.

    `errors` are (line, message) of that parser.
    """

    model: parsing.File
    languages: Languages
    errors: Sequence[tuple[int, str]]
    cut: Sequence[tuple[str, int]]


@lru_cache(4)
def parsed_file(text: str) -> Parsed:
    """Parse the text of a `.robot` file, without running anything: once for its facts and for what its tasks do."""
    return _parsed(text, parsing.get_model)


def _parsed(text: str, get_model: Callable[..., parsing.File]) -> Parsed:
    languages = BuiltInLanguages()
    text = _BLANKS.sub(r"\1", _LINE_ENDS.sub(" ", text))
    # Robot takes a text without a line end for a path. Like its own runner, nothing here has a use for comments and
    # what separates cells.
    model = get_model(text + "\n", data_only=True, lang=languages)
    errors = list(_errors(model))
    return Parsed(model, languages, errors, list(_shortened(model)))


@lru_cache(4)
def parse_robot(text: str, resource: bool = False) -> RobotFile:
    """Parse a robot file or resource file.

    Args:
        text: The file's text.
        resource: Whether the file is a resource file, which has no tasks.

    Returns:
        The file. Robot's complaints are in its `errors`; the rest of the file is read none the less. It is shared by
        all that parse the same text, so that nobody may change it.

    Raises:
        RobotFileError: Robot cannot read the file at all.
    """
    try:
        # A stranger's patterns are no warnings of ours.
        with warnings.catch_warnings(action="ignore"):
            return _read(text, resource)
    except RecursionError:
        raise RobotFileError("it is nested too deeply") from None
    except (DataError, ValueError) as error:
        raise RobotFileError(str(error).splitlines()[0], getattr(error, "line", None)) from None


def _read(text: str, resource: bool) -> RobotFile:
    model, languages, errors, cut = _parsed(text, parsing.get_resource_model) if resource else parsed_file(text)
    file = RobotFile(languages=languages, errors=[*errors], cut=[*cut])
    if resource:
        built = running.ResourceFile.from_model(model)
    else:
        suite = _built(model)
        built = suite.resource
        _settings(file, model)
        file.documentation = suite.doc
        file.tasks = [_block(file, test) for test in suite.tests]
        _fixtures(file, suite)
    file.documentation = file.documentation or built.doc
    file.keywords = [_block(file, keyword) for keyword in built.keywords]
    for one in built.imports:
        if one.name and one.type == one.RESOURCE:
            file.resources.append((one.name, one.lineno or 0))
            file.libraries.append(("Resource", one.name, None))
        elif one.name and one.type == one.LIBRARY:
            file.libraries.append(("Library", one.name, one.alias))
    file.definitions = [Definition(one.name, one.value, one.separator) for one in built.variables if not one.error]
    return file


def _built(parsed: parsing.File) -> running.TestSuite:
    try:
        return running.TestSuite.from_model(parsed)
    except DataError as error:
        sections = [one for one in parsed.sections if isinstance(one, parsing.TestCaseSection)]
        others = (one.lineno for one in sections if one.tasks != sections[0].tasks)
        raise RobotFileError(str(error), next(others, None)) from None


def _errors(model: parsing.File) -> Iterator[tuple[int, str]]:
    """Yield Robot's complaints with their lines, in the order of the file."""
    for section in model.sections:
        # Robot sets a header's error on its token alone.
        tokens = section.header.tokens if section.header else ()
        yield from ((token.lineno, token.error) for token in tokens if token.error)
        # Not by Robot's visitor, which takes ten times as long; nor by recursion, of which a deep file has too much.
        todo: list[object] = [section]
        while todo:
            one = todo.pop()
            # For mypy a class is not hashable.
            kind, node = _kind(type(one)), cast("Any", one)  # type: ignore[arg-type]
            if kind is Statement:
                # A section's header is one, too; most have none.
                if node.errors:
                    yield from ((node.lineno, message) for message in node.errors)
            elif kind is ModelBlock:
                yield from ((node.lineno, message) for message in node.errors)
                for name in reversed(node._fields):
                    inner = getattr(node, name, None)
                    todo += reversed(inner) if isinstance(inner, list) else [inner]


@lru_cache(256)
def _kind(node: type) -> type | None:
    # Once for each class: whether an object is of an abstract one takes long to tell.
    return next((one for one in (Statement, ModelBlock) if issubclass(node, one)), None)


def _shortened(parsed: parsing.File) -> Iterator[tuple[str, int]]:
    """Cut what there is too much of before Robot builds anything of it, and yield what that was."""
    for what, kind in (("tasks", parsing.TestCase), ("keywords", parsing.Keyword)):
        count = 0
        for section in parsed.sections:
            items = list[object]()
            for node in section.body:
                count += isinstance(node, kind)
                if not isinstance(node, kind) or count <= MAX_ITEMS:
                    items.append(node)
            section.body = items
        if count > MAX_ITEMS:
            yield what, count
    for section in parsed.sections:
        for node in section.body:
            if isinstance(node, parsing.TestTags | parsing.DefaultTags | parsing.KeywordTags):
                values = node.get_tokens(parsing.Token.ARGUMENT)
                if len(values) > MAX_ITEMS:
                    left = {id(token) for token in values[MAX_ITEMS:]}
                    node.tokens = tuple(token for token in node.tokens if id(token) not in left)
                    yield _TAGS[type(node)], len(values)
            elif isinstance(node, parsing.Keyword) and len(node.name) > _LONGEST_NAME:
                node.header.tokens[0].value = node.name[:_LONGEST_NAME]


def _settings(file: RobotFile, parsed: parsing.File) -> None:
    for section in parsed.sections:
        if not isinstance(section, parsing.SettingSection):
            continue
        for statement in section.body:
            if isinstance(statement, parsing.Metadata):
                name = normalize(statement.name)
                file.metadata.setdefault(name, []).append(statement.value)
                if name == "supports":
                    file.supports_cells = statement.get_values(parsing.Token.ARGUMENT)


def _fixtures(file: RobotFile, suite: running.TestSuite) -> None:
    present = ((suite.has_setup, "setup"), (suite.has_teardown, "teardown"))
    fixtures = [getattr(suite, name) for there, name in present if there]
    file.fixtures.steps = tuple(map(call_of, fixtures))
    for fixture in fixtures:
        _note(file, file.fixtures, _cells(fixture))


def _block(file: RobotFile, node: running.TestCase | running.UserKeyword) -> Block:
    block = Block(name=node.name, line=node.lineno or 0, documentation=node.doc)
    if isinstance(node, running.UserKeyword):
        tags: Tags = node.all_tags
        block.arguments = tuple(map(str, node.args))
        block.private = node.private or bool(tags.robot("private"))
        block.embedded = node.embedded
        file.assigned |= {normalize(name) for name in node.args.argument_names}
        file.assigned |= {normalize(name.partition(":")[0]) for name in (node.embedded.args if node.embedded else ())}
        _note(file, block, [str(default) for default in node.args.defaults.values()])
    else:
        tags = node.tags
        _note(file, block, [node.name])
    block.tags = tuple(tags)
    before, after = ([getattr(node, name)] if getattr(node, f"has_{name}") else [] for name in ("setup", "teardown"))
    for fixture in (*before, *after):
        _note(file, block, _cells(fixture))
    for item in _within(node.body):
        file.assigned.update(assigned_names(_assigned(item)))
        _note(file, block, _cells(item))
    # A teardown runs however the body is left, so that it stands before what may leave it.
    block.steps = (*map(call_of, before), *map(call_of, after), *steps_of(node.body))
    return block


def _within(body: Iterable[model.BodyItem]) -> Iterator[model.BodyItem]:
    for item in body:
        yield item
        yield from _within(getattr(item, "body", ()))


def _cells(item: model.BodyItem) -> list[str]:
    """Return all cells of a step of the running model; the variables that it assigns come first."""
    cells = [*_assigned(item)]
    for name in ("name", "condition", "limit", "start", "fill", "on_limit_message", "separator"):
        value = getattr(item, name, None)
        if isinstance(value, str):
            cells.append(value)
    for name in ("args", "values", "value", "patterns"):
        cells += [cell for cell in getattr(item, name, None) or () if isinstance(cell, str)]
    return cells


def _assigned(item: model.BodyItem) -> tuple[str, ...]:
    assigned = getattr(item, "assign", None) or ()
    names = (assigned,) if isinstance(assigned, str) else tuple(assigned)
    return (*names, item.name) if isinstance(item, running.Var) and item.name else names


def _note(file: RobotFile, block: Block, cells: list[str]) -> None:
    block.cells += cells
    block.variables |= variables_in(cells)
    for position, cell in enumerate(cells[:-1]):
        name, following = normalize(cell[:_LONGEST_NAME]), cells[position + 1]
        if name.endswith(_SETTERS):
            # `${X}`, `\\${X}` and `$X` are one name there.
            file.assigned |= variables_in([following.lstrip("\\")])
        elif name.endswith(_DECLARING):
            file.assigned.add(normalize(following.removeprefix("varname=")))


def variables_in(cells: Iterable[str]) -> set[str]:
    """Return the names, normalized, that these cells may use: of `${a.b}` both a.b and a."""
    result = set[str]()
    for cell in cells:
        # Most cells are without.
        if "$" in cell or "{" in cell:
            result.update(_in_cell(cell) if len(cell) <= _OFTEN_THE_SAME else _in_cell.__wrapped__(cell))
    return result


@lru_cache(8192)
def _in_cell(cell: str) -> tuple[str, ...]:
    result = []
    for braced, bare in _VARIABLE.findall(cell):
        name = braced or bare
        result.append(normalize(name))
        shorter = _BEFORE.match(name)
        if shorter and shorter.end() < len(name):
            result.append(normalize(shorter[0]))
    return tuple(result)
