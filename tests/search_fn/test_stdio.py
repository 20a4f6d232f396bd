"""The server over stdin and stdout, as a process of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from mcp.client.stdio import StdioServerParameters

from search_fn.settings import PACKAGE
from search_fn.tools.registry import TOOLS
from tests.support.mcp_messages import ERAS, Era, message
from tests.support.official_client import MODES, use_everything

SERVER = ("-m", "search_fn.stdio")
# What libraries do: prints from Python, and from below it.
NOISY = """
import os, runpy
from search_fn.mcp import methods

def ping(params, index):
    print("printed")
    os.write(1, b"written\\n")
    return {}

methods.METHODS[False]["ping"] = ping
runpy.run_module("search_fn.stdio", run_name="__main__")
"""

FAILING = """
import runpy
from search_fn.mcp import methods

def ping(params, service):
    raise RuntimeError("unforeseen")

methods.METHODS[False]["ping"] = ping
runpy.run_module("search_fn.stdio", run_name="__main__")
"""


@pytest.fixture
def environment(made_up) -> dict[str, str]:
    return {**os.environ, "INDEX_URI": str(made_up.folder)}


@contextmanager
def running(environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, *(arguments or SERVER)], stdin=pipe, stdout=pipe, stderr=pipe, cwd=PACKAGE, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line(era: Era, method: str, params: dict[str, Any] | None = None) -> bytes:
    return json.dumps(message(era, method, params)[0]).encode() + b"\n"


def ask(process: subprocess.Popen[bytes], sent: bytes) -> dict[str, Any]:
    assert process.stdin
    assert process.stdout
    process.stdin.write(sent)
    process.stdin.flush()
    answer: dict[str, Any] = json.loads(process.stdout.readline())
    return answer


@pytest.mark.parametrize("mode", MODES)
def test_the_official_client_can_use_everything(made_up, mode: str) -> None:
    env = {"INDEX_URI": str(made_up.folder)}
    use_everything(StdioServerParameters(command=sys.executable, args=list(SERVER), env=env, cwd=PACKAGE), mode)


def test_each_request_has_one_line_and_a_notification_none(environment: dict[str, str]) -> None:
    sent = [
        line("modern", "server/discover"),
        b'{"jsonrpc": "2.0", "method": "notifications/initialized"}\n',
        b"\r\n",
        line("legacy", "ping").replace(b"\n", b"\r\n"),
        b"no JSON\n",
        line("legacy", "tools/call", {"name": "find_codebundle", "arguments": {"query": "\u2028 \n ä 🙂"}}),
        # The last may come without its end.
        line("legacy", "ping").rstrip(),
    ]
    with running(environment) as process:
        out, err = process.communicate(b"".join(sent), timeout=60)
    assert process.returncode == 0
    assert err == b""
    assert out.endswith(b"\n")
    found = [json.loads(each) for each in out.split(b"\n")[:-1]]
    assert ["supportedVersions" in found[0]["result"], found[1]["result"], found[4]["result"]] == [True, {}, {}]
    assert found[2]["error"]["code"] == -32700
    assert found[3]["result"]["structuredContent"]["query"] == "\u2028 \n ä 🙂"
    assert len(found) == 5


@pytest.mark.parametrize("site", ["", "https://site.example"])
def test_addresses_are_whole_or_none(environment: dict[str, str], site: str) -> None:
    given = {"slug": "k8s-pod-restarts", "detail": "standard"}
    with running(environment | {"REGISTRY_SITE_URL": site}) as process:
        asked = ask(process, line("legacy", "tools/call", {"name": "get_codebundle_details", "arguments": given}))
    told, said = asked["result"]["structuredContent"]["codebundle"], asked["result"]["content"][0]["text"]
    place = f"{site}/api/v1/collections/beacon-codecollection/codebundles/k8s-pod-restarts"
    assert told["configuration"]["url"] == (f"{place}/config.yaml" if site else None)
    assert told["configuration"]["text"] in said
    assert ("</" in said) is False
    assert (f"- Record: <{place}.json>" in said) == bool(site)


@pytest.mark.parametrize("era", ERAS)
def test_each_era_is_answered_as_over_http(environment: dict[str, str], era: Era) -> None:
    with running(environment) as process:
        found = ask(process, line(era, "resources/read", {"uri": "codebundle://no/such"}))
        assert found["error"]["code"] == (-32602 if era == "modern" else -32002)
        result = ask(process, line(era, "tools/list"))["result"]
        assert ("resultType" in result) == (era == "modern")
        unsupported = line("modern", "tools/list").replace(b"2026-07-28", b"2099-01-01")
        assert ask(process, unsupported)["error"]["code"] == -32022
        assert ask(process, line("modern", "tools/list").replace(b'"2026-07-28"', b"5"))["error"]["code"] == -32602


@pytest.mark.parametrize(("version", "taken"), [("2025-03-26", True), ("2025-11-25", False), (None, False)])
def test_a_batch_is_answered_where_the_handshake_agreed_on_the_version_that_has_them(
    environment: dict[str, str], version: str | None, taken: bool
) -> None:
    with running(environment) as process:
        if version:
            assert ask(process, line("legacy", "initialize", {"protocolVersion": version}))["result"]
        found: Any = ask(
            process, json.dumps([{"jsonrpc": "2.0", "id": n, "method": "ping"} for n in (1, 2)]).encode() + b"\n"
        )
        if taken:
            assert [each["result"] for each in found] == [{}, {}]
        else:
            assert "2025-03-26" in found["error"]["message"]
        assert ask(process, line("legacy", "ping"))["result"] == {}


def test_a_line_that_is_too_long_is_refused_and_the_next_is_answered(environment: dict[str, str]) -> None:
    longest = line("legacy", "ping").rstrip().ljust(1_000_000)
    with running(environment) as process:
        assert ask(process, longest + b"\n")["result"] == {}
        assert ask(process, longest + b"\r\n")["result"] == {}
        for length in (1_000_001, 1_000_002, 1_000_003, 5_000_000):
            assert "1,000,000 bytes" in ask(process, longest.ljust(length) + b"\n")["error"]["message"]
        assert ask(process, line("legacy", "ping"))["result"] == {}


def test_what_is_printed_does_not_come_between_messages(environment: dict[str, str]) -> None:
    with running(environment, "-c", NOISY) as process:
        out, err = process.communicate(line("legacy", "ping") * 2, timeout=60)
    assert [json.loads(each)["result"] for each in out.splitlines()] == [{}, {}]
    assert sorted(err.split()) == [b"printed", b"printed", b"written", b"written"]


def test_it_ends_quietly_at_ctrl_c(environment: dict[str, str]) -> None:
    # A shell's background job ignores the signal, and so does whatever it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with running(environment) as process:
        signal.signal(signal.SIGINT, before)
        ask(process, line("legacy", "ping"))
        process.send_signal(signal.SIGINT)
        assert (process.wait(10), process.communicate()) == (0, (b"", b""))


def test_it_ends_quietly_when_nobody_reads_its_answers(environment: dict[str, str]) -> None:
    with running(environment) as process:
        ask(process, line("legacy", "ping"))
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        process.stdin.write(line("legacy", "ping"))
        process.stdin.flush()
        assert (process.wait(10), process.stderr.read()) == (0, b"")


def test_without_an_index_it_runs_and_says_so(environment: dict[str, str], tmp_path) -> None:
    with running({**environment, "INDEX_URI": str(tmp_path / "none")}) as process:
        for _ in range(2):
            answer = ask(process, line("modern", "tools/call", {"name": "list_codebundles"}))
            assert "no readable index" in answer["error"]["message"]
        assert len(ask(process, line("modern", "tools/list"))["result"]["tools"]) == len(TOOLS)


@pytest.mark.parametrize(("name", "value"), [("GITHUB_TOKEN", "file:/nonexistent"), ("REQUESTS_PER_HOUR", "ten")])
def test_a_broken_setting_of_requests_ends_nothing(environment: dict[str, str], name: str, value: str) -> None:
    arguments = {"platform": "x", "tasks": ["do y"], "submit": True}
    sent = line("legacy", "tools/call", {"name": "request_codebundle", "arguments": arguments})
    with running({**environment, "GITHUB_TOKEN": "made-up-token", name: value}) as process:
        result = ask(process, sent)["result"]
        assert name in result["structuredContent"]["notes"][0]
        assert ask(process, line("legacy", "ping"))["result"] == {}


def test_an_error_that_nobody_foresaw_is_answered_and_ends_nothing(environment: dict[str, str]) -> None:
    with running(environment, "-c", FAILING) as process:
        for _ in range(2):
            error = ask(process, line("legacy", "ping"))["error"]
            assert (error["code"], "unforeseen" in error["message"]) == (-32603, False)
        for broken in (
            b"{",
            b"\xff\xfe",
            b"[" * 100_000,
            b'"\\ud800"',
            b'{"jsonrpc": "2.0", "id": 1' + b"0" * 5_000 + b"}",
        ):
            assert "error" in ask(process, broken + b"\n")
        assert len(ask(process, line("legacy", "tools/list"))["result"]["tools"]) == len(TOOLS)
        process.kill()
        assert process.stderr
        assert b"unforeseen" in process.stderr.read()
