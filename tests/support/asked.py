"""Queries made up from what an index says, from a seed."""

import random

from search_fn.index.open import Index

QUERIES = 200


def queries(index: Index) -> list[tuple[str, str]]:
    """Return what people might ask, and a platform for some: names, words of titles and tools, typing errors,
    nonsense.
    """
    chance = random.Random(20261125)
    cards = [index.card(position) for position in range(len(index.ids))]
    names = [name for card in cards for name in (card["slug"], card["id"], card["display_name"])]
    texts = [card["description"] or card["display_name"] for card in cards]
    texts += [tool["name"] for card in cards for tool in card["tools"]]
    platforms = sorted({name for card in cards for name in card["platforms"]})
    result: dict[tuple[str, str], None] = {}
    while len(result) < QUERIES:
        words = chance.choice(texts).split()
        start = chance.randrange(len(words))
        query = " ".join(words[start : start + chance.randint(1, 6)])
        if chance.random() < 0.2:
            query = chance.choice(names)
        if chance.random() < 0.2 and len(query) > 5:
            at = chance.randrange(len(query) - 1)
            query = query[:at] + query[at + 1] + query[at] + query[at + 2 :]
        # The page trims what is typed.
        result[" ".join(query.split()), chance.choice(platforms) if chance.random() < 0.2 else ""] = None
    return list(result)
