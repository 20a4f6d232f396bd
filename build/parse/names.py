"""How names of keywords, variables and metadata are compared."""

from functools import lru_cache


@lru_cache(8192)
def normalize(name: str) -> str:
    """Return a name as Robot compares it. Robot itself is slow to import."""
    return "".join(name.split()).casefold().replace("_", "")
