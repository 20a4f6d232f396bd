"""Find the file of a bundle by the path that an agent sends, and explain a path that names none."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any
from urllib.parse import unquote

from search_fn.text import code_span
from search_fn.tools.arguments import ToolError

# Names that an error lists: of all files, and of those that are like a wrong path.
_MOST = 20
_NEAR = 5
# Paths that would lead out of a folder: `..`, absolute ones, drives, addresses, NUL.
_OUT = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\~]|^[A-Za-z]:|://|\0")

WHY = {
    "binary": "is no text",
    "lfs-pointer": "stands for a file in Git LFS, which is not fetched",
    "link": "is a symbolic link, which is not followed",
    "submodule": "is a submodule, which is not fetched",
    "file-too-large": "is longer than the 200,000 bytes that are kept of a file",
    "bundle-too-large": "does not fit into the 2,000,000 bytes that are kept of a CodeBundle",
    "odd-name": "has a name with characters that nobody sees, or with what looks like a key",
    "not-read": "could not be read in time by the last build",
}
"""Why a file's text is not stored, by the reasons of a record, as the end of a sentence."""


def find_file(record: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return the entry of a record's `files` that a path names: from the bundle's folder, or from the repository's root
    as `runbook_path` has it, percent-encoded or not.

    Raises:
        ToolError: The path names no file; the message says why, and lists files.
    """
    files: dict[str, dict[str, Any]] = {file["path"]: file for file in record["files"]}
    folder, shown = f"codebundles/{record['slug']}/", code_span(path) or "an empty path"
    decoded = unquote(path, errors="replace")
    for written in (path, decoded):
        plain = written.removeprefix("./")
        for name in (plain, plain.removeprefix(folder), plain.removeprefix(f"{record['id']}/")):
            if name in files:
                return files[name]
    if _OUT.search(path) or _OUT.search(decoded) or _OUT.search(unquote(decoded, errors="replace")):
        raise ToolError(
            f"{shown} leads out of the CodeBundle: paths begin in its folder; it has {_listed(list(files))}."
        )
    own = decoded.removeprefix("./").removeprefix(folder)
    if own.startswith("codebundles/"):
        other = own.split("/")[1]
        raise ToolError(
            f"{shown} is of another CodeBundle: send {code_span(other)} as slug, and the path in its folder."
        )
    below = [name for name in files if name.startswith(f"{own.strip('/')}/")] if own.strip("/.") else list(files)
    if below or not own.strip("/."):
        raise ToolError(f"{shown} is a folder: send the path of one of its files: {_listed(below)}.")
    near = _nearest(own, list(files))
    more = f"the nearest: {_listed(near)}" if near else f"it has {_listed(list(files))}"
    raise ToolError(f"{code_span(record['id'])} has no file {shown}; {more}.")


def _nearest(path: str, names: Sequence[str]) -> list[str]:
    """Return names that are like a wrong path: its file's in other folders or in another case, then similar ones."""
    name = path.rpartition("/")[2].casefold()
    same = [each for each in names if each.rpartition("/")[2].casefold() == name]
    folded = {each.casefold(): each for each in names}
    # Comparing takes time with the product of the lengths: seconds for a path of thousands of characters.
    like = get_close_matches(path.casefold()[:200], folded, n=_NEAR, cutoff=0.5)
    return list(dict.fromkeys([*same, *(folded[each] for each in like)]))[:_NEAR]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(map(code_span, names[:_MOST])) + more if names else "no files"
