"""Fit tools' answers into a size that a model can read: parts are cut in a fixed order, and the answer names them."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from search_fn.text import canonical

# Characters of an answer's data and of its text, each: clients show a model one of them. 4,000 and 20,000 tokens at
# four characters each.
DEFAULT_SIZE, HARD_SIZE = 16_000, 80_000
# Fields that are never shortened: a part of an id or cursor would be a wrong one.
_WHOLE = frozenset({"id", "slug", "collection", "commit", "notice", "next_cursor", "notes", "build_id"})

Data = dict[str, Any]


class Cut(NamedTuple):
    """A part that is removed where an answer is longer than `over` characters (None: than its size; 0: always). `apply`
    returns the data without it, and how much was removed, "" where there was none; `what` names it in a note.
    """

    what: str
    apply: Callable[[Data], tuple[Data, str]]
    over: int | None = None


def shorten(what: str, *path: str, most: int = 0, over: int | None = None) -> Cut:
    """Return the cut of one field.

    Args:
        what: Its name in notes.
        path: The names that lead to it, through lists.
        most: Characters that stay of a text, or entries of a list; 0 removes the field.
        over: Characters of an answer above which it is cut, as Cut has it.
    """

    def apply(data: Data) -> tuple[Data, str]:
        removed = _Removed()
        rest = _shorten(data, path, most, removed)
        return (rest, removed.note(most)) if removed.fields else (data, "")

    return Cut(what, apply, over)


def _all_texts(most: int) -> Cut:
    return Cut(f"texts after {most:,} characters", lambda data: _shorten_all(data, str, most))


def _all_lists(most: int) -> Cut:
    return Cut(f"lists after {most:,} entries", lambda data: _shorten_all(data, list, most))


LAST = (
    *map(_all_texts, (4_000, 1_000, 300)), _all_lists(50), _all_texts(120), _all_lists(20), _all_texts(60),
    _all_lists(5), _all_texts(20), _all_lists(2),
)  # fmt: skip
"""The cuts of an answer of any shape: long texts, then long lists, wherever they are, but for addresses."""


class Draft(NamedTuple):
    """An answer of any size, with its `build_id` and `notes`. `listed` names its list, of which this page begins at
    `offset` of its `total`. `cuts` apply in their order, those that always apply first; `more` is the sentence that
    says where the whole is.
    """

    data: Data
    listed: str = ""
    offset: int = 0
    cuts: Sequence[Cut] = LAST
    more: str = ""


class Answer(NamedTuple):
    """An answer as data and as Markdown, with the same content."""

    data: Data
    text: str


def fit_to_size(draft: Draft, render: Callable[[Data], str], size: int) -> Answer:
    """Return the answer of a draft: with fewer entries, the others on the next page, then without what its cuts name.
    `notes` say what is missing. What no cut names stays, however long.

    Args:
        draft: The answer at its full length.
        render: Returns the data as Markdown.
        size: Characters of data and of text at most, each.
    """
    # How much of what was removed, by its name; where two cuts have one name, the later one counts.
    removed: dict[str, str] = {}
    data = draft.data
    for cut in draft.cuts:
        if cut.over == 0:
            data = _apply(cut, data, removed)
    draft = draft._replace(data=data)
    whole = len(data.get(draft.listed, ()))
    answer = _first_entries(draft, whole, render, removed)
    if _size(answer) > size and draft.listed:
        fitting = bisect_right(
            range(1, whole), size, key=lambda count: _size(_first_entries(draft, count, render, removed))
        )
        draft = draft._replace(data=_page(draft, max(fitting, 1)), listed="")
        answer = _first_entries(draft, 0, render, removed)
    measured = len(canonical(answer.data))
    for cut in draft.cuts:
        limit = cut.over or size
        # The data is mostly longer than the text, which is rendered only where it decides.
        if cut.over == 0 or (measured <= limit and len(answer.text or render(answer.data)) <= limit):
            continue
        data = _apply(cut, draft.data, removed)
        if data is not draft.data:
            draft = draft._replace(data=data)
            answer = _first_entries(draft, whole, lambda data: "", removed)
            measured = len(canonical(answer.data))
    return answer if answer.text else Answer(answer.data, render(answer.data))


class _Removed:
    """Counts of what was removed of a field, over all places that have it."""

    def __init__(self) -> None:
        self.fields = self.characters = self.entries = self.whole = 0

    def note(self, most: int) -> str:
        """Return the counts as the end of a note; `most` is what stays of each text or list."""
        if self.characters and most:
            return f" after {most:,} characters ({self.fields:,})"
        if self.entries:
            return f" ({self.entries:,} of {self.whole:,} are here)"
        if self.characters and self.fields == 1:
            return f" ({self.characters:,} characters)"
        return f" ({self.whole or self.fields:,})"


def _apply(cut: Cut, data: Data, removed: dict[str, str]) -> Data:
    rest, much = cut.apply(data)
    if not much:
        return data
    # A second cut of a text counts from the first one's end, so its number would be wrong.
    removed[cut.what] = "" if cut.what in removed and much.endswith(" characters)") else much
    return rest


def _shorten(value: Any, path: Sequence[str], most: int, removed: _Removed) -> Any:
    if isinstance(value, list) and path:
        return [_shorten(one, path, most, removed) for one in value]
    if path:
        if not isinstance(value, dict) or value.get(path[0]) in (None, "", [], {}):
            return value
        field = _shorten(value[path[0]], path[1:], most, removed)
        if not most and len(path) == 1:
            return {name: one for name, one in value.items() if name != path[0]}
        return {**value, path[0]: field}
    if isinstance(value, str) and len(value) > most:
        removed.fields += 1
        removed.characters += len(value)
        return f"{value[: most - 1]}…"
    if isinstance(value, list):
        removed.whole += len(value)
        removed.entries += min(len(value), most)
        if len(value) > most:
            removed.fields += 1
        return value[:most]
    if not isinstance(value, str):
        removed.fields += 1
    return value


def _shorten_all(data: Data, kind: type, most: int) -> tuple[Data, str]:
    """Return the data with all values of a type shortened, and a list of their fields, "" where there are none."""
    fields: Counter[str] = Counter()

    def walk(value: Any, field: str) -> Any:
        if field in _WHOLE or field == "url" or field.endswith("_url"):
            return value
        if isinstance(value, kind) and isinstance(value, str | list) and len(value) > most:
            fields[field] += 1
            value = f"{value[: most - 1]}…" if isinstance(value, str) else value[:most]
        if isinstance(value, list):
            return [walk(one, field) for one in value]
        if isinstance(value, dict):
            return {name: walk(one, name) for name, one in value.items()}
        return value

    cut = walk(data, "")
    return cut, f": {', '.join(f'{field} ({count:,})' for field, count in fields.items())}" if fields else ""


def _page(draft: Draft, count: int) -> Data:
    """Return the data with the first `count` entries of its list, and the cursor of those that follow."""
    data = draft.data
    page = data[draft.listed]
    end = draft.offset + min(count, len(page))
    notes = [f"Cut to {count} of {len(page)} entries of this page."] if count < len(page) else []
    cursor = f"{end}.{data['build_id']}" if page and end < data["total"] else None
    return {**data, draft.listed: page[:count], "next_cursor": cursor, "notes": [*data["notes"], *notes]}


def _first_entries(draft: Draft, count: int, render: Callable[[Data], str], removed: Mapping[str, str]) -> Answer:
    """Return the answer with the first `count` entries of its list, and a note on what was removed."""
    data = _page(draft, count) if draft.listed else draft.data
    if removed:
        more = f" {draft.more}" if draft.more else ""
        data = {
            **data,
            "notes": [*data["notes"], f"Not in this answer: {'; '.join(map(''.join, removed.items()))}.{more}"],
        }
    return Answer(data, render(data))


def _size(answer: Answer) -> int:
    return max(len(canonical(answer.data)), len(answer.text))
