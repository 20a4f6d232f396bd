"""YAML that is written with strangers' texts in it: none can end its scalar or comment, or be taken for another type.

Within such YAML marks stand where somebody may fill in a value; they are private characters, which no text here has.
"""

import json
import re
from typing import NamedTuple

import yaml

from search_fn.text import visible

MAX_VALUE = 5_000
MAX_COMMENT = 300
PRIVATE = re.compile("[\ue000-\ue01f]")
"""What marks are made of; a stranger's text may not bring them."""
_BEGIN, _SHOWN, _END = "\ue000", "\ue001", "\ue002"
_GAP = re.compile(f"{_BEGIN}([^{_SHOWN}]*){_SHOWN}([^{_END}]*){_END}")
# Characters that JSON allows, but that YAML refuses or nobody can see.
_UNSEEN = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]{0,200}")
_STRING = "tag:yaml.org,2002:str"
# Types by the first character of an unquoted text, as PyYAML has them.
_RESOLVERS = yaml.resolver.Resolver.yaml_implicit_resolvers
# Words that YAML 1.1 reads as booleans, though PyYAML's resolver does not.
_SHORT_TRUTHS = frozenset("yYnN")


class Piece(NamedTuple):
    """A part of YAML; `gap` names what may be filled in instead of its text, None where nothing may."""

    gap: str | None
    text: str


def tag_of(plain: str) -> str:
    """Return the type that YAML takes an unquoted text for, as a tag."""
    known = (*_RESOLVERS.get(plain[:1], ()), *_RESOLVERS.get(None, ()))
    return next((str(tag) for tag, pattern in known if pattern.match(plain)), _STRING)


def quote(text: str) -> str:
    """Return a text as a JSON string, which is YAML too: nothing in it can be taken for anything else."""
    return _UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))


def string(text: str) -> str:
    """Return a text as a string of YAML: as it is where it is a plain word, else quoted."""
    plain = _PLAIN.fullmatch(text) and text not in _SHORT_TRUTHS and tag_of(text) == _STRING
    return text if plain else quote(text)


def comment(text: str, most: int = MAX_COMMENT) -> str:
    """Return a text as one line of a comment, without what ends a line, hides or cannot be printed."""
    line = "".join(one if one.isprintable() else " " for one in visible(PRIVATE.sub("", text)))
    return " ".join(line.split())[:most]


def gap(name: str, shown: str) -> str:
    """Return YAML in whose place something else may stand: within quotes what is shown is escaped as JSON has it."""
    return f"{_BEGIN}{PRIVATE.sub('', name)}{_SHOWN}{PRIVATE.sub('', shown)}{_END}"


def pieces(marked: str) -> list[Piece]:
    """Return the parts of YAML with marks, in their order."""
    result, at = [], 0
    for match in _GAP.finditer(marked):
        result += [Piece(None, marked[at : match.start()]), Piece(match[1], match[2])]
        at = match.end()
    return [piece for piece in [*result, Piece(None, marked[at:])] if piece.text or piece.gap]


def strip_marks(marked: str) -> str:
    """Return the YAML as a file has it."""
    return "".join(piece.text for piece in pieces(marked))
