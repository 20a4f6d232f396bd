"""The protocol at /mcp over real HTTP, and with the official client."""

import json
import shutil
import socket
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from mcp_types.methods import CACHEABLE_METHODS

from search_fn.mcp import protocol
from search_fn.mcp.methods import METHODS as METHODS_OF
from search_fn.rest.application import create_app
from search_fn.settings import Settings
from search_fn.skills import catalogue as skills
from tests.support.made_up import copy_index, settings_for
from tests.support.mcp_messages import ERAS, META, Era, call, message, refused, result, send
from tests.support.official_client import ARGUMENTS, MODES, use_everything
from tests.support.serving import serving

# 2026-07-28

CAPABILITIES: dict[str, Any] = {
    **{name: {} for name in ("tools", "resources", "prompts", "completions")},
    "extensions": {skills.EXTENSION: {}},
}


def test_discovery_names_versions_tools_and_how_long_it_holds(api: httpx2.Client) -> None:
    found = result(send(api, "modern", "server/discover"))
    assert found["supportedVersions"] == ["2026-07-28"]
    assert found["capabilities"] == CAPABILITIES
    assert found["resultType"] == "complete"
    assert (found["ttlMs"], found["cacheScope"]) == (3_600_000, "public")
    server = found["_meta"][f"{META}serverInfo"]
    assert server["name"] == "codecollection-registry"
    assert server["description"]
    assert server["websiteUrl"] == f"{str(api.base_url).rstrip('/')}/"
    assert [icon["src"] for icon in server["icons"]] == [f"{server['websiteUrl']}assets/favicon.svg"]


def test_each_result_says_that_it_is_complete_and_who_answers(api: httpx2.Client) -> None:
    asked: dict[str, dict[str, Any]] = {
        "server/discover": {},
        "tools/list": {},
        "tools/call": {"name": "list_codecollections"},
        "resources/list": {},
        "resources/templates/list": {},
        "resources/read": {"uri": "codecollection://beacon-codecollection"},
        "prompts/list": {},
        "prompts/get": {"name": "troubleshoot", "arguments": {"problem": "pods restart"}},
    }
    for method, params in asked.items():
        found = result(send(api, "modern", method, params))
        assert found["resultType"] == "complete"
        assert f"{META}serverInfo" in found["_meta"]
        assert ("ttlMs" in found) == ("cacheScope" in found) == (method in CACHEABLE_METHODS)


@pytest.mark.parametrize("key", ["protocolVersion", "clientCapabilities"])
def test_a_request_without_its_envelope_is_refused(api: httpx2.Client, key: str) -> None:
    body, headers = message("modern", "tools/list")
    del body["params"]["_meta"][f"{META}{key}"]
    assert key in refused(api.post("/mcp", json=body, headers=headers), -32602, 400)["error"]["message"]


@pytest.mark.parametrize("header", ["mcp-protocol-version", "mcp-method", "mcp-name"])
@pytest.mark.parametrize("value", [None, "other", "=?base64?!?="])
def test_headers_that_do_not_say_what_the_body_says_are_refused(
    api: httpx2.Client, header: str, value: str | None
) -> None:
    body, headers = message("modern", "tools/call", {"name": "list_codecollections"})
    changed = {name: text for name, text in headers.items() if name != header} | ({header: value} if value else {})
    assert header in refused(api.post("/mcp", json=body, headers=changed), -32020, 400)["error"]["message"]


def test_a_header_that_comes_twice_is_refused(api: httpx2.Client) -> None:
    body, headers = message("modern", "tools/list")
    twice = [*headers.items(), ("mcp-method", "tools/list")]
    refused(api.post("/mcp", json=body, headers=twice), -32020, 400)


def test_a_name_may_come_in_base64(api: httpx2.Client) -> None:
    body, headers = message("modern", "tools/call", {"name": "list_codecollections"})
    headers["mcp-name"] = "=?base64?bGlzdF9jb2RlY29sbGVjdGlvbnM=?="
    assert result(api.post("/mcp", json=body, headers=headers))["isError"] is False


