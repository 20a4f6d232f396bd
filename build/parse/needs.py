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
from build.parse.steps import Attempt, Call, Choice, Steps
from build.parse.suite import DEEPEST, FAILURES, Meaning, Suite

Name = tuple[ImportKind, str]
Need = frozenset[Name]
# Nothing meets it: the suite ends here.
_NEVER: Need = frozenset()
_MOST = 500
_MOST_NAMES = 5
_MOST_ROUNDS = 10
# An expression that holds where a value is missing.
_ABSENCE = re.compile(
    r"\bnot\s+['\"$(]|[!=]=\s*(?:0\b|''|\"\"|['\"]?\$\{(?:EMPTY|NONE|FALSE)\}|None\b|False\b)|\bis\s+None\b"
    r"|['\"]?\$\{(?:EMPTY|NONE)\}['\"]?\s*==", re.IGNORECASE
)  # fmt: skip
_OR = re.compile(r"\bor\b", re.IGNORECASE)


class Standing(NamedTuple):
    """Whether a suite needs what it declares, and the names of what would do instead."""

    required: bool
    others: frozenset[str]


def needs(suite: Suite) -> dict[Name, Standing]:
    """Return how each declaration without a default stands. Others would do instead where one need names them too, or
    where one is tried when the other is missing, or in the other branch of a choice.
    """
    finder = _Needs(suite)
    finder.settle([*suite.reached, *suite.closure(suite.unreached())])
    found = {need for block in (suite.file.fixtures, *suite.file.tasks) for need in finder.of_block(block)}
    # A keyword with declarations that nothing calls is told as such, and read as if the setup called it.
    declared = {name for block in suite.reached for name in finder.names(block.steps)}
    found |= {need for block in suite.unreached() for need in finder.of_block(block) if not need & declared}
    found = _least(found)
    others = finder.others
    for need in found:
        for name in need:
            others.setdefault(name, set()).update(need - {name})
    required = {name for need in found if len(need) == 1 for name in need}
    made = {name: Standing(False, frozenset(other[1] for other in also - required)) for name, also in others.items()}
    return made | dict.fromkeys(required, Standing(True, frozenset()))


class _Needs:
    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        self._known: dict[int, set[Need]] = {}
        self.others: dict[Name, set[Name]] = {}

    def settle(self, blocks: Sequence[Block]) -> None:
        """Find the needs of these blocks, which call each other: those first that others call, and again as long as
        anything changes, since they may do so in circles.
        """
        for _ in range(_MOST_ROUNDS):
            before = dict(self._known)
            for block in reversed(blocks):
                self._known[id(block)] = self._of(block.steps)
            if self._known == before:
                return

    def of_block(self, block: Block) -> set[Need]:
        return self._known.get(id(block), set())

    def _of(self, steps: Steps, depth: int = 0) -> set[Need]:
        found: set[Need] = set()
        # What was tried before, by the variables that tell whether it was there.
        tried: dict[str, set[Name]] = {}
        for step in steps:
            if isinstance(step, Call):
                own = self._of_call(step, depth)
                self._follow(step, tried)
            elif isinstance(step, Choice):
                own = _either(self._of(branch, depth) for branch in step.branches)
                if _NEVER in self._of(step.branches[0], depth):
                    own |= _missed(step.conditions[:1], tried)
                self._tell_apart(step.branches)
            else:
                own = _either(self._of(steps, depth) for steps in (step.body, *step.handlers))
                self._try(step, tried)
                self._tell_apart((step.body, *step.handlers))
            found |= own
        return found

    def _of_call(self, call: Call, depth: int) -> set[Need]:
        meaning = self._suite.meaning(call)
        if meaning.keyword is not None:
            return set(self.of_block(meaning.keyword))
        if meaning.library in FAILURES:
            return {_NEVER}
        if meaning.inner and depth < DEEPEST:
            return self._of(meaning.inner, depth + 1)
        name = self._name(call, meaning)
        return {frozenset({name})} if name else set()

    def _name(self, call: Call, meaning: Meaning) -> Name | None:
        """What a call declares that has to be given, where it is reached at all."""
        declared = self._suite.declared(call, meaning)
        if declared is None or declared.dynamic or declared.kind not in ("variable", "secret"):
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

    def _try(self, step: Attempt, tried: dict[str, set[Name]]) -> None:
        for one in step.body:
            if isinstance(one, Call):
                declared = self._suite.declared(one, meaning := self._suite.meaning(one))
                name = self._name(one, meaning)
                if declared is not None and name is not None:
                    for variable in (declared.name, declared.assigned):
                        tried.setdefault(_variable(variable), set()).add(name)

    def _follow(self, call: Call, tried: dict[str, set[Name]]) -> None:
        """What is made of a variable tells of it too, and so does whether an attempt succeeded."""
        meaning = self._suite.meaning(call)
        names = {name for variable in variables_in(call.arguments) for name in tried.get(variable, ())}
        for step in meaning.inner:
            if isinstance(step, Attempt):
                inner: dict[str, set[Name]] = {}
                self._try(step, inner)
                names |= {name for own in inner.values() for name in own}
                tried |= {variable: tried.get(variable, set()) | own for variable, own in inner.items()}
        if call.assigned and names:
            tried.setdefault(_variable(call.assigned), set()).update(names)


def _variable(name: str) -> str:
    return next(iter(variables_in([f"${{{name}}}"])), "")


def _missed(conditions: Iterable[str], tried: dict[str, set[Name]]) -> set[Need]:
    """The needs of a suite that ends where one of these conditions says that what was tried before is missing."""
    found: set[Need] = set()
    for condition in conditions:
        names = {name for variable in variables_in([condition]) for name in tried.get(variable, ())}
        if not names or not _ABSENCE.search(condition):
            continue
        found |= {frozenset({name}) for name in names} if _OR.search(condition) else {frozenset(names)}
    return found


def _either(branches: Iterable[set[Need]]) -> set[Need]:
    """The needs of a choice: of each branch one is to be met."""
    made: set[Need] | None = None
    for branch in branches:
        own = {_NEVER} if _NEVER in branch else branch
        if made is None:
            made = own
        elif len(made) * len(own) > _MOST:
            made = made & own
        else:
            made = _least(one | other for one in made for other in own)
        if not made:
            return set()
    return made or set()


def _least(needs: Iterable[Need]) -> set[Need]:
    """Those that do not follow from others among them."""
    found = {need for need in needs if len(need) <= _MOST_NAMES}
    if _NEVER in found and len(found) == 1:
        return found
    single = {next(iter(need)) for need in found if len(need) == 1}
    several = [need for need in found if len(need) > 1 and not need & single]
    several = [need for need in several if not any(other < need for other in several)]
    return {frozenset({name}) for name in single} | set(several)
