"""Which folders a commit renamed: those that are gone from it with those that are new in it, by git's own detection."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from build.model import FILE_OF

# Files and folders of one commit. Git refuses to compare more files with each other.
MAX_COMPARED = 400
MAX_FOLDERS = 1_000
# Commits of one repository that rename folders; real ones have a few dozen, most of them merges.
MAX_MOVES = 200
_ROBOT_FILES = frozenset(name.encode() for name in FILE_OF.values())


class Move(NamedTuple):
    """What left a commit and what came with it since its parent `before`: the trees of folders by name."""

    before: str
    gone: Mapping[bytes, str]
    new: Mapping[bytes, str]

    def unchanged(self) -> dict[bytes, bytes]:
        """Return the new name of each folder that has all its content under another name."""
        names = {tree: name for name, tree in sorted(self.new.items(), reverse=True)}
        result: dict[bytes, bytes] = {}
        for name, tree in sorted(self.gone.items()):
            if tree in names:
                result[name] = names.pop(tree)
        return result


def renamed_folders(files: Iterable[tuple[bytes, bytes]], counts: Mapping[bytes, int]) -> dict[bytes, bytes]:
    """Return the new name of each folder that was renamed: a robot file of it, or half of its files, went there.

    Args:
        files: Renamed files, as FOLDER/PATH before and after.
        counts: How many files each of the old folders had.
    """
    moved: Counter[tuple[bytes, bytes]] = Counter()
    robots: Counter[tuple[bytes, bytes]] = Counter()
    for before, after in files:
        (old, path), (new, new_path) = before.split(b"/", 1), after.split(b"/", 1)
        moved[old, new] += 1
        if path in _ROBOT_FILES and new_path in _ROBOT_FILES:
            robots[old, new] += 1
    result: dict[bytes, bytes] = {}
    for old, new in sorted(moved, key=lambda pair: (-robots[pair], -moved[pair], pair)):
        enough = robots[old, new] or 2 * moved[old, new] >= counts.get(old, 0)
        if enough and old not in result and new not in result.values():
            result[old] = new
    return result