def test_another_version_is_refused_with_those_that_there_are(api: httpx2.Client) -> None:
    body, headers = message("modern", "tools/list")
    body["params"]["_meta"][f"{META}protocolVersion"] = headers["mcp-protocol-version"] = "2099-01-01"
    every = ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]
    with_meta = api.post("/mcp", json=body, headers=headers)
    # Of 2026-07-28 on, as server/discover has them; a header alone can be of any version.
    body["params"] = {}
    for answer, supported in ((with_meta, every[:1]), (api.post("/mcp", json=body, headers=headers), every)):
        error = refused(answer, -32022, 400)["error"]
        assert error["data"] == {"requested": "2099-01-01", "supported": supported, "handshake": every[1:]}
        assert all(version in error["message"] for version in every)


def test_what_2026_has_no_more_is_unknown_to_it(api: httpx2.Client) -> None:
    for method in ("ping", "initialize", "logging/setLevel"):
        refused(send(api, "modern", method), -32601, 404)


# The handshake


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
def test_a_handshake_agrees_on_the_version_that_is_asked_for(api: httpx2.Client, version: str) -> None:
    asked = {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    body = {"jsonrpc": "2.0", "id": "a", "method": "initialize", "params": asked}
    answer = api.post("/mcp", json=body)
    assert answer.json()["id"] == "a"
    found = result(answer)
    assert found["protocolVersion"] == version
    assert found["capabilities"] == CAPABILITIES
    assert found["serverInfo"]["name"]
    assert "mcp-session-id" not in answer.headers
    assert not {"resultType", "_meta"} & set(found)


def test_a_handshake_for_an_unknown_version_is_offered_the_newest(api: httpx2.Client) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "1999-01-01"}}
    assert result(api.post("/mcp", json=body))["protocolVersion"] == "2025-11-25"
    refused(api.post("/mcp", json={**body, "params": {}}), -32602, 200)


def test_after_the_handshake_nothing_has_to_be_remembered(api: httpx2.Client) -> None:
    assert result(send(api, "legacy", "ping")) == {}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    assert len(result(api.post("/mcp", json=body))["tools"]) == len(ARGUMENTS)
    refused(send(api, "legacy", "server/discover"), -32601, 200)


# Both


@pytest.mark.parametrize("era", ERAS)
def test_tools_are_listed_in_one_order_with_schemas_and_hints(api: httpx2.Client, era: Era) -> None:
    tools = result(send(api, era, "tools/list"))["tools"]
    assert [tool["name"] for tool in tools] == list(ARGUMENTS)
    for tool in tools:
        sends = tool["name"] == "request_codebundle"
        hints = {"readOnlyHint": not sends, "destructiveHint": False, "idempotentHint": True, "openWorldHint": sends}
        assert tool["annotations"] == hints
        assert tool["inputSchema"]["type"] == tool["outputSchema"]["type"] == "object"
        # Some clients know no boolean schema; what is sent besides is refused all the same.
        assert "additionalProperties" not in json.dumps(tool["inputSchema"])
        assert all(each.get("description") for each in tool["inputSchema"]["properties"].values())
    assert send(api, era, "tools/list").content == send(api, era, "tools/list").content


@pytest.mark.parametrize("era", ERAS)
def test_the_list_of_tools_is_read_by_models_and_has_24_kb_at_most(api: httpx2.Client, era: Era) -> None:
    assert len(send(api, era, "tools/list").content) <= 24 * 1_024


