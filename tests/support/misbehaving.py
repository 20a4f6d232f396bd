"""A parser and a renderer that do to their process what a bundle's name, or a text, says."""

import os
import signal
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from build.catalogue.source_links import Source
from build.keyword_libraries import (
    Libraries,
)
from build.model import (
    Bundle,
    BundleSource,
    SourceFile,
)
from build.parse.bundle import parse_bundle
from build.parse.libraries import read_libraries as really_read
from build.site.prose import Prose, Rendered, render_texts


def _misbehave(name: str) -> None:
    name = name.partition("-")[0]
    if name == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "hangs":
        time.sleep(600)
    if name == "eats":
        bytearray(100_000_000_000)
    if name == "fails" or (name == "peeks" and "OPENAI_API_KEY" in os.environ):
        raise KeyError(name)


def read_libraries(collection: str, sources: Sequence[SourceFile], imported: Iterable[str]) -> Libraries:
    for source in sources:
        _misbehave(Path(source.path).stem)
    return really_read(collection, sources, imported)


def parse(collection: str, source: BundleSource, shared: Sequence[SourceFile] = ()) -> Bundle:
    _misbehave(source.name)
    return parse_bundle(collection, source, shared)


def render(texts: Sequence[Prose], at: Source, folder: str) -> Rendered:
    for text in texts:
        _misbehave(text.markdown)
    return render_texts(texts, at, folder)
