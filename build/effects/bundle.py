"""What the tools of a bundle do, by their code: each command that they execute, and what these need."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import NamedTuple

from robot.api import parsing

from build.effects.ledger import Exhausted, Ledger, Steps, Where
from build.effects.programs.judge import Needed
from build.effects.python_code import Python
from build.effects.robot_tasks import Robot
from build.effects.runner import Runner
from build.effects.scene import Scene
from build.effects.shell import follow_shell
from build.model import FILE_OF, LIBRARIES, Effect, Evidence, ExecutedCommand, Kind, Permission

_EVIDENCE = 20


class Effects(NamedTuple):
    """What one tool does."""

    effect: Effect
    commands: tuple[ExecutedCommand, ...]
    because: tuple[str, ...]
    needs: tuple[tuple[ExecutedCommand, Needed], ...]
    wrong: str | None = None


def effects_of(
    folder: str,
    models: Mapping[Kind, parsing.File],
    files: Mapping[str, str],
    present: Iterable[str],
    libraries: Mapping[str, str],
) -> dict[tuple[Kind, int], Effects]:
    """Return what each tool does, by the kind of its file and its line.

    Args:
        folder: Where the bundle lies in the repository.
        models: What Robot Framework's parser made of the robot files.
        files: The texts of the bundle's files by their paths in its folder.
        present: The paths of all its files, also of those that are not read.
        libraries: The texts of the collection's keyword libraries by their paths in the repository.
    """
    steps = Steps()
    found: dict[tuple[Kind, int], Effects] = {}
    for kind, model in models.items():
        found |= {(kind, line): effects for line, effects in _file(folder, kind, model, files, present, libraries, steps)}
    return found


def permissions_of(effects: Iterable[Effects]) -> tuple[Permission, ...]:
    """Return what all tools together need, each permission once, with the commands that it follows from."""
    found: dict[Needed, dict[Evidence, None]] = {}
    for one in effects:
        for command, need in one.needs:
            evidence = Evidence(path=command.path, line=command.line, command=command.command)
            found.setdefault(need, {})[evidence] = None
    return tuple(
        Permission(
            platform=need.platform,
            permission=need.permission,
            scope=need.scope,
            operation=need.operation,
            evidence=tuple(evidence)[:_EVIDENCE],
        )
        for need, evidence in sorted(found.items(), key=lambda item: tuple(map(str, item[0])))
    )


def _file(
    folder: str,
    kind: Kind,
    model: parsing.File,
    files: Mapping[str, str],
    present: Iterable[str],
    libraries: Mapping[str, str],
    steps: Steps,
) -> Iterable[tuple[int, Effects]]:
    """Yield each task's line and effects."""
    general = Ledger(steps, {})
    runner = Runner(Scene(folder, files, frozenset(present), libraries), general)
    python = Python(runner, modules_of(folder, files, libraries))
    runner.run_shell = partial(follow_shell, runner)
    runner.run_python = python.script
    where = Where(f"{folder}/{FILE_OF[kind]}", 1)
    robot = Robot(model, runner, python, where)
    robot.add_resources({path: text for path, text in (*files.items(), *libraries.items()) if path.endswith((".resource", ".robot"))})
    wrong = _guarded(general, lambda: robot.suite(general))
    for task in robot.tasks:
        ledger = general.copy()
        stopped = _guarded(ledger, partial(robot.task, task, ledger)) or wrong
        yield task.lineno, Effects(ledger.effect, ledger.commands, ledger.because, tuple(ledger.needs), stopped)


def _guarded(ledger: Ledger, follow: "partial[None] | object") -> str | None:
    """Follow, and return why that came to no end."""
    try:
        follow()  # type: ignore[operator]
    except (Exhausted, RecursionError) as error:
        why = str(error) if isinstance(error, Exhausted) else "it is nested too deeply"
        ledger.unclear(f"its code was not followed to its end: {why}")
        return why
    return None


def modules_of(folder: str, files: Mapping[str, str], libraries: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return the Python modules that a bundle can import, by their dotted names: the path in the repository, the text."""
    found: dict[str, tuple[str, str]] = {}
    for path, text in libraries.items():
        if path.endswith(".py"):
            name = path.removeprefix(f"{LIBRARIES}/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            if path.endswith("/__init__.py") or name not in found:
                found[name] = path, text
    for path, text in files.items():
        if path.endswith(".py") and "/." not in f"/{path}":
            found.setdefault(path.removesuffix(".py").replace("/", "."), (f"{folder}/{path}", text))
    return found
