"""Which names can stand in addresses and paths of the site."""

import re

from build.untrusted.credentials import without_keys

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
# Pages and files of the site have these names, or a file system of some reader's does.
_RESERVED = frozenset({"index", "404", "assets", "con", "prn", "aux", "nul"}) | {
    f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)
}


def is_name(name: str) -> bool:
    """Whether it can stand in an address at all."""
    return _NAME.fullmatch(name) is not None and not without_keys(name).keys


def is_reserved(name: str) -> bool:
    """Whether something else has it."""
    return name.split(".")[0].casefold() in _RESERVED or name.endswith((".", ".json"))


def folded(name: str) -> str:
    """What two names have in common that cannot be told apart in an address."""
    return name.casefold().replace("_", "-")
