"""Which names can stand in addresses and paths of the site."""

import re

from build.untrusted.credentials import without_keys

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
# Pages and files of the site have these names, or a file system of some reader's does.
_RESERVED = frozenset({"index", "404", "assets", "con", "prn", "aux", "nul"}) | {
    f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)
}

# Bytes: with an ending it is still the name of a file.
_LONGEST_TAG = 200


def is_name(name: str) -> bool:
    """Return whether a name can be a part of an address."""
    return _NAME.fullmatch(name) is not None and not without_keys(name).keys


def is_reserved(name: str) -> bool:
    """Return whether a page or file of the site, or a device of an operating system, has this name."""
    return name.split(".")[0].casefold() in _RESERVED or name.endswith((".", ".json"))


def folded(name: str) -> str:
    """Return a name's form for comparison: names of equal form cannot be told apart in an address."""
    return name.casefold().replace("_", "-")


def is_tag_name(name: str) -> bool:
    """Return whether a git tag of this name can be a part of an address, in which its slashes divide folders."""
    return (
        len(name.encode("utf-8", "surrogateescape")) <= _LONGEST_TAG
        and name.isprintable()
        and all(part and not part.startswith(".") for part in name.split("/"))
        # A file and a folder of one name.
        and not any(part.endswith((".json", ".html")) for part in name.split("/")[:-1])
        and name != "index.html"
        and not name.endswith("/index.html")
        and not without_keys(name).keys
    )
