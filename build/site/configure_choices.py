"""The choice between resources of a configuration that take each other's place: one is applied, never all of them."""

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import NamedTuple

from build.parse.manifests import KINDS
from build.untrusted.yaml_text import Piece

# No value has a line of its own, so a line of --- divides documents.
_DIVIDER = re.compile(r"(?=^---\n)", re.MULTILINE)
_HEADING = re.compile(rf"^# (?:{'|'.join(KINDS)}) of ([^\n,]+)", re.MULTILINE)
_KIND = re.compile(r"^kind: (\w+)$", re.MULTILINE)
# What names the kind of resource in a template's name, at its end as a rule, and the name's ending.
_SETS = re.compile(r"-(?:slx|sli|slo|taskset|runbook|workflow)(?=[-.])|\.ya?ml\Z")


class Document(NamedTuple):
    """A document of a configuration, from its divider on. `choices` has the numbers of those it belongs to, none where
    it is always there; `heading` is the name of a choice that begins here, else "".
    """

    heading: str
    choices: tuple[int, ...]
    pieces: Sequence[Piece]


def choose_documents(pieces: Iterable[Piece]) -> tuple[list[str], list[Document]]:
    """Return the names of what is to be chosen from, and the documents of a configuration.

    There is a choice where templates of several names write a resource of the same kind. The names are those of the
    templates, without what all of them begin with and without the kind.

    Args:
        pieces: The configuration's.
    """
    documents = _documents(pieces)
    owners = [_owner(document) for document in documents]
    names = list(dict.fromkeys(name for name, _ in owners if name))
    kinds = [one for one in dict.fromkeys(owners) if one[0]]
    if len({kind for _, kind in kinds}) == len(kinds):
        return [], [Document("", (), document) for document in documents]
    result, seen = [], set()
    shown = _short(names)
    for document, (name, _) in zip(documents, owners, strict=True):
        heading = shown[names.index(name)] if name and name not in seen else ""
        seen.add(name)
        result.append(Document(heading, (names.index(name),) if name else (), document))
    return shown, result


def _documents(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Return the pieces of each document; the comment at the top is one of its own."""
    result: list[list[Piece]] = [[]]
    for piece in pieces:
        parts = [piece.text] if piece.gap else _DIVIDER.split(piece.text)
        first = _HEADING.search(parts[0]) if not piece.gap and result == [[]] else None
        if first:
            parts[:1] = [parts[0][: first.start()], parts[0][first.start() :]]
        for at, part in enumerate(parts):
            if at:
                result.append([])
            if part or piece.gap:
                result[-1].append(Piece(piece.gap, part))
    return [document for document in result if document]


def _owner(document: Sequence[Piece]) -> tuple[str, str]:
    """Return the name that a document's template shares with those of the same choice, and its kind; "" of others."""
    text = "".join(piece.text for piece in document if not piece.gap)
    heading, kind = _HEADING.search(text), _KIND.search(text)
    return (_SETS.sub("", heading[1]), kind[1]) if heading and kind else ("", "")


def _short(names: Sequence[str]) -> list[str]:
    """Return the names without the words that all of them begin with."""
    words = [name.split("-") for name in names]
    same = sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, zip(*words, strict=False)))
    return ["-".join(own[same:]) or name for name, own in zip(names, words, strict=True)]
