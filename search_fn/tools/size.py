"""Tools' answers within a size that a model can read: what gives way does so in an order, and by name."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from search_fn.text import canonical

# Characters of an answer's data and of its text, each: clients show a model one of them. 4,000 and 20,000 tokens at
# four characters each.
DEFAULT_SIZE, HARD_SIZE = 16_000, 80_000
# They would be wrong when they are shortened.
_WHOLE = frozenset({"id", "slug", "collection", "commit", "notice", "next_cursor", "notes", "build_id"})

Data = dict[str, Any]


class Cut(NamedTuple):
    """Something that gives way where an answer is longer than `over` characters (None: than its size; 0: always).
    `give` returns the data without it, and how much went; "" where there was none of it.
    """

    what: str
    give: Callable[[Data], tuple[Data, str]]
    over: int | None = None


def shorten(what: str, *path: str, most: int = 0, over: int | None = None) -> Cut:
    """Return a cut of the field at a path of names, through lists: a text after so many characters, a list after so
    many entries; without `most` the field itself.
    """

    def give(data: Data) -> tuple[Data, str]:
        gone = _Gone()
        cut = _shortened(data, path, most, gone)
        return (cut, gone.counted(most)) if gone.fields else (data, "")

    return Cut(what, give, over)


def _all_texts(most: int) -> Cut:
    return Cut(f"texts after {most:,} characters", lambda data: _everywhere(data, str, most))


def _all_lists(most: int) -> Cut:
    return Cut(f"lists after {most:,} entries", lambda data: _everywhere(data, list, most))


LAST = (
    *map(_all_texts, (4_000, 1_000, 300)), _all_lists(50), _all_texts(120), _all_lists(20), _all_texts(60),
    _all_lists(5), _all_texts(20), _all_lists(2),
)  # fmt: skip
"""What gives way in an answer of any shape: long texts, then long lists, wherever they stand, but for addresses."""


class Draft(NamedTuple):
    """An answer of any size, with its `build_id` and `notes`. `listed` names its list, of which this page begins at
    `offset` of its `total`. `cuts` give way in their order, those that always apply first; `more` is a sentence that
    says where all of it is.
    """

    data: Data
    listed: str = ""
    offset: int = 0
    cuts: Sequence[Cut] = LAST
    more: str = ""


class Answer(NamedTuple):
    """The same as data and as Markdown."""

    data: Data
    text: str


def fitted(draft: Draft, render: Callable[[Data], str], size: int) -> Answer:
    """Return the answer with data and text in at most `size` characters each: fewer entries, the others on the next
    page, then without what its cuts name. Its `notes` say what is not there. What no cut names stays, however long.
    """
    # What went by its name; of what gave way twice, the last is true.
    gone: dict[str, str] = {}
    data = draft.data
    for cut in draft.cuts:
        if cut.over == 0:
            data = _without(cut, data, gone)
    draft = draft._replace(data=data)
    whole = len(data.get(draft.listed, ()))
    answer = _with(draft, whole, render, gone)
    if _size(answer) > size and draft.listed:
        fitting = bisect_right(range(1, whole), size, key=lambda count: _size(_with(draft, count, render, gone)))
        draft = draft._replace(data=_page(draft, max(fitting, 1)), listed="")
        answer = _with(draft, 0, render, gone)
    measured = len(canonical(answer.data))
    for cut in draft.cuts:
        limit = cut.over or size
        # The data is mostly the longer half: the text is made when it alone decides.
        if cut.over == 0 or (measured <= limit and len(answer.text or render(answer.data)) <= limit):
            continue
        data = _without(cut, draft.data, gone)
        if data is not draft.data:
            draft = draft._replace(data=data)
            answer = _with(draft, whole, lambda data: "", gone)
            measured = len(canonical(answer.data))
    return answer if answer.text else Answer(answer.data, render(answer.data))


class _Gone:
    """How much of a field is gone, over all places that have it."""

    def __init__(self) -> None:
        self.fields = self.characters = self.entries = self.whole = 0

    def counted(self, most: int) -> str:
        if self.characters and most:
            return f" after {most:,} characters ({self.fields:,})"
        if self.entries:
            return f" ({self.entries:,} of {self.whole:,} are here)"
        if self.characters and self.fields == 1:
            return f" ({self.characters:,} characters)"
        return f" ({self.whole or self.fields:,})"


def _without(cut: Cut, data: Data, gone: dict[str, str]) -> Data:
    cut_data, much = cut.give(data)
    if not much:
        return data
    # How long it was before it gave way the first time, nobody knows any more.
    gone[cut.what] = "" if cut.what in gone and much.endswith(" characters)") else much
    return cut_data


def _shortened(value: Any, path: Sequence[str], most: int, gone: _Gone) -> Any:
    if isinstance(value, list) and path:
        return [_shortened(one, path, most, gone) for one in value]
    if path:
        if not isinstance(value, dict) or value.get(path[0]) in (None, "", [], {}):
            return value
        field = _shortened(value[path[0]], path[1:], most, gone)
        if not most and len(path) == 1:
            return {name: one for name, one in value.items() if name != path[0]}
        return {**value, path[0]: field}
    if isinstance(value, str) and len(value) > most:
        gone.fields += 1
        gone.characters += len(value)
        return f"{value[: most - 1]}…"
    if isinstance(value, list):
        gone.whole += len(value)
        gone.entries += min(len(value), most)
        gone.fields += len(value) > most
        return value[:most]
    gone.fields += not isinstance(value, str)
    return value


def _everywhere(data: Data, kind: type, most: int) -> tuple[Data, str]:
    """Shorten all values of a kind, and name the fields that have them."""
    named: Counter[str] = Counter()

    def walk(value: Any, field: str) -> Any:
        if field in _WHOLE or field == "url" or field.endswith("_url"):
            return value
        if isinstance(value, kind) and isinstance(value, str | list) and len(value) > most:
            named[field] += 1
            value = f"{value[: most - 1]}…" if isinstance(value, str) else value[:most]
        if isinstance(value, list):
            return [walk(one, field) for one in value]
        if isinstance(value, dict):
            return {name: walk(one, name) for name, one in value.items()}
        return value

    cut = walk(data, "")
    return cut, f": {', '.join(f'{field} ({count:,})' for field, count in named.items())}" if named else ""


def _page(draft: Draft, count: int) -> Data:
    """The first `count` entries of the list, with the cursor of those that follow."""
    data = draft.data
    page = data[draft.listed]
    end = draft.offset + min(count, len(page))
    notes = [f"Cut to {count} of {len(page)} entries of this page."] if count < len(page) else []
    cursor = f"{end}.{data['build_id']}" if page and end < data["total"] else None
    return {**data, draft.listed: page[:count], "next_cursor": cursor, "notes": [*data["notes"], *notes]}


def _with(draft: Draft, count: int, render: Callable[[Data], str], gone: Mapping[str, str]) -> Answer:
    data = _page(draft, count) if draft.listed else draft.data
    if gone:
        more = f" {draft.more}" if draft.more else ""
        data = {
            **data,
            "notes": [*data["notes"], f"Not in this answer: {'; '.join(map(''.join, gone.items()))}.{more}"],
        }
    return Answer(data, render(data))


def _size(answer: Answer) -> int:
    return max(len(canonical(answer.data)), len(answer.text))
