"""The search in the browser: the same order as the function's ranking over the same data, and its data in the site."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

from build.index.browser_files import FOLDER
from build.index.static_encoder import StaticEncoder
from build.storage import digest_of
from search_fn.index.facets import Filters
from search_fn.index.open import Index, open_index
from search_fn.search.ranking import search
from search_fn.settings import Settings
from tests.support.asked import queries
from tests.support.browsing import needs_chromium
from tests.support.place import Place
from tests.support.static_reference import browsers, calibrated
from tests.support.static_site import static_site

pytestmark = [pytest.mark.browser, needs_chromium]

LIMIT = 20
# What people write that no bundle says so, and what a reader of words and of tokens may trip over.
WRITTEN = (
    "pods are restarting", "kuberntes deploymnt", "keyvault", "not aws", "azure only", "on gcp", "KubePodCrashLooping",
    "HTTP503", "certificat", "Überwachung größer", "ポッド 再起動", "naïve café", "x", "the", "?", "…", "a-b_c",
    "RW.Core.Add Issue", "https://example.org/a?b=c failed 1.2.3", "oomkilled", "k8s-pod-restart", "K8S POD RESTARTS",
    "pod restart pod restart", "ﬁnd ﬂux", "restart the pods", "\U0001f600 alert", "500 internal server error",
)  # fmt: skip


@pytest.fixture(scope="module")
def index(built: Place) -> Iterator[Index]:
    found = open_index(Settings(str(built.folder / "index"), built.folder / "index"))
    with calibrated():
        yield browsers(found, built.folder / "site")


@pytest.fixture(scope="module")
def page(browser: Browser, built: Place) -> Iterator[Page]:
    with static_site(built.folder / "site") as address:
        page = browser.new_page(base_url=address)
        page.goto("/search/")
        yield page
        page.close()


def ask(page: Page, states: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Return what the browser's search answers to each set of parameters."""
    script = """async ([states, limit]) => {
      const answers = [];
      for (const state of states) answers.push(await inBrowser.ask(new URLSearchParams(state), { limit }));
      return answers;
    }"""
    found: list[dict[str, Any]] = page.evaluate(script, [states, LIMIT])
    return found


def plain(answer: dict[str, Any]) -> dict[str, Any]:
    """The same of another answer, to compare with."""
    found = shown(answer)
    results = [(kind, name, score.expected, *more) for kind, name, score, *more in found["results"]]
    return found | {"results": results}


def shown(answer: dict[str, Any]) -> dict[str, Any]:
    """What of an answer has to be the same wherever it is made; scores but for what is not shown."""
    results = [
        (
            one["type"],
            one["id"],
            pytest.approx(one["score"], abs=2e-4),
            [(tool["title"], tool["line"]) for tool in one["tools"]],
            one.get("match"),
            (one.get("why") or {}).get("because", []),
        )
        for one in answer["results"]
    ]
    facets = {name: counts for name, counts in answer["facets"].items() if counts}
    counts = {name: answer[name] for name in ("total", "likely", "confident")}
    return {"results": results, "facets": facets, **counts}


@pytest.mark.parametrize("kind", ["codebundle", "documentation", "library", "documentation,library"])
def test_a_browser_ranks_as_the_function_does(page: Page, index: Index, kind: str) -> None:
    asked = [*queries(index), *((query, "") for query in WRITTEN)]
    states = [{"q": query, "platform": platform, "types": kind} for query, platform in asked]
    answers = ask(page, states)
    assert len(answers) == len(asked)
    found = 0
    for (query, platform), answer in zip(asked, answers, strict=True):
        filters = Filters.of(platform=[platform])
        wanted = search(index, query, filters, types=kind.split(","), limit=LIMIT, explain=True).model_dump()
        assert plain(answer) == shown(wanted), (query, platform)
        found += answer["total"]
    assert found > len(asked) or kind == "documentation"


@pytest.mark.parametrize(
    ("name", "value"),
    [("platform", "k8s"), ("platform", "google"), ("access", "read_only"), ("tag", "nothing has it"),
     ("kind", "monitor"), ("collection", "harbor-codecollection,lighthouse-codecollection"), ("effect", "reads")],
)  # fmt: skip
def test_filters_mean_the_same(page: Page, index: Index, name: str, value: str) -> None:
    (answer,) = ask(page, [{"q": "check", name: value}])
    assert plain(answer) == shown(
        search(index, "check", Filters.of(**{name: [value]}), limit=LIMIT, explain=True).model_dump()
    )


def test_every_file_is_named_by_its_contents_and_by_the_list(built: Place) -> None:
    folder = built.folder / "site" / FOLDER
    listed = json.loads((folder / "files.json").read_text(encoding="utf-8"))
    assert listed["build_id"] == built.json("index.json")["build_id"]
    assert set(listed["files"]) == {"encoder", "codebundles", "pages", "rules"}
    hashed = {file.name for file in folder.glob("*-*")}
    assert hashed == set(listed["files"].values())
    for name in hashed:
        assert digest_of((folder / name).read_bytes())[:16] in name


def test_the_page_says_when_its_answer_stands(page: Page) -> None:
    page.goto(f"/search/?{urlencode({'q': 'pods keep restarting'})}")
    page.locator("[data-search][data-search-state=done]").wait_for()
    assert page.locator(".results > li").count() > 0
    assert "in your browser" in (page.locator("[data-engine]").text_content() or "")
    page.goto(f"/search/?{urlencode({'q': 'metric', 'types': 'library'})}")
    page.locator("[data-search-state=done]").wait_for()
    assert page.locator(".results > li").count() > 0


def test_texts_have_the_same_tokens_in_both(page: Page, built: Place) -> None:
    """Also those that no query above has: whole READMEs, whatever is in them."""
    encoder = StaticEncoder.load()
    texts = [file.read_text(encoding="utf-8") for file in sorted(Path(built.folder / "samples").rglob("*.md"))]
    texts += [*WRITTEN, "Ⅷ ½ ß ﬀ ﬁ İ ǅ ς Σ ＦＵＬＬ", "word" * 40, "[SEP] [CLS] ##ing", "a\u200bb\u00adc\tD\nE\u00a0f"]
    files = json.loads((built.folder / "site" / FOLDER / "files.json").read_text(encoding="utf-8"))["files"]
    vectors = page.evaluate(
        """async ([texts, name]) => {
          const { Encoder } = await import(new URL("../assets/browser/encoder.js", location.href));
          const { readTensors } = await import(new URL("../assets/browser/tensors.js", location.href));
          const data = await (await fetch(new URL(`../assets/browser/${name}`, location.href))).arrayBuffer();
          const encoder = new Encoder(readTensors(data));
          return texts.map((text) => [...(encoder.encode(text) ?? new Array(encoder.dimensions).fill(0))]);
        }""",
        [texts, files["encoder"]],
    )
    for text, vector in zip(texts, vectors, strict=True):
        assert vector == pytest.approx(encoder.encode(text).tolist(), abs=1e-5), text[:80]
