"""Repair: slips and run-together words become the corpus's words; right words stay as they are."""

from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from search_fn.query.spelling import Vocabulary, distance

COUNTS = {
    "kubernetes": 90, "deployment": 40, "rollback": 5, "elasticache": 2, "elastic": 4, "cache": 9, "crash": 7,
    "loop": 3, "back": 6, "queue": 20, "queued": 2, "builds": 8, "lambda": 9, "nodeclaim": 2, "node": 60, "claim": 12,
    "key": 30, "vault": 11, "certificate": 25, "errors": 50, "read": 60, "proxy": 8, "the": 99,
}  # fmt: skip
ENGLISH = {"bread", "banana", "latex", "recipe", "crash"}
VOCABULARY = Vocabulary.of(COUNTS, ENGLISH.__contains__)

letters = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("kuberntes", ("kubernetes",)),
        ("deploymnet", ("deployment",)),
        ("rollbak", ("rollback",)),
        ("lambada", ("lambda",)),
        ("nodeclame", ("nodeclaim",)),
        ("erors", ("errors",)),
        ("certifcate", ("certificate",)),
        ("proxxy", ("proxy",)),
        # Both are one slip away: the more frequent.
        ("queud", ("queue",)),
        # One slip is likelier than a forgotten space.
        ("elasticcache", ("elasticache",)),
        ("crashloopback", ("crash", "loop", "back")),
        # The greater part of a word.
        ("certific", ("certificate",)),
        ("elasti", ("elastic",)),
        ("keyvault", ("key", "vault")),
        ("nodecrash", ("node", "crash")),
    ],
)
def test_a_slip_becomes_what_was_meant(slip: str, meant: tuple[str, ...]) -> None:
    assert VOCABULARY.repair(slip) == meant


@pytest.mark.parametrize(
    "word",
    [
        *COUNTS,
        "deployments",  # known in another number
        "queueing",
        "bread",  # a word of the language, one letter from `read`
        "recipes",
        "node",
        "nod",  # too short to say
        "kuber",  # half a word only
        "xkeyvault",
        "snowflake",
        "k8s1",
        "naïve",
        "zert",
        "a" * 200,
        "",
        # A term of the field, even where the corpus lacks it.
        "prometheus",
        "kubectl",
    ],
)
def test_a_right_word_stays_as_it_is(word: str) -> None:
    assert VOCABULARY.repair(word) == (word,)


def test_two_slips_of_which_the_first_letter_is_one_are_another_word() -> None:
    assert VOCABULARY.repair("xertificate") == ("certificate",)
    assert VOCABULARY.repair("xertifcate") == ("xertifcate",)


def test_a_vocabulary_of_nothing_repairs_nothing() -> None:
    assert Vocabulary.of({}).repair("kuberntes") == ("kuberntes",)
    assert not Vocabulary.of({}).knows("pod")


@given(letters)
def test_a_repair_is_the_word_itself_or_known_words(word: str) -> None:
    meant = VOCABULARY.repair(word)
    assert meant == (word,) or all(part in COUNTS for part in meant)
    assert meant == VOCABULARY.repair(word)


@given(st.sampled_from(sorted(word for word in COUNTS if len(word) >= 7)), st.data())
def test_a_dropped_letter_is_found_again(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(word) - 1))
    slip = word[:at] + word[at + 1 :]
    assume(not VOCABULARY.knows(slip) and slip not in ENGLISH)
    assert VOCABULARY.repair(slip) == (word,)


def plain_distance(a: str, b: str) -> int:
    """The textbook's table, without bounds."""
    rows = {(i, 0): i for i in range(len(a) + 1)} | {(0, j): j for j in range(len(b) + 1)}
    for i, j in product(range(1, len(a) + 1), range(1, len(b) + 1)):
        steps = [rows[i - 1, j] + 1, rows[i, j - 1] + 1, rows[i - 1, j - 1] + (a[i - 1] != b[j - 1])]
        if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
            steps.append(rows[i - 2, j - 2] + 1)
        rows[i, j] = min(steps)
    return rows[len(a), len(b)]


@given(st.text("abc", max_size=6), st.text("abc", max_size=6), st.integers(0, 3))
def test_the_distance_is_the_textbooks_up_to_its_bound(a: str, b: str, most: int) -> None:
    assert distance(a, b, most) == min(plain_distance(a, b), most + 1)
    assert distance(a, b, most) == distance(b, a, most)