@pytest.mark.parametrize(
    ("tool", "more"),
    [
        *((tool, {}) for tool in ARGUMENTS),
        *(("find_codebundle", {"detail": detail}) for detail in ("brief", "full")),
        *(("get_codebundle_details", {"detail": detail}) for detail in ("brief", "full")),
        ("list_codebundles", {"format": "summary", "max_results": 2}),
        ("list_codebundles", {"values": "tag"}),
        ("list_codecollections", {"max_results": 1}),
    ],
)
def test_each_answer_has_the_fields_of_its_schema_and_no_others(
    api: httpx2.Client, tool: str, more: dict[str, Any]
) -> None:
    schema = next(
        each["outputSchema"] for each in result(send(api, "modern", "tools/list"))["tools"] if each["name"] == tool
    )
    answer = call(api, tool, {**ARGUMENTS[tool], **more})["structuredContent"]
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(answer)
    assert set(answer) == set(schema["properties"]) == set(schema["required"])
    for name in ("results", "collections"):
        for row in answer.get(name, ()):
            # Those of another tool's rows are not said again, and a brief row has some of them.
            known = schema["properties"][name]["items"].get("properties", row)
            assert set(row) <= set(known)
            assert more.get("detail") == "brief" or set(row) == set(known)


@pytest.mark.parametrize("era", ERAS)
def test_what_does_not_exist_is_a_protocol_error(api: httpx2.Client, era: Era) -> None:
    wrong, unknown = (400, 404) if era == "modern" else (200, 200)
    refused(send(api, era, "no/such"), -32601, unknown)
    refused(send(api, era, "tools/call", {"name": "no_such_tool", "arguments": {}}), -32602, wrong)
    refused(send(api, era, "tools/call", {"name": "find_codebundle", "arguments": [1]}), -32602, wrong)
    refused(send(api, era, "tools/list", {"cursor": "2"}), -32602, wrong)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe\xfa", b"[" * 100_000, b'{"jsonrpc": NaN}'])
def test_what_is_not_json_is_a_parse_error_without_id(api: httpx2.Client, body: bytes) -> None:
    assert "id" not in refused(api.post("/mcp", content=body), -32700, 400)


@pytest.mark.parametrize(
    "body",
    [
        [],
        "ping",
        {"id": 1, "method": "ping"},
        {"jsonrpc": "2.0", "id": 1},
        {"jsonrpc": "2.0", "id": None, "method": "ping"},
        {"jsonrpc": "2.0", "id": True, "method": "ping"},
        {"jsonrpc": "2.0", "id": 1, "result": {}},
    ],
)
def test_what_is_no_request_is_refused(api: httpx2.Client, body: object) -> None:
    refused(api.post("/mcp", json=body), -32600, 400)


# Batches


def ping(number: int | str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": "ping"}


def send_batch(api: httpx2.Client, body: list[Any], version: str | None = "2025-03-26") -> httpx2.Response:
    headers = {"content-type": "application/json", **({"mcp-protocol-version": version} if version else {})}
    return api.post("/mcp", content=json.dumps(body), headers=headers)


# Clients of 2025-03-26 send no header of it yet.
@pytest.mark.parametrize("version", ["2025-03-26", None])
def test_a_batch_is_answered_message_by_message(api: httpx2.Client, version: str | None) -> None:
    notified = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    listed = {"jsonrpc": "2.0", "id": "b", "method": "tools/list"}
    body = [ping(1), notified, listed, {"jsonrpc": "2.0", "id": 3, "method": "no/such"}, "ping", {"id": 5}]
    answer = send_batch(api, body, version)
    assert answer.status_code == 200
    pong, tools, unknown, *wrong = answer.json()
    assert pong == {"jsonrpc": "2.0", "id": 1, "result": {}}
    assert tools["id"] == "b"
    assert tools["result"] == result(send(api, "legacy", "tools/list"))
    assert (unknown["id"], unknown["error"]["code"]) == (3, -32601)
    assert [(each["error"]["code"], "id" in each) for each in wrong] == [(-32600, False)] * 2


def test_a_batch_that_wants_no_answer_has_none(api: httpx2.Client) -> None:
    answer = send_batch(api, [{"jsonrpc": "2.0", "method": "notifications/initialized"}] * 3)
    assert (answer.status_code, answer.content) == (202, b"")


@pytest.mark.parametrize("version", ["2024-11-05", "2025-06-18", "2025-11-25", "2026-07-28", "1999-01-01"])
def test_where_another_version_was_agreed_on_a_batch_is_refused_with_the_one_that_has_them(
    api: httpx2.Client, version: str
) -> None:
    assert "2025-03-26" in refused(send_batch(api, [ping(1)], version), -32600, 400)["error"]["message"]


def test_a_handshake_is_no_part_of_a_batch(api: httpx2.Client) -> None:
    asked = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-03-26"}}
    first, second = send_batch(api, [asked, ping(2)]).json()
    assert (first["id"], first["error"]["code"], second["result"]) == (1, -32600, {})


def test_a_batch_has_a_greatest_number_of_messages_and_of_characters(api: httpx2.Client) -> None:
    assert len(send_batch(api, [ping(number) for number in range(50)]).json()) == 50
    assert "50" in refused(send_batch(api, [ping(number) for number in range(51)]), -32600, 400)["error"]["message"]
    full = {"name": "find_codebundle", "arguments": {"query": "check", "max_results": 100, "detail": "full"}}
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": full}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(protocol, "MOST_CHARACTERS", 1_000)
        answers = send_batch(api, [asked] * 3).json()
    assert [("result" in each, "alone" in each.get("error", {}).get("message", "")) for each in answers] == [
        (True, False),
        (False, True),
        (False, True),
    ]


@pytest.mark.parametrize("method", ["notifications/initialized", "notifications/cancelled", "no/such"])
def test_a_notification_is_accepted_without_a_body(api: httpx2.Client, method: str) -> None:
    answer = api.post("/mcp", json={"jsonrpc": "2.0", "method": method})
    assert (answer.status_code, answer.content) == (202, b"")


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_other_methods_are_told_what_this_address_is(api: httpx2.Client, method: str) -> None:
    answer = api.request(method, "/mcp", headers={"accept": "text/event-stream"})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert "Model Context Protocol" in answer.json()["detail"]


def test_a_body_has_a_megabyte_at_most(api: httpx2.Client) -> None:
    for path in ("/mcp", "/tools/call"):
        for content in (b" " * 1_000_001, (b" " * 600_000 for _ in range(2))):
            answer = api.post(path, content=content, headers={"content-type": "application/json"})
            assert answer.status_code == 413
            assert answer.json()["status"] == 413
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}).encode()
    assert result(api.post("/mcp", content=body.ljust(1_000_000))) == {}


