"""Names that are gone: renames followed over several commits, and the commits that removed bundles."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from build.fetch.git import Commit


def follow_renames(log: Iterable[Commit], gone: Collection[str], new: Collection[str]) -> dict[str, str]:
    """Return the new name of each folder of `gone` that is one of `new`, over however many names between.

    Args:
        log: The commits between two states, newest first.
        gone: Names that only the older state has.
        new: Names that only the newer one has.
    """
    origins: dict[str, str] = {}
    for commit in reversed([*log]):
        for _, raw_old, raw_new in commit.renames:
            old, name = _text(raw_old), _text(raw_new)
            # A merge tells again what its branches did.
            if old in origins or name not in origins:
                origins[name] = origins.pop(old, old)
    result: dict[str, str] = {}
    for name, old in origins.items():
        if old in gone and name in new and old not in result:
            result[old] = name
    return result


class Departure(NamedTuple):
    """How a name went: by what `commit`, whose parent `before` was the last to have it, and the living bundle `to`
    which it leads over all renames since, None where that was removed too.
    """

    commit: Commit
    before: str
    to: str | None


def departures(
    log: Sequence[Commit], living: Collection[str], bundles_at: Callable[[str], Collection[str]]
) -> dict[str, Departure]:
    """Return what became of each name that a bundle once had and none has any more.

    Args:
        log: Newest first, no commit before its children.
        living: Names that bundles have now.
        bundles_at: Gives the names of the bundles at a commit.
    """
    result: dict[str, list[Departure]] = {}
    for commit in log:
        now = bundles_at(commit.oid)
        went = {
            name: parent
            for parent in reversed(commit.parents)
            for name in bundles_at(parent)
            if name not in now and name.encode() in commit.folders
        }
        leads = {}
        for name, parent in went.items():
            to = next((_text(n) for p, old, n in commit.renames if p == parent and _text(old) == name), None)
            # The name may have been renamed again; each step is later than the one before, so rings of renames end.
            next_departure = result.get(to, ()) if to else ()
            if next_departure:
                end = next_departure[-1]
                leads[name] = Departure(commit, parent, end.to) if end.to else end
            else:
                leads[name] = Departure(commit, parent, to if to in living else None)
        for name, departure in leads.items():
            result.setdefault(name, []).append(departure)
    return {name: own[0] for name, own in result.items() if name not in living}


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")
