"""How names of keywords, variables and metadata are compared."""


def normalize(name: str) -> str:
    """Return a name as Robot compares it. Robot itself is slow to import."""
    return "".join(name.split()).casefold().replace("_", "")