def test_a_body_that_is_announced_as_too_long_is_not_waited_for(api: httpx2.Client) -> None:
    head = "POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: 1000001\r\n\r\n"
    with socket.create_connection((api.base_url.host, api.base_url.port or 80), timeout=5) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_only_pages_of_allowed_origins_are_answered(made_up) -> None:
    app = create_app(replace(settings_for(made_up.folder), allowed_origins=("https://registry.example.org",)))
    with serving(app) as client:
        for origin, status in (("https://registry.example.org", 200), ("https://evil.example", 403), ("null", 403)):
            body, headers = message("modern", "tools/list")
            assert client.post("/mcp", json=body, headers={**headers, "origin": origin}).status_code == status
        assert send(client, "modern", "tools/list").status_code == 200


@pytest.mark.parametrize("era", ERAS)
def test_without_an_index_it_lists_but_calls_are_503(tmp_path, era: Era) -> None:
    with serving(create_app(Settings(index_uri=str(tmp_path / "none"), encoder_folder=tmp_path))) as client:
        assert len(result(send(client, era, "tools/list"))["tools"]) == len(ARGUMENTS)
        for name, arguments in ARGUMENTS.items():
            answer = send(client, era, "tools/call", {"name": name, "arguments": arguments})
            assert "no readable index" in refused(answer, -32603, 503)["error"]["message"]


