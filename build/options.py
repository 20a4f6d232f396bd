"""The options of a run, from flags, environment or defaults."""

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from typer import Option

CODE = Path(__file__).resolve().parent.parent
# Everything in the repository that shapes what is published.
_SHAPES = ("build", "search_fn", "site_templates", "docs", "mkdocs.yml", "requirements/build.txt")
_VARIABLES = (
    *("EMBEDDING_MODEL", "EMBEDDING_DIMENSIONS", "AZURE_OPENAI_EMBEDDING_DEPLOYMENT"),
    "REGISTRY_REQUESTS_REPOSITORY",
)
Engine = Literal["local", "ray"]
IndexFolder = Annotated[Path, Option("--index", help="The search index.")]
SiteFolder = Annotated[Path, Option("--site", help="The site.")]


@dataclass(frozen=True)
class Options:
    """The options of the command line, by their names there. `max_…` end the step that asks a model."""

    collections: Annotated[Path, Option(help="Which collections are catalogued.")] = Path("collections.yaml")
    index: IndexFolder = Path("index_data")
    site: SiteFolder = Path("site")
    cache: Annotated[Path, Option(help="Mirrors, parse results, generated pages.")] = Path(".cache")
    enhancements: Annotated[Path, Option(help="What a model wrote of bundles.")] = Path("enhancements")
    only: Annotated[
        list[str] | None, Option(metavar="COLLECTION[/BUNDLE]", help="Bring only these up to date; repeatable.")
    ] = None
    offline: Annotated[bool, Option("--offline", help="No network: the last fetched state.")] = False
    allow_local: Annotated[bool, Option("--allow-local", help="Permit paths on this machine as clone_url.")] = False
    accept_shrink: Annotated[
        bool, Option("--accept-shrink", help="Publish even if a fifth of the bundles is gone.")
    ] = False
    jobs: Annotated[int | None, Option(min=1, help="Workers that parse and encode; one a core by default.")] = None
    engine: Annotated[Engine, Option(help="Where they work: on this machine, or on a Ray cluster.")] = "local"
    site_url: Annotated[
        str, Option(envvar="REGISTRY_SITE_URL", help="The site's public address, for absolute links.")
    ] = ""
    search_url: Annotated[
        str, Option(envvar="REGISTRY_SEARCH_URL", help="The function's address; empty: the site's own.")
    ] = ""
    stale_after: Annotated[
        int,
        Option(
            envvar="REGISTRY_STALE_AFTER_HOURS",
            min=1,
            help="Hours without a check after which pages warn their readers.",
        ),
    ] = 24
    max_calls: Annotated[int | None, Option(envvar="AI_MAX_CALLS", min=0, help="Calls to the model in one run.")] = None
    max_tokens: Annotated[
        int | None, Option(envvar="AI_MAX_TOKENS", min=0, help="Tokens sent and answered in one run.")
    ] = None
    max_seconds: Annotated[
        float | None, Option(envvar="AI_MAX_SECONDS", min=0, help="Time limit for the model in one run, in seconds.")
    ] = None

    @property
    def overrides(self) -> Path:
        """Return the folder with people's corrections of bundles, which lies beside the list of collections."""
        return self.collections.parent / "overrides"

    @property
    def ledger(self) -> Path:
        """Return the file in which runs are recorded, a line of JSON for each."""
        return self.cache / "runs.jsonl"

    @cached_property
    def version(self) -> str:
        """Return a digest of the code, templates and settings that shape the output."""
        # Whose model makes vectors shapes the index as much, and where requests go the pages.
        variables = (os.environ.get(name, "") for name in _VARIABLES)
        digest = hashlib.sha256("\0".join([self.site_url, self.search_url, *variables]).encode())
        for name in _SHAPES:
            path = CODE / name
            for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
                if file.is_file() and "__pycache__" not in file.parts:
                    digest.update(file.relative_to(CODE).as_posix().encode() + b"\0" + file.read_bytes())
        return digest.hexdigest()
