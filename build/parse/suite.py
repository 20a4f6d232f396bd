"""A robot file together with the resource files that it imports: what its calls come to, and what it declares."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from build.model import SCRIPTS
from build.parse.constants import Constants
from build.parse.imports import IMPORTS, METRIC, Declaration, read_import, read_metric
from build.parse.keyword_names import KeywordNames, owner
from build.parse.names import normalize
from build.parse.robot_file import Block, RobotFile
from build.parse.steps import LEAVES, LEAVES_IF, NOTHING, RUNS, Call, Choice, Leave, Steps, leaving, nested_steps

ISSUE = "addissue"
# Where one of these runs, the suite does not go on.
FAILURES = frozenset({"fail", "fatalerror", "taskfailure", "taskerror", "skip"})
_LEAVES = LEAVES | LEAVES_IF
_KNOWN = frozenset({*IMPORTS, *RUNS, *FAILURES, METRIC, ISSUE})
# Keywords that run one another in one call.
DEEPEST = 20
# Keywords of one file: half of what the two files of a bundle may have together.
_MAX_CALLED = 250
_MAX_CALL = 300
_MAX_ARGUMENTS = 30
_LONGEST_MENTION = 200
_NAMED = re.compile(r"\w[\w. -]{0,150}")
_WORD = re.compile(r"[\w./-]+")
_ARGUMENT = re.compile(r"([A-Za-z_]\w{0,59})=(?!=)")


class Resource(NamedTuple):
    """A resource file: the name by which calls may name it, and the line of the robot file that brings it in."""

    name: str
    file: RobotFile
    line: int


class Meaning(NamedTuple):
    """What a call runs: a keyword of these files, or one of a library by its name alone, normalized. `inner` is what
    that runs in turn, `spelled` the name without a prefix such as Given.
    """

    keyword: Block | None
    library: str
    spelled: str
    inner: Steps = NOTHING


class Reach(NamedTuple):
    """What a task comes to through keywords: variables by name, words that may name scripts."""

    variables: set[str]
    words: set[str]
    raises_issues: bool


class Called(NamedTuple):
    """A keyword that the files call and do not have: the first call on one line and where it stands, how many
    calls there are, and the names of arguments that they give.
    """

    keyword: str
    text: str
    line: int
    times: int
    arguments: tuple[str, ...]


class _Facts(NamedTuple):
    """What one block calls, also through keywords such as Run Keyword, and the words in it that may name scripts."""

    calls: list[tuple[Call, Meaning]]
    keywords: list[Block]
    libraries: set[str]
    words: set[str]


class Suite:
    """What a robot file does. `imports` and `sub_metrics` are what it declares, in its own order."""

    def __init__(self, file: RobotFile, resources: Sequence[Resource] = ()) -> None:
        self.file = file
        files = [file, *(one.file for one in resources)]
        definitions = [definition for one in files for definition in one.definitions]
        # What the suite itself says is read before anything runs; what tasks and keywords say may be set until then.
        self.settings = Constants(definitions)
        self.constants = Constants(definitions, frozenset(name for one in files for name in one.assigned))
        owners = [owner(one.name, one.file.keywords) for one in resources]
        self._names = KeywordNames(owner("", file.keywords), owners, file.languages)
        self._meanings: dict[Call, Meaning] = {}
        self._declared: dict[Call, Declaration | None] = {}
        self._facts: dict[int, _Facts] = {}
        self.blocks = [file.fixtures, *file.tasks, *file.keywords]
        self.reached = self.closure([file.fixtures, *file.tasks])
        lines = {id(block): one.line for one in resources for block in one.file.keywords}
        brought = [block for block in self.closure(self.blocks) if id(block) in lines]
        own = {_key(one): one for block in self.blocks for one in self._imports_of(block)}
        others = {_key(one): one._replace(line=lines[id(b)]) for b in brought for one in self._imports_of(b)}
        self.imports = [*sorted(own.values(), key=lambda one: one.line), *others.values()]
        calls = (called for block in (*self.blocks, *brought) for called in self.facts(block).calls)
        metrics = (read_metric(call.arguments, self.constants) for call, meaning in calls if meaning.library == METRIC)
        self.sub_metrics = set(filter(None, metrics))

    def _imports_of(self, block: Block) -> Iterator[Declaration]:
        for call, meaning in self.facts(block).calls:
            result = self.declared(call, meaning)
            if result is not None:
                yield result

    def declared(self, call: Call, meaning: Meaning) -> Declaration | None:
        """Return the declaration that a call makes, if any."""
        if meaning.library not in IMPORTS:
            return None
        if call not in self._declared:
            self._declared[call] = read_import(
                meaning.library, call.arguments, call.assigned, call.line, self.constants, self.file.languages
            )
        return self._declared[call]

    def meaning(self, call: Call) -> Meaning:
        """Return what a call runs."""
        if call not in self._meanings:
            self._meanings[call] = self._meaning(call)
        return self._meanings[call]

    def _meaning(self, call: Call) -> Meaning:
        names = [call.keyword]
        if "{" in call.keyword:
            resolved = self.constants.fill(call.keyword)
            names += [resolved.text] if resolved.whole else []
        for name in names:
            for spelled in self._names.spellings(name):
                keyword = self._names.find(spelled)
                if keyword is not None:
                    return Meaning(keyword, "", spelled)
                library = _last(spelled)
                if library in RUNS:
                    inner = nested_steps(library, self.constants.cells(call.arguments), call)
                    return Meaning(None, library, spelled, inner)
                if library in _LEAVES:
                    return Meaning(None, library, spelled, leaving(library, call.arguments))
                if library in _KNOWN:
                    return Meaning(None, library, spelled)
        spelled = self._names.spellings(names[-1])[0]
        return Meaning(None, _last(spelled), spelled)

    def calls(self, steps: Steps, depth: int = 0) -> Iterator[tuple[Call, Meaning]]:
        """Yield all calls of these steps, also those that keywords such as Run Keyword make."""
        for step in steps:
            if isinstance(step, Call):
                meaning = self.meaning(step)
                yield step, meaning
                if meaning.inner and depth < DEEPEST:
                    yield from self.calls(meaning.inner, depth + 1)
                continue
            if isinstance(step, Leave):
                continue
            branches = step.branches if isinstance(step, Choice) else (step.body, *step.handlers)
            for branch in branches:
                yield from self.calls(branch, depth)

    def facts(self, block: Block) -> _Facts:
        """Return what one block calls."""
        if id(block) not in self._facts:
            calls = list(self.calls(block.steps))
            keywords = {id(one.keyword): one.keyword for _, one in calls if one.keyword is not None}
            known = self.constants.known
            cells = self.constants.cells(block.cells)
            cells = [self.constants.fill(cell).text if known and "{" in cell else cell for cell in cells]
            words = {word for cell in cells if "." in cell for word in _WORD.findall(cell) if word.endswith(SCRIPTS)}
            libraries = {one.library for _, one in calls}
            self._facts[id(block)] = _Facts(calls, list(keywords.values()), libraries, words)
        return self._facts[id(block)]

    def closure(self, blocks: Iterable[Block]) -> list[Block]:
        """Return these blocks and the keywords that they come to."""
        result = {id(block): block for block in blocks}
        todo = deque(result.values())
        while todo:
            for keyword in self.facts(todo.popleft()).keywords:
                if id(keyword) not in result:
                    result[id(keyword)] = keyword
                    todo.append(keyword)
        return list(result.values())

    def reach(self, task: Block) -> Reach:
        """Return what a task comes to, with the keywords that it calls."""
        blocks = self.closure([task])
        return Reach(
            variables={name for block in blocks for name in block.variables},
            words={word for block in blocks for word in self.facts(block).words},
            raises_issues=any(ISSUE in self.facts(block).libraries for block in blocks),
        )

    def unreached(self) -> list[Block]:
        """Return the keywords with declarations that no task, setup or teardown comes to. One whose name is a cell of
        any call, or may be made at run time, is left out: a library may run it.
        """
        reached = {id(block) for block in self.reached}
        left = [
            block
            for block in self.file.keywords
            if id(block) not in reached and not block.embedded and any(self._imports_of(block))
        ]
        if not left:
            return []
        cells = (cell for block in self.reached for cell in block.cells)
        mentioned = {normalize(cell) for cell in cells if len(cell) <= _LONGEST_MENTION}
        meanings = (meaning for block in self.reached for _, meaning in self.facts(block).calls)
        spelled = [one.spelled for one in meanings if one.keyword is None and "{" in one.spelled]
        patterns = [_pattern(name) for name in dict.fromkeys(spelled)][:_MAX_CALLED]
        return [
            block
            for block in left
            if (name := normalize(block.name)) not in mentioned and not any(_fits(one, name) for one in patterns)
        ]

    def called(self) -> list[Called]:
        """Return the keywords that these files call and do not have, in the order of their first calls."""
        result: dict[str, list[tuple[Call, Meaning]]] = {}
        calls = [called for block in self.blocks for called in self.facts(block).calls]
        for call, meaning in sorted(calls, key=lambda called: called[0].line):
            if meaning.keyword is None and _NAMED.fullmatch(meaning.spelled):
                name = normalize(meaning.spelled)
                if name in result or len(result) < _MAX_CALLED:
                    result.setdefault(name, []).append((call, meaning))
        return [_called(own) for own in result.values()]


def _called(calls: Sequence[tuple[Call, Meaning]]) -> Called:
    first, meaning = calls[0]
    cells = (cell for call, _ in calls for cell in call.arguments)
    names = dict.fromkeys(match.group(1) for cell in cells if (match := _ARGUMENT.match(cell)))
    text = "    ".join((*first.made, *first.arguments))[:_MAX_CALL]
    return Called(meaning.spelled, text, first.line, len(calls), tuple(names)[:_MAX_ARGUMENTS])


def _key(one: Declaration) -> tuple[object, ...]:
    """Return what tells declarations apart: a setup that all tasks share declares a name once."""
    return one.kind, one.name, one.line, one.assigned, tuple(one.options.items())


def _last(name: str) -> str:
    return normalize(name).rpartition(".")[2]


def _pattern(name: str) -> list[str]:
    """Return the parts of a keyword's name between its variables, in order."""
    return [normalize(part) for part in re.split(r"[$@&%]\{[^{}]*\}", name)]


def _fits(parts: list[str], name: str) -> bool:
    first, last = parts[0], parts[-1]
    if not name.startswith(first) or not name.endswith(last) or len(name) < len(first) + len(last):
        return False
    at = len(first)
    for part in parts[1:-1]:
        at = name.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True