def test_an_index_that_was_damaged_and_mended_answers_again(made_up, tmp_path) -> None:
    folder = copy_index(made_up.folder, tmp_path / "index")
    asked = {"name": "get_codebundle_details", "arguments": {"slug": "k8s-pod-restarts"}}
    with serving(create_app(settings_for(folder))) as client:
        assert result(send(client, "modern", "tools/list"))
        assert result(send(client, "modern", "tools/call", {**asked, "name": "list_codebundles", "arguments": {}}))
        shutil.move(folder / "bundles.lance", tmp_path / "away")
        refused(send(client, "modern", "tools/call", asked), -32603, 503)
        # Of an index that was open all the time, the files would still be those.
        refused(send(client, "modern", "tools/call", {"name": "list_codecollections"}), -32603, 503)
        shutil.move(tmp_path / "away", folder / "bundles.lance")
        assert result(send(client, "modern", "tools/call", asked))["isError"] is False


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()), inner, max_size=3),
    max_leaves=8,
)
METHODS = st.sampled_from(["initialize", "ping", "notifications/x", *METHODS_OF[True]]) | st.text(max_size=5)
URIS = st.sampled_from(["codebundle://", "codecollection://", ""]).flatmap(
    lambda head: st.text(max_size=9).map(head.__add__)
)
PARAMS = JSON | st.fixed_dictionaries(
    {"name": st.sampled_from([*ARGUMENTS, "troubleshoot"]) | JSON, "uri": JSON | URIS},
    optional={
        "arguments": JSON
        | st.fixed_dictionaries(
            {},
            optional=dict.fromkeys(
                [
                    "query",
                    "slug",
                    "tags",
                    "cursor",
                    "problem",
                    "platform",
                    "tasks",
                    "max_results",
                    "search_term",
                    "x\ud800",
                ],
                JSON,
            ),
        ),
        "_meta": JSON | st.fixed_dictionaries({f"{META}protocolVersion": JSON}),
        "cursor": JSON,
        "protocolVersion": JSON,
    },
)
MESSAGE = st.fixed_dictionaries({"jsonrpc": st.just("2.0"), "method": METHODS, "params": PARAMS}, optional={"id": JSON})


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=JSON | MESSAGE, era=st.sampled_from(ERAS), honest=st.booleans())
def test_any_json_gets_an_answer_of_the_protocol(api: httpx2.Client, body: Any, era: Era, honest: bool) -> None:
    _, headers = message(era, "tools/call", {"name": "find_codebundle"})
    if honest and era == "modern" and isinstance(body, dict) and isinstance(body.get("params"), dict):
        body["params"]["_meta"] = message(era, "tools/call")[0]["params"]["_meta"]
    answer = api.post("/mcp", content=json.dumps(body), headers=headers)
    assert answer.status_code in {200, 202, 400, 404}, answer.text
    if answer.status_code != 202:
        found = answer.json()
        assert ("result" in found) != ("error" in found)
        assert found["jsonrpc"] == "2.0"
        if "id" in found:
            assert found["id"] == body["id"]


# The official client


@pytest.mark.parametrize("mode", MODES)
def test_the_official_client_can_use_everything(api: httpx2.Client, mode: str) -> None:
    use_everything(f"{api.base_url}/mcp".replace("//mcp", "/mcp"), mode)


@pytest.mark.parametrize("era", ERAS)
def test_an_error_that_nobody_foresaw_is_an_internal_one(
    api: httpx2.Client, era: Era, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(METHODS_OF[era == "modern"], "tools/list", lambda params, service: 1 / 0)
    body = refused(send(api, era, "tools/list"), -32603, 500)
    assert "division" not in body["error"]["message"]
    assert "ZeroDivisionError" in caplog.text
