"""Tools' answers within a size that a model can read."""

from bisect import bisect_right
from collections.abc import Callable
from typing import Any, NamedTuple

from search_fn.text import canonical

# Characters of an answer's data and text together: 4,000 and 20,000 tokens at four characters each.
DEFAULT_SIZE, HARD_SIZE = 16_000, 80_000
# Characters of a text and entries of a list, cut one step further until it fits.
_STEPS = ((4_000, 200), (1_000, 100), (300, 50), (120, 20), (60, 20), (60, 5), (20, 2))
# They would be wrong when they are cut.
_WHOLE = frozenset({"id", "slug", "url", "source_url", "git_url", "collection", "commit", "notice", "next_cursor"})


class Draft(NamedTuple):
    """An answer of any size, with its `build_id` and `notes`. `listed` names its list, of which this page begins at
    `offset` of its `total`.
    """

    data: dict[str, Any]
    listed: str = ""
    offset: int = 0


class Answer(NamedTuple):
    """The same as data and as Markdown."""

    data: dict[str, Any]
    text: str


def fitted(draft: Draft, render: Callable[[dict[str, Any]], str], size: int) -> Answer:
    """The answer and its text in at most `size` characters together: fewer entries, the others on the next page, then
    shorter texts and lists. Its `notes` say what was cut.
    """
    whole = len(draft.data.get(draft.listed, ()))
    answer = _with(draft, whole, render)
    if _size(answer) > size and draft.listed:
        fitting = bisect_right(range(1, whole), size, key=lambda count: _size(_with(draft, count, render)))
        answer = _with(draft, max(fitting, 1), render)
    data, before = answer.data, answer.data["notes"]
    for characters, entries in _STEPS:
        if _size(answer) <= size:
            break
        notes = [*before, f"Cut: texts to {characters} characters, lists to {entries} entries."]
        data = {**_cut(data, characters, entries), "notes": notes}
        answer = Answer(data, render(data))
    return answer


def _with(draft: Draft, count: int, render: Callable[[dict[str, Any]], str]) -> Answer:
    data = draft.data
    if draft.listed:
        page = data[draft.listed]
        end = draft.offset + min(count, len(page))
        notes = [f"Cut to {count} of {len(page)} entries of this page."] if count < len(page) else []
        data = {
            **data,
            draft.listed: page[:count],
            "next_cursor": f"{end}.{data['build_id']}" if page and end < data["total"] else None,
            "notes": [*data["notes"], *notes],
        }
    return Answer(data, render(data))


def _size(answer: Answer) -> int:
    return len(canonical(answer.data)) + len(answer.text)


def _cut(value: Any, characters: int, entries: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= characters else f"{value[: characters - 1]}…"
    if isinstance(value, list):
        return [_cut(one, characters, entries) for one in value[:entries]]
    if isinstance(value, dict):
        return {name: one if name in _WHOLE else _cut(one, characters, entries) for name, one in value.items()}
    return value
