"""Without which variables and secrets a robot file cannot do.

A need is a set of names of which one must be given. What runs in any case adds its needs; of a choice between branches,
or of an attempt and what is done where it fails, a need is met by what meets one of each branch. So nothing that stands
in an `IF`, or in a `TRY` whose `EXCEPT` goes on, is needed, and where either of two secrets will do, that is one need.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from build.parse.imports import ImportKind, declared_default, is_optional
from build.parse.robot_file import Block, variables_in
from build.parse.steps import NOTHING, Attempt, Call, Choice, Leave, Step, Steps
from build.parse.suite import DEEPEST, FAILURES, Meaning, Suite

Name = tuple[ImportKind, str]
Need = frozenset[Name]
Tried = dict[str, set[Name]]
# Nothing meets it: the suite ends here.
_NEVER: Need = frozenset()
_MOST = 500
_MOST_NAMES = 5
_MOST_ROUNDS = 10
# After so many steps that may leave a keyword, what follows is not needed.
_MOST_LEAVES = 50
# An expression that holds where a value is missing.
_ABSENCE = re.compile(
    r"\bnot\s+['\"$(]|[!=]=\s*(?:0\b|''|\"\"|['\"]?\$\{(?:EMPTY|NONE|FALSE)\}|None\b|False\b)|\bis\s+(?:None|False)\b"
    r"|['\"]?\$\{(?:EMPTY|NONE)\}['\"]?\s*==|==\s*['\"](?:FAIL|None|False)['\"]|!=\s*['\"]?(?:PASS|True|\$\{True\})\b",
    re.IGNORECASE,
)
_OR = re.compile(r"\bor\b", re.IGNORECASE)
_NOT_THERE = frozenset({"fail", "false", "none", "${false}", "${none}", "${empty}", ""})
_THERE = frozenset({"pass", "true", "${true}"})


class Standing(NamedTuple):
    """Whether a suite requires a name that it declares, and the alternatives to that name."""

    required: bool
    others: frozenset[str]


def needs(suite: Suite) -> dict[Name, Standing]:
    """Return how each declaration without a default stands. Others would do instead where one need names them too, or
    where one is tried when the other is missing, or in the other branch of a choice.
    """
    finder = _Needs(suite)
    unreached = suite.unreached()
    finder.settle([*suite.reached, *suite.closure(unreached)])
    result = {need for block in (suite.file.fixtures, *suite.file.tasks) for need in finder.of_block(block)}
    # A keyword with declarations that nothing calls is reported as such, and read as if the setup called it.
    declared = {name for block in suite.reached for name in finder.names(block.steps)}
    result |= {need for block in unreached for need in finder.of_block(block) if not need & declared}
    result = _least(result)
    others = finder.others
    for need in result:
        for name in need:
            others.setdefault(name, set()).update(need - {name})
    required = {name for need in result if len(need) == 1 for name in need}
    optional = {
        name: Standing(False, frozenset(other[1] for other in also - required)) for name, also in others.items()
    }
    return optional | dict.fromkeys(required, Standing(True, frozenset()))


class _Needs:
    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        self._known: dict[int, set[Need]] = {}
        # Each block's steps, with what may leave it in branches.
        self._whole: dict[int, Steps] = {}
        self._left = _MOST_LEAVES
        self.others: dict[Name, set[Name]] = {}

    def settle(self, blocks: Sequence[Block]) -> None:
        """Find the needs of these blocks, which call each other: those first that others call, and again as long as
        anything changes, since they may do so in circles.
        """
        order = [*reversed(blocks)]
        for _ in range(_MOST_ROUNDS):
            before = dict(self._known)
            for block in order:
                self._known[id(block)] = self._of(self._without_leaves(block.steps))
            if self._known == before:
                return
            # What calls no other stays as it is.
            order = [block for block in order if self._suite.facts(block).keywords]
            if not order:
                return

    def of_block(self, block: Block) -> set[Need]:
        return self._known.get(id(block), set())

    def _without_leaves(self, steps: Steps) -> Steps:
        """Return these steps with what follows one that may leave the keyword in its branches that go on."""
        if id(steps) not in self._whole:
            self._left = _MOST_LEAVES
            self._whole[id(steps)] = self._branched(steps)
        return self._whole[id(steps)]

    def _branched(self, steps: Steps) -> Steps:
        for place, step in enumerate(steps):
            if isinstance(step, Leave):
                return steps[:place]
            if not self._may_leave(step):
                continue
            before, rest = steps[:place], steps[place + 1 :]
            self._left -= 1
            if self._left <= 0:
                return (*before, step, Choice((rest, NOTHING)))
            if isinstance(step, Call):
                return before + self._branched(self._suite.meaning(step).inner + rest)
            branches = step.branches if isinstance(step, Choice) else (step.body, *step.handlers)
            going = [not self._leaves(branch) for branch in branches]
            if sum(going) == 1:
                branches = tuple(one + rest if goes else one for one, goes in zip(branches, going, strict=True))
                rest = NOTHING
            first, *others = map(self._branched, branches)
            branched = (
                Choice((first, *others), step.conditions) if isinstance(step, Choice) else Attempt(first, tuple(others))
            )
            # Whether what follows runs depends on which way each of several branches takes.
            return (
                (*before, branched, Choice((self._branched(rest), NOTHING)))
                if rest and any(going)
                else (*before, branched)
            )
        return steps

    def _leaves(self, steps: Steps, depth: int = 0) -> bool:
        """Return whether these steps leave the keyword in any case."""
        for step in steps:
            if isinstance(step, Leave):
                return True
            if isinstance(step, Call):
                leaves = depth < DEEPEST and self._leaves(self._suite.meaning(step).inner, depth + 1)
            else:
                branches = step.branches if isinstance(step, Choice) else (step.body, *step.handlers)
                leaves = all(self._leaves(branch, depth) for branch in branches)
            if leaves:
                return True
        return False

    def _may_leave(self, step: Step, depth: int = 0) -> bool:
        if isinstance(step, Leave):
            return True
        if isinstance(step, Call):
            inner = self._suite.meaning(step).inner
            return depth < DEEPEST and any(self._may_leave(one, depth + 1) for one in inner)
        branches = step.branches if isinstance(step, Choice) else (step.body, *step.handlers)
        return any(self._may_leave(one, depth) for branch in branches for one in branch)

    def _of(self, steps: Steps, depth: int = 0, before: Tried | None = None) -> set[Need]:
        result: set[Need] = set()
        # Names whose import was tried before, by the variables that hold the result.
        tried = {variable: set(names) for variable, names in (before or {}).items()}
        for step in steps:
            if isinstance(step, Leave):
                break
            if isinstance(step, Call):
                own = self._of_call(step, depth, tried)
                self._follow(step, tried)
            elif isinstance(step, Choice):
                branches = [self._of(branch, depth, tried) for branch in step.branches]
                own = _either(branches) | _missed(step.conditions, branches, tried)
                self._tell_apart(step.branches)
            else:
                own = _either(self._of(steps, depth, tried) for steps in (step.body, *step.handlers))
                self._try(step, tried)
                self._tell_apart((step.body, *step.handlers))
            result |= own
        return result

    def _of_call(self, call: Call, depth: int, tried: Tried) -> set[Need]:
        meaning = self._suite.meaning(call)
        if meaning.keyword is not None:
            return set(self.of_block(meaning.keyword))
        if meaning.library in FAILURES:
            return {_NEVER}
        if meaning.inner and depth < DEEPEST:
            return self._of(meaning.inner, depth + 1, tried)
        if _is_assertion(meaning.library, call.arguments):
            return _any_or_each(call.arguments[:2], tried, _OR.search(call.arguments[0]) is not None)
        name = self._name(call, meaning)
        return {frozenset({name})} if name else set()

    def _name(self, call: Call, meaning: Meaning) -> Name | None:
        """Return the variable or secret that a call declares without a default, None for any other call."""
        declared = self._suite.declared(call, meaning)
        if declared is None or declared.dynamic or declared.partial or declared.kind not in ("variable", "secret"):
            return None
        if declared.kind == "variable":
            given = declared_default(declared.options) is not None
        else:
            given = is_optional(declared.options)
        return None if given else (declared.kind, declared.name)

    def _tell_apart(self, branches: Sequence[Steps]) -> None:
        """Note which names stand in one branch and not in another that has names, too."""
        names = [self.names(branch) for branch in branches]
        for own in names:
            for other in names:
                for name in own - other if len(own) <= _MOST_NAMES >= len(other) else ():
                    self.others.setdefault(name, set()).update(other - own)

    def names(self, steps: Steps) -> set[Name]:
        """Return what these steps declare that has to be given, also in keywords that they come to."""
        calls = list(self._suite.calls(steps))
        keywords = self._suite.closure(meaning.keyword for _, meaning in calls if meaning.keyword is not None)
        calls += [called for keyword in keywords for called in self._suite.facts(keyword).calls]
        return {name for call, meaning in calls if (name := self._name(call, meaning))}

    def _try(self, step: Attempt, tried: Tried) -> None:
        for one in step.body:
            if isinstance(one, Call):
                declared = self._suite.declared(one, meaning := self._suite.meaning(one))
                name = self._name(one, meaning)
                if declared is not None and name is not None:
                    for variable in (declared.name, declared.assigned):
                        tried.setdefault(_variable(variable), set()).add(name)

    def _follow(self, call: Call, tried: Tried) -> None:
        """Add to `tried` the variable that a call assigns: its value, or whether an attempt succeeded, depends on its
        arguments.
        """
        meaning = self._suite.meaning(call)
        # Most often nothing was tried before.
        variables = variables_in(call.arguments) if tried else ()
        names = {name for variable in variables for name in tried.get(variable, ())}
        for step in meaning.inner:
            if isinstance(step, Attempt):
                inner: Tried = {}
                self._try(step, inner)
                names |= {name for own in inner.values() for name in own}
                tried |= {variable: tried.get(variable, set()) | own for variable, own in inner.items()}
        if call.assigned and names:
            tried.setdefault(_variable(call.assigned), set()).update(names)


def _variable(name: str) -> str:
    return next(iter(variables_in([f"${{{name}}}"])), "")


def _missed(conditions: Sequence[str], branches: Sequence[set[Need]], tried: Tried) -> set[Need]:
    """Return the needs of a suite that ends where the first condition finds that what was tried before is missing."""
    if not conditions or not any(_NEVER in branch for branch in branches[:2]):
        return set()
    condition = conditions[0]
    absent = _ABSENCE.search(condition) is not None
    has_or = _OR.search(condition) is not None
    if absent and _NEVER in branches[0]:
        return _any_or_each([condition], tried, not has_or)
    if not absent and len(branches) == 2 and _NEVER in branches[1] and not re.search(r"[<>=]", condition):
        return _any_or_each([condition], tried, has_or)
    return set()


def _is_assertion(library: str, arguments: Sequence[str]) -> bool:
    """Return whether a keyword of Robot's own ends the suite where the values of its arguments are missing."""
    if library == "shouldbetrue" and arguments:
        return _ABSENCE.search(arguments[0]) is None and "=" not in arguments[0]
    if library == "shouldnotbeempty":
        return bool(arguments)
    words = {cell.strip().casefold() for cell in arguments[:2]}
    if library in ("shouldbeequal", "shouldbeequalasstrings"):
        return bool(words & _THERE)
    return library in ("shouldnotbeequal", "shouldnotbeequalasstrings") and bool(words & _NOT_THERE)


