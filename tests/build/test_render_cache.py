"""Whatever a page's texts are: they are rendered once, a text that harms its process harms no other, and what there
was no time for is shown as it is and tried again.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from build import render_cache
from build.catalogue.record import record
from build.catalogue.source_links import Source
from build.environment import git_environment
from build.model import Bundle, BundleSource, Tool
from build.parse_cache import parser
from build.render_cache import Page, html_of, render_bundles, render_pages
from build.site.prose import Prose, Rendered
from build.untrusted.nesting import MAX_DEPTH
from build.workers import Budget, Columns, Guarded
from tests.support import misbehaving
from tests.support.bundles import SOUND, source
from tests.support.catalogues import HARBOR, entry
from tests.support.repositories import collection

COLLECTION = HARBOR.model_copy(update={"slug": "beacon"})
AT = Source("https://github.com/o/r", "1")
DEEP = "> " * (MAX_DEPTH + 1) + "deep"
Render = Callable[..., list[Rendered]]


def page(name: str, *texts: str, at: Source = AT) -> Page:
    made = [Prose(name=f"text-{number}", markdown=text, path="README.md") for number, text in enumerate(texts)]
    return Page("beacon", name, made, at, f"codebundles/{name}")


def html(cache: Path, name: str) -> list[str]:
    return list(html_of(cache, record(entry(Bundle(name=name), COLLECTION))).values())


class Workers:
    """Guarded processes, and how many rows they were given."""

    def __init__(self, guarded: Guarded) -> None:
        self._guarded, self.rows = guarded, 0

    def __call__(
        self, function: Callable[..., Any], arguments: Columns, budget: Budget, seconds: float
    ) -> Iterator[Any]:
        self.rows += len(arguments[0])
        return self._guarded(function, arguments, budget, seconds)


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    with git_environment(), parser(tmp_path, 2) as reader:
        # The processes are there before a test's seconds begin.
        assert list(reader.guarded(abs, ([1],), budget(), 60.0)) == [1]
        yield Workers(reader.guarded)


def budget(seconds: float = 60.0) -> Budget:
    return Budget(seconds, "there was no time")


def test_a_second_time_nothing_is_rendered(workers: Workers, tmp_path: Path) -> None:
    pages = [page("a", "*a*", "**b**"), page("b", "# c", DEEP), page("none")]
    first = render_pages(pages, workers, tmp_path, budget())
    assert workers.rows == 2
    assert html(tmp_path, "a") == ["<p><em>a</em></p>\n", "<p><strong>b</strong></p>\n"]
    assert [list(made.refused) for made in first] == [[], ["text-1"], []]
    # What is refused is refused for good: that is no work either.
    assert render_pages(pages, workers, tmp_path, budget()) == first
    assert workers.rows == 2
    assert html(tmp_path, "b") == ['<h3 id="text-0-c">c</h3>\n', f"<pre>{DEEP.replace('>', '&gt;')}</pre>"]


def test_only_what_changed_is_rendered_again(workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    render_pages([page("a", "[a](b)"), page("b", "b")], workers, tmp_path, budget())
    render_pages([page("a", "[a](b)"), page("b", "c")], workers, tmp_path, budget())
    assert (workers.rows, html(tmp_path, "b")) == (3, ["<p>c</p>\n"])
    later = Source("https://github.com/o/r", "2")
    render_pages([page("a", "[a](b)", at=later)], workers, tmp_path, budget())
    assert (workers.rows, "blob/2/" in html(tmp_path, "a")[0]) == (4, True)
    monkeypatch.setattr(render_cache, "code_version", lambda *_: "another renderer")
    render_pages([page("a", "[a](b)", at=later)], workers, tmp_path, budget())
    assert workers.rows == 5
    # However often a page changes, one file is kept of it.
    files = [file for file in (tmp_path / "rendered").rglob("*") if file.is_file()]
    assert len(files) == 2
    for file in files:
        file.write_bytes(b'{"html": 1}')
    render_pages([page("a", "[a](b)", at=later)], workers, tmp_path, budget())
    assert workers.rows == 6


def test_a_text_that_harms_its_process_harms_no_other(
    workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render_cache, "render_texts", misbehaving.render)
    monkeypatch.setattr(render_cache, "PAGE_SECONDS", 4.0)
    monkeypatch.setattr(render_cache, "TEXT_SECONDS", 2.0)
    kinds = ["dies", "eats", "fails", "hangs"]
    pages = [page("sound", "*a*"), *(page(f"{kind}-page", "*a*", kind, "*b*") for kind in kinds), page("too", "*a*")]
    made = render_pages(pages, workers, tmp_path, budget())
    assert {one.name: found.failed for one, found in zip(pages, made, strict=True) if found.plain} == {
        "dies-page": {"text-1": "it took too much memory"},
        "eats-page": {"text-1": "it took too much memory"},
        "fails-page": {"text-1": "the registry's parser failed (KeyError)"},
        "hangs-page": {"text-1": "it took more than 2 seconds"},
    }
    assert html(tmp_path, "sound") == html(tmp_path, "too") == ["<p><em>a</em></p>\n"]
    for kind in kinds:
        assert html(tmp_path, f"{kind}-page") == ["<p><em>a</em></p>\n", f"<pre>{kind}</pre>", "<p><em>b</em></p>\n"]
    # The reason may have been the machine's: only these are tried again.
    monkeypatch.undo()
    before = workers.rows
    assert [found.plain for found in render_pages(pages, workers, tmp_path, budget())] == [{}] * 6
    assert workers.rows - before == 4
    assert html(tmp_path, "hangs-page")[1] == "<p>hangs</p>\n"


def test_what_comes_after_the_budget_is_plain_until_the_next_run(workers: Workers, tmp_path: Path) -> None:
    pages = [page("a", "*a*"), page("b", "*b*", "*c*")]
    made = render_pages(pages, workers, tmp_path, budget(0))
    reasons = [found.failed for found in made]
    assert reasons == [{"text-0": "there was no time"}, {"text-0": "there was no time", "text-1": "there was no time"}]
    assert html(tmp_path, "b") == ["<pre>*b*</pre>", "<pre>*c*</pre>"]
    assert [found.plain for found in render_pages(pages, workers, tmp_path, budget())] == [{}, {}]
    # And what was rendered in time needs none.
    assert [found.plain for found in render_pages(pages, workers, tmp_path, budget(0))] == [{}, {}]
    assert html(tmp_path, "b") == ["<p><em>b</em></p>\n", "<p><em>c</em></p>\n"]


def test_pages_that_hang_cost_the_budget_and_no_more(
    workers: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render_cache, "render_texts", misbehaving.render)
    pages = [page("sound", "*a*"), *(page(f"hangs-{number}", "hangs", "*b*") for number in range(50))]
    render_pages(pages[:1], workers, tmp_path, budget())
    spent = budget(1.0)
    first, *others = render_pages(pages, workers, tmp_path, spent)
    assert (first.plain, spent.left) == ({}, 0)
    assert {reason for found in others for reason in found.failed.values()} == {"there was no time"}
    assert html(tmp_path, "hangs-49") == ["<pre>hangs</pre>", "<pre>*b*</pre>"]


def test_a_bundle_is_told_once_for_each_reason_at_its_first_place(workers: Workers, tmp_path: Path) -> None:
    tools = [Tool(kind="runbook", name="Look", title="Look", documentation=DEEP, line=line) for line in (3, 9)]
    tools.append(Tool(kind="monitor", name="Look", title="Look", documentation="<" * 10_001, line=4))
    bundles = [Bundle(name="odd", readme="*sound*", tools=tuple(tools)), Bundle(name="even", readme="*sound*")]
    sources: list[BundleSource] = [source({"runbook.robot": SOUND}, bundle.name) for bundle in bundles]
    odd, even = render_bundles(collection(tmp_path), sources, bundles, workers, tmp_path, budget())
    assert even == bundles[1]
    assert [(one.code, one.path, one.line, one.severity) for one in odd.problems] == [
        ("markdown-not-rendered", "codebundles/odd/runbook.robot", 3, "warning"),
        ("markdown-not-rendered", "codebundles/odd/sli.robot", 4, "warning"),
    ]
    first, second = (one.message for one in odd.problems)
    assert first.endswith("within each other (at most 30); so is 1 more text of the bundle")
    assert second.endswith("it has 10,001 signs '<' (at most 10,000)")
    assert html(tmp_path, "odd")[0] == "<p><em>sound</em></p>\n"


def test_a_readme_that_is_no_markdown_is_kept_as_it_is_written(workers: Workers, tmp_path: Path) -> None:
    bundles = [
        Bundle(name="plain", readme="*a*", readme_file="README.rst"),
        Bundle(name="deep", readme=DEEP, readme_file="readme.markdown"),
    ]
    sources: list[BundleSource] = [source({"runbook.robot": SOUND}, bundle.name) for bundle in bundles]
    plain, deep = render_bundles(collection(tmp_path), sources, bundles, workers, tmp_path, budget())
    assert plain == bundles[0]
    assert html(tmp_path, "plain") == ["<pre>*a*</pre>"]
    assert [one.path for one in deep.problems] == ["codebundles/deep/readme.markdown"]
