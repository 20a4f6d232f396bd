"""What a run was asked for, by flags, environment or defaults."""

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

CODE = Path(__file__).resolve().parent.parent
# Everything in the repository that shapes what is published.
_VECTORS = (("", "MODEL"), ("", "DIMENSIONS"), ("AZURE_OPENAI_", "DEPLOYMENT"))
_SHAPES = ("build", "search_fn", "site_templates", "docs", "mkdocs.yml", "requirements/build.txt")


@dataclass(frozen=True)
class Options:
    """Folders, and how to run. `only` holds `COLLECTION` or `COLLECTION/BUNDLE`; empty means all. `max_…` end the step
    that asks a model: calls, tokens and seconds of one run.
    """

    collections: Path = Path("collections.yaml")
    index: Path = Path("index_data")
    site: Path = Path("site")
    cache: Path = Path(".cache")
    enhancements: Path = Path("enhancements")
    only: tuple[str, ...] = ()
    offline: bool = False
    allow_local: bool = False
    accept_shrink: bool = False
    jobs: int | None = None
    site_url: str = ""
    search_url: str = ""
    max_calls: int | None = None
    max_tokens: int | None = None
    max_seconds: float | None = None

    @property
    def overrides(self) -> Path:
        """Where people's own words on bundles lie: beside the list of collections."""
        return self.collections.parent / "overrides"

    @property
    def ledger(self) -> Path:
        """Where runs are remembered."""
        return self.cache / "runs.jsonl"

    @property
    def processes(self) -> int:
        """How many processes do heavy work: `jobs`, by default one a core."""
        return self.jobs or os.cpu_count() or 1

    @cached_property
    def version(self) -> str:
        """A key of the code, templates and settings that shape the output."""
        # Whose model makes vectors shapes the index as much.
        vectors = (os.environ.get(f"{name}EMBEDDING_{what}", "") for name, what in _VECTORS)
        digest = hashlib.sha256("\0".join([self.site_url, self.search_url, *vectors]).encode())
        for name in _SHAPES:
            path = CODE / name
            files = sorted(path.rglob("*")) if path.is_dir() else [path]
            for file in files:
                if file.is_file() and "__pycache__" not in file.parts:
                    digest.update(file.relative_to(CODE).as_posix().encode() + b"\0" + file.read_bytes())
        return digest.hexdigest()
