"""The one door to git: a bare mirror, read from git's objects, so that no link in a repository can lead out of it."""

import os
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from git import GitCommandError

from build.fetch.git_command import BareRepository
from build.fetch.refs import HEAD, NEW
from build.fetch.renames import MAX_COMPARED, MAX_FOLDERS, MAX_MOVES, Move, renamed_folders

# Wall clock for one call of git that fetches or lists the log.
FETCH_SECONDS = 900
_FOLDER = "040000"
_TYPES = {_FOLDER: "tree", "160000": "commit"}
# Bytes. No file system takes longer paths, nor does git elsewhere.
_LONGEST_PATH = 4_096
# Trees that stay in memory while the log is read: neighbours in the log share most of them.
_REMEMBERED_TREES = 64
# Trees that are read to decide whether one merge has changes of its own.
_MERGE_TREES = 1_000
# Characters of an author's name that git prints.
_LONGEST_AUTHOR = 500
# Bytes of a .mailmap that git is given.
_MAX_MAILMAP = 1_000_000
# Files of one folder up to which renames are detected.
_MAX_COUNTED = 2_000
# Wall clock for the detection of one commit's renames.
_COMPARE_SECONDS = 60


# What reading from a broken mirror raises; GitPython has no class of its own for objects that git does not give.
GIT_ERRORS = (GitCommandError, ValueError, BrokenPipeError)


class FetchError(Exception):
    """The collection could not be fetched; the message is git's last word."""


def last_word(error: Exception) -> str:
    """Return why git failed, in git's last message, for people."""
    if not isinstance(error, GitCommandError):
        return "an object is missing or damaged"
    text = str(error.stderr)
    if "did not complete in" in text:
        return f"git did not end within {FETCH_SECONDS} seconds"
    match = re.search(r"(?:fatal|error): (.+)", text)
    return match[1].strip().removesuffix("'") if match else "git failed without an error message"


def _seconds(date: str) -> int:
    """Return a date as git prints it, in seconds since 1970; 0 for a commit whose date git cannot read."""
    return int(date) if date.isdigit() else 0


class TreeEntry(NamedTuple):
    """One entry of a tree, by its whole path. `path` is bytes: git does not promise text."""

    mode: str
    type: str
    oid: str
    size: int
    path: bytes


class Commit(NamedTuple):
    """A commit and the folders that it changed; `date` in seconds since 1970, UTC, `author` a name (as .mailmap has it)
    and `subject` the message's first line as they stand there. `parents` are the nearest commits before it that changed
    any folder, `renames` the folders that have another name than in a parent: that parent, old name, new name.
    """

    oid: str
    date: int
    author: str
    subject: str
    folders: frozenset[bytes]
    parents: tuple[str, ...] = ()
    renames: tuple[tuple[str, bytes, bytes], ...] = ()


def _move(before: str, own: "_Names", old: "_Names") -> Move | None:
    gone = {name: oid for name, (mode, oid) in old.items() if mode == _FOLDER and name not in own}
    new = {name: oid for name, (mode, oid) in own.items() if mode == _FOLDER and name not in old}
    return Move(before, gone, new) if gone and new else None


# Mode (six octal digits) and object id.
_Entry = tuple[str, str]
_Names = dict[bytes, _Entry]


