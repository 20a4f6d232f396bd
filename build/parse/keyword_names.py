"""Which keyword of a robot file, or of a resource file that it imports, a call means, by Robot's rules."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from robot.conf.languages import Languages
from robot.variables import VariableMatches

from build.parse.names import normalize
from build.parse.robot_file import Block

# A name is matched by an author's own pattern where that cannot run away: it repeats little, no group, in a short name.
_LONGEST = 200
_MOST_REPEATS = 2
_REPEAT = re.compile(r"[*+?{]")
_REPEATED_GROUP = re.compile(r"\)[*+?{]")
_MOST_PREFIXED = 10


class Owner(NamedTuple):
    """The keywords of one file. `name` is a resource file's, by which calls may name it; the suite's own has none."""

    name: str
    plain: Mapping[str, Block]
    embedded: Sequence[Block]


def owner(name: str, keywords: Iterable[Block]) -> Owner:
    """Return the keywords of a file. Of equal names the first one stands."""
    plain: dict[str, Block] = {}
    embedded: list[Block] = []
    for keyword in keywords:
        if keyword.embedded:
            embedded.append(keyword)
        else:
            plain.setdefault(normalize(keyword.name), keyword)
    return Owner(normalize(name), plain, embedded)


class KeywordNames:
    """Finds keywords by the names with which they are called, the suite's own before those of resource files."""

    def __init__(self, suite: Owner, resources: Sequence[Owner], languages: Languages) -> None:
        self._suite, self._resources, self._languages = suite, resources, languages
        self._found: dict[str, Block | None] = {}

    def spellings(self, name: str) -> list[str]:
        """Return what Robot looks up for a call, in its order: without a prefix such as Given, then as it stands."""
        match = self._languages.bdd_prefix_regexp.match(name)
        if match is None:
            return [name]
        # Prefixes may begin alike; Robot tries the longest first.
        words = " ".join(name.split()).title()
        others = sorted((p for p in self._languages.bdd_prefixes if words.startswith(f"{p} ")), key=len, reverse=True)
        spaced = " ".join(name.split())
        return [name[match.end() :], *(spaced[len(p) + 1 :] for p in others[:_MOST_PREFIXED]), name]

    def find(self, name: str) -> Block | None:
        """Return the keyword of these files that Robot runs by this name, without a prefix; None where it has none."""
        if name not in self._found:
            self._found[name] = self._look(name)
        return self._found[name]

    def _look(self, name: str) -> Block | None:
        result = _in(self._suite, name)
        if result is None and "." in name:
            parts = name.split(".")
            for end in range(1, min(len(parts), _MOST_PREFIXED)):
                file = normalize(".".join(parts[:end]))
                for one in self._resources:
                    if one.name == file and result is None:
                        result = _in(one, ".".join(parts[end:]))
        for one in self._resources:
            result = result or _in(one, name)
        return result


def _in(file: Owner, name: str) -> Block | None:
    exact = file.plain.get(normalize(name))
    if exact is not None or not file.embedded:
        return exact
    result = [keyword for keyword in file.embedded if _matches(keyword, name)]
    if len(result) < 2:
        return result[0] if result else None
    # One that others match as well as it matches them is as good; Robot would refuse the call.
    worse = [one for one in result if any(_is_better(other, one) and not _is_better(one, other) for other in result)]
    return next((one for one in result if one not in worse), result[0])


def _is_better(keyword: Block, other: Block) -> bool:
    return keyword is not other and _matches(other, keyword.name) and not _matches(keyword, other.name)


def _matches(keyword: Block, name: str) -> bool:
    """Return whether a call by this name runs a keyword that has arguments in its name."""
    embedded = keyword.embedded
    if embedded is None or not _has_parts(keyword.name, name):
        return False
    patterns = (embedded.custom_patterns or {}).values()
    others = len(embedded.args) - len(patterns)
    repeats = others + sum(len(_REPEAT.findall(pattern)) for pattern in patterns)
    if not patterns or repeats > _MOST_REPEATS or len(name) > _LONGEST or any(map(_REPEATED_GROUP.search, patterns)):
        return True
    return bool(embedded.matches(name))


def _has_parts(written: str, name: str) -> bool:
    """Return whether the texts between the arguments of a keyword's name are in the call's name, in their order.

    That is all that arguments without patterns ask for.
    """
    after = written = " ".join(written.split())
    parts = list[str]()
    for match in VariableMatches(written, identifiers="$", ignore_errors=True):
        parts.append(_folded(match.before))
        after = match.after
    first, *middle, last = *parts, _folded(after)
    name = _folded(name)
    if not name.startswith(first) or not name.endswith(last) or len(name) < len(first) + len(last):
        return False
    at, end = len(first), len(name) - len(last)
    for part in middle:
        at = name.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return at <= end


def _folded(text: str) -> str:
    return re.sub(r"\s", " ", text).lower()
