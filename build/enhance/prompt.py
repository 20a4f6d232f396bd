"""The prompt about a bundle: fixed instructions, and one message with the bundle's files as data."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from build.model import FILE_OF, CatalogueEntry, SourceFile, is_script
from build.untrusted.credentials import sanitize

# About four characters make a token.
CHARACTERS_PER_TOKEN = 4
INPUT_TOKENS = 16_000
# The share of INPUT_TOKENS that robot files and documentation have where scripts need the rest.
_TEXTS_TOKENS = 10_000
_TEXTS = (*FILE_OF.values(), "README.md", "SKILL-TEMPLATE.md")
INSTRUCTIONS = Path(__file__).with_name("instructions.txt").read_text(encoding="utf-8")


class Material(NamedTuple):
    """The message about a bundle. `texts` are its files by path as the message has them: cut, and with keys masked."""

    message: str
    texts: Mapping[str, str]

    @property
    def tokens(self) -> int:
        """Return an estimate of the tokens of the whole request."""
        return (len(self.message) + len(INSTRUCTIONS)) // CHARACTERS_PER_TOKEN


def sent_files(entry: CatalogueEntry) -> list[SourceFile]:
    """Return the files whose text is sent: robot files and documentation, then scripts."""
    known = {file.path: file for file in entry.files}
    scripts = [path for path in sorted(known) if is_script(path)]
    return [known[path] for path in (*_TEXTS, *scripts) if path in known]


def content_of(entry: CatalogueEntry) -> str:
    """Return a key of the content of all files that are sent, made from their object ids without reading them."""
    listed = "\n".join(f"{file.oid} {file.path}" for file in sent_files(entry))
    return hashlib.sha256(listed.encode()).hexdigest()


def material(entry: CatalogueEntry, blobs: Mapping[str, bytes]) -> Material:
    """Return the message about a bundle; `blobs` are the contents of its files by object id."""
    decoded = {file.path: blobs[file.oid].decode("utf-8-sig", "replace") for file in sent_files(entry)}
    whole = {path: sanitize(text.replace("\r\n", "\n")) for path, text in decoded.items()}
    length = {path: len(text) for path, text in whole.items()}
    scripts = [path for path in whole if path not in _TEXTS]
    room = INPUT_TOKENS * CHARACTERS_PER_TOKEN
    least = max(_TEXTS_TOKENS * CHARACTERS_PER_TOKEN, room - sum(length[path] for path in scripts))
    share = _shares({path: length[path] for path in _TEXTS if path in whole}, least)
    share |= _shares({path: length[path] for path in scripts}, room - sum(share.values()))
    texts = {path: text[: share[path]] for path, text in whole.items()}
    cut = {
        path: f"the first {share[path]} of {length[path]} characters" for path in texts if share[path] < length[path]
    }
    data = {
        "id": entry.id,
        "title": entry.bundle.title,
        "platforms": entry.bundle.platforms,
        "tools": [{"name": tool.name, "kind": tool.kind} for tool in entry.bundle.tools],
        "files": [{"path": path, "cut": cut.get(path), "text": text} for path, text in texts.items()],
    }
    # Without "<" no text in the data can close the element; JSON may escape any character.
    body = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return Material(f"<data>\n{body}\n</data>", texts)


def _shares(lengths: Mapping[str, int], room: int) -> dict[str, int]:
    """Return how many characters of each text fit into `room`: equal shares, and what short texts leave goes to longer
    ones.
    """
    shares = {}
    for left, (path, length) in enumerate(sorted(lengths.items(), key=lambda item: item[1])):
        shares[path] = min(length, max(room, 0) // (len(lengths) - left))
        room -= shares[path]
    return shares