def _any_or_each(cells: Sequence[str], tried: Tried, any_will_do: bool) -> set[Need]:
    """Return the needs of a suite that asks for one of the names behind these cells, or for each of them."""
    names = {name for variable in variables_in(cells) for name in tried.get(variable, ())}
    if any_will_do:
        return {frozenset(names)} if names else set()
    return {frozenset({name}) for name in names}


def _either(branches: Iterable[set[Need]]) -> set[Need]:
    """Return the needs of a choice: whichever branch runs, one of its needs has to be met."""
    result: set[Need] | None = None
    for branch in branches:
        own = {_NEVER} if _NEVER in branch else branch
        if result is None:
            result = own
        elif len(result) * len(own) > _MOST:
            result = result & own
        else:
            result = _least(one | other for one in result for other in own)
        if not result:
            return set()
    return result or set()


def _least(needs: Iterable[Need]) -> set[Need]:
    """Return the needs without those that follow from others among them."""
    result = {need for need in needs if len(need) <= _MOST_NAMES}
    if _NEVER in result and len(result) == 1:
        return result
    single = {next(iter(need)) for need in result if len(need) == 1}
    several = [need for need in result if len(need) > 1 and not need & single]
    several = [need for need in several if not any(other < need for other in several)]
    return {frozenset({name}) for name in single} | set(several)
