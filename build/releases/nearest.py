"""Which living bundles are most like one that was removed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import log

from build.releases.models import CollectionReleases, Removed
from search_fn.query.words import stem, words

_MOST = 5
# So much of the words of two bundles must be the same, weighed by how rare they are.
_LEAST = 0.12


def with_nearest(
    releases: Mapping[str, CollectionReleases], living: Mapping[str, Iterable[str]]
) -> dict[str, CollectionReleases]:
    """Return the releases with the living bundles that are most like each removed one.

    Args:
        releases: Of all collections, by slug.
        living: Texts of the living bundles by id: their titles, their tools' titles, platforms.
    """
    result = {name: _stems([name.partition("/")[2], *texts]) for name, texts in living.items()}
    spread = Counter(word for own in result.values() for word in own)
    weight = {word: log(1 + len(result) / (1 + count)) for word, count in spread.items()}

    def nearest(removed: Removed) -> tuple[str, ...]:
        own = _stems(
            [removed.id.partition("/")[2], removed.title, *removed.platforms, *(tool.title for tool in removed.tools)]
        )
        scores = {
            name: _sum(weight, own & other) / (_sum(weight, own | other) or 1.0)
            for name, other in result.items()
            if own & other
        }
        ranked = sorted(scores, key=lambda name: (-scores[name], name))
        return tuple(name for name in ranked if scores[name] >= _LEAST)[:_MOST]

    return {
        slug: own.model_copy(
            update={"removed": tuple(one.model_copy(update={"nearest": nearest(one)}) for one in own.removed)}
        )
        for slug, own in releases.items()
    }


def _stems(texts: Iterable[str]) -> set[str]:
    return {stem(word) for text in texts for word in words(text)}


def _sum(weight: Mapping[str, float], result: Iterable[str]) -> float:
    # In one order: sums of floats depend on it. A word that no living bundle has weighs as much as the rarest.
    most = max(weight.values(), default=1.0)
    return sum(weight.get(word, most) for word in sorted(result))
