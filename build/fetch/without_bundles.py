"""The problem of a repository without bundles, which names what it has instead: capabilities, or something else."""

from collections.abc import Iterable

from build.fetch.git import Mirror, TreeEntry
from build.fetch.tree import ROOT, printable
from build.model import Problem
from build.problems import problem

_FOLDER, _BINDINGS = "capabilities", ".runwhen/capabilities"
CAPABILITIES = (_FOLDER, _BINDINGS, "capability.yaml")
"""By any of which a repository shows that it has some."""

_MANIFESTS = frozenset({b"manifest.yaml", b"manifest.yml", b"capability.yaml", b"capability.yml"})
_OWN = frozenset({b"capability.yaml", b"capability.yml"})
# Folders that are looked into; names that a message lists; characters of each.
_MAX_FOLDERS = 500
_MAX_NAMED = 10
_MAX_NAME = 60


def no_bundles_problem(collection: str, mirror: Mirror, commit: str) -> Problem:
    """Return the problem of a repository that has no bundles.

    Args:
        collection: The collection's slug.
        mirror: Where its commits are.
        commit: The commit's id.

    Returns:
        A note that names its capabilities; where it has none, an error that says what it has instead.
    """
    capabilities = _capabilities(mirror, commit)
    if capabilities:
        some = "1 capability" if len(capabilities) == 1 else f"{len(capabilities):,} capabilities"
        message = f"it has no bundles but {some} ({_listed(capabilities)}), which are not read yet"
        return problem("capabilities", message, collection=collection)
    there = mirror.entries(commit, ROOT)
    where, entries = (f"{ROOT} has", there) if there else ("the repository has", mirror.entries(commit, ""))
    folders = [_name(entry) for entry in entries if entry.type == "tree"]
    files = [_name(entry) for entry in entries if entry.type != "tree"]
    kinds = (("folder", folders), ("file", files))
    named = [f"the {what}{'s' if len(names) > 1 else ''} {_listed(names)}" for what, names in kinds if names]
    instead = f"{where} {' and '.join(named)}" if named else "the repository is empty"
    return problem("no-bundles", f"there are no bundles in {ROOT}; {instead}", collection=collection, path=ROOT)


def _capabilities(mirror: Mirror, commit: str) -> list[str]:
    """Return the names of capabilities: folders with a manifest, bindings to a workspace, the repository itself."""
    root = mirror.entries(commit, "")
    result = {"this repository": None} if _has(root, _OWN) else {}
    folders = [
        *(entry for entry in mirror.entries(commit, _FOLDER) if entry.type == "tree"),
        *(entry for entry in root if entry.type == "tree" and not entry.path.startswith(b".")),
    ]
    for folder in folders[:_MAX_FOLDERS]:
        inside = mirror.entries(folder.oid)
        if _has(inside, _MANIFESTS if folder.path.startswith(f"{_FOLDER}/".encode()) else _OWN):
            result[_name(folder)] = None
    for binding in mirror.entries(commit, _BINDINGS)[:_MAX_FOLDERS]:
        stem, dot, ending = _name(binding).rpartition(".")
        if dot and ending in ("yaml", "yml"):
            result.setdefault(stem, None)
    return sorted(result)


def _has(entries: Iterable[TreeEntry], names: frozenset[bytes]) -> bool:
    return any(entry.type == "blob" and entry.path.rsplit(b"/", 1)[-1] in names for entry in entries)


def _name(entry: TreeEntry) -> str:
    return printable(entry.path.rsplit(b"/", 1)[-1])


def _listed(names: list[str]) -> str:
    shown = [name if len(name) <= _MAX_NAME else f"{name[:_MAX_NAME]}…" for name in names[:_MAX_NAMED]]
    more = [f"{len(names) - _MAX_NAMED:,} more"] if len(names) > _MAX_NAMED else []
    return ", ".join([*shown, *more])
