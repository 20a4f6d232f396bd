import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_fn.encoder.wordpiece import WordPiece
from tests.support.reference_encoder import ReferenceTokenizer, read_vocabulary

CLS, SEP, UNK = 101, 102, 100

VOCABULARY = read_vocabulary()
WORDPIECE = WordPiece(VOCABULARY)
REFERENCE = ReferenceTokenizer()


# What text() alone would seldom put side by side.
SNIPPETS = [
    "kubernetes",
    "CrashLoopBackOff",
    "##ing",
    "[SEP]",
    "naïve",
    "e\N{COMBINING ACUTE ACCENT}\N{COMBINING DOT BELOW}",
    "ΟΔΟΣ",
    "İstanbul",
    "\N{KELVIN SIGN}",
    "\N{GREEK QUESTION MARK}",
    "a\N{NOT EQUAL TO}b",
    "한국어",
    "集群",
    "\uf900",
    "\U0002f800",
    "\U0002b820",
    "zero\N{ZERO WIDTH SPACE}width\N{ZERO WIDTH JOINER}",
    "\N{SOFT HYPHEN}",
    "\x00\x0b\x1c\x85",
    "\t\r\n\N{NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}\N{LINE SEPARATOR}",
    "👩\N{ZERO WIDTH JOINER}💻",
    "$^`|~",
    "\N{CANADIAN SYLLABICS CHI SIGN}\N{INTERROBANG}",
    "\ue000\ufffd\U000e0001",
    "x" * 99,
    "x" * 100,
    "x" * 101,
]
CHARACTERS = st.characters(exclude_categories=["Cs"])
TEXTS = st.lists(st.text(CHARACTERS) | st.sampled_from(SNIPPETS) | st.sampled_from(VOCABULARY) | st.just(" ")).map(
    "".join
)


@settings(max_examples=500)
@given(TEXTS)
def test_ids_equal_the_reference(text: str) -> None:
    assert WORDPIECE.token_ids(text) == REFERENCE.token_ids(text)


@settings(max_examples=50)
@given(TEXTS.filter(bool), st.integers(4_000, 13_000))
def test_long_texts_equal_the_reference_wherever_they_are_cut(text: str, length: int) -> None:
    repeated = (text * (length // len(text) + 1))[:length]
    assert WORDPIECE.token_ids(repeated, limit=30_000) == REFERENCE.token_ids(repeated, limit=30_000)


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(first, marks=[] if first < 0x4000 else pytest.mark.slow, id=f"{first:x}")
        for first in range(0, 0x110000, 0x4000)
    ],
)
def test_every_character_equals_the_reference(first: int) -> None:
    codes = [code for code in range(first, first + 0x4000) if not 0xD800 <= code < 0xE000]
    text = " ".join(f"a{chr(code)}b {chr(code)}" for code in codes)
    assert WORDPIECE.token_ids(text, limit=10**6) == REFERENCE.token_ids(text, limit=10**6)


def test_a_lone_surrogate_is_left_out() -> None:
    assert WORDPIECE.token_ids("po\ud83dd") == WORDPIECE.token_ids("pod")


@pytest.mark.parametrize("limit", [2, 3, 5, 256])
def test_the_limit_counts_both_ends(limit: int) -> None:
    ids = WORDPIECE.token_ids("pod " * 300, limit)
    assert ids == [CLS, *WORDPIECE.token_ids("pod")[1:-1] * (limit - 2), SEP]


def test_no_more_of_a_text_is_read_than_the_limit_needs() -> None:
    class Watched(str):
        read = 0

        def __getitem__(self, key: object) -> str:
            part = str(self)[key]  # type: ignore[index]
            self.read += len(part)
            return part

    text = Watched("restart the pod " * 10_000)
    assert len(WORDPIECE.token_ids(text)) == 256
    assert text.read < 5_000


def test_an_endless_word_is_unknown() -> None:
    assert WORDPIECE.token_ids("x" * 1_000_000 + " pod") == [CLS, UNK, *WORDPIECE.token_ids("pod")[1:]]
