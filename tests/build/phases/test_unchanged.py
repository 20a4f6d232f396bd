"""A run whose outcome is published reads no bundle; where any one input is another, all phases run."""

import json
import shutil
from collections.abc import Callable

import pytest

from build import options
from build.phases.unchanged import PASSING
from build.problems import CODES
from tests.support.place import SLUGS, Outcome, Place
from tests.support.repositories import Repository

REF = {"ref": "main", "commit": "1234567", "rt_revision": "7654321"}
Change = Callable[[Place], object]


def run(place: Place, *more: str) -> Outcome:
    return place.run("run", "--enhancements", str(place.folder / "samples" / "enhancements"), *more)


def reads_bundles(outcome: Outcome) -> bool:
    return "parse" in outcome.report["seconds"]


def name_image(place: Place, built: str) -> None:
    ref = REF | {"image_tag": "main-1234567-7654321", "built_at": built}
    (place.folder / "samples" / "images.json").write_text(json.dumps({"refs": [ref]}))


def put(path: str, text: str) -> Change:
    """Write a file below the place; what was there is before it."""

    def change(place: Place) -> None:
        file = place.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((file.read_text() if file.is_file() else "") + text)

    return change


def replace(path: str, old: str, new: str) -> Change:
    def change(place: Place) -> None:
        file = place.folder / path
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))

    return change


def remove(path: str) -> Change:
    return lambda place: (place.folder / path).unlink()


def damage(place: Place) -> None:
    file = place.folder / "index" / "encoder.safetensors"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


def remove_mirrors(place: Place) -> None:
    for folder in place.mirrors():
        shutil.rmtree(folder)


def spoil_mirrors(place: Place) -> None:
    for folder in place.mirrors():
        put(f"{folder.relative_to(place.folder)}/HEAD", "#")(place)


