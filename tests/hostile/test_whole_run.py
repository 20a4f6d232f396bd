"""A whole run over a repository of hostile bundles: it ends, runs nothing, loses nothing and names what it left out."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.hostile_bundles import DISK_WORD, MARK, sound_bundles
from tests.support.hostile_repository import shown
from tests.support.hostile_run import HostileRun, strings, unseen

pytestmark = pytest.mark.slow


def test_the_trap_shuts_when_the_parser_is_left_to_itself(hostile: HostileRun, tmp_path: Path) -> None:
    """Or else its being open would prove nothing."""
    module = tmp_path / "evil.py"
    module.write_text((hostile.hostile.trap / "evil.py").read_text().replace(str(hostile.hostile.trap), str(tmp_path)))
    program = "import sys; from robot.api import get_model; get_model(f'Language: {sys.argv[1]}\\n*** Tasks ***\\n')"
    subprocess.run([sys.executable, "-c", program, str(module)], cwd=tmp_path, check=False, capture_output=True)
    assert (tmp_path / "executed").exists()


def test_the_run_publishes_and_says_how_long_it_took(hostile: HostileRun, capsys: pytest.CaptureFixture[str]) -> None:
    report = hostile.outcome.report
    assert report["published"] == ["index", "site"]
    assert hostile.place.manifest()["build_id"] == hostile.place.json("index.json")["build_id"] == report["build_id"]
    with capsys.disabled():
        seconds = report["seconds"]
        print(f"\nhostile repository: parse {seconds['parse']:.1f} s, site {seconds['site']:.1f} s")


def test_nothing_of_a_repository_is_run(hostile: HostileRun) -> None:
    assert not hostile.hostile.executed.exists()
    programs = {Path(rest).name for what, rest in hostile.watched if what == "start"}
    assert "git" in programs
    assert programs - {"git", Path(sys.executable).name, "uname"} == set()


def test_no_connection_is_made(hostile: HostileRun) -> None:
    assert [rest for what, rest in hostile.watched if what == "connect"] == []


def test_nothing_is_written_outside_the_folders_of_the_run(hostile: HostileRun) -> None:
    assert hostile.stray == set()
    written = [Path(rest) for what, rest in hostile.watched if what == "write"]
    assert written
    outside = [path for path in written if path.is_absolute() and not path.is_relative_to(hostile.folder)]
    assert set(map(str, outside)) - {"/dev/null"} == set()


def test_no_file_of_the_machine_is_read_into_what_is_published(hostile: HostileRun) -> None:
    for word in (DISK_WORD.encode(), b"root:x:0:"):
        assert [path for path, content in hostile.files.items() if word in content] == []
    assert not [path for path, text in hostile.texts.items() if DISK_WORD in text]


def test_sound_bundles_are_there_whole(hostile: HostileRun) -> None:
    for name, files in sound_bundles().items():
        record = hostile.record(name)
        assert [problem for problem in record["problems"] if problem["severity"] != "note"] == []
        assert (record["task_count"], record["sli_count"]) == ("runbook.robot" in files, "sli.robot" in files)
        assert record["readme"] == files["README.md"]
        assert record["sub_metrics"] == (["beam"] if "sli.robot" in files else [])
        assert record["author"] == "Somebody"
    one = hostile.record("sound-one")
    assert (one["display_name"], one["scripts"], len(one["generation_rules"])) == ("Lantern Oil Level", ["fill.sh"], 1)
    assert one["history"]["commits"] == 2
    assert one["history"]["first_date"] == "1970-01-01T00:00:00Z"


def test_the_other_collection_keeps_its_bundle_of_the_same_name(hostile: HostileRun) -> None:
    assert hostile.place.json("collections/other/codebundles/sound-one.json")["task_count"] == 1


def test_each_hostile_bundle_is_published_or_named_with_its_reason(hostile: HostileRun) -> None:
    published = {bundle["id"] for bundle in hostile.place.json("codebundles.json")["codebundles"]}
    problems = [p for p in hostile.place.json("report.json")["problems"] if p["collection"] == "hostile"]
    told = {p["bundle"] for p in problems if p["message"]}
    names = {shown(raw) for raw in hostile.hostile.expected}
    assert [name for name in names if f"hostile/{name}" not in published and name not in told] == []
    # And nothing is invented.
    assert {name.removeprefix("hostile/") for name in published} - names == {*sound_bundles(), "other/sound-one"}
    assert told - names - set(sound_bundles()) == {None}, "and files of libraries"


def test_each_case_is_told_by_its_code(hostile: HostileRun) -> None:
    problems = hostile.place.json("report.json")["problems"]
    told = {(p["bundle"], p["code"]) for p in problems if p["collection"] == "hostile"}
    expected = {(shown(raw), code) for raw, code in hostile.hostile.expected.items() if code}
    assert expected - told == set()


def test_what_is_mere_text_is_published(hostile: HostileRun) -> None:
    published = {bundle["id"] for bundle in hostile.place.json("codebundles.json")["codebundles"]}
    expected = {f"hostile/{shown(raw)}" for raw, code in hostile.hostile.expected.items() if code is None}
    # Whether the time for a bundle is enough to read it is the machine's matter; told it is in any case, see above.
    assert expected - published - {"hostile/size-just-below-the-limit"} == set()


def test_a_language_of_robots_own_is_read(hostile: HostileRun) -> None:
    assert hostile.record("run-nothing-german")["tasks"] == ["Look"]


def test_line_separators_inject_no_task_and_move_no_line(hostile: HostileRun) -> None:
    record = hostile.record("line-separators")
    assert record["tasks"] == ["Look"]
    assert record["tools"][0]["line"] == 7


def test_templates_are_text(hostile: HostileRun) -> None:
    record = hostile.record("template-language")
    assert (record["display_name"], record["tasks"]) == ("{{ 1237*7919 }}", ["{{ 1237*7919 }} {% raw %}"])
    assert "{{ cycler.__init__" in record["doc"]
    assert not [path for path, text in hostile.texts.items() if str(1237 * 7919) in text]
    (path,) = (path for path in hostile.texts if path.endswith("/template-language/config.yaml"))
    (runbook,) = yaml.safe_load_all(hostile.texts[path])
    assert runbook["spec"]["location"] == "<value>"
    assert runbook["spec"]["description"] == "</pre><script>\nkind: X"
    assert runbook["spec"]["codeBundle"] == {"ref": "<globals os>"}


def test_keyword_libraries_that_mean_harm_cost_no_other(hostile: HostileRun) -> None:
    listed = {one["name"]: one for one in hostile.place.json("libraries.json")["libraries"]}
    assert {"Sound", "Markup", "Runs", "Markup.resource", "Circle"} <= set(listed)
    sound = hostile.place.json("libraries/hostile/Sound.json")
    assert [(one["name"], one["arguments"]) for one in sound["keywords"]] == [("Ring Bell", ["times: int = 1"])]
    told = {(problem["code"], problem["path"]) for problem in hostile.place.json("report.json")["problems"]}
    assert told >= {
        ("library-not-read", "libraries/Brackets.py"),
        ("library-not-read", "libraries/Sums.py"),
        ("library-not-read", "libraries/Odd.py"),
        ("not-utf8", "libraries/Odd.py"),
        ("library-refused", "libraries/con.py"),
        ("file-refused", "libraries/\\x1b[31m.py"),
    }


def test_libraries_and_resources_are_not_followed(hostile: HostileRun) -> None:
    assert hostile.record("run-cycle")["tasks"] == ["Look"]
    assert hostile.record("run-libraries")["tasks"] == ["Look"]


def test_links_and_submodules_lead_nowhere(hostile: HostileRun) -> None:
    assert hostile.record("link-readme")["readme"] is None
    assert hostile.record("submodule-readme")["readme"] is None


def test_sizes_are_bounded(hostile: HostileRun) -> None:
    assert hostile.record("size-tasks")["task_count"] == 500
    record = hostile.record("size-fields")
    assert len(record["display_name"]) == 300
    assert len(record["secrets"][0]["description"]) == 20_000
    assert (
        max(len(content) for path, content in hostile.files.items() if path.startswith("site/codebundles/")) < 2_000_000
    )


def test_the_branch_is_built_and_not_the_tag_of_its_name(hostile: HostileRun) -> None:
    assert not [path for path in hostile.files if "elsewhere" in path]


def test_terminals_and_logs_are_given_nothing_to_obey(hostile: HostileRun) -> None:
    summary = (hostile.folder / "summary.md").read_bytes()
    for said in (hostile.stdout, hostile.stderr, summary):
        text = said.decode("utf-8")
        assert unseen(text) == set()
        assert "\r" not in text
        assert [line for line in text.splitlines() if line.lstrip().startswith(("::", "##["))] == []
    assert MARK.encode() not in summary


def test_the_report_on_stdout_is_json_without_hidden_characters(hostile: HostileRun) -> None:
    assert {c for text in strings(hostile.outcome.report) for c in unseen(text)} == set()


@pytest.mark.parametrize("query", ["sound-one", "sound one", "lantern oil level"])
def test_stuffing_and_copied_names_push_no_bundle_away(hostile: HostileRun, query: str) -> None:
    command = [sys.executable, "-m", "build", "search", query, "--index", str(hostile.folder / "index")]
    said = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=True).stdout
    results = [line.partition(": ")[2].split()[0] for line in said.splitlines() if line[:1].isdigit() and "/" in line]
    assert "hostile/sound-one" in results[:3]
    assert "lie-stuffing" not in results[0]
