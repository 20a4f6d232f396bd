"""The resource files that a robot file imports, out of those that its collection has; a path leads nowhere else."""

import posixpath
from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from build.model import LIBRARIES
from build.parse.constants import Constants, Definition
from build.parse.robot_file import RobotFile, RobotFileError, parse_robot
from build.parse.suite import Resource

# Resource files that one robot file may import, directly or not.
MOST = 20
_ENDINGS = (".resource", ".robot")


class Imported(NamedTuple):
    """The resource files in the order in which Robot imports them, and (line, sentence) for each that is not read."""

    resources: list[Resource]
    missing: list[tuple[int, str]]


def imported_resources(path: str, file: RobotFile, read: Callable[[str], str | None]) -> Imported:
    """Return what a robot file imports, with what that imports in turn.

    Args:
        path: The robot file's, from the collection's root.
        file: What it says.
        read: Returns the text of a file by its path from the root, None where there is none.
    """
    result = Imported([], [])
    seen, definitions = {path}, [*file.definitions]
    todo = deque((path, name, line) for name, line in file.resources)
    while todo:
        importer, name, line = todo.popleft()
        place = Definition("${CURDIR}", (posixpath.dirname(importer),))
        candidates = list(_candidates(importer, name, Constants([place, *definitions])))
        if any(candidate in seen for candidate in candidates):
            continue
        at, content = next(((one, got) for one in candidates if (got := read(one)) is not None), (None, None))
        if at is None or content is None:
            result.missing.append((line, f"it imports {name}, which this collection does not have"))
            continue
        seen.add(at)
        if len(result.resources) == MOST:
            result.missing.append((line, f"it imports more than {MOST} resource files; the others are not read"))
            break
        try:
            resource = parse_robot(content, resource=True)
        except RobotFileError as error:
            result.missing.append((line, f"it imports {name}, which Robot Framework cannot read: {error}"))
            continue
        result.resources.append(Resource(posixpath.splitext(posixpath.basename(at))[0], resource, line))
        definitions += resource.definitions
        # Imports are followed before those behind them, as by Robot.
        todo.extendleft((at, name, line) for name, _ in reversed(resource.resources))
    return result


def _candidates(importer: str, name: str, constants: Constants) -> Iterator[str]:
    """Yield the paths that a resource file may have: beside the importing file, then where Robot finds libraries."""
    resolved = constants.fill(name)
    if not resolved.whole or not resolved.text.lower().endswith(_ENDINGS) or resolved.text.startswith("/"):
        return
    # A name with `${CURDIR}` is a path from the root already.
    rooted = "CURDIR" in name.upper()
    places = ("",) if rooted else (posixpath.dirname(importer), LIBRARIES)
    for place in places:
        path = posixpath.normpath(posixpath.join(place, resolved.text))
        if not path.startswith(".."):
            yield path
