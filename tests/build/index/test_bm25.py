"""What each word is worth to each bundle: BM25, reckoned here a second time from its textbook formula."""

import math
from collections import Counter
from collections.abc import Sequence

import pytest

from build.index.bm25 import weights
from search_fn.search.weights import TEXT_WEIGHTS


def bundle(**parts: str) -> dict[str, Sequence[str]]:
    """A bundle's words by part; a part that is not given has none."""
    return {name: parts.get(name, "").split() for name in TEXT_WEIGHTS}


def test_a_weight_is_the_textbooks() -> None:
    found = weights([bundle(title="pod restarts"), bundle(title="pod pod memory of nodes"), bundle(title="disk")])
    # k1 = 1.2, b = 0.75; "pod" is in two of three bundles, whose titles have 2, 5 and 1 words.
    rarity = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    average = (2 + 5 + 1) / 3
    for position, times, length in ((0, 1, 2), (1, 2, 5)):
        wanted = rarity * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * length / average))
        assert found["pod"][position] == pytest.approx(TEXT_WEIGHTS["title"] * wanted)
    assert list(found["pod"]) == [0, 1]


def test_rare_words_short_parts_and_heavy_parts_are_worth_more() -> None:
    found = weights([bundle(title="pod lamp"), bundle(title="pod"), bundle(title="pod of the harbor")])
    assert found["lamp"][0] > found["pod"][0]
    assert found["pod"][1] > found["pod"][0] > found["pod"][2]
    parts = weights([bundle(title="pod", readme="disk"), bundle(title="x", readme="x")])
    assert parts["pod"][0] / parts["disk"][0] == pytest.approx(TEXT_WEIGHTS["title"] / TEXT_WEIGHTS["readme"])


def test_a_word_of_two_parts_is_worth_their_sum() -> None:
    both = weights([bundle(title="pod", tools="pod"), bundle(title="x", tools="x")])["pod"][0]
    alone = [weights([bundle(**{part: "pod"}), bundle(**{part: "x"})])["pod"][0] for part in ("title", "tools")]
    assert both == pytest.approx(sum(alone))


def test_words_and_positions_come_in_order_and_nothing_from_nothing() -> None:
    found = weights([bundle(title="b a"), bundle(about="c"), bundle(tools="a")])
    assert list(found) == ["a", "b", "c"]
    assert list(found["a"]) == [0, 2]
    assert weights([]) == {}
    assert weights([bundle(), bundle()]) == {}


def test_the_arrays_are_what_adding_one_by_one_gives_to_the_last_bit() -> None:
    bundles = [
        {
            part: [f"w{(number * 7 + step * step) % 53}" for step in range((number + place) % 9)]
            for place, part in enumerate(TEXT_WEIGHTS)
        }
        for number in range(80)
    ]
    expected: dict[str, dict[int, float]] = {}
    for part, weight in TEXT_WEIGHTS.items():
        average = sum(len(one[part]) for one in bundles) / len(bundles)
        holders = Counter(word for one in bundles for word in set(one[part]))
        for position, one in enumerate(bundles):
            base = 1.2 * (1 - 0.75 + 0.75 * len(one[part]) / average)
            for word, times in Counter(one[part]).items():
                rarity = math.log(1 + (len(bundles) - holders[word] + 0.5) / (holders[word] + 0.5))
                own = expected.setdefault(word, {})
                own[position] = own.get(position, 0.0) + weight * rarity * times * (1.2 + 1) / (times + base)
    found = weights(iter(bundles))
    assert {word: dict(own) for word, own in found.items()} == expected
    assert all(list(own) == sorted(own) for own in found.values())
