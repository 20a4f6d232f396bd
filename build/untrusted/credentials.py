"""What is, or looks like, a credential: it is never shown."""

import re
import tomllib
from pathlib import Path
from typing import NamedTuple

from search_fn.text import visible

_NAME = re.compile(
    r".*(TOKEN|PASSWORD|PASSWD|API_?KEY|APP_KEY|ACCESS_KEY(_ID)?|PRIVATE_KEY|MASTER_KEY|CLIENT_SECRET)", re.I
)
_SHAPES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["keys"]
_KEY = re.compile(
    rf"(?<![A-Za-z0-9])(?:{'|'.join(_SHAPES)})"
    r"|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:\\n|[\s.]){0,9}[A-Za-z0-9+/]{40}[A-Za-z0-9+/=]{0,4000}"
    r"(?:(?:\\n|[\s.]){1,9}[A-Za-z0-9+/=]{16,4000}){0,200}"
    r"(?:(?:\\n|[\s.]){1,9}[A-Za-z0-9+/=]{1,15}(?=(?:\\n|[\s.]){0,9}-----END))?"
)
# Of sixteen random letters and digits some fourteen differ.
_DISTINCT = 6
REMOVED = "(key removed)"


def names_credential(name: str) -> bool:
    """Whether a variable of this name holds a credential itself, and not its name, path or age."""
    return _NAME.fullmatch(name) is not None


class Cleaned(NamedTuple):
    """A text without keys; how many it had, and the line of the first."""

    text: str
    keys: int
    line: int | None


def without_keys(text: str) -> Cleaned:
    """The text with REMOVED for every part that has the shape of a credential, its lines as many as before. `ghp_xxxx…`
    and the like show only what one is like.
    """
    places: list[int] = []

    def remove(found: re.Match[str]) -> str:
        if len(set(found[0][-16:].strip())) < _DISTINCT:
            return found[0]
        places.append(found.start())
        return REMOVED + "\n" * found[0].count("\n")

    cleaned = _KEY.sub(remove, text)
    return Cleaned(cleaned, len(places), text.count("\n", 0, places[0]) + 1 if places else None)


def presentable(text: str) -> str:
    """A stranger's text as it may be shown: without keys, and without characters that nobody sees."""
    return without_keys(visible(text)).text
