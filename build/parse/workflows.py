"""Which lines of a repository's workflows run the tests of its bundles. The files are read as data: nothing is
resolved, called or run, so what happens in an action or a script of its own stays unknown.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from build.model import Problem, Value
from build.problems import problem
from build.untrusted import safe_yaml
from build.untrusted.credentials import sanitize

# Lines that run tests in one collection, and characters that are shown of each.
MAX_RUNS = 50
_LONGEST = 200
_EXPRESSION = re.compile(r"\$\{\{[^}]*\}\}")
_WORD = re.compile(r"[^\s\"'`;|&()<>=,]+")
_LITERAL = re.compile(r"\w[\w.-]*")
_TESTS = frozenset({".test", ".tests", "test", "tests", "__tests__"})
# Commands that run nothing of what they name, and options by which others leave it out.
_RUNS_NOTHING = re.compile(
    r"\s*(?:#|echo\b|printf\b|rm\b|ls\b|cat\b|cp\b|mv\b|mkdir\b|chmod\b|tar\b|git\b)"
    r"|(?:^|\s)(?:-not|!|-prune|--exclude\S*|--ignore\S*)(?:\s|$)"
)
_NEVER = frozenset({"false", "${{ false }}", "${{false}}"})


class CiTest(Value):
    """A line of a workflow that runs tests: of one `bundle` by its folder, or of all where that is None."""

    commit: str
    path: str
    line: int
    text: str
    bundle: str | None = None


class CiTests(Value):
    """What a repository's workflows show, and a note on each that could not be read."""

    runs: tuple[CiTest, ...] = ()
    problems: tuple[Problem, ...] = ()


def find_ci_tests(collection: str, commit: str, texts: Mapping[str, bytes]) -> CiTests:
    """Return the lines that run tests of bundles.

    Args:
        collection: The slug, for problems.
        commit: Where the files are from.
        texts: The workflows' contents by path.
    """
    runs: list[CiTest] = []
    problems = []
    for path, content in texts.items():
        try:
            for document in safe_yaml.documents(content.decode("utf-8")):
                runs += (
                    CiTest(commit=commit, path=path, line=line, text=_clean_line(text), bundle=bundle)
                    for line, text, bundle in _test_lines(_mapping(document))
                )
        except (safe_yaml.SafeYamlError, UnicodeDecodeError) as error:
            line = error.line if isinstance(error, safe_yaml.SafeYamlError) else None
            message = f"the workflow cannot be read ({error}), so whether it runs tests is not known"
            problems.append(problem("workflow-unreadable", message, collection=collection, path=path, line=line))
    return CiTests(runs=tuple(runs[:MAX_RUNS]), problems=tuple(problems))


_Line = tuple[int, str, str | None]


def _test_lines(workflow: Mapping[str, yaml.Node]) -> Iterator[_Line]:
    for job in _mapping(workflow.get("jobs")).values():
        parts = _mapping(job)
        default = _directory(parts) or _directory(workflow)
        steps = parts.get("steps")
        if _never(parts) or not isinstance(steps, yaml.SequenceNode):
            continue
        for step in steps.value:
            own = _mapping(step)
            script = own.get("run")
            if isinstance(script, yaml.ScalarNode) and not _never(own):
                yield from _in_step(script, own.get("working-directory") or default)


def _in_step(step: yaml.ScalarNode, directory: yaml.Node | None) -> Iterator[_Line]:
    script, place = str(step.value), _text(directory)
    if (result := _tested_bundle(place)) is not None:
        # A step whose working directory is a folder of tests runs tests, whatever its script says.
        yield step.start_mark.line + 1, f"in {place}: {script.strip()}", result or None
        return
    block = step.style in ("|", ">")
    for number, line in enumerate(script.splitlines()):
        at = step.start_mark.line + 1 + (number + 1 if block else 0)
        if _RUNS_NOTHING.search(line):
            continue
        for word in _WORD.findall(_EXPRESSION.sub("*", line.partition(" #")[0])):
            if _tested_bundle(word) is not None:
                yield at, line.strip(), _tested_bundle(f"{place}/{word}" if place and word[0] != "/" else word) or None
                break


def _tested_bundle(path: str) -> str | None:
    """Return the bundle whose tests a path names, "" where it names those of any, None where it names no tests."""
    parts = [part for part in _EXPRESSION.sub("*", path).split("/") if part not in ("", ".")]
    if "codebundles" in parts:
        _, *below = parts[parts.index("codebundles") :]
        if _TESTS.intersection(below[1:]):
            return below[0] if _LITERAL.fullmatch(below[0]) else ""
        return None
    # Folders of other names are the repository's own.
    return "" if ".test" in parts else None


def _directory(parts: Mapping[str, yaml.Node]) -> yaml.Node | None:
    return _mapping(_mapping(parts.get("defaults")).get("run")).get("working-directory")


def _mapping(node: Any) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}


def _text(node: yaml.Node | None) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _never(parts: Mapping[str, yaml.Node]) -> bool:
    return _text(parts.get("if")).strip().casefold() in _NEVER


def _clean_line(text: str) -> str:
    """Return a stranger's line as it may be shown: on one line, without keys, bounded."""
    return " ".join(sanitize(text).split())[:_LONGEST]
