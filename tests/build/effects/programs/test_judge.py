"""Verdicts on whole command lines, written by hand; `§` stands for what could not be resolved."""

import shlex
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from build.effects.programs.judge import _SPECIAL, UNKNOWN, Inner, Verdict, judge, judge_sql
from build.effects.programs.tables import TABLES


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


@pytest.mark.parametrize(
    ("line", "effect", "condition"),
    [
        ("kubectl delete pod x --dry-run=§", "changes", "--dry-run=…"),
        ("helm upgrade x y --dry-run=§", "changes", "--dry-run=…"),
        ("bq query --dry_run=§ 'DELETE FROM x'", "reads", "--dry_run=…"),
        ("kubectl delete pod x", "changes", None),
        ("kubectl get pod x --dry-run=§", "reads", None),
    ],
)
def test_an_option_whose_value_is_not_known_is_the_condition(line: str, effect: str, condition: str | None) -> None:
    verdict = judge(words(line))
    assert (verdict.effect, verdict.condition) == (effect, condition)


PROGRAMS = sorted({*TABLES, *_SPECIAL})
SOME = (
    "get list delete exec -- - -n -it --dry-run -c --help= = {} ; \\; -exec run s3 cp api rest --method -X POST "
    "https://x/y pods a/b a:b wait --sql apply -f patch"
)
WORDS = st.one_of(
    st.sampled_from(SOME.split()), st.text(alphabet=st.characters(codec="utf-8"), max_size=6), st.just(UNKNOWN)
)


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(st.sampled_from(PROGRAMS), WORDS),
    st.lists(WORDS, max_size=7),
    st.none() | st.text(max_size=20),
    st.booleans(),
)
def test_any_words_have_a_verdict(program: str, arguments: list[str], stdin: str | None, remote: bool) -> None:
    verdict = judge([program, *arguments], stdin, remote=remote)
    assert verdict.effect in ("reads", "changes", "unclear")
    assert (verdict.effect == "unclear") == (verdict.because is not None)
    assert UNKNOWN not in (verdict.because or "")
    for inner in verdict.runs:
        assert (inner.language == "words") <= bool(inner.words)


def test_very_many_words_are_cut() -> None:
    assert judge(["kubectl", "get", "pods", *["-n", "x"] * 100_000]).effect == "reads"
