"""Dates and counts of each bundle, from one pass over a repository's log."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache

from build.fetch.git import Commit
from build.model import Change, History, Release
from build.untrusted.credentials import without_keys

# Commits that touch this many bundles are sweeps over a whole collection (metadata, renames), not work on one.
BULK = 10
_MAX_AUTHORS = 20
_MAX_NAME = 100
_CHANGES = 10
_MAX_SUBJECT = 120


def histories(log: Iterable[Commit]) -> dict[str, History]:
    """The history of each folder by its name; `log` is newest first."""
    touched: dict[str, list[Commit]] = defaultdict(list)
    for commit in log:
        for name in commit.folders:
            touched[name.decode("utf-8", "replace")].append(commit)
    return {name: _history(commits) for name, commits in touched.items()}


def _history(commits: list[Commit]) -> History:
    newest, oldest = commits[0], commits[-1]
    # The first commit is a bundle's own however many others came with it.
    own = next((commit for commit in commits if len(commit.folders) < BULK), oldest)
    counts = Counter(name for commit in commits if (name := _name(commit.author)))
    return History(
        first_commit=oldest.oid,
        first_date=utc(oldest.date),
        last_commit=newest.oid,
        last_date=utc(newest.date),
        last_own_date=utc(own.date),
        commits=len(commits),
        authors=tuple(sorted(counts, key=lambda name: (-counts[name], name))[:_MAX_AUTHORS]),
        changelog=tuple(
            Change(
                commit=commit.oid,
                date=utc(commit.date),
                subject=_subject(commit.subject),
                sweep=commit is not oldest and len(commit.folders) >= BULK,
            )
            for commit in commits[:_CHANGES]
        ),
    )


def releases(tags: Iterable[tuple[str, str, int]]) -> tuple[Release, ...]:
    """Tags as `Mirror.tags` has them, with names that can be shown."""
    return tuple(Release(name=_shown(name)[:_MAX_NAME], commit=commit, date=utc(date)) for name, commit, date in tags)


def _name(author: str) -> str:
    """A name to show: no e-mail address that somebody wrote as one."""
    return _shown(" ".join(word for word in author.split() if "@" not in word))[:_MAX_NAME]


# One commit can touch every bundle.
@lru_cache
def _subject(line: str) -> str:
    text = _shown(line[: 10 * _MAX_SUBJECT])
    return text if len(text) <= _MAX_SUBJECT else f"{text[: _MAX_SUBJECT - 1].rstrip()}…"


def _shown(text: str) -> str:
    """Nothing that acts on a terminal or a page, and no key."""
    return without_keys(" ".join("".join(c if c.isprintable() else " " for c in text).split())).text


def utc(seconds: int) -> datetime:
    """A date that every reader can hold: git accepts years that datetime does not."""
    return datetime.fromtimestamp(min(max(seconds, 0), 253402300799), UTC)
