"""What a task or keyword does, as far as it matters here: calls, choices between them, and attempts that may fail."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

from robot import model, running
from robot.variables import search_variable

from build.parse.names import normalize


class Call(NamedTuple):
    """A call of a keyword. `assigned` is the variable that receives the first value; `made` are those that do."""

    keyword: str
    arguments: tuple[str, ...]
    assigned: str | None
    made: tuple[str, ...]
    line: int


class Choice(NamedTuple):
    """One of the branches runs, if it is None nothing does. `conditions` are expressions on which that depends."""

    branches: tuple["Steps", ...]
    conditions: tuple[str, ...] = ()


class Attempt(NamedTuple):
    """`body` runs, and where it fails one of the handlers; without a handler the whole fails."""

    body: "Steps"
    handlers: tuple["Steps", ...]


class Leave(NamedTuple):
    """What follows in the task or keyword does not run."""


Step = Call | Choice | Attempt | Leave
Steps = tuple[Step, ...]
NOTHING: Steps = ()

_WHOLE = re.compile(r"-?\d{1,9}")
# For each keyword of Robot's, and RW.Core's one, that runs another: how many cells stand before that one's name, and
# how it is run. `test_steps` asks Robot whether these are all.
RUNS: dict[str, tuple[int, str]] = {
    "runkeyword": (0, "always"),
    "runkeywordandcontinueonfailure": (0, "always"),
    "runkeywordandreturn": (0, "last"),
    "runkeywordandpushmetric": (0, "always"),
    "repeatkeyword": (1, "always"),
    "waituntilkeywordsucceeds": (2, "always"),
    "runkeywords": (0, "each"),
    "runkeywordif": (1, "choice"),
    "runkeywordunless": (1, "unless"),
    "runkeywordandreturnif": (1, "perhaps last"),
    "runkeywordiftestfailed": (0, "perhaps"),
    "runkeywordiftestpassed": (0, "perhaps"),
    "runkeywordiftimeoutoccurred": (0, "perhaps"),
    "runkeywordifalltestspassed": (0, "perhaps"),
    "runkeywordifanytestsfailed": (0, "perhaps"),
    "runkeywordandexpecterror": (1, "tried"),
    "runkeywordandignoreerror": (0, "tried"),
    "runkeywordandreturnstatus": (0, "tried"),
    "runkeywordandwarnonfailure": (0, "tried"),
}

# Robot's keywords that leave the task or keyword, and those that do so on a condition.
LEAVES = frozenset({"returnfromkeyword", "passexecution"})
LEAVES_IF = frozenset({"returnfromkeywordif", "passexecutionif"})
_LEAVES_ROUND = frozenset({"continueforloop", "continueforloopif", "exitforloop", "exitforloopif"})


def steps_of(body: Iterable[model.BodyItem]) -> Steps:
    """Return the steps of a body of Robot's running model."""
    return tuple(_steps(body))


def call_of(keyword: running.Keyword) -> Call:
    """Return a call as Robot's running model has it."""
    return make_call(keyword.name or "", keyword.args, keyword.assign, keyword.lineno or 0)


def make_call(name: str, arguments: Sequence[object], assign: Sequence[str], line: int) -> Call:
    """Return a call of a keyword.

    Args:
        name: The keyword's name. With a single space between them, an assignment and its keyword are one cell.
        arguments: The cells behind it.
        assign: The variables that the step assigns, as Robot's model has them.
        line: The line in the file, from 1.
    """
    assigned, keyword = split_assignment(name)
    if not keyword:
        # A setup may be named by a variable alone.
        assigned, keyword = None, name
    if assign:
        assigned, _ = split_assignment(assign[0])
    return Call(keyword, tuple(map(str, arguments)), assigned, (*assign, name), line)


def split_assignment(cell: str) -> tuple[str | None, str]:
    """Return the variable that a cell begins with, as in `${X}= Import Secret`, and the rest. A type is no part of the
    name, and for `${X=}=` it is X.
    """
    if cell[:2] not in ("${", "@{", "&{"):
        return None, cell
    end = cell.find("}")
    if end < 0:
        return None, cell
    name = cell[2:end].rpartition(": ")[0] or cell[2:end]
    rest = cell[end + 1 :].lstrip()
    return name.strip().removesuffix("=").strip(), rest.removeprefix("=").lstrip()


def nested_steps(keyword: str, arguments: Sequence[str], call: Call) -> Steps:
    """Return what a call of a keyword that runs others does.

    Args:
        keyword: Its name, normalized, a key of RUNS.
        arguments: The call's cells, known lists being as many as they have items.
        call: The call; what is run returns its value.
    """
    before, how = RUNS[keyword]
    if how == "each":
        calls = _split_cells(arguments, "AND") if "AND" in arguments else [[cell] for cell in arguments]
        return tuple(_inner(cells, call) for cells in calls if cells)
    if how == "choice":
        return _chosen(arguments, call)
    cells = arguments[before:]
    if not cells:
        return NOTHING
    steps: Steps = (_inner(cells, call),)
    if how.endswith("last"):
        steps = (*steps, Leave())
    if how == "unless":
        return (Choice((NOTHING, steps), tuple(arguments[:before])),)
    if how.startswith("perhaps"):
        return (Choice((steps, NOTHING), tuple(arguments[:before])),)
    return (Attempt(steps, (NOTHING,)),) if how == "tried" else steps


