"""What is said of one command: its effect, what it runs in turn, and the permissions that it needs."""

from typing import Literal, NamedTuple

Effect = Literal["reads", "changes", "unclear"]
Language = Literal["shell", "words", "sql", "python", "custodian"]

UNKNOWN = "\x00"
"""Stands inside a word for text that could not be resolved: a variable without a known value."""


class Inner(NamedTuple):
    """Something that a program runs in turn.

    `words` has the command of "words" and the files of "custodian". `remote` says that it runs on another machine or in
    a pod, whose files are not the run's own.
    """

    language: Language
    text: str
    words: tuple[str, ...] = ()
    remote: bool = False


class Needed(NamedTuple):
    """A permission. `scope` is "namespaced" or "cluster" on Kubernetes, the resource provider on Azure."""

    platform: str
    permission: str
    scope: str | None = None
    operation: str | None = None


class Verdict(NamedTuple):
    """The effect of a program itself, without what it runs; `listed` is False for plumbing such as echo or jq.

    `because` says what is not known: why the effect is unclear, or what a change is made to.
    """

    effect: Effect
    because: str | None = None
    condition: str | None = None
    runs: tuple[Inner, ...] = ()
    needs: tuple[Needed, ...] = ()
    listed: bool = True


PLUMBING = Verdict("reads", listed=False)


def unclear(because: str) -> Verdict:
    """Return a verdict that says why nothing could be decided."""
    return Verdict("unclear", because)


def readable(word: str) -> str:
    """Return a word for people: what is not known of it as `…`, and not too long."""
    text = word.replace(UNKNOWN, "…")
    return text if len(text) <= 60 else f"{text[:59]}…"
