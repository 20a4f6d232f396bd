"""Images of several collections in one run: what is read, what stays, and what it costs."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from build.fetch import oci
from build.images.documents import image_catalogue
from build.images.state import ImageState
from build.model import Collection
from build.phases.context import RunContext
from build.phases.images import read_images, update_published, write_images
from build.publish.images import published_state
from build.publish.published import MARKS
from search_fn.index.images import read_images as read_table
from tests.support.image_registry import ImageRegistry, image_registry, needs_registry
from tests.support.place import ROOT, Place
from tests.support.runs import run_of
from tests.support.web_pages import web_pages

pytestmark = needs_registry
MAIN, NEWER, VERSION = "main-bbbbbbb-1111111", "main-aaaaaaa-1111111", "v1.0.0-aaaaaaa-1111111"


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ImageRegistry]:
    monkeypatch.setattr(oci, "FIRST_WAIT", 0.01)
    with image_registry(tmp_path / "registry") as started:
        started.push("o/one", MAIN, "2026-01-01T00:00:00Z")
        started.push("o/one", VERSION)
        started.push("o/one", "latest")
        started.push("o/hidden", MAIN)
        yield started


def collections(host: str, **others: str) -> list[Collection]:
    named = {"one": f"{host}/o/one", "hidden": f"{host}/o/hidden", **others}
    return [
        Collection(
            name=slug, slug=slug, git_url=f"https://github.com/o/{slug}", image_source="oci", image_registry=address,
            visibility="hidden" if slug == "hidden" else "public",
        )
        for slug, address in named.items()
    ]  # fmt: skip


def run(folder: Path, some: list[Collection], **more: Any) -> tuple[RunContext, ImageState]:
    started = run_of(folder, some, ("index", "site"), **more)
    return started, read_images(started)


def asked(registry: ImageRegistry) -> list[str]:
    return [line for line in registry.asked() if line.startswith(("GET", "HEAD"))]


def test_what_has_not_changed_costs_one_request_a_collection(registry: ImageRegistry, tmp_path: Path) -> None:
    some = collections(registry.host)
    first, state = run(tmp_path, some)
    assert [row.requests for row in first.report.images] == [3, 2]
    before = asked(registry)
    second, again = run(tmp_path, some)
    assert again == state
    assert asked(registry)[len(before) :] in (
        [f"GET /v2/o/{name}/tags/list?n=1000" for name in order] for order in (("one", "hidden"), ("hidden", "one"))
    )
    assert not second.problems
    # A new image of the same ref: its time, and that of the other.
    registry.push("o/one", NEWER, "2026-02-01T00:00:00Z")
    third, changed = run(tmp_path, some)
    row = third.report.images[0]
    assert (row.latest, row.stable, row.ignored, row.requests) == (NEWER, VERSION, 1, 5)
    assert changed.of("hidden") == state.of("hidden")


def test_a_tag_that_was_pushed_again_is_seen_by_the_next_whole_run(registry: ImageRegistry, tmp_path: Path) -> None:
    some = collections(registry.host)[:1]
    _, state = run(tmp_path, some)
    pushed = registry.push("o/one", VERSION, "2026-03-01T00:00:00Z")
    assert run(tmp_path, some)[1] == state
    again = read_images(run_of(tmp_path, some, ("index", "site")), again=True)
    assert {image.tag: image.digest for image in (again.of("one") or state.collections[0]).images}[VERSION] == pushed


def test_an_unreachable_registry_keeps_the_last_state_and_touches_no_other(
    registry: ImageRegistry, tmp_path: Path
) -> None:
    some = collections(registry.host)
    _, state = run(tmp_path, some)
    moved = [some[0].model_copy(update={"image_registry": "127.0.0.1:1/o/one"}), some[1]]
    broken, kept = run(tmp_path, moved)
    assert [(p.code, p.collection, p.severity) for p in broken.problems] == [("images-unreachable", "one", "warning")]
    known, now = state.of("one"), kept.of("one")
    assert known is not None
    assert now == known.model_copy(update={"problem": "images-unreachable"})
    assert kept.of("hidden") == state.of("hidden")
    # It is back, and all is as it was.
    assert run(tmp_path, some)[1] == state


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ((200, {}, b'{"tags": [7]}'), "images-untrusted"),
        ((200, {"link": '</v2/o/liar/tags/list?n=1000>; rel="next"'}, b'{"tags": []}'), "images-untrusted"),
        ((302, {"location": "http://10.0.0.1/"}, b""), "images-untrusted"),
        ((200, {}, b" " * 5_000_000), "images-untrusted"),
        ((404, {}, b""), "images-unreachable"),
    ],
)
def test_a_registry_that_lies_is_named_and_touches_no_other(
    registry: ImageRegistry, tmp_path: Path, reply: Any, code: str
) -> None:
    with web_pages() as pages:
        pages.replies["/v2/o/liar/tags/list?n=1000"] = reply
        host = pages.address.removeprefix("http://")
        started, state = run(tmp_path, collections(registry.host, liar=f"{host}/o/liar"))
    assert [(p.code, p.collection) for p in started.problems] == [(code, "liar")]
    assert f"{host}/o/liar: " in started.problems[0].message
    assert [len(images.images) for images in state.collections] == [2, 1, 0]


def test_an_image_that_cannot_be_read_is_named_and_the_others_are_there(tmp_path: Path) -> None:
    with web_pages() as pages:
        pages.replies["/v2/o/liar/tags/list?n=1000"] = (200, {}, json.dumps({"tags": [MAIN, NEWER]}).encode())
        pages.replies[f"/v2/o/liar/manifests/{MAIN}"] = (200, {}, b"{}")
        pages.replies[f"/v2/o/liar/manifests/{NEWER}"] = (200, {}, b"[]")
        some = [collections(pages.address.removeprefix("http://"), liar=f"{pages.address[7:]}/o/liar")[2]]
        started, state = run(tmp_path, some)
    assert [(p.code, NEWER in p.message) for p in started.problems] == [("image-unread", True)]
    assert [image.digest is None for image in state.collections[0].images] == [True, False]


def test_an_empty_registry_is_no_reason_to_forget(registry: ImageRegistry, tmp_path: Path) -> None:
    some = collections(registry.host)[1:2]
    _, state = run(tmp_path, some)
    registry.delete("o/hidden", MAIN)
    started, kept = run(tmp_path, some)
    assert [p.code for p in started.problems] == ["images-empty"]
    assert kept.collections[0].images == state.collections[0].images


def test_without_a_network_or_for_others_nothing_is_asked(registry: ImageRegistry, tmp_path: Path) -> None:
    some = collections(registry.host)
    _, state = run(tmp_path, some)
    before = len(asked(registry))
    assert run(tmp_path, some, offline=True)[1] == state
    assert len(asked(registry)) == before
    run(tmp_path, some, only=["one/bundle"])
    assert len(asked(registry)) == before + 1


@pytest.mark.parametrize(("source", "address"), [("static", "ghcr.io/o/n"), ("oci", None)])
def test_a_source_that_is_not_read_is_told(tmp_path: Path, source: str, address: str | None) -> None:
    one = Collection(name="one", slug="one", git_url="https://github.com/o/n", image_source=source,
                     image_registry=address)  # fmt: skip
    started, state = run(tmp_path, [one])
    assert [p.code for p in started.problems] == ["image-source"]
    assert state.collections == ()


def test_what_is_published_is_rewritten_where_it_is_another(registry: ImageRegistry, tmp_path: Path) -> None:
    some = collections(registry.host)
    for output, mark in MARKS.items():
        file = tmp_path / output / mark
        file.parent.mkdir(parents=True)
        file.write_text('{"build_id": "x"}', encoding="utf-8")
    first, state = run(tmp_path, some)
    update_published(first, state)
    assert first.report.published == ["images"]
    listed = json.loads((tmp_path / "site/api/v1/catalog/codecollections.json").read_text(encoding="utf-8"))
    assert listed == read_table(str(tmp_path / "index")).entries()
    assert published_state(tmp_path / "index") == state
    second, _ = run(tmp_path, some)
    update_published(second, state)
    assert second.report.published == []
    # Another machine has no cache, and goes on from what is published.
    (tmp_path / "cache" / "images.json").unlink()
    assert run(tmp_path, some, offline=True)[1] == state
    # Of a site alone there is nothing else to write.
    assert write_images(first, ImageState(), {"site": tmp_path / "site"})


def test_the_command_rewrites_images_and_nothing_else(registry: ImageRegistry, place: Place) -> None:
    file = place.folder / "samples" / "collections.yaml"
    named = f"\n    image_source: oci\n    image_registry: {registry.host}/o/one\n    clone_url: ./harbor"
    file.write_text(file.read_text(encoding="utf-8").replace("\n    clone_url: ./harbor", named), encoding="utf-8")
    before, manifest = place.digest(), place.manifest()
    first = place.run("images")
    assert (first.status, first.report["published"]) == (0, ["images"])
    after = place.digest()
    changed = {path for path in {*before, *after} if before.get(path) != after.get(path)}
    assert changed
    assert all(path.startswith("api/v1/catalog/codecollections") for path in changed)
    assert place.manifest() == manifest
    asked_before = len(asked(registry))
    second = place.run("images")
    assert (second.status, second.report["published"], second.report["images"][0]["requests"]) == (0, [], 1)
    assert len(asked(registry)) == asked_before + 1
    assert place.digest() == after
    # The whole run reads them, too, and asks once more where the pointers lead.
    whole = place.run()
    assert whole.report["damaged"] == []
    assert (whole.report["published"], whole.report["images"][0]["requests"]) == ([], 3)


def test_a_file_of_our_own_names_images_without_a_network(tmp_path: Path) -> None:
    file = tmp_path / "images" / "one.json"
    file.parent.mkdir()
    entry = {"ref": "main", "commit": "1234567", "rt_revision": "1234567", "image_tag": "main-1234567-1234567"}
    older = {**entry, "ref": "v1.0.0", "image_tag": "v1.0.0-1234567-1234567"}
    file.write_text(json.dumps({"stable_ref": "main", "refs": [entry, older]}), encoding="utf-8")
    one = Collection(name="one", slug="one", git_url="https://github.com/o/n", image_source="static",
                     image_registry="ghcr.io/o/n", static_path="images/one.json")  # fmt: skip
    started = run_of(tmp_path, [one])
    state = read_images(started)
    assert started.problems == []
    detail = image_catalogue([one], state).detail("one")
    # As the file says, not by the highest version.
    assert (detail["latest_image_tag"], detail["stable_image_tag"]) == ("main-1234567-1234567",) * 2
    # What cannot be read keeps the last state, marked; a path outside is not followed.
    for text, path in (("{", "images/one.json"), ('{"refs": []}', "images/one.json"), ("{}", "../../etc/passwd")):
        file.write_text(text, encoding="utf-8")
        broken = run_of(tmp_path, [one.model_copy(update={"static_path": path})])
        kept = read_images(broken).collections[0]
        assert kept.problem in ("images-unreachable", "images-empty")
        assert kept.images == state.collections[0].images


def test_without_anything_published_the_command_is_refused(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    refused = Place(tmp_path).run("images")
    assert refused.status == 1
    assert "Nothing is published" in refused.said
