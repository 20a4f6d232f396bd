"""The whole job as an operator runs it: commands in a process of their own, on collections that git really fetches."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from build import pipeline
from build.errors import UsageError
from build.options import Options
from search_fn.index.lance import lancedb
from tests.support.place import ROOT, SLUGS, Place


def folders_with_robot_files() -> list[str]:
    found = []
    for slug in SLUGS:
        for folder in (ROOT / "samples" / slug / "codebundles").iterdir():
            if any((folder / name).is_file() for name in ("runbook.robot", "sli.robot")):
                found.append(f"{slug}/{folder.name}")
    return sorted(found)


def test_every_bundle_is_in_json_index_and_pages(built: Place) -> None:
    ids = folders_with_robot_files()
    listed = built.json("codebundles.json")
    assert [bundle["id"] for bundle in listed["codebundles"]] == ids
    assert listed["total_count"] == len(ids) == built.manifest()["counts"]["bundles"]
    tables = lancedb.connect(str(built.folder / "index"))
    assert sorted(tables.open_table("bundles").to_arrow()["id"].to_pylist()) == ids
    passages = sum(tables.open_table(name).count_rows() for name in ("passages", "page_passages"))
    assert passages == built.json("index.json")["counts"]["passages"]
    listed = built.json("libraries.json")["libraries"], built.json("documentation.json")["documentation"]
    pages = [page["id"] for page in listed[0]] + [f"{page['category']}/{page['slug']}" for page in listed[1]]
    assert set(pages) <= set(tables.open_table("pages").to_arrow()["id"].to_pylist())
    assert all(listed)
    for name in ids:
        slug, bundle = name.split("/")
        record = built.json(f"collections/{slug}/codebundles/{bundle}.json")
        assert record["id"] == name
        assert (built.folder / "site" / "codebundles" / slug / bundle / "index.html").is_file()


def test_what_is_left_out_is_named_with_its_reason(built: Place) -> None:
    problems = built.json("report.json")["problems"]
    left_out = [problem for problem in problems if problem["bundle"] == "shared-objectives"]
    assert [problem["code"] for problem in left_out] == ["no-robot-file"]
    assert left_out[0]["hint"]


def test_site_and_index_carry_one_build_id(built: Place) -> None:
    assert built.manifest()["build_id"] == built.json("index.json")["build_id"]


def test_links_lead_to_the_commit(built: Place) -> None:
    commits = {facts["slug"]: facts["commit"] for facts in built.manifest()["collections"]}
    for bundle in built.json("codebundles.json")["codebundles"]:
        slug = bundle["codecollection"]["slug"]
        record = built.json(f"collections/{slug}/codebundles/{bundle['slug']}.json")
        start = f"https://github.com/example-org/{slug}/blob/{commits[slug]}/codebundles/{bundle['slug']}/"
        for tool in record["tools"]:
            file = {"runbook": "runbook.robot", "monitor": "sli.robot"}[tool["kind"]]
            assert tool["source_url"] == f"{start}{file}#L{tool['line']}"
            lines = (ROOT / "samples" / slug / "codebundles" / bundle["slug"] / file).read_text().split("\n")
            assert lines[tool["line"] - 1].strip() == tool["name"]


def test_a_second_run_does_nothing_and_says_so(place: Place) -> None:
    before = place.digest()
    first = place.run()
    again = place.run()
    assert (again.report["parsed"], again.report["encoded"], again.report["published"]) == (0, 0, [])
    assert {row["outcome"] for row in again.report["collections"]} == {"unchanged"}
    assert "nothing changed" in " ".join(again.said.split())
    # Of what it does not look at, it says nothing.
    assert " ".join(place.run("parse").said.split()).endswith(" collections with new commits, 0 bundles parsed")
    assert place.digest() == before, first.report


def test_when_it_looked_is_written_where_nothing_changed(place: Place) -> None:
    """And by none of the other ways of running that look at nothing, or not at everything."""
    place.run()
    everything = {path: path.read_bytes() for path in place.folder.glob("index/**/*") if path.is_file()}
    site, index = place.folder / "site/api/v1/checked.json", place.folder / "index/checked.json"
    first = json.loads(site.read_text())
    assert first == json.loads(index.read_text())
    assert first["build_id"] == place.manifest()["build_id"]
    assert {one["checked_at"] for one in first["collections"]} == {first["checked_at"]}
    # As of a day ago.
    for file in (site, index):
        file.write_text(site.read_text().replace(first["checked_at"], "2026-01-01T00:00:00Z"))
    for command in ("index", "site"):
        place.run(command)
    assert json.loads(site.read_text())["checked_at"] == "2026-01-01T00:00:00Z"
    place.run("run", "--only", SLUGS[0])
    only = json.loads(site.read_text())
    assert only["checked_at"] == "2026-01-01T00:00:00Z"
    changed = {one["slug"]: one["checked_at"] > "2026-01-02" for one in only["collections"]}
    assert changed == {slug: slug == SLUGS[0] for slug in changed}
    assert "nothing changed" in " ".join(place.run().said.split())
    last = json.loads(site.read_text())
    assert last["checked_at"] >= first["checked_at"]
    assert last["stale_after_hours"] == 24
    now = {path: path.read_bytes() for path in place.folder.glob("index/**/*") if path.is_file()}
    assert {path.name for path in now if now[path] != everything.get(path)} <= {"checked.json"}


def test_one_changed_bundle_is_read_and_encoded_alone(place: Place) -> None:
    runbook = place.bundle(SLUGS[0], "k8s-pod-restarts") / "runbook.robot"
    runbook.write_text(runbook.read_text().replace("[Documentation]    ", "[Documentation]    New words. ", 1))
    outcome = place.run()
    assert (outcome.report["parsed"], outcome.report["encoded"]) == (1, 1)
    assert outcome.report["published"] == ["index", "site"]
    record = place.json(f"collections/{SLUGS[0]}/codebundles/k8s-pod-restarts.json")
    assert [tool["documentation"].startswith("New words. ") for tool in record["tools"]].count(True) == 1


def test_the_same_input_makes_the_same_bytes(built: Place, place: Place) -> None:
    shutil.rmtree(place.folder / "site")
    shutil.rmtree(place.folder / "index")
    environment = {**os.environ, "TZ": "Asia/Kolkata", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
    done = subprocess.run(
        place.command("run", "--allow-local"), cwd=ROOT, env=environment, capture_output=True, timeout=300, check=False
    )
    assert done.returncode == 3, done.stderr
    assert place.digest() == built.digest()
    assert place.manifest() == built.manifest()


def test_only_leaves_the_other_collection_and_bundles_as_they_are(place: Place) -> None:
    for slug, name in ((SLUGS[0], "dns-lookup-health"), (SLUGS[0], "k8s-pod-restarts"), (SLUGS[1], "run-command")):
        readme = place.bundle(slug, name) / "README.md"
        readme.write_text(f"# {name} changed\n")
    before = place.manifest()["collections"]
    place.run("run", "--only", f"{SLUGS[0]}/dns-lookup-health")

    def readme_of(slug: str, name: str) -> str:
        text: str = place.json(f"collections/{slug}/codebundles/{name}.json")["readme"]
        return text

    assert readme_of(SLUGS[0], "dns-lookup-health") == "# dns-lookup-health changed\n"
    assert "changed" not in readme_of(SLUGS[0], "k8s-pod-restarts").splitlines()[0]
    assert "changed" not in readme_of(SLUGS[1], "run-command").splitlines()[0]
    assert [facts["commit"] for facts in place.manifest()["collections"]] == [facts["commit"] for facts in before]

    place.run("run", "--only", f"{SLUGS[0]}/k8s-pod-restarts")
    assert readme_of(SLUGS[0], "dns-lookup-health") == "# dns-lookup-health changed\n"
    assert readme_of(SLUGS[0], "k8s-pod-restarts") == "# k8s-pod-restarts changed\n"

    place.run()
    assert readme_of(SLUGS[1], "run-command") == "# run-command changed\n"


def test_a_collection_that_cannot_be_reached_keeps_its_last_state(place: Place) -> None:
    bundles = place.json("index.json")["counts"]["bundles"]
    file = place.folder / "samples" / "collections.yaml"
    file.write_text(
        file.read_text() + "  - name: Gone\n    slug: gone\n    git_url: https://github.com/example-org/gone\n"
        "    clone_url: ./nowhere\n"
    )
    outcome = place.run()
    assert outcome.status == 3
    assert {row["slug"]: row["outcome"] for row in outcome.report["collections"]}["gone"] == "unavailable"
    assert place.json("index.json")["counts"]["bundles"] == bundles
    problem = next(p for p in outcome.report["problems"] if p["collection"] == "gone")
    assert (problem["code"], problem["severity"]) == ("not-fetched", "error")


def test_nothing_at_all_is_refused(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (tmp_path / "samples").mkdir()
    entry = "{name: A, slug: a, git_url: 'https://github.com/o/a', clone_url: ./nowhere}"
    (tmp_path / "samples" / "collections.yaml").write_text(f"codecollections: [{entry}]\n")
    outcome = place.run()
    assert outcome.status == 1
    assert "nowhere" in outcome.said
    assert not (tmp_path / "site").exists()


def test_folders_may_be_relative(built: Place, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "run", "--allow-local", "--cache", "cache"]
    shutil.copytree(built.folder / "samples", tmp_path / "samples")
    done = subprocess.run(
        [*command, "--collections", "samples/collections.yaml", "--site", "site", "--index", "index"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert (tmp_path / "site" / "index.html").is_file()


def test_a_shrunken_collection_stays_as_it_is_until_accepted(place: Place) -> None:
    count = len(folders_with_robot_files())
    for name in ("dns-lookup-health", "k8s-pod-restarts"):
        shutil.rmtree(place.bundle(SLUGS[0], name))
    (place.bundle(SLUGS[1], "run-command") / "README.md").write_text("# changed\n")
    for _ in range(2):
        kept = place.run()
        assert kept.status == 3
        problem = next(p for p in kept.report["problems"] if p["code"] == "shrunk")
        assert "--accept-shrink" in problem["hint"]
        assert place.json("index.json")["counts"]["bundles"] == count
        assert [facts["state"] for facts in place.json("index.json")["collections"]] == ["stale", "current"]
    assert place.json(f"collections/{SLUGS[0]}/codebundles/k8s-pod-restarts.json")["codecollection"]["stale"]
    assert place.json(f"collections/{SLUGS[1]}/codebundles/run-command.json")["readme"] == "# changed\n"
    assert place.run("run", "--accept-shrink").status == 3
    assert place.json("index.json")["counts"]["bundles"] == count - 2


def test_a_catalogue_that_lost_a_collection_is_refused_until_accepted(place: Place) -> None:
    before = place.digest()
    file = place.folder / "samples" / "collections.yaml"
    file.write_text(file.read_text()[: file.read_text().index("  - name: Lighthouse")])
    refused = place.run()
    assert refused.status == 1
    assert "--accept-shrink" in refused.said
    assert place.digest() == before
    assert place.run("run", "--accept-shrink").status in (0, 3)
    assert len(place.json("index.json")["collections"]) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "collections.yaml:2: key 'git_url' is missing"),
        ("    git_url: https://evil.example/a/b\n", "collections.yaml:4: key 'git_url'"),
        ("    git_url: ext::sh -c x\n", "collections.yaml:4: key 'git_url'"),
    ],
)
def test_a_wrong_configuration_is_status_2_with_file_line_and_key(tmp_path: Path, text: str, said: str) -> None:
    place = Place(tmp_path)
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "collections.yaml").write_text(f"codecollections:\n  - name: A\n    slug: a\n{text}")
    outcome = place.run()
    assert outcome.status == 2
    assert said in outcome.said.replace("\n", " ")
    assert not (tmp_path / "site").exists()


def test_a_path_needs_allow_local(built: Place) -> None:
    outcome = built.run("run", local=False)
    assert outcome.status == 2
    assert "--allow-local" in outcome.said


def test_an_unknown_key_is_a_warning_and_an_unknown_option_status_2(place: Place) -> None:
    file = place.folder / "samples" / "collections.yaml"
    file.write_text(file.read_text() + "    colour: blue\n")
    outcome = place.run()
    warning = next(p for p in outcome.report["problems"] if p["code"] == "unknown-key")
    assert "colour" in warning["message"]
    assert warning["line"] == len(file.read_text().splitlines())
    assert place.run("run", "--no-such-option").status == 2


def test_problems_of_the_registry_itself_are_told_everywhere(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = place.folder / "samples"
    collections = samples / "collections.yaml"
    collections.write_text(collections.read_text() + "    colour: blue\n")
    sources = samples / "sources.yaml"
    sources.write_text(
        "sources: {guides: [{name: Wind, description: It blows., url: 'https://127.0.0.1:9/wind'}]}\nstray: 1\n"
    )
    override = samples / "overrides" / "no-such-collection" / "no-such-bundle.yaml"
    override.parent.mkdir(parents=True)
    override.write_text("description: Ours.\n")
    monkeypatch.setenv("GITHUB_TOKEN", "made-up")
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    outcome = place.run()
    own = {
        "unknown-key": "collections.yaml", "source-odd": "sources.yaml", "override-odd": None,
        "source-not-read": None, "requests-not-read": None,
    }  # fmt: skip
    published = {p["code"]: p["path"] for p in place.json("report.json")["problems"] if p["code"] in own}
    assert published == own
    page = (place.folder / "site" / "report" / "index.html").read_text(encoding="utf-8")
    for code in own:
        (problem,) = [p for p in outcome.report["problems"] if p["code"] == code]
        assert f"[{code}]" in outcome.said
        section = page[page.index('id="others"') :]
        assert problem["message"].split(" ")[-1].strip("'") in section
    assert str(place.folder) not in page


def test_phases_are_timed_by_the_names_of_the_picture(place: Place) -> None:
    assert list(place.run().report["seconds"]) == ["fetch", "documentation", "parse", "releases"]
    shutil.rmtree(place.folder / "site")
    shutil.rmtree(place.folder / "index")
    timed = place.run().report["seconds"]
    parts = ["fetch", "documentation", "parse", "releases", "encode", "index", "render", "site", "publish"]
    assert list(timed) == parts
    (place.bundle(SLUGS[0], "k8s-pod-restarts") / "README.md").write_text("# changed\n")
    place.run("fetch")
    assert list(place.run("index").report["seconds"]) == [
        "fetch",
        "documentation",
        "parse",
        "releases",
        "encode",
        "index",
        "publish",
    ]
    picture = (ROOT / "README.md").read_text(encoding="utf-8").split("## Try it")[0]
    for phase in ("fetch", "parse", "enhance", "index", "render", "publish"):
        assert phase in picture


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sources.yaml": "[]"}, r"sources\.yaml is not a mapping"),
        ({"sources.yaml": "a: &a [*a]"}, r"sources\.yaml cannot be read"),
        ({"site_url": "registry.example"}, "--site-url registry.example is not the address"),
        ({"EMBEDDING_MODEL": "m", "OPENAI_API_KEY": "k", "EMBEDDING_DIMENSIONS": "many"}, "DIMENSIONS is not a number"),
        ({"site/thesis.txt": "mine"}, "holds other files"),
        ({"only": ["nobody"]}, "--only nobody"),
    ],
)
def test_wrong_configuration_is_told_before_the_first_clone(
    change: dict[str, Any], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site").mkdir()
    shutil.copytree(ROOT / "samples", tmp_path, dirs_exist_ok=True)
    options = Options(
        collections=tmp_path / "collections.yaml",
        site=tmp_path / "site",
        index=tmp_path / "index",
        cache=tmp_path / "cache",
        allow_local=True,
    )
    for name, value in change.items():
        if name.isupper():
            monkeypatch.setenv(name, value)
        elif "." in name:
            (tmp_path / name).write_text(value)
        else:
            options = replace(options, **{name: value})
    with pytest.raises(UsageError, match=said):
        pipeline.run(options, Console())
    assert not (tmp_path / "cache" / "git").exists()


def test_a_folder_with_other_files_is_never_replaced(place: Place) -> None:
    shutil.rmtree(place.folder / "site")
    (place.folder / "site").mkdir()
    (place.folder / "site" / "thesis.txt").write_text("mine")
    outcome = place.run()
    assert outcome.status == 2
    assert (place.folder / "site" / "thesis.txt").read_text() == "mine"


def test_offline_uses_the_last_fetched_state(place: Place) -> None:
    (place.bundle(SLUGS[0], "k8s-pod-restarts") / "README.md").write_text("# changed\n")
    outcome = place.run("run", "--offline")
    assert {row["outcome"] for row in outcome.report["collections"]} == {"offline"}
    assert outcome.report["parsed"] == 0


def test_search_on_the_command_line(built: Place) -> None:
    command = [sys.executable, "-m", "build", "search", "pods keep restarting", "--json"]
    done = subprocess.run(
        [*command, "--index", str(built.folder / "index")],
        cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60, check=True,
    )  # fmt: skip
    answer = json.loads(done.stdout)
    assert answer["results"][0]["id"] == f"{SLUGS[0]}/k8s-pod-restarts"
    assert answer["build_id"] == built.manifest()["build_id"]


def test_report_on_the_command_line(built: Place) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "build", "report", "--site", str(built.folder / "site"), "--json"],
        cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == built.json("report.json")
