"""Whatever a collection holds that takes long or becomes large: others are published whole, and its author is told."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from build import pipeline
from build.index.encoder_file import cached_file
from build.options import Options
from build.site.prose import MAX_PAGE_BYTES
from build.untrusted.nesting import MAX_DEPTH
from build.workers import Budget
from tests.support import misbehaving
from tests.support.bundles import SETTINGS, SOUND
from tests.support.repositories import Repository

pytestmark = pytest.mark.slow

SLUGS = ("slow", "odd", "sound")
README = "# Lamp\n\n## Use\n\n*words* and a [file](run.sh)\n"
DEEP = "> " * (MAX_DEPTH + 1) + "deep"
# Small and soon rendered, but each sign becomes five bytes.
LARGE = "&" * 101_000
ROOM = "".join(f"Tool {n}\n    [Documentation]    {'=' * 10} {'&' * 19_000}\n    Log    x\n" for n in range(12))
BUNDLES = {
    "slow": {
        **{f"hangs-{n}": {"runbook.robot": SOUND, "README.md": README} for n in range(20)},
        "late": {"runbook.robot": SOUND, "README.md": README},
    },
    "odd": {
        "deep-readme": {"runbook.robot": SOUND, "README.md": DEEP},
        "deep-tool": {"runbook.robot": SOUND.replace("Looks.", DEEP), "README.md": README},
        "hanging-readme": {"runbook.robot": SOUND, "README.md": "hangs"},
        "large-readme": {"runbook.robot": SOUND, "README.md": LARGE},
        "large-page": {"runbook.robot": f"{SETTINGS}*** Tasks ***\n{ROOM}", "README.md": README},
    },
    "sound": {"kept": {"runbook.robot": SOUND.replace("Looks.", "*Looks*."), "README.md": README}},
}


class Run:
    """A run of the build in this process, over the three collections."""

    def __init__(self, folder: Path, encoder: Path) -> None:
        self.folder = folder
        collections = []
        for slug in SLUGS:
            files = {
                f"codebundles/{name}/{path}": text for name, own in BUNDLES[slug].items() for path, text in own.items()
            }
            Repository(folder / slug).commit(files)
            collections.append(
                {"name": slug, "slug": slug, "git_url": f"https://github.com/o/{slug}", "clone_url": str(folder / slug)}
            )
        self.options = Options(
            collections=folder / "collections.yaml", index=folder / "index", site=folder / "site",
            cache=folder / "cache", enhancements=folder / "enhancements", allow_local=True, jobs=2,
        )  # fmt: skip
        self.options.collections.write_text(json.dumps({"codecollections": collections}), encoding="utf-8")
        file = cached_file(self.options.cache)
        file.parent.mkdir(parents=True)
        shutil.copyfile(encoder, file)

    def run(self) -> None:
        pipeline.run(self.options, Console(quiet=True), ("site",))

    def page(self, name: str) -> str:
        return (self.folder / "site" / "codebundles" / name / "index.html").read_text(encoding="utf-8")

    def json(self, path: str) -> Any:
        return json.loads((self.folder / "site" / "api" / "v1" / path).read_text(encoding="utf-8"))

    def told(self) -> set[tuple[str, str]]:
        problems = self.json("report.json")["problems"]
        return {(f"{one['collection']}/{one['bundle']}", one["code"]) for one in problems if one["severity"] != "note"}


@pytest.fixture(scope="module")
def hindered(tmp_path_factory: pytest.TempPathFactory, encoder_path: Path) -> Run:
    """The run in which two collections do their worst."""
    run = Run(tmp_path_factory.mktemp("hindered"), encoder_path)
    seconds = iter([2.0, 120.0, 120.0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("build.parse_cache.PARSE_BUNDLE", misbehaving.parse)
        patch.setattr("build.render_cache.render_texts", misbehaving.render)
        patch.setattr("build.render_cache.PAGE_SECONDS", 3.0)
        patch.setattr("build.phases.parse.collection_budget", lambda: Budget(next(seconds), "its seconds were used up"))
        run.run()
    return run


def test_the_sound_collection_is_whole(hindered: Run) -> None:
    page = hindered.page("sound/kept")
    assert "<em>Looks</em>" in page
    assert ' id="readme-use">' in page
    assert "/codebundles/kept/run.sh" in page
    assert hindered.json("collections/sound/codebundles/kept.json")["task_count"] == 1
    assert [one for one in hindered.told() if one[0].startswith("sound/")] == []


def test_each_hostile_bundle_is_told_and_shown(hindered: Run) -> None:
    expected = {(f"slow/{name}", "not-read") for name in BUNDLES["slow"]}
    expected |= {(f"odd/{name}", "markdown-not-rendered") for name in BUNDLES["odd"]}
    told = hindered.told()
    # What comes first may have been read in time.
    assert {one for one in expected - told if one[0] != "slow/late"} == set()
    assert {one for one in told if one[1] in ("not-read", "markdown-not-rendered")} - expected == set()
    for slug in SLUGS:
        for name in BUNDLES[slug]:
            assert hindered.page(f"{slug}/{name}")
    assert "<pre>hangs</pre>" in hindered.page("odd/hanging-readme")
    assert "&gt; &gt; &gt; " in hindered.page("odd/deep-tool")
    # What else such a bundle has is as ever.
    assert ' id="readme-use">' in hindered.page("odd/deep-tool")
    assert ' id="readme-use">' in hindered.page("odd/large-page")


def test_pages_stay_within_their_bytes(hindered: Run) -> None:
    sizes = {file: file.stat().st_size for file in (hindered.folder / "site").rglob("*.html")}
    largest = max(sizes, key=sizes.__getitem__)
    assert sizes[largest] < MAX_PAGE_BYTES + 100_000, largest
    assert "The text goes on" in hindered.page("odd/large-readme")


def test_the_next_run_tries_again_what_there_was_no_time_for(hindered: Run) -> None:
    hindered.run()
    told = {one for one in hindered.told() if one[1] in ("not-read", "markdown-not-rendered")}
    refused = set(BUNDLES["odd"]) - {"hanging-readme"}
    assert told == {(f"odd/{name}", "markdown-not-rendered") for name in refused}
    assert "<p>hangs</p>" in hindered.page("odd/hanging-readme")
    assert ' id="readme-use">' in hindered.page("slow/late")
