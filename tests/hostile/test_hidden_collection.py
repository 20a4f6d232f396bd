"""A collection that is `visibility: hidden` is read, for its problems, and is nowhere in what is published."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.hostile_run import index_texts
from tests.support.place import ROOT, SLUGS, Outcome, Place

pytestmark = pytest.mark.slow

SHOWN, HIDDEN = SLUGS
# In every name and text of the hidden collection, and nowhere else.
WORDS = ("quillfeather", "obsidiantoad", "veiledpath")
SLUG = "quillfeather-codecollection"


def hide(samples: Path) -> list[str]:
    """Make the second sample collection hidden, with words of its own all over; the names of its folders."""
    folder = (samples / HIDDEN).rename(samples / SLUG)
    names = []
    for bundle in sorted((folder / "codebundles").iterdir()):
        moved = bundle.rename(bundle.with_name(f"{bundle.name}-quillfeather"))
        names.append(moved.name)
        (moved / "veiledpath.sh").write_text("obsidiantoad\n")
        for file in moved.rglob("*"):
            if file.name in ("runbook.robot", "sli.robot"):
                text = re.sub(
                    r"(?m)^(Documentation|Metadata +\w[\w ]*?) {2,}", r"\1    obsidiantoad ", file.read_text()
                )
                text = re.sub(r"(\[Documentation\] {2,})", r"\1obsidiantoad ", text)
                file.write_text(re.sub(r"(Import User Variable {2,})(\w)", r"\1OBSIDIANTOAD_\2", text))
            elif file.is_file() and (file.name == "README.md" or "generation-rules" in file.parts):
                file.write_text(f"# obsidiantoad quillfeather\n\n{file.read_text()}")
    # Problems of all origins: a folder that is refused, one that is none, a file that cannot be read.
    for name, path in (
        ("veiledpath bad", "runbook.robot"),
        ("veiledpath-none", "README.md"),
        ("veiledpath-odd", "runbook.robot"),
    ):
        (folder / "codebundles" / name).mkdir()
        (folder / "codebundles" / name / path).write_bytes(b"\xff quillfeather")
        names.append(name)
    configuration = samples / "collections.yaml"
    text = configuration.read_text()
    at = text.index("  - name: Lighthouse")
    entry = text[at:].replace("Lighthouse", "Quillfeather").replace(HIDDEN, SLUG).replace("public", "hidden", 1)
    entry = re.sub("description: .*", "description: obsidiantoad", entry)
    gone = entry.replace(SLUG, "veiledpath-gone").replace("Quillfeather", "Veiledpath gone")
    configuration.write_text(text[:at] + entry + gone)
    return names


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, Outcome, list[str]]:
    """A run with the hidden collection, and one more that is hidden and cannot even be fetched."""
    place = Place(tmp_path_factory.mktemp("hidden"))
    shutil.copytree(ROOT / "samples", place.folder / "samples")
    names = hide(place.folder / "samples")
    outcome = place.run("run", "--site-url", "https://registry.example.org")
    assert outcome.status == 3, outcome.said
    return place, outcome, names


def published(place: Place) -> dict[str, bytes]:
    """Every file of site and index with its path, and the index's rows."""
    found = {
        str(path.relative_to(place.folder)): path.read_bytes()
        for name in ("site", "index")
        for path in (place.folder / name).rglob("*")
        if path.is_file()
    }
    return found | {name: text.encode() for name, text in index_texts(place.folder / "index").items()}


def test_the_hidden_collection_is_read_and_told_to_the_operator(run: tuple[Place, Outcome, list[str]]) -> None:
    _, outcome, names = run
    rows = {row["slug"]: row for row in outcome.report["collections"]}
    assert rows[SLUG]["bundles"] >= 5
    told = {problem["bundle"] for problem in outcome.report["problems"] if problem["collection"] == SLUG}
    assert {name for name in names if name.startswith("veiledpath")} <= told
    assert rows["veiledpath-gone"]["outcome"] == "unavailable"


def test_no_word_of_it_is_published(run: tuple[Place, Outcome, list[str]]) -> None:
    place, _, names = run
    # Whose images a runner resolves by the collection's slug is upstream's rule, and of the image catalogue alone.
    images = ("site/api/v1/catalog/codecollections/", "index/images.lance/")
    files = {path: content for path, content in published(place).items() if not path.startswith(images)}
    for word in (*WORDS, SLUG, "Quillfeather CodeCollection", *names):
        sought = word.casefold().encode()
        assert [path for path in files if word.casefold() in path.casefold()] == []
        assert [path for path, content in files.items() if sought in content.lower()] == [], word


def test_the_search_for_words_would_find_one(run: tuple[Place, Outcome, list[str]]) -> None:
    place, _, _ = run
    found = {path for path, content in published(place).items() if b"k8s-pod-restarts" in content.lower()}
    assert {"table bundles", "site/api/v1/codebundles.json", "site/sitemap.xml"} <= found


def test_it_is_not_counted(run: tuple[Place, Outcome, list[str]]) -> None:
    place, _, _ = run
    assert [facts["slug"] for facts in place.manifest()["collections"]] == [SHOWN]
    assert place.json("index.json")["counts"]["collections"] == 1
    assert {problem["collection"] for problem in place.json("report.json")["problems"]} == {SHOWN}


def test_it_is_not_searched(run: tuple[Place, Outcome, list[str]]) -> None:
    place, _, _ = run
    command = [sys.executable, "-m", "build", "search", "obsidiantoad quillfeather postgres replication", "--json"]
    said = subprocess.run(
        [*command, "--index", str(place.folder / "index")],
        cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60, check=True,
    ).stdout  # fmt: skip
    assert {result["collection"] for result in json.loads(said)["results"]} <= {SHOWN}


def test_a_published_collection_that_is_hidden_later_leaves_no_word(
    run: tuple[Place, Outcome, list[str]], tmp_path: Path
) -> None:
    place = Place(tmp_path)
    for part in ("samples", "cache"):
        shutil.copytree(run[0].folder / part, tmp_path / part)
    file = tmp_path / "samples" / "collections.yaml"
    hidden = file.read_text()
    file.write_text(hidden.replace("visibility: hidden", "visibility: public"))
    assert place.run().status == 3
    assert any(b"obsidiantoad" in content for content in published(place).values())
    file.write_text(hidden)
    assert place.run("run", "--accept-shrink").status == 3
    assert [path for path, content in published(place).items() if b"obsidiantoad" in content.lower()] == []
