"""What is found while a tool's code is followed: its commands, why something is unclear, and how much was looked at."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from build.effects.programs.judge import Needed, Verdict
from build.effects.text import UNKNOWN
from build.model import Effect, ExecutedCommand
from build.untrusted.credentials import sanitize

MAX_COMMAND = 500
MAX_COMMANDS = 400
MAX_REASONS = 20
# Of one bundle: statements, calls and keywords that are looked at. The largest real bundle takes a tenth.
MAX_STEPS = 150_000
MAX_DEPTH = 40
_CONDITIONS_SHOWN = 3
_BLANKS = re.compile(r"\s*\\?\s+")
_GRAVITY: dict[Effect, int] = {"changes": 0, "unclear": 1, "reads": 2}


class ExhaustedError(Exception):
    """More is executed than is followed."""


class Condition(NamedTuple):
    """What decides whether a command runs; `names` are the user's variables in it."""

    text: str
    names: frozenset[str] = frozenset()


class Where(NamedTuple):
    """The place of a command, and how it is reached. `remote` means on another machine or in a container."""

    path: str
    line: int
    conditions: tuple[Condition, ...] = ()
    depth: int = 0
    remote: bool = False

    def under(self, condition: Condition | None) -> "Where":
        """Return the place with this condition added."""
        if condition is None or condition in self.conditions:
            return self
        return Where(self.path, self.line, (*self.conditions, condition), self.depth, self.remote)

    def deeper(self) -> "Where":
        """Return the place one call further in.

        Raises:
            ExhaustedError: It is more than MAX_DEPTH calls deep.
        """
        if self.depth >= MAX_DEPTH:
            raise ExhaustedError(f"it calls itself more than {MAX_DEPTH} times over")
        return Where(self.path, self.line, self.conditions, self.depth + 1, self.remote)

    def at(self, path: str, line: int) -> "Where":
        """Return another place that is reached like this one."""
        # `_replace` takes several times as long, and each command has a place.
        return Where(path, line, self.conditions, self.depth, self.remote)


class Noted(NamedTuple):
    """An entry of a ledger: a command with its verdict, or without one the reason why something is unclear."""

    shown: str
    verdict: Verdict | None
    where: Where | None


class Steps:
    """Count what is looked at for all tools of a bundle; `noted` has the entries of all their ledgers."""

    def __init__(self) -> None:
        self._left = MAX_STEPS
        self.noted: list[Noted] = []

    def take(self) -> None:
        """Count one step.

        Raises:
            ExhaustedError: There were more than MAX_STEPS.
        """
        self._left -= 1
        if self._left < 0:
            raise ExhaustedError("it is too long to be followed")


