"""What is known of a text before anything runs: its possible values, with marks where a part cannot be known."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

UNKNOWN = "\x00"
"""Stands in a text for a part that only a run can tell."""
STANDS_FOR_UNKNOWN = "_unknown_"
"""A part of a code's text that only a run can tell, as a name that can stand anywhere."""

MAX_OPTIONS = 10
MAX_LENGTH = 200_000


class Text(NamedTuple):
    """One possible value. `names` are the variables of a user that it is made of; `whole` is the one whose value it is,
    or begins with where that is more than a word.
    """

    text: str
    names: frozenset[str] = frozenset()
    whole: str | None = None

    @property
    def is_fixed(self) -> bool:
        """Return whether every run has this text: no part is unknown or a user's choice."""
        return not self.names and UNKNOWN not in self.text


Texts = tuple[Text, ...]
"""The possible values of a text, at least one."""

_NOBODY: frozenset[str] = frozenset()
NOTHING_KNOWN: Texts = (Text(UNKNOWN),)
EMPTY: Texts = (Text(""),)


@lru_cache(2048)
def fixed(text: str) -> Texts:
    """Return a text that is the same in every run."""
    return (Text(text),)


def unknown(*names: str) -> Texts:
    """Return a text of which only the names of the variables that it comes from are known."""
    return (Text(UNKNOWN, frozenset(names), names[0] if len(names) == 1 else None),)


def chosen(text: str, name: str) -> Texts:
    """Return the default of a user's variable, marked as that user's choice."""
    return (Text(text, frozenset((name,)), name),)


def either(*several: Texts) -> Texts:
    """Return the possible values of all texts; one unknown value where they are too many to follow."""
    # Most often there is nothing to put together.
    result = several[0] if len(several) == 1 else tuple(dict.fromkeys(one for texts in several for one in texts))
    return result if len(result) <= MAX_OPTIONS else (Text(UNKNOWN, names_of(result)),)


def concatenate(parts: Sequence[Texts]) -> Texts:
    """Return the concatenation of texts, in every combination of their values; unknown parts where these are too
    many.
    """
    if len(parts) > 1:
        parts = [part for part in parts if part != EMPTY]
    if not parts:
        return EMPTY
    if len(parts) == 1:
        return parts[0]
    count = 1
    for part in parts:
        count *= len(part)
    if count == 1:
        return (_together([part[0] for part in parts]),)
    if count > MAX_OPTIONS:
        parts = [part if len(part) == 1 else (Text(UNKNOWN, names_of(part)),) for part in parts]
    return tuple(dict.fromkeys(_together(combination) for combination in product(*parts)))


def names_of(texts: Iterable[Text]) -> frozenset[str]:
    """Return the user's variables that any of the texts are made of."""
    result = [one.names for one in texts if one.names]
    return result[0].union(*result[1:]) if result else _NOBODY


def _together(parts: Sequence[Text]) -> Text:
    text = "".join(part.text for part in parts)
    if len(text) > MAX_LENGTH:
        text = text[:MAX_LENGTH] + UNKNOWN
    first = parts[0] if parts else None
    # What begins with a user's command is a command of the user, however it goes on.
    leads = first is not None and first.whole and (first.text in ("", UNKNOWN) or " " in first.text.strip())
    return Text(text, names_of(parts), first.whole if first is not None and leads else None)
