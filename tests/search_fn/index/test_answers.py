import random

from search_fn.index.answers import LONGEST, MAX_MEMORY, Answers


def body(seed: int, length: int = 4_000) -> bytes:
    """Digits, which no compression makes shorter than a half."""
    return random.Random(seed).randbytes(length // 2).hex().encode("ascii")


def test_answers_are_what_they_were() -> None:
    answers = Answers()
    first, second = body(1), b'{"query":"\xc3\xbcberlauf","facets":{}}'
    answers.add(b"q=1", first)
    answers.add(b"q=2", second)
    answers.add(b"q=3", first)
    for _ in range(2):
        assert [answers.get(asked) for asked in (b"q=1", b"q=2", b"q=3", b"q=4", b"")] == [
            first, second, first, None, None,
        ]  # fmt: skip


def test_what_is_remembered_twice_is_counted_once() -> None:
    answers = Answers()
    answers.add(b"q=1", body(1))
    before = answers.memory
    answers.add(b"q=2", body(2))
    taken = answers.memory
    answers.add(b"q=2", body(2))
    assert answers.memory == taken
    assert len(body(2)) / 2 < taken - before < len(body(2))


def test_the_memory_is_bounded_and_what_was_asked_for_least_lately_goes_first() -> None:
    answers = Answers()
    for number in range(6_000):
        answers.add(b"q=%d" % number, body(number))
        answers.get(b"q=0")
        assert answers.memory <= MAX_MEMORY
    kept = [number for number in range(6_000) if answers.get(b"q=%d" % number) is not None]
    assert kept == [0, *range(kept[1], 6_000)]
    # As many as there is room for, and no more.
    assert MAX_MEMORY / len(body(0)) < len(kept) < MAX_MEMORY / 2_000


def test_what_is_asked_counts_too() -> None:
    answers = Answers()
    for number in range(400):
        answers.add(b"q=%030000d" % number, b"{}")
    assert answers.memory <= MAX_MEMORY
    assert sum(answers.get(b"q=%030000d" % number) is not None for number in range(400)) < MAX_MEMORY / 30_000


def test_a_long_one_takes_the_place_of_no_others() -> None:
    answers = Answers()
    answers.add(b"", body(1, LONGEST))
    assert answers.get(b"") == body(1, LONGEST)
    answers.add(b"q", body(1, LONGEST))
    assert answers.get(b"q") is None