class Ledger:
    """The commands of one tool. `defaults` are the values of a user's variables where nobody sets them."""

    def __init__(self, steps: Steps, defaults: dict[str, str]) -> None:
        self.steps, self.defaults = steps, defaults
        self._commands: dict[tuple[str, str, int], ExecutedCommand] = {}
        self._needs: dict[tuple[str, str, int], dict[Needed, None]] = {}
        self._because: dict[str, None] = {}
        self._starts: dict[tuple[str, str, int], str] = {}

    def copy(self) -> "Ledger":
        """Return a ledger that begins with the same commands."""
        other = Ledger(self.steps, self.defaults)
        other._commands, other._because = dict(self._commands), dict(self._because)
        other._starts = dict(self._starts)
        other._needs = {key: dict(needs) for key, needs in self._needs.items()}
        return other

    def add(self, shown: str, verdict: Verdict, where: Where) -> None:
        """Note a command that is executed, once for each place.

        Args:
            shown: The command as people see it.
            verdict: Its effect and what it needs.
            where: Its place.
        """
        self.steps.noted.append(Noted(shown, verdict, where))
        if verdict.effect == "unclear":
            self._reason(verdict.because or f"what `{_short(shown, 80)}` does is not known")
        elif verdict.effect == "changes" and verdict.because:
            self._reason(verdict.because)
        if not verdict.listed and verdict.effect == "reads":
            return
        condition = _together(where.conditions, verdict.condition, self.defaults)
        command = _command(shown[: MAX_COMMAND * 4])
        key = self._same(command, where.path, where.line)
        command = key[0]
        before = self._commands.get(key)
        if before is None and len(self._commands) >= MAX_COMMANDS and verdict.effect == "reads":
            return
        effect = verdict.effect
        if before is not None:
            if _GRAVITY[before.effect] < _GRAVITY[effect]:
                effect, condition = before.effect, before.condition
            elif before.effect == effect and (before.condition is None or condition is None):
                condition = None
        self._commands[key] = ExecutedCommand(
            command=command, effect=effect, path=where.path, line=where.line, condition=condition
        )
        for need in verdict.needs:
            self._needs.setdefault(key, {})[need] = None

    def _same(self, command: str, path: str, line: int) -> tuple[str, str, int]:
        """Return the key of a command. One that differs from an earlier one in unknown parts alone has that
        one's key.
        """
        start = (" ".join(command.split(None, 3)[:3]), path, line)
        before = self._starts.setdefault(start, command)
        return (before if "…" in before and "…" in command else command), path, line

    def unclear(self, because: str) -> None:
        """Note a reason why the tool's effect cannot be decided."""
        self.steps.noted.append(Noted(because, None, None))
        self._reason(because)

    def again(self, noted: Iterable[Noted], before: Where, now: Where) -> None:
        """Note again what was noted when the same code was reached from elsewhere.

        Args:
            noted: The entries of then.
            before: From where it was reached then.
            now: From where it is reached now.
        """
        for shown, verdict, where in noted:
            if verdict is None or where is None:
                self.unclear(shown)
            else:
                own = where.conditions[len(before.conditions) :]
                self.add(shown, verdict, where._replace(conditions=(*now.conditions, *own)))

    def _reason(self, because: str) -> None:
        if len(self._because) < MAX_REASONS:
            self._because[_short(_presentable(because), 300)] = None

    @property
    def effect(self) -> Effect:
        """Return the gravest effect of all commands: changes, then unclear, then reads."""
        result: set[Effect] = {command.effect for command in self._commands.values()}
        if self._because:
            result.add("unclear")
        return min(result or {"reads"}, key=lambda effect: _GRAVITY[effect])

    @property
    def commands(self) -> tuple[ExecutedCommand, ...]:
        """Return the commands: changing ones first, otherwise in the order of the code."""
        result = sorted(self._commands.values(), key=lambda command: _GRAVITY[command.effect])
        return tuple(result[:MAX_COMMANDS])

    @property
    def because(self) -> tuple[str, ...]:
        """Return what is not known of the effect, as sentences: why it is unclear, or what a change is made to."""
        return tuple(self._because)

    @property
    def needs(self) -> Iterable[tuple[ExecutedCommand, Needed]]:
        """Return each command with a permission that it needs."""
        return [(self._commands[key], need) for key, needs in self._needs.items() for need in needs]


def _short(text: str, most: int) -> str:
    text = text.strip()[: most * 4]
    if "  " in text or "\\ " in text or not text.isprintable():
        text = _BLANKS.sub(" ", text)
    return text if len(text) <= most else text[: most - 1] + "…"


def _together(conditions: Sequence[Condition], own: str | None, defaults: dict[str, str]) -> str | None:
    """Return in words what a command depends on: variables that a user sets rather than what the run meets."""
    named = [condition for condition in conditions if condition.names]
    shown = (named or list(conditions))[-_CONDITIONS_SHOWN:]
    parts = [_short(condition.text, 160) for condition in shown] + ([own] if own else [])
    if not parts:
        return None
    names = sorted({name for condition in shown for name in condition.names if name in defaults})
    defaults_text = [
        f"{name} is {defaults[name]!r} by default" if defaults[name] else f"{name} is empty by default"
        for name in names
    ]
    text = " and ".join(parts) + (f" ({', '.join(defaults_text)})" if defaults_text else "")
    return _short(_presentable(text), MAX_COMMAND)


@lru_cache(2048)
def _command(text: str) -> str:
    return _short(_presentable(text), MAX_COMMAND)


@lru_cache(2048)
def _presentable(text: str) -> str:
    return sanitize(text.replace(UNKNOWN, "…"))