class Mirror:
    """A bare repository under the cache that holds one ref of a collection, and its tags."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._repo = BareRepository(folder)

    def close(self) -> None:
        """End the children that read objects."""
        self._repo.close()

    def fetch(self, source: str, ref: str) -> None:
        """Fetch `ref` and the tags of `source`, an address or a path; nothing is sent when nothing is new.

        Raises:
            FetchError: Git could not fetch, or `ref` is not a commit.
        """
        try:
            # A branch before a tag of its name, which git alone would prefer.
            for name in (f"refs/heads/{ref}", f"refs/tags/{ref}", ref):
                try:
                    self._fetch(source, f"+{name}:{NEW}")
                    break
                except GitCommandError as error:
                    if name == ref or "find remote ref" not in str(error.stderr):
                        raise
            # In a call of its own: pruning would delete what a short name above was resolved to.
            self._fetch(source, "+refs/tags/*:refs/tags/*", "--prune")
        except GitCommandError as error:
            raise FetchError(last_word(error)) from None
        commit = self._commit(NEW)
        if commit is None:
            # A tag can name anything. What was fetched last stays.
            raise FetchError(f"{ref} is not a commit")
        self._repo.git.update_ref(HEAD, commit)

    def _fetch(self, source: str, refspec: str, *options: str) -> None:
        # `--` and a full refspec: neither can be taken for an option, and no remote is configured.
        self._repo.git.fetch(
            *options, "--force", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance",
            "--no-write-fetch-head", "--", source, refspec,
            kill_after_timeout=FETCH_SECONDS,
        )  # fmt: skip

    def head(self) -> str | None:
        """Return the id of the commit that was last fetched, None when nothing was."""
        return self._commit(HEAD)

    def _commit(self, name: str) -> str | None:
        try:
            return str(self._repo.git.rev_parse("--verify", "--quiet", f"{name}^{{commit}}"))
        except GitCommandError:
            return None

    def has(self, commit: str) -> bool:
        """Return whether the mirror has the commit."""
        return self._commit(commit) is not None

    def date(self, commit: str) -> int:
        """Return the committer's date, in seconds since 1970."""
        return _seconds(self._repo.git.log("-1", "--format=%ct", commit))

    def tags(self, commit: str) -> list[tuple[bytes, str, int]]:
        """Return name, commit and date in seconds since 1970 of each tag that names `commit` or one before it, newest
        first; of equal dates none before its children.
        """
        peeled = "%(if)%(*objectname)%(then)%(*objecttype) %(*objectname)%(else)%(objecttype) %(objectname)%(end)"
        output: bytes = self._repo.git.for_each_ref(
            *("refs/tags", f"--merged={commit}", "--sort=-creatordate"),
            f"--format={peeled} %(creatordate:unix) %(refname:strip=2)",
            stdout_as_string=False,
            kill_after_timeout=FETCH_SECONDS,
        )
        tags = []
        for line in output.split(b"\n"):
            kind, _, rest = line.partition(b" ")
            if kind == b"commit":
                oid, date, name = rest.split(b" ", 2)
                tags.append((name, oid.decode("ascii"), _seconds(date.decode("ascii"))))
        if len({date for _, _, date in tags}) == len({oid for _, oid, _ in tags}):
            return tags
        # Among equal dates only this order shows which tag is later.
        order = {oid: at for at, oid in enumerate(self._ancestors(commit))}
        return sorted(tags, key=lambda tag: (-tag[2], order.get(tag[1], 0)))

    def tags_of_no_commit(self) -> list[bytes]:
        """Return the names of tags that name a tree, a blob or nothing that is here."""
        peeled = "%(if)%(*objecttype)%(then)%(*objecttype)%(else)%(objecttype)%(end)"
        output: bytes = self._repo.git.for_each_ref(
            "refs/tags", f"--format={peeled} %(refname:strip=2)", stdout_as_string=False
        )
        lines = [line.partition(b" ") for line in output.split(b"\n") if line]
        return [name for kind, _, name in lines if kind != b"commit"]

    def _ancestors(self, commit: str, *without: str) -> list[str]:
        return str(
            self._repo.git.rev_list(
                "--topo-order", commit, *(f"^{one}" for one in without), kill_after_timeout=FETCH_SECONDS
            )
        ).split()

    def between(self, before: str, after: str) -> frozenset[str]:
        """Return the commits that `after` has and `before` has not."""
        return frozenset(self._ancestors(after, before))

    def tree(self, commit: str, folder: str, most: int) -> list[TreeEntry]:
        """Return all entries below `folder`, folders included, in git's order; links and submodules count as files.

        Args:
            commit: The commit's id.
            folder: A path from the root.
            most: How many entries may be below a folder directly in it. One with more, nested beyond any path, or
                unreadable has the type "endless" and nothing below it: seven small objects can list a million paths.
        """
        result: list[TreeEntry] = []
        for entry in self.entries(commit, folder):
            below = self.below(entry, most) if entry.type == "tree" else [self._sized(entry)]
            result += [entry._replace(type="endless")] if below is None else below
        return result

    def entries(self, tree: str, folder: str | None = None) -> list[TreeEntry]:
        """Return the entries directly in a tree, or in a folder of a commit ("" is its root), in git's order, without
        sizes.
        """
        at = folder.encode() if folder else b""
        return self._entries(tree if folder is None else f"{tree}:{folder}", at)

    def below(self, folder: TreeEntry, most: int) -> list[TreeEntry] | None:
        """Return a folder and everything below it, in git's order, or None where `tree` would call it endless."""
        result = [folder]
        todo = [iter(self._entries(folder.oid, folder.path))]
        while todo:
            entry = next(todo[-1], None)
            if entry is None:
                todo.pop()
            elif len(result) > most or len(entry.path) > _LONGEST_PATH:
                return None
            elif entry.type == "tree":
                result.append(entry)
                todo.append(iter(self._entries(entry.oid, entry.path)))
            else:
                result.append(self._sized(entry))
        return result

    def _entries(self, tree: str, path: bytes) -> list[TreeEntry]:
        """Return the entries of one tree, named by its id or as COMMIT:PATH, in git's order; none where there is no
        tree.
        """
        return [
            TreeEntry(mode, _TYPES.get(mode, "blob"), oid, 0, path + b"/" + name if path else name)
            for name, (mode, oid) in self._names(tree).items()
        ]

    def _names(self, tree: str) -> dict[bytes, tuple[str, str]]:
        """Return mode and object id of each entry of a tree by its name."""
        try:
            # Any: the kind is bytes, whatever the annotation says.
            result: Any = self._repo.git.get_object_data(tree)
        except ValueError as error:
            # A folder that is not there at that commit, or git has said nothing: then it ended over a damaged object.
            if ":" in tree and "could not be resolved" in str(error):
                return {}
            raise
        _, kind, _, data = result
        names: dict[bytes, tuple[str, str]] = {}
        at = 0
        while kind == b"tree" and at < len(data):
            space, end = data.index(b" ", at), data.index(b"\0", at)
            oid = data[end + 1 : end + 21].hex()
            names[data[space + 1 : end]] = (data[at:space].decode("ascii", "replace").zfill(6), oid)
            at = end + 21
        return names

    def _sized(self, entry: TreeEntry) -> TreeEntry:
        if entry.type == "commit":
            return entry
        return entry._replace(size=int(self._repo.git.get_object_header(entry.oid)[2]))

    def blobs(self, oids: Iterable[str]) -> dict[str, bytes]:
        """Return the content of each blob by its object id."""
        return {oid: self._repo.git.get_object_data(oid)[3] for oid in oids}

    def log(self, commit: str, folder: str) -> list[Commit]:
        """Return every commit that changed something below `folder`, newest first, none before its children."""
        output: bytes = self._repo.git(c=f"mailmap.blob={self._mailmap(commit)}").log(
            # A name or message may be as long as a disk; what is shown of one is shorter than this.
            *("-z", "--parents", "--date-order", "--use-mailmap"),
            *(f"--format=%H %ct %P%n%<({_LONGEST_AUTHOR},trunc)%aN%n%<(1500,trunc)%s", commit, "--", folder),
            stdout_as_string=False,
            kill_after_timeout=FETCH_SECONDS,
        )
        trees = lru_cache(maxsize=_REMEMBERED_TREES)(lambda commit: self._names(f"{commit}:{folder}"))
        commits: list[Commit] = []
        moves: list[tuple[str, Move]] = []
        for line in filter(None, output.split(b"\0")):
            facts, author, subject = line.decode("utf-8", "replace").split("\n", 2)
            oid, date, *before = facts.split(" ")
            parents = [parent for parent in before if parent]
            own, olds = trees(oid), [trees(parent) for parent in parents] or [{}]
            changed = (name for name in {*own, *(n for old in olds for n in old)} if self._differs(name, own, olds))
            moves += [
                (oid, move) for before, old in zip(parents, olds, strict=False) if (move := _move(before, own, old))
            ]
            # Git pads what is shorter, and leaves %aN behind the blanks where a commit has no author.
            author, subject = author[:_LONGEST_AUTHOR].rstrip(" "), subject.rstrip(" ")
            commits.append(Commit(oid, _seconds(date), author, subject, frozenset(changed), tuple(parents)))
        renames: dict[str, list[tuple[str, bytes, bytes]]] = {}
        for oid, move in moves[:MAX_MOVES]:
            names = self._renames(oid, move, folder)
            renames.setdefault(oid, []).extend((move.before, old, new) for old, new in names.items())
        return [one._replace(renames=tuple(renames.get(one.oid, ()))) for one in commits]

    def _mailmap(self, commit: str) -> str:
        """Return the name of the commit's .mailmap for git, "" where it has none of a sound size."""
        file = f"{commit}:.mailmap"
        try:
            # Any: the kind is bytes, whatever the annotation says.
            kind: Any
            _, kind, size = self._repo.git.get_object_header(file)
        except ValueError:
            return ""
        return file if kind == b"blob" and size <= _MAX_MAILMAP else ""

    def _renames(self, commit: str, move: Move, folder: str) -> dict[bytes, bytes]:
        """Return the new names of folders by the old ones. A folder that git cannot compare in time counts as another
        one.
        """
        exact = move.unchanged()
        gone = {name: count for name in move.gone if name not in exact and (count := self._count(move.gone[name]))}
        new = [name for name in move.new if name not in exact.values() and self._count(move.new[name])]
        if not gone or not new or len(gone) + len(new) > MAX_FOLDERS:
            return exact
        paths = [os.fsdecode(folder.encode() + b"/" + name) for name in (*gone, *new)]
        try:
            output: bytes = self._repo.git(literal_pathspecs=True).diff_tree(
                *("-r", "-z", "-M", f"-l{MAX_COMPARED}", "--diff-filter=R", "--name-status"),
                *(move.before, commit, "--", *paths),
                stdout_as_string=False,
                kill_after_timeout=_COMPARE_SECONDS,
            )
        except GitCommandError:
            return exact
        # Git prints three fields for each file: the similarity, the old path, the new path.
        parts = [part.removeprefix(f"{folder}/".encode()) for part in output.split(b"\0")]
        return {**exact, **renamed_folders(zip(parts[1::3], parts[2::3], strict=False), gone)}

    def _count(self, tree: str) -> int:
        """Return how many files are below a tree; 0 where they are too many to be compared."""
        count, todo = 0, [tree]
        while todo:
            for mode, oid in self._names(todo.pop()).values():
                if mode == _FOLDER:
                    todo.append(oid)
                count += 1
                if count > _MAX_COUNTED:
                    return 0
        return count

    def _differs(self, name: bytes, own: _Names, olds: list[_Names]) -> bool:
        """Return whether a commit changed something in the folder `name`: in a merge, something that no parent has."""
        now, before = own.get(name), [old.get(name) for old in olds]
        if _FOLDER not in (entry[0] for entry in (now, *before) if entry) or any(entry == now for entry in before):
            return False
        return len(olds) == 1 or self._merged(now, before, [_MERGE_TREES])

    def _merged(self, now: _Entry | None, before: list[_Entry | None], left: list[int]) -> bool:
        """Return whether a merge has changes of its own: a file in `now`, or gone from it, that differs from all of
        `before`.

        `left` holds how many trees may still be read for this merge; beyond them it counts as changed.
        """
        if now is None:
            return all(before)
        left[0] -= 1
        if now[0] != _FOLDER or left[0] < 0:
            return True
        own = self._names(now[1])
        olds = [self._names(entry[1]) if entry and entry[0] == _FOLDER else {} for entry in before]
        for name in {*own, *(n for old in olds for n in old)}:
            entry, others = own.get(name), [old.get(name) for old in olds]
            if entry not in others and self._merged(entry, others, left):
                return True
        return False
