"""Dates and counts of each bundle, from one pass over a repository's log."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from build.fetch.git import Commit
from build.model import Change, History
from build.untrusted.credentials import without_keys

# Commits that touch this many bundles are sweeps over a whole collection (metadata, renames), not work on one.
BULK = 10
# By so many seconds clocks may differ.
_SKEW = 86_400
_MAX_AUTHORS = 20
_MAX_NAME = 100
_CHANGES = 10
_MAX_SUBJECT = 120


class Dated(NamedTuple):
    """A log whose dates may be believed. `wrong` are the commits that are dated after `latest`, the time of the run, as
    they say; `newest` is the date of the whole.
    """

    log: tuple[Commit, ...]
    wrong: tuple[Commit, ...]
    newest: int
    latest: int

    def date(self, said: int) -> int:
        """Return a date that somebody says, or that of the whole where it is of the future."""
        return said if said <= self.latest else self.newest


def believable(log: Sequence[Commit], newest: int, now: int) -> Dated:
    """Return a log in which no commit is of the future: one that says so has the date of the commit after it, or where
    there is none, of those before it.

    Args:
        log: Newest first, no commit before its children.
        newest: The date of the commit that the log was asked of, which need not be in it.
        now: The time of the run. All three in seconds since 1970.
    """
    latest = now + _SKEW
    after: dict[str, int] = {}
    dates: dict[str, int | None] = {}
    for commit in log:
        bound = after.pop(commit.oid, newest if newest <= latest else None)
        date = dates[commit.oid] = commit.date if commit.date <= latest else bound
        if date is not None:
            after.update({parent: min(date, after.get(parent, date)) for parent in commit.parents})
    believed: dict[str, int] = {}
    for commit in reversed(log):
        before = max((believed[parent] for parent in commit.parents if parent in believed), default=now)
        date = dates[commit.oid]
        believed[commit.oid] = before if date is None else date
    return Dated(
        log=tuple(commit._replace(date=believed[commit.oid]) for commit in log),
        wrong=tuple(commit for commit in log if commit.date > latest),
        newest=newest if newest <= latest else max(believed.values(), default=now),
        latest=latest,
    )


def histories(log: Iterable[Commit]) -> dict[str, History]:
    """Return the history of each folder by its name at the newest commit, which it need not have had before.

    Args:
        log: Newest first, no commit before its children.
    """
    touched: dict[str, list[tuple[Commit, bool]]] = defaultdict(list)
    # What folders of a commit are called at the newest one, by the commit; few were ever called otherwise.
    later: dict[str, dict[bytes, bytes]] = {}
    for commit in log:
        names = later.pop(commit.oid, {})
        gone: dict[bytes, bytes] = {}
        for parent in commit.parents:
            own = {old: names.get(new, new) for before, old, new in commit.renames if before == parent}
            known = later.get(parent)
            # Of several children each has its names; most have the same ones.
            later[parent] = names if known in (None, names) and not own else {**names, **own, **(known or {})}
            gone |= own
        folders = {gone.get(name, names.get(name, name)) for name in commit.folders}
        for name in folders:
            touched[name.decode("utf-8", "replace")].append((commit, len(folders) >= BULK))
    return {name: _history(commits) for name, commits in touched.items()}


def _history(touched: list[tuple[Commit, bool]]) -> History:
    """Return the history of a folder from the commits that touched it, each with whether it touched many folders."""
    (newest, _), (oldest, _) = touched[0], touched[-1]
    # The first commit is a bundle's own however many others came with it.
    own = next((commit for commit, sweep in touched if not sweep), oldest)
    counts = Counter(name for commit, _ in touched if (name := _name(commit.author)))
    return History(
        first_commit=oldest.oid,
        first_date=utc(oldest.date),
        last_commit=newest.oid,
        last_date=utc(newest.date),
        last_own_date=utc(own.date),
        commits=len(touched),
        authors=tuple(sorted(counts, key=lambda name: (-counts[name], name))[:_MAX_AUTHORS]),
        changelog=tuple(
            Change(
                commit=commit.oid,
                date=utc(commit.date),
                subject=presentable_subject(commit.subject),
                sweep=sweep and commit is not oldest,
            )
            for commit, sweep in touched[:_CHANGES]
        ),
    )


def _name(author: str) -> str:
    """Return an author's name without e-mail addresses."""
    return _shown(" ".join(word for word in author.split() if "@" not in word))[:_MAX_NAME]


# One commit can touch every bundle.
@lru_cache
def presentable_subject(line: str) -> str:
    """Return the first line of a commit's message for people: printable, without keys, not too long."""
    text = _shown(line[: 10 * _MAX_SUBJECT])
    return text if len(text) <= _MAX_SUBJECT else f"{text[: _MAX_SUBJECT - 1].rstrip()}…"


def _shown(text: str) -> str:
    """Return text without keys, and without characters that act on a terminal or a page."""
    return without_keys(" ".join("".join(c if c.isprintable() else " " for c in text).split())).text


def utc(seconds: int) -> datetime:
    """Return a date within the years that datetime has: git accepts others."""
    return datetime.fromtimestamp(min(max(seconds, 0), 253402300799), UTC)


def iso(date: datetime) -> str:
    """Return a date in UTC as JSON has it, to the second."""
    return date.strftime("%Y-%m-%dT%H:%M:%SZ")