@pytest.fixture(scope="module")
def settled(built: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The samples, one of them a repository and with images, built; each test leaves it as a run has published it."""
    place = Place(tmp_path_factory.mktemp("settled"))
    for part in ("samples", "index", "cache"):
        shutil.copytree(built.folder / part, place.folder / part)
    folder = place.folder / "samples" / SLUGS[1]
    folder.rename(place.folder / "files")
    repository = Repository(folder)
    shutil.copytree(place.folder / "files", folder, dirs_exist_ok=True)
    repository.commit({})
    repository.git("tag", "first")
    listed = place.folder / "samples" / "collections.yaml"
    keys = "image_source: static\n    image_registry: registry.example/lighthouse\n    static_path: images.json\n"
    listed.write_text(f"{listed.read_text()}    {keys}")
    name_image(place, "2026-05-11T20:00:00Z")
    assert reads_bundles(run(place))
    return place


def test_where_nothing_changed_no_bundle_is_read_and_the_report_is_the_same(settled: Place) -> None:
    short = run(settled)
    assert not reads_bundles(short)
    assert short.report["published"] == []
    shutil.rmtree(settled.folder / "cache" / "published")
    full = run(settled)
    assert reads_bundles(full)
    assert short.report.pop("seconds") != full.report.pop("seconds")
    assert short == full._replace(said=short.said)
    told = [outcome.said.splitlines() for outcome in (short, full)]
    # But for the time of each phase.
    phases = ("fetch ", "documentation ", "parse ", "releases ", "images ")
    assert len({tuple(line for line in lines if not line.startswith(phases)) for lines in told}) == 1
    assert not reads_bundles(run(settled))


@pytest.mark.parametrize(
    "change",
    [
        put("samples/enhancements/harbor-codecollection/new.json", "{}"),
        put("samples/overrides/harbor-codecollection/dns-lookup-health.yaml", "description: Ours.\n"),
        put("samples/sources.yaml", "# Another line.\n"),
        replace("samples/collections.yaml", "owner: Example Org", "owner: Another Org"),
        put(f"samples/{SLUGS[0]}/codebundles/dns-lookup-health/README.md", "\nMore.\n"),
        lambda place: commit(place),
        lambda place: git(place, "tag", "v1.0.0"),
        lambda place: git(place, "tag", "--delete", "first"),
        replace("site/api/v1/index.json", '"build_id"', '"build"'),
        put("site/api/v1/report.json", " "),
        put("site/api/v1/catalog/codecollections.json", " "),
        remove("site/api/v1/report.json"),
        put("index/manifest.json", " "),
        damage,
        remove_mirrors,
        spoil_mirrors,
    ],
    ids=[
        "enhancement", "override", "sources", "key", "file", "commit", "tag", "tag gone", "site another", "site edited",
        "images edited", "site file gone", "manifest edited", "index damaged", "mirrors gone", "mirrors damaged",
    ],
)  # fmt: skip
def test_one_other_input_and_all_phases_run(settled: Place, change: Change) -> None:
    change(settled)
    assert reads_bundles(run(settled))
    assert not reads_bundles(run(settled))


def test_each_problem_that_may_pass_is_one() -> None:
    assert set(CODES) >= PASSING


def git(place: Place, *arguments: str) -> str:
    repository = Repository.__new__(Repository)
    repository.folder = place.folder / "samples" / SLUGS[1]
    return repository.git(*arguments)


def commit(place: Place) -> str:
    put(f"samples/{SLUGS[1]}/README.md", "More.\n")(place)
    return git(place, "commit", "--all", "--quiet", "--message=More")


def test_damage_is_mended(settled: Place) -> None:
    damage(settled)
    outcome = run(settled)
    assert outcome.report["damaged"] == [str(settled.folder / "index" / "encoder.safetensors")]
    assert outcome.report["published"] == ["index"]


@pytest.mark.parametrize(
    "more",
    [("--stale-after", "30"), ("--site-url", "https://registry.example/"), ("--offline",), ("--only", SLUGS[0])],
)
def test_another_option_is_another_run(settled: Place, more: tuple[str, ...]) -> None:
    run(settled)
    assert reads_bundles(run(settled, *more))
    run(settled)
    assert not reads_bundles(run(settled))


def test_other_code_and_other_settings_of_the_environment(settled: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    run(settled)
    with monkeypatch.context() as patch:
        # One file more shapes what is published.
        patch.setattr(options, "_SHAPES", (*options._SHAPES, "CONTRIBUTING.md"))
        assert reads_bundles(run(settled))
        assert not reads_bundles(run(settled))
    with monkeypatch.context() as patch:
        patch.setenv("REGISTRY_REQUESTS_REPOSITORY", "example-org/requests")
        assert reads_bundles(run(settled))
        assert not reads_bundles(run(settled))
    assert reads_bundles(run(settled))


def test_another_image_alone_is_published_alone(settled: Place) -> None:
    run(settled)
    name_image(settled, "2026-06-01T00:00:00Z")
    outcome = run(settled)
    assert (reads_bundles(outcome), outcome.report["published"]) == (False, ["images"])
    detail = settled.json(f"catalog/codecollections/{SLUGS[1]}.json")
    assert [ref["image_built_at"] for ref in detail["refs"]] == ["2026-06-01T00:00:00Z"]
    assert run(settled).report["published"] == []


def test_a_state_from_the_future_or_damaged_is_not_believed(settled: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    run(settled)
    monkeypatch.setattr("build.phases.unchanged.time.time", lambda: 1.0)
    assert reads_bundles(run(settled))
    monkeypatch.undo()
    # By that clock all commits were in the future, which passes: nothing was kept.
    assert reads_bundles(run(settled))
    for file in (settled.folder / "cache" / "published").iterdir():
        file.write_text(file.read_text().replace("unchanged", "uncharged", 1))
    assert reads_bundles(run(settled))


def test_a_problem_that_may_pass_is_looked_for_again(settled: Place) -> None:
    """A Markdown text that is not rendered is tried again in each run."""
    readme = settled.folder / "samples" / SLUGS[0] / "codebundles" / "dns-lookup-health" / "README.md"
    before = readme.read_text()
    readme.write_text("[" * 50_000)
    for _ in range(2):
        outcome = run(settled)
        assert "markdown-not-rendered" in {problem["code"] for problem in outcome.report["problems"]}
        assert reads_bundles(outcome)
    readme.write_text(before)
    run(settled)
    assert not reads_bundles(run(settled))
