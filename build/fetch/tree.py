"""Which folders of a collection are bundles, which are refused, and which of their files are read."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from build.model import (
    FILE_OF,
    LIBRARIES,
    README_ENDINGS,
    RESOURCES,
    BundleSource,
    History,
    Problem,
    SourceFile,
    Withheld,
)
from build.problems import problem
from build.untrusted.credentials import without_keys
from build.untrusted.names import address_key, is_name, is_reserved

if TYPE_CHECKING:
    # Who parses alone needs no git.
    from build.fetch.git import TreeEntry

ROOT = "codebundles"
KEYWORD_FILES = (".py", ".resource")
# Bytes of a file that is read, and files below one folder; what has more is left out, with a problem.
MAX_FILE_BYTES = 2_000_000
MAX_FILES = 2_000
WORKFLOWS = ".github/workflows"
MAX_WORKFLOWS = 100
MAX_WORKFLOW_BYTES = 200_000
_LINK = "120000"
_WORKFLOW = re.compile(rf"{re.escape(WORKFLOWS)}/\w[\w. -]*\.ya?ml", re.ASCII)
_LIBRARY_FILE = re.compile(rf"{LIBRARIES}(?:/\w[\w. -]*)+", re.ASCII)
# Besides what every bundle has: what a robot file may import keywords from, but for files of tests and hidden ones.
_RESOURCE = re.compile(r"(?!tests?/)[^./][^/]*(?:/(?!tests?/)[^./][^/]*)*")
_READMES = "|".join(map(re.escape, README_ENDINGS))
_READ = re.compile(
    rf"runbook\.robot|sli\.robot|(?i:readme(?:{_READMES}))|SKILL(?:-TEMPLATE)?\.md|meta\.ya?ml"
    r"|\.runwhen/(generation-rules|templates)/[^/]+"
)
# What a tool may run: scripts, and what these and its robot file read. Folders of tests (`.test`) are hidden ones.
_CODE = re.compile(
    r"(?:(?!\.)[^/]+/)*(?!\.)[^/]+\.(?:sh|bash|py|sql|j2|ya?ml|json|resource|robot|jq|tpl|tmpl)", re.DOTALL
)


def is_read(path: str) -> bool:
    """Return whether the parser reads the file at `path`, relative to its bundle's folder; of others only names are
    known.
    """
    return _READ.fullmatch(path) is not None


def is_resource(path: str) -> bool:
    """Return whether a robot file may import the file at `path`, relative to its bundle's folder."""
    return path.endswith(RESOURCES) and _RESOURCE.fullmatch(path) is not None


def is_followed(path: str) -> bool:
    """Return whether a file may be code that a tool runs, or data that such code reads."""
    return _CODE.fullmatch(path) is not None


def list_bundles(
    collection: str, commit: str, date: datetime, tree: "Iterable[TreeEntry]", histories: dict[str, History]
) -> tuple[list[BundleSource], list[Problem]]:
    """Return the bundles of a collection at a commit, sorted by name, and a problem for each folder or file left out.

    Args:
        collection: The collection's slug.
        commit: The commit's id.
        date: The date of the commit.
        tree: All entries below ROOT.
        histories: The history of each folder by its name.
    """
    folders: dict[bytes, str] = {}
    files: dict[bytes, list[SourceFile]] = {}
    left_out: dict[bytes, list[SourceFile]] = {}
    problems: list[Problem] = []

    def refuse(path: bytes, code: str, message: str = "") -> None:
        shown = printable(path)
        problems.append(problem(code, message, collection=collection, bundle=shown.split("/")[1], path=shown))

    for entry in tree:
        parts = entry.path.split(b"/", 2)
        if len(parts) == 2 and entry.type == "tree":
            folders[parts[1]] = entry.oid
            files.setdefault(parts[1], [])
        elif len(parts) == 2 and entry.type == "endless":
            refuse(entry.path, "hidden-folder" if parts[1].startswith(b".") else "too-many-files")
        elif len(parts) == 2 and (entry.type == "commit" or entry.mode == _LINK):
            what = "a submodule" if entry.type == "commit" else "a link"
            refuse(entry.path, "no-folder", f"the bundle is {what}; it is left out")
        elif len(parts) == 3 and parts[1] not in folders:
            # Git's own commands make no such tree; others can.
            refuse(entry.path, "bad-name", "a name with a slash in it; it is left out")
        elif len(parts) == 3 and entry.type != "tree":
            shown = printable(parts[2])
            path = parts[2].decode("utf-8", "backslashreplace")
            if refusal := _refused(entry, path, shown):
                withheld, wrong = refusal
                code = "file-refused" if is_read(shown) else "file-left-out"
                refuse(entry.path, code, f"{shown} is {wrong} and left out")
                size = None if entry.type == "commit" else entry.size
                named = SourceFile(path=without_keys(shown).text, oid=entry.oid, size=size, withheld=withheld)
                left_out.setdefault(parts[1], []).append(named)
            else:
                files[parts[1]].append(SourceFile(path=path, oid=entry.oid, size=entry.size))

    bundles = []
    taken: dict[str, str] = {}
    for raw, oid in sorted(folders.items()):
        at = ROOT.encode() + b"/" + raw
        name = raw.decode("utf-8", "backslashreplace")
        if not is_name(name):
            refuse(at, "hidden-folder" if raw.startswith(b".") else "bad-name")
        elif not any(file.path in FILE_OF.values() for file in files[raw]):
            refuse(at, "no-robot-file")
        elif is_reserved(name):
            refuse(at, "reserved-name")
        elif (other := taken.setdefault(address_key(name), name)) != name:
            refuse(at, "same-name", f"in an address the folder's name is the same as that of {other}; it is left out")
        else:
            bundles.append(
                BundleSource(
                    name=name,
                    tree=oid,
                    commit=commit,
                    commit_date=date,
                    files=tuple(files[raw]),
                    left_out=tuple(left_out.get(raw, ())),
                    history=histories.get(name),
                )
            )
    return bundles, problems


