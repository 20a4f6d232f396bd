"""Dates and counts of each bundle, from one pass over a repository's log."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

from build.model import History
from build.repository import Commit

# Commits that touch this many bundles are sweeps over a whole collection (metadata, renames), not work on one.
BULK = 10


def histories(log: Iterable[Commit], folder: str) -> dict[str, History]:
    """The history of each folder directly below `folder`, by its name; `log` is newest first."""
    touched: dict[str, list[tuple[Commit, bool]]] = defaultdict(list)
    prefix = folder.encode() + b"/"
    for commit in log:
        names = {
            path.removeprefix(prefix).split(b"/", 1)[0].decode("utf-8", "replace")
            for path in commit.paths
            if path.startswith(prefix) and b"/" in path.removeprefix(prefix)
        }
        for name in names:
            touched[name].append((commit, len(names) < BULK))
    return {name: _history(commits) for name, commits in touched.items()}


def _history(commits: list[tuple[Commit, bool]]) -> History:
    newest, oldest = commits[0][0], commits[-1][0]
    # The first commit is a bundle's own however many others came with it.
    own = next((commit for commit, is_own in commits if is_own), oldest)
    return History(
        first_commit=oldest.oid,
        first_date=utc(oldest.date),
        last_commit=newest.oid,
        last_date=utc(newest.date),
        last_own_date=utc(own.date),
        commits=len(commits),
    )


def utc(seconds: int) -> datetime:
    """A date that every reader can hold: git accepts years that datetime does not."""
    return datetime.fromtimestamp(min(max(seconds, 0), 253402300799), UTC)