def leaving(keyword: str, arguments: Sequence[str]) -> Steps:
    """Return what a call of one of LEAVES or LEAVES_IF does."""
    return (Leave(),) if keyword in LEAVES else (Choice(((Leave(),), NOTHING), tuple(arguments[:1])),)


def _chosen(arguments: Sequence[str], call: Call) -> Steps:
    *first, last = _split_cells(arguments, "ELSE IF")
    cut = list(last).index("ELSE") if "ELSE" in last else len(last)
    conditional, other = [*first, last[:cut]], last[cut + 1 :]
    branches = [(_inner(cells[1:], call),) if len(cells) > 1 else NOTHING for cells in conditional]
    branches.append((_inner(other, call),) if other else NOTHING)
    return (Choice(tuple(branches), tuple(cells[0] for cells in conditional if cells)),)


def _inner(cells: Sequence[str], call: Call) -> Call:
    return Call(cells[0], tuple(cells[1:]), call.assigned, (cells[0],), call.line)


def _split_cells(cells: Sequence[str], word: str) -> list[Sequence[str]]:
    """Return the runs of cells between those that are `word`."""
    cuts = [-1, *(position for position, cell in enumerate(cells) if cell == word), len(cells)]
    return [cells[start + 1 : end] for start, end in pairwise(cuts)]


def _steps(body: Iterable[model.BodyItem]) -> Iterator[Step]:
    for item in body:
        match item:
            case running.Keyword():
                yield call_of(item)
            case running.Group():
                yield from steps_of(item.body)
            case running.For():
                if _has_rounds(item):
                    yield from _round(item.body)
                else:
                    yield Choice((tuple(_round(item.body)), NOTHING))
            case running.While():
                # It may run not even once.
                inner = tuple(_round(item.body))
                yield Choice((inner, NOTHING), (item.condition,) if item.condition else ())
            case running.If():
                branches = [steps_of(branch.body) for branch in item.body]
                complete = any(branch.type == branch.ELSE for branch in item.body)
                conditions = tuple(branch.condition for branch in item.body if branch.condition)
                yield Choice(tuple(branches if complete else [*branches, NOTHING]), conditions)
            case running.Try():
                yield from _attempt(item)
            case running.Return():
                yield Leave()


def _has_rounds(loop: running.For) -> bool:
    """Return whether a loop certainly runs: a list may be empty, and so may a range up to a variable."""
    values = [str(value) for value in loop.values]
    if loop.flavor == "IN RANGE":
        return all(_WHOLE.fullmatch(value) for value in values) and _is_range(list(map(int, values)))
    if loop.flavor == "IN ZIP":
        return False
    return any(value[:2] not in ("@{", "&{") for value in values)


def _is_range(numbers: list[int]) -> bool:
    return 1 <= len(numbers) <= 3 and numbers[-1 if len(numbers) == 3 else 0] != 0 and bool(range(*numbers))


def _round(body: Iterable[model.BodyItem]) -> Iterator[Step]:
    """Yield the steps of one round of a loop; those behind a `CONTINUE` or `BREAK` may not run."""
    items = list(body)
    cut = next((place for place, item in enumerate(items) if _leaves_round(item)), len(items))
    yield from steps_of(items[: cut + 1])
    if items[cut + 1 :]:
        yield Choice((tuple(_round(items[cut + 1 :])), NOTHING))


def _leaves_round(item: model.BodyItem) -> bool:
    if isinstance(item, running.Continue | running.Break):
        return True
    if isinstance(item, running.Keyword):
        return any(normalize(str(cell)) in _LEAVES_ROUND for cell in (item.name, *item.args))
    # Those in a loop of its own leave that one.
    inner = () if isinstance(item, running.For | running.While) else getattr(item, "body", ())
    return any(map(_leaves_round, inner))


def _attempt(item: running.Try) -> Iterator[Step]:
    by_type: dict[str, list[Steps]] = {}
    for branch in item.body:
        by_type.setdefault(branch.type, []).append(steps_of(branch.body))
    body = [*by_type.get("TRY", ()), *by_type.get("ELSE", ())]
    yield Attempt(tuple(chain.from_iterable(body)), tuple(by_type.get("EXCEPT", ())))
    for steps in by_type.get("FINALLY", ()):
        yield from steps


def assigned_names(cells: Iterable[str]) -> Iterator[str]:
    """Yield the names, normalized, of the variables that cells such as `${x: int}=` assign."""
    for cell in cells:
        result = search_variable(cell.removesuffix("=").rstrip(), parse_type=True, ignore_errors=True)
        if result.base:
            yield normalize(result.base)