def list_libraries(collection: str, tree: "Iterable[TreeEntry]") -> tuple[list[SourceFile], list[Problem]]:
    """Return the files below LIBRARIES that may define keywords, and the scripts there, sorted by path.

    Also returns a problem for each file that is refused.
    """
    files, problems = [], []
    for entry in tree:
        shown = printable(entry.path)
        plain = entry.type == "blob" and entry.mode != _LINK and entry.size <= MAX_FILE_BYTES
        if entry.type == "endless":
            problems.append(problem("too-many-files", collection=collection, path=shown))
        elif entry.type != "tree" and shown.endswith((*KEYWORD_FILES, ".sh", ".bash")):
            if plain and _LIBRARY_FILE.fullmatch(shown) and not without_keys(shown).keys:
                files.append(SourceFile(path=shown, oid=entry.oid))
            else:
                code = "file-left-out" if plain and "/." in shown else "file-refused"
                problems.append(problem(code, collection=collection, path=shown))
    if len(files) > MAX_FILES:
        problems.append(problem("too-many-files", collection=collection, path=LIBRARIES))
    return sorted(files[:MAX_FILES], key=lambda file: file.path), problems


def list_workflows(collection: str, tree: "Iterable[TreeEntry]") -> tuple[list[SourceFile], list[Problem]]:
    """Return the workflows of GitHub Actions in WORKFLOWS, the first MAX_WORKFLOWS by path, and a note on each that is
    not read: one after those, one that is no plain file, is larger than MAX_WORKFLOW_BYTES, or has an odd name.
    """
    files: list[SourceFile] = []
    problems = []
    for entry in tree:
        shown = printable(entry.path)
        if (
            entry.type == "tree"
            or not shown.endswith((".yml", ".yaml"))
            or shown.count("/") != WORKFLOWS.count("/") + 1
        ):
            continue
        plain = entry.type == "blob" and entry.mode != _LINK and entry.size <= MAX_WORKFLOW_BYTES
        if not (plain and _WORKFLOW.fullmatch(shown) and not without_keys(shown).keys):
            problems.append(problem("workflow-unreadable", collection=collection, path=shown))
        elif len(files) == MAX_WORKFLOWS:
            message = f"There are more than {MAX_WORKFLOWS} workflows; this one is not read."
            problems.append(problem("workflow-unreadable", message, collection=collection, path=shown))
        else:
            files.append(SourceFile(path=shown, oid=entry.oid, size=entry.size))
    return files, problems


def _refused(entry: "TreeEntry", path: str, shown: str) -> tuple[Withheld, str] | None:
    """Return what is wrong with a bundle's file, as a code and in words, None with a sound one."""
    if entry.size > MAX_FILE_BYTES:
        return "file-too-large", f"{entry.size:,} bytes long"
    if path != shown:
        return "odd-name", "a name with invisible characters"
    if without_keys(path).keys:
        return "odd-name", "named with what looks like a key"
    if entry.type == "commit":
        return "submodule", "a submodule"
    return ("link", "a link") if entry.mode == _LINK else None


def printable(path: bytes) -> str:
    """Return a path for people: what is no text, or would act on a terminal or a log, is spelled out."""
    text = path.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
