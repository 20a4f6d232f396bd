"""A byte that a disk has flipped, in each kind of file that is kept: it is made anew or told, and never published."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rich.console import Console

from build import pipeline
from build.errors import RegistryError
from build.index.encode import encoder_of
from build.options import Options
from build.publish.push import push
from build.publish.report import Report
from search_fn.index.facts import BUNDLE_TABLES, PAGE_TABLES
from search_fn.index.lance import lancedb
from tests.support.damage import flipped
from tests.support.repositories import Repository

pytestmark = pytest.mark.slow

RUNBOOK = """\
*** Settings ***
Documentation    Looks at the {name}.
Metadata         Author    Somebody
Library          Harbor.Prices
*** Tasks ***
Look At The {name}
    [Documentation]    Looks.
    Price Of    {name}
"""
LIBRARY = 'class Prices:\n    def price_of(self, what):\n        """Say what it costs."""\n'
NAMES = ("anchor", "buoy", "chain")


class Shore(NamedTuple):
    """A collection in a repository and one in a plain folder, built once; tests work with copies of what was made."""

    folder: Path
    options: Options

    def run(self, **changes: Any) -> Report:
        # It lasts as long as the process, but a run is one of its own.
        encoder_of.cache_clear()
        return pipeline.run(replace(self.options, **changes), Console(quiet=True))

    def published(self) -> tuple[dict[str, bytes], list[list[dict[str, object]]]]:
        """Every file of the site but when it was looked at, and every row of the index."""
        site, database = self.options.site, lancedb.connect(str(self.options.index))
        files = {str(file.relative_to(site)): file.read_bytes() for file in site.rglob("*") if file.is_file()}
        files.pop("api/v1/checked.json", None)
        tables = [database.open_table(name).to_arrow().to_pylist() for name in (*BUNDLE_TABLES, *PAGE_TABLES)]
        return files, tables


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Shore:
    folder = tmp_path_factory.mktemp("shore")
    files: dict[str, str | bytes | None] = {"libraries/Harbor/Prices.py": LIBRARY}
    for name in NAMES:
        files[f"codebundles/{name}/runbook.robot"] = RUNBOOK.format(name=name)
        files[f"codebundles/{name}/README.md"] = f"# {name}\n\nLooks.\n"
    Repository(folder / "repository").commit(files)
    plain = folder / "plain" / "codebundles" / "davit"
    plain.mkdir(parents=True)
    (plain / "runbook.robot").write_text(RUNBOOK.format(name="davit"))
    (folder / "collections.yaml").write_text(
        "codecollections:\n"
        "  - {name: Beacon, slug: beacon, git_url: 'https://github.com/o/beacon', clone_url: ./repository}\n"
        "  - {name: Plain, slug: plain, git_url: 'https://github.com/o/plain', clone_url: ./plain}\n"
    )
    options = Options(
        collections=folder / "collections.yaml", index=folder / "index", site=folder / "site", cache=folder / "cache",
        enhancements=folder / "enhancements", allow_local=True, jobs=1,
    )  # fmt: skip
    shore = Shore(folder, options)
    assert shore.run().published == ["index", "site"]
    return shore


@pytest.fixture
def shore(source: Shore, tmp_path: Path) -> Shore:
    for part in ("index", "site", "cache"):
        shutil.copytree(source.folder / part, tmp_path / part, symlinks=True)
    at = tmp_path
    return Shore(at, replace(source.options, index=at / "index", site=at / "site", cache=at / "cache"))


def damage(folder: Path, pattern: str) -> list[Path]:
    """Flip a byte in the middle of each file."""
    files = sorted(file for file in folder.glob(pattern) if file.is_file())
    assert files, pattern
    for file in files:
        content = file.read_bytes()
        file.chmod(0o644)
        file.write_bytes(flipped(content, len(content) // 2))
    return files


def nothing(shore: Shore) -> None:
    pass


def without(part: str) -> Callable[[Shore], None]:
    return lambda shore: shutil.rmtree(shore.folder / part)


@pytest.mark.parametrize(
    ("pattern", "before"),
    [
        ("cache/parse/*/*.json", nothing),
        ("cache/parse/*/libraries/*.json", nothing),
        ("cache/encoder/*/*.safetensors", without("index")),
        ("cache/docs/**/*.md", without("site")),
        ("cache/git/*.git/objects/??/*", nothing),
        ("cache/git/*.git/refs/registry/head", nothing),
        ("cache/git/*.git/config", nothing),
        ("cache/git/*.git/SHA256SUMS", nothing),
        ("cache/folders/*.git/objects/??/*", without("cache/git")),
        ("cache/folders/*.git/config", without("cache/git")),
        ("cache/folders/*.git/index", nothing),
        ("index/*.lance/data/*", nothing),
        ("index/*.lance/_versions/*", nothing),
        ("index/manifest.json", nothing),
        ("index/encoder.safetensors", nothing),
        ("index/bundles-*.safetensors", nothing),
        ("index/pages-*.safetensors", nothing),
        ("index/SHA256SUMS", nothing),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_damaged_is_made_anew_and_what_is_published_is_as_before(
    shore: Shore, pattern: str, before: Callable[[Shore], None]
) -> None:
    files, rows = shore.published()
    before(shore)
    damage(shore.folder, pattern)
    report = shore.run()
    assert shore.published()[1] == rows
    now = shore.published()[0]
    # The runs that came before are told of by a site that is made anew.
    told = {name for name in files if files[name] != now.get(name)}
    assert told <= ({"api/v1/report.json", "report/index.html"} if "site" in report.published else set())
    assert [row.outcome for row in report.rows if row.outcome in ("stale", "unavailable")] == []
    if pattern.startswith("index/"):
        assert report.published == ["index"]
    # And it is as if nothing had been.
    after = shore.run()
    assert (after.published, after.damaged, sum(row.parsed for row in after.rows)) == ([], [], 0)


@pytest.mark.parametrize("pattern", ["objects/??/*", "refs/registry/head"])
def test_a_mirror_that_cannot_be_fetched_anew_is_told_and_no_loss_is_advised(shore: Shore, pattern: str) -> None:
    published = shore.published()
    damage(shore.folder, f"cache/git/beacon-*.git/{pattern}")
    with pytest.raises(RegistryError, match="what was fetched of the collection cannot be read") as caught:
        shore.run(offline=True)
    assert "correct that, and run again" in str(caught.value)
    assert "--accept-shrink" not in str(caught.value)
    assert shore.published() == published


def test_a_damaged_index_is_not_pushed(shore: Shore) -> None:
    damage(shore.folder, "index/page_postings.lance/data/*")
    with pytest.raises(
        RegistryError, match=r"page_postings\.lance/data/.* was changed since .* `python -m build index`"
    ):
        push(shore.options.index, "memory://nowhere")


def test_a_damaged_line_of_the_ledger_is_left_out(shore: Shore) -> None:
    ledger = shore.options.ledger
    shore.run()
    first, second = ledger.read_bytes().splitlines(keepends=True)
    assert b'"status":3' in second
    ledger.write_bytes(first + second.replace(b'"status":3', b'"status":9'))
    shutil.rmtree(shore.options.site)
    shore.run()
    assert '"status":9' not in (shore.options.site / "api/v1/report.json").read_text(encoding="utf-8")
    assert len(ledger.read_bytes().splitlines()) == 2
