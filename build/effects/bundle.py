"""What the tools of a bundle do, by their code: each command that they execute, and what these need."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from robot.api import parsing

from build.effects.ledger import ExhaustedError, Ledger, Steps, Where
from build.effects.programs.judge import Needed
from build.effects.python_code import Python
from build.effects.robot_tasks import Robot
from build.effects.runner import Followed, Runner
from build.effects.scene import Answers, Files, Scene
from build.effects.shell import follow_shell
from build.model import FILE_OF, Effect, Evidence, ExecutedCommand, Kind, Permission

_EVIDENCE = 20


class Effects(NamedTuple):
    """What one tool does."""

    effect: Effect
    commands: tuple[ExecutedCommand, ...]
    because: tuple[str, ...]
    needs: tuple[tuple[ExecutedCommand, Needed], ...]
    wrong: str | None = None


class Memory:
    """Results of following other states of a bundle: of scripts, and of whole robot files."""

    def __init__(self) -> None:
        self.scripts: Followed = {}
        self.robot_files: dict[tuple[Kind, str | None], tuple[Answers, Sequence[tuple[int, Effects]]]] = {}


def effects_of(
    files: Files, models: Mapping[Kind, parsing.File], memory: Memory | None = None
) -> dict[tuple[Kind, int], Effects]:
    """Return the effects of each tool, by the kind of its file and its line.

    Args:
        files: The bundle's files.
        models: Robot Framework's parse of its robot files.
        memory: Results of other states of the bundle; those of this one are added.
    """
    steps = Steps()
    memory = memory or Memory()
    result: dict[tuple[Kind, int], Effects] = {}
    for kind, model in models.items():
        asked = files.asked
        key = kind, files.text(f"{files.folder}/{FILE_OF[kind]}")
        known = memory.robot_files.get(key)
        if known and files.agree(known[0]):
            result |= {(kind, line): effects for line, effects in known[1]}
            continue
        followed_tasks = list(_file(files, kind, model, steps, memory.scripts))
        memory.robot_files[key] = files.answers(asked), followed_tasks
        result |= {(kind, line): effects for line, effects in followed_tasks}
    return result


def permissions_of(effects: Iterable[Effects]) -> tuple[Permission, ...]:
    """Return the permissions that all tools together need, each once, with the commands that it follows from."""
    result: dict[Needed, dict[Evidence, None]] = {}
    for one in effects:
        for command, need in one.needs:
            evidence = Evidence(path=command.path, line=command.line, command=command.command)
            result.setdefault(need, {})[evidence] = None
    return tuple(
        Permission(
            platform=need.platform,
            permission=need.permission,
            scope=need.scope,
            operation=need.operation,
            evidence=tuple(evidence)[:_EVIDENCE],
        )
        for need, evidence in sorted(result.items(), key=lambda item: tuple(map(str, item[0])))
    )


def _file(
    files: Files, kind: Kind, model: parsing.File, steps: Steps, followed: Followed
) -> Iterable[tuple[int, Effects]]:
    """Yield each task's line and effects."""
    general = Ledger(steps, {})
    runner = Runner(Scene(files), general, followed)
    python = Python(runner, files)
    runner.run_shell = partial(follow_shell, runner)
    runner.run_python = python.script
    robot = Robot(model, runner, python, Where(f"{files.folder}/{FILE_OF[kind]}", 1))
    python.run_keyword = robot.step
    robot.add_resources(files)
    wrong = _guarded(general, lambda: robot.suite(general))
    for task in robot.tasks:
        ledger = general.copy()
        stopped = _guarded(ledger, partial(robot.task, task, ledger)) or wrong
        yield task.lineno, Effects(ledger.effect, ledger.commands, ledger.because, tuple(ledger.needs), stopped)
    # They know each other: else all that was followed would wait for a search for such circles.
    del runner.run_shell, runner.run_python, python.run_keyword, python.runner, robot.variables


def _guarded(ledger: Ledger, follow: Callable[[], object]) -> str | None:
    """Call `follow`, and return why it did not come to its end; None where it did."""
    try:
        follow()
    except (ExhaustedError, RecursionError) as error:
        why = str(error) if isinstance(error, ExhaustedError) else "it is nested too deeply"
        ledger.unclear(f"its code was not followed to its end: {why}")
        return why
    return None
