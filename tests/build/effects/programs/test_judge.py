"""Verdicts on whole command lines, written by hand; `§` stands for what could not be resolved."""

import shlex
from pathlib import Path

import pytest

from build.effects.programs.judge import UNKNOWN, Inner, Verdict, judge, judge_sql


def _lines(name: str) -> list[str]:
    return Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()


# A command a line; what a program runs in turn is judged too.
READS = _lines("reads.txt")

CHANGES = _lines("changes.txt")

UNCLEAR = _lines("unclear.txt")


def words(line: str) -> list[str]:
    return [word.replace("§", UNKNOWN) for word in shlex.split(line)]


def whole(verdict: Verdict, depth: int = 0) -> str:
    """The effect of a command with all that it runs in turn, as the shell's reader would say it."""
    effects = [verdict.effect, *(whole(inner_verdict(inner), depth + 1) for inner in verdict.runs if depth < 5)]
    return next(effect for effect in ("changes", "unclear", "reads") if effect in effects)


def inner_verdict(inner: Inner) -> Verdict:
    if inner.language == "words":
        return judge(inner.words, remote=inner.remote)
    if inner.language == "sql":
        return judge_sql(inner.text)
    if inner.language == "python":
        return Verdict("reads")
    verdicts = [judge(words(line), remote=inner.remote) for line in commands(inner.text)]
    effects = [whole(verdict) for verdict in verdicts]
    return Verdict(next(effect for effect in ("changes", "unclear", "reads") if effect in effects))


def commands(text: str) -> list[str]:
    """A line of shell in its commands: enough for the lines here, which have no quoted separators."""
    text = text.replace(UNKNOWN, "§")
    for separator in ("&&", "||", "|", "\n"):
        text = text.replace(separator, ";")
    return [part for part in text.split(";") if part.strip()]


@pytest.mark.parametrize("line", READS)
def test_reads(line: str) -> None:
    assert whole(judge(words(line))) == "reads"


@pytest.mark.parametrize("line", CHANGES)
def test_changes(line: str) -> None:
    assert whole(judge(words(line))) == "changes"


@pytest.mark.parametrize("line", UNCLEAR)
def test_what_cannot_be_decided_says_why(line: str) -> None:
    verdict = judge(words(line))
    assert whole(verdict) == "unclear"
