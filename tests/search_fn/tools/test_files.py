"""Files of a bundle as an agent reads them: whole, by lines, by tool; and every way to ask for what there is not."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from search_fn.rest.application import create_app
from search_fn.text import NOTICE, canonical
from search_fn.tools.files import PAGE_SIZE, last_line, lines_of, source_lines
from search_fn.tools.size import HARD_SIZE
from tests.support.made_up import TEXTS, records, settings_for, with_files, write_made_up_index
from tests.support.mcp_messages import call, refused, result, send
from tests.support.serving import serving
from tests.support.tool_calls import data, size, text

PODS = "beacon-codecollection/k8s-pod-restarts"
SOURCE = (
    "https://github.com/example-org/beacon-codecollection/blob/0123456789abcdef0123456789abcdef01234567/codebundles/"
    "k8s-pod-restarts/"
)
RUNBOOK = TEXTS["runbook.robot"].split("\n")


def read(api: httpx2.Client, **arguments: Any) -> list[dict[str, Any]]:
    called = call(api, "get_codebundle_file", {"slug": PODS, **arguments})
    assert called["isError"] is False, called
    found: list[dict[str, Any]] = called["structuredContent"]["files"]
    return found


def wrong(api: httpx2.Client, **arguments: Any) -> str:
    called = call(api, "get_codebundle_file", {"slug": PODS, **arguments})
    assert called["isError"] is True, called
    return text(called)


def test_without_a_path_all_files_are_listed_with_why_some_are_not_stored(api: httpx2.Client) -> None:
    found = data(api, "get_codebundle_file", slug="k8s-pod-restarts")
    names = [one["path"] for one in found["files"]]
    assert names == sorted([*TEXTS, "picture.png", "dump.json", "passwd", "vendor", "model.bin"])
    assert (found["id"], found["total"], found["next_cursor"]) == (PODS, len(names), None)
    assert {one["text"] for one in found["files"]} == {None}
    said = text(call(api, "get_codebundle_file", {"slug": PODS}))
    for one in found["files"]:
        assert f"- `{one['path']}` ({one['role']}" in said
        assert (one["source_url"] in said) is (one["reason"] is not None)


@pytest.mark.parametrize("path", TEXTS)
def test_a_file_is_read_whole(api: httpx2.Client, path: str) -> None:
    (found,) = read(api, path=path)
    whole = TEXTS[path]
    assert found["text"] == (whole if whole.endswith("\n") or not whole else f"{whole}\n")
    assert (found["from_line"], found["to_line"], found["lines"]) == (1, len(lines_of(whole)), len(lines_of(whole)))
    assert found["source_url"] == SOURCE + quote(path)
    said = text(call(api, "get_codebundle_file", {"slug": PODS, "path": path}))
    assert NOTICE in said
    assert found["text"] in said


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("./runbook.robot", "runbook.robot"),
        ("codebundles/k8s-pod-restarts/runbook.robot", "runbook.robot"),
        (f"{PODS}/restarts.sh", "restarts.sh"),
        (".runwhen%2Ftemplates%2Fpods-slx.yaml", ".runwhen/templates/pods-slx.yaml"),
    ],
)
def test_a_path_may_be_written_as_records_and_addresses_have_it(api: httpx2.Client, path: str, named: str) -> None:
    assert read(api, path=path)[0]["path"] == named


def test_lines_are_read_with_the_address_that_leads_to_them(api: httpx2.Client) -> None:
    (found,) = read(api, path="runbook.robot", from_line=20, to_line=22)
    assert found["text"] == "\n".join(RUNBOOK[19:22]) + "\n"
    assert (found["from_line"], found["to_line"]) == (20, 22)
    assert found["source_url"] == f"{SOURCE}runbook.robot#L20-L22"
    # Beyond the end there is no more to be had, which the answer says.
    (rest,) = read(api, path="runbook.robot", from_line=46, to_line=9_999)
    assert (rest["from_line"], rest["to_line"], rest["lines"]) == (46, 46, 46)
    assert read(api, path="runbook.robot", to_line=1)[0]["text"] == f"{RUNBOOK[0]}\n"


@pytest.mark.parametrize(
    ("name", "first", "last", "scripts"),
    [
        ("List Restarting Pods in `${NAMESPACE}`", 20, 22, ["restarts.sh"]),
        ("list restarting pods", 20, 22, ["restarts.sh"]),
        ("Read Logs of Crashed Containers", 31, 34, []),
        ("killed for memory", 42, 43, []),
    ],
)
def test_a_tool_is_read_with_the_scripts_that_it_runs(
    api: httpx2.Client, name: str, first: int, last: int, scripts: list[str]
) -> None:
    robot, *others = read(api, tool=name)
    assert (robot["path"], robot["from_line"], robot["to_line"]) == ("runbook.robot", first, last)
    assert robot["text"] == "\n".join(RUNBOOK[first - 1 : last]) + "\n"
    assert [one["path"] for one in others] == scripts
    assert all(one["text"] == TEXTS[one["path"]] for one in others)
    assert {one["tool"] for one in (robot, *others)} == {robot["tool"]}


def test_a_monitor_is_in_its_own_file(api: httpx2.Client) -> None:
    (found,) = read(api, tool="Count Restarts")
    assert (found["path"], found["text"]) == ("sli.robot", "Count Restarts\n    Log    1\n")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("../other/runbook.robot", "leads out"),
        ("a/../../b", "leads out"),
        ("/etc/passwd", "leads out"),
        ("%2e%2e/%2e%2e/etc/passwd", "leads out"),
        ("%252e%252e%252fetc", "leads out"),
        ("..\\..\\etc", "leads out"),
        ("C:\\windows", "leads out"),
        ("file:///etc/passwd", "leads out"),
        ("~/x", "leads out"),
        ("a\0b", "leads out"),
        ("codebundles/aws-bucket-exposure/runbook.robot", "send `aws-bucket-exposure` as slug"),
        (".runwhen", "is a folder: send the path of one of its files: `.runwhen/templates/pods-slx.yaml`"),
        (".runwhen/templates/", "is a folder"),
        (".", "is a folder"),
        ("runbok.robot", "the nearest: `runbook.robot`"),
        ("RUNBOOK.ROBOT", "the nearest: `runbook.robot`"),
        ("templates/pods-slx.yaml", "the nearest: `.runwhen/templates/pods-slx.yaml`"),
        ("nothing like it \u202e ` <b>", "has no file"),
        ("picture.png", "is no text"),
        ("dump.json", "(2,345,678 bytes) is longer than"),
        ("passwd", "is a symbolic link"),
        ("vendor", "is a submodule"),
        ("model.bin", "Git LFS"),
        ("x" * 1_000, "has no file"),
        ("a/" * 500, "has no file"),
    ],
)
def test_a_path_that_names_nothing_is_told_what_there_is(api: httpx2.Client, path: str, said: str) -> None:
    message = wrong(api, path=path)
    assert said in message
    assert "\n" not in message
    assert "\u202e" not in message
    if "bytes" in message or "submodule" in message:
        assert SOURCE.replace("/blob/", "/tree/" if path == "vendor" else "/blob/") in message
    else:
        assert "`runbook.robot`" in message or "nearest" in message or "slug" in message or "folder" in message


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"path": "runbook.robot", "from_line": 47}, "has 46 lines; there is no line 47"),
        ({"path": "empty.txt", "from_line": 2}, "has 0 lines"),
        ({"path": "runbook.robot", "from_line": 5, "to_line": 4}, "before"),
        ({"path": "runbook.robot", "from_line": 0}, "from_line"),
        ({"path": "runbook.robot", "to_line": "x"}, "to_line"),
        ({"path": "runbook.robot", "cursor": "x"}, "cursor"),
        ({"path": "runbook.robot", "cursor": "5.another"}, "anew"),
        ({"path": "runbook.robot", "cursor": "5.made-up-0123456789", "slug": "no-such"}, "no such CodeBundle"),
        ({"path": "runbook.robot", "tool": "Count Restarts"}, "not both"),
        ({"tool": "Count Restarts", "from_line": 1}, "not both"),
        ({"from_line": 1}, "send its path"),
        ({"tool": "No such"}, "- `Count Restarts`"),
        ({"tool": "`"}, "- `Count Restarts`"),
        ({"slug": "http-endpoint-check"}, "Several collections"),
        ({"slug": "anchor-codecollection/empty-shell", "tool": "x"}, "has no tools"),
        ({"slug": "anchor-codecollection/empty-shell", "path": "x"}, "no files"),
    ],
)
def test_what_cannot_be_meant_is_said(api: httpx2.Client, arguments: dict[str, Any], said: str) -> None:
    assert said in wrong(api, **arguments)


LONG = {
    "runbook.robot": b"*** Tasks ***\n" + b"".join(b"    Log    line %d\n" % number for number in range(3_000)),
    "lines.txt": b"\n" * 100_000,
    "one.json": b'"' * 150_000,
    "two.json": b"a" * 100_000 + b"\nb\n",
}


@pytest.fixture(scope="module")
def long(encoder_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("long") / "index_data"
    made = {one.id: one for one in records()}
    made[PODS], texts = with_files(made[PODS], LONG)
    write_made_up_index(folder, encoder_path, list(made.values()), texts=texts)
    with serving(create_app(settings_for(folder))) as client:
        yield client


@pytest.mark.parametrize("path", LONG)
def test_pages_of_a_file_are_the_whole_within_their_size(long: httpx2.Client, path: str) -> None:
    cursor, found, at = "", "", 1
    while cursor is not None:
        called = call(long, "get_codebundle_file", {"slug": PODS, "path": path, "cursor": cursor})
        assert size(called) <= PAGE_SIZE + 4_000 < HARD_SIZE
        page = called["structuredContent"]
        (file,) = page["files"]
        assert file["from_line"] == at
        assert file["text"] in text(called)
        at, found, cursor = file["to_line"] + 1, found + file["text"], page["next_cursor"]
        for note in page["notes"]:
            assert "characters, of which the first 12,000 are shown" in note
    if path.endswith(".json"):
        assert found.startswith(LONG[path][:12_000].decode() + "\n")
        assert found.count("\n") == len(lines_of(LONG[path].decode()))
    else:
        assert found == LONG[path].decode()


def test_a_resource_that_is_too_long_says_how_the_rest_is_read(long: httpx2.Client) -> None:
    uri, found = f"codebundle://{PODS}/runbook.robot", ""
    while uri:
        (content,) = result(send(long, "modern", "resources/read", {"uri": uri}))["contents"]
        shown, _, rest = content["text"].partition("[Cut: ")
        assert len(shown) <= HARD_SIZE
        found, uri = found + shown, rest.partition("The rest: ")[2].removesuffix("]\n")
    assert found == LONG["runbook.robot"].decode()


@pytest.mark.parametrize("era", ["modern", "legacy"])
@pytest.mark.parametrize(
    "path", ["runbook.robot", ".runwhen/templates/pods-slx.yaml", ".runwhen%2Ftemplates%2Fpods-slx.yaml"]
)
def test_a_file_is_a_resource_of_plain_text(api: httpx2.Client, era: Any, path: str) -> None:
    uri = f"codebundle://{PODS}/{path}"
    (content,) = result(send(api, era, "resources/read", {"uri": uri}))["contents"]
    assert (content["uri"], content["mimeType"]) == (uri, "text/plain")
    assert content["text"] == TEXTS[path.replace("%2F", "/")]
    assert content["_meta"]["notice"] == NOTICE
    assert content["_meta"]["source_url"] == SOURCE + path.replace("%2F", "/")
    (content,) = result(send(api, era, "resources/read", {"uri": f"{uri}#L1"}))["contents"]
    assert content["text"] == TEXTS[path.replace("%2F", "/")].split("\n")[0] + "\n"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("no-such", "has no file"),
        ("../runbook.robot", "leads out"),
        ("%2e%2e%2frunbook.robot", "leads out"),
        ("picture.png", "is no text"),
        ("runbook.robot#L47", "there is no line 47"),
        ("runbook.robot#L3-L2", "before"),
        ("runbook.robot#x", "no such resource"),
        ("runbook.robot#L0", "no such resource"),
        ("runbook.robot?x=1", "no such resource"),
        ("", "no such resource"),
    ],
)
def test_a_resource_that_is_not_there_says_what_there_is(api: httpx2.Client, path: str, said: str) -> None:
    uri = f"codebundle://{PODS}/{path}"
    body = refused(send(api, "legacy", "resources/read", {"uri": uri}), -32002, 200)
    assert said in body["error"]["message"]
    assert body["error"]["data"] == {"uri": uri}


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        (["A", "    x", "", "B"], 2),
        (["A", "    x", "# about B", "B"], 2),
        (["A", "    x", "# in A", "    y"], 4),
        (["A", "    x", "*** Keywords ***"], 2),
        (["A", "    x", " *Settings*"], 2),
        (["| A | x |", "|   | y |", "| B |"], 2),
        (["A", "    x", "...    y", "\tz"], 4),
        (["A", "    x", " B with a blank before it"], 2),
        (["A", "    x", ".NET"], 2),
        (["A"], 1),
        (["A", "", ""], 1),
    ],
)
def test_a_task_ends_where_the_next_one_or_a_section_begins(lines: list[str], last: int) -> None:
    assert last_line(lines, 1) == last


def test_addresses_of_lines_are_those_of_the_host() -> None:
    assert source_lines("https://gitlab.com/a/-/blob/c/x", 2, 3, 9) == "https://gitlab.com/a/-/blob/c/x#L2-3"
    assert source_lines("https://bitbucket.org/a/src/c/x", 2, 2, 9) == "https://bitbucket.org/a/src/c/x#lines-2"
    assert source_lines("https://git.example/a/blob/c/x", 1, 9, 9) == "https://git.example/a/blob/c/x"


def test_the_text_is_the_structured_content(api: httpx2.Client) -> None:
    """Who is shown only one of them reads the same."""
    called = call(api, "get_codebundle_file", {"slug": PODS, "tool": "list restarting pods"})
    for file in called["structuredContent"]["files"]:
        for part in (file["path"], file["text"], file["source_url"], str(file["to_line"])):
            assert part in text(called)
    assert canonical(called["structuredContent"]).count("kubectl get pods") == 1
