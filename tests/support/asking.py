"""What people and programs ask of the search, made up from a seed: as many different requests as a test wants."""

import random
import string
from collections.abc import Iterator

# Of what the made-up bundles say, of what the field says, and of neither.
_TEXT = """
    pods restarting containers crashed logs kubernetes deployment namespace volume claim full node memory pressure
    certificate expiry bucket public internet endpoint latency address idle cost replica lag database postgres queue
    backlog runner waiting disk usage folder redirect status kubectl helm eviction unschedulable ingress quota
    CrashLoopBackOff OOMKilled ImagePullBackOff 503 why does the how can I find banana weather poem
"""
_WORDS = _TEXT.split()
_FILTERS = {
    "platform": ["kubernetes", "AWS", "azure,gcp", "none"],
    "collection": ["beacon-codecollection", "Anchor-CodeCollection"],
    "access": ["read-only", "read-write", "unknown"],
    "kind": ["runbook", "monitor"],
    "tag": ["Security", "strasse SS", "o'brien's"],
    "limit": ["1", "50"],
    "offset": ["2", "40"],
    "explain": ["1"],
}
_FREQUENT = 300


def requests(count: int, seed: int, repeated: float = 0.8) -> Iterator[dict[str, str]]:
    """Return `count` requests as parameters of /api/v1/search: this share among a few hundred, the others new.

    They have words that the index knows and others, slips, filters, characters of many scripts, errors' long texts.
    """
    chance = random.Random(seed)
    frequent = [_request(chance) for _ in range(_FREQUENT)]
    for _ in range(count):
        yield chance.choice(frequent) if chance.random() < repeated else _request(chance)


def _request(chance: random.Random) -> dict[str, str]:
    length = 60 if chance.random() < 0.05 else chance.randint(1, 9)
    query = " ".join(_word(chance) for _ in range(length))
    chosen = chance.sample(sorted(_FILTERS), chance.choice([0, 0, 1, 2]))
    return {"q": query, **{name: chance.choice(_FILTERS[name]) for name in chosen}}


def _word(chance: random.Random) -> str:
    kind = chance.random()
    word = chance.choice(_WORDS)
    if kind < 0.86:
        return word
    if kind < 0.92:
        place = chance.randrange(len(word))
        return word[:place] + chance.choice(string.ascii_lowercase) + word[place:]
    if kind < 0.98:
        return "".join(chance.choices(string.ascii_lowercase + string.digits, k=chance.randint(3, 16)))
    return "".join(chr(chance.randrange(0xA0, 0xD800)) for _ in range(chance.randint(1, 4)))
