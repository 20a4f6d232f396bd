"""Runs of the build in this process, of which a test makes single phases."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from build.model import Collection
from build.options import Options
from build.phases.context import RunContext
from build.publish.published import Output
from tests.support.catalogues import HARBOR


def options(folder: Path, **more: Any) -> Options:
    """Return options of a run whose every folder is below this one, fetching from this machine."""
    places = {
        "collections": folder / "collections.yaml",
        **{name: folder / name for name in ("index", "site", "cache", "enhancements")},
    }
    return Options(**{**places, "allow_local": True, "jobs": 1, **more})


def run_of(
    folder: Path, collections: Sequence[Collection] = (HARBOR,), outputs: Sequence[Output] = (), **more: Any
) -> RunContext:
    """Return a run that nothing was done in yet."""
    return RunContext(options(folder, **more), Console(quiet=True), collections, outputs)
