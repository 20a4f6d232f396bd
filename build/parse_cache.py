"""Runs the parser for the bundles whose folder or parser is new, and keeps each result under the cache."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError
from robot.version import VERSION

from build.model import Bundle, BundleSource
from build.parse import parse_bundle

_PARSER_MODULES = (
    "credentials", "declarations", "generation_rules", "limits", "model", "parse", "platforms", "robot_file",
    "robot_imports", "safe_yaml",
)  # fmt: skip


class Parsed(NamedTuple):
    """Bundles in the order asked for; `new` counts those that were parsed, not found in the cache."""

    bundles: list[Bundle]
    new: int


def parse_all(
    collection: str,
    sources: Sequence[BundleSource],
    read_contents: Callable[[list[BundleSource]], list[BundleSource]],
    cache: Path,
) -> Parsed:
    """Parse what the cache does not have; `read_contents` fills in the contents of just those bundles' files."""
    folder = cache / "parse" / parser_version()
    found = {source.name: _load(_file(folder, collection, source)) for source in sources}
    new = read_contents([source for source in sources if found[source.name] is None])
    for source in new:
        made = found[source.name] = parse_bundle(collection, source)
        _store(_file(folder, collection, source), made)
    return Parsed([bundle for source in sources if (bundle := found[source.name])], len(new))


def parser_version() -> str:
    """A key of all that a result depends on besides the bundle: the parser's modules and Robot's release."""
    digest = hashlib.sha256(VERSION.encode())
    for name in _PARSER_MODULES:
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    return digest.hexdigest()[:16]


def _file(folder: Path, collection: str, source: BundleSource) -> Path:
    # A folder's object id says nothing of the folder's name, nor of the files that were refused.
    key = "\0".join([collection, source.name, source.tree, *(file.path for file in source.files)])
    return folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"


def _load(file: Path) -> Bundle | None:
    try:
        return Bundle.model_validate_json(file.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _store(file: Path, bundle: Bundle) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(".new")
    temporary.write_text(bundle.model_dump_json(), encoding="utf-8")
    temporary.replace(file)
