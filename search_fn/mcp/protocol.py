"""The Model Context Protocol, message by message: one in, at most one out, no session.

Of 2025-03-26 alone several at once: a batch, answered as one.

Two eras at one address. From 2026-07-28 on each request says its version in `_meta`, and over HTTP headers repeat what
it is; before, a handshake (`initialize`) agrees on one, which nothing here has to remember.
"""

import base64
import binascii
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from search_fn.index.facts import IndexUnavailable
from search_fn.mcp.methods import HOLDS, LEGACY, METHODS, MODERN, SERVER, server_facts
from search_fn.mcp.resources import NoSuchResource
from search_fn.tools.arguments import ToolError
from search_fn.tools.registry import TOOLS, Service

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, INTERNAL_ERROR = -32700, -32600, -32601, -32602, -32603
RESOURCE_NOT_FOUND, HEADER_MISMATCH, UNSUPPORTED_VERSION = -32002, -32020, -32022
VERSION_HEADER, METHOD_HEADER, NAME_HEADER = "mcp-protocol-version", "mcp-method", "mcp-name"
HEADERS = (VERSION_HEADER, METHOD_HEADER, NAME_HEADER)
BATCHES = "2025-03-26"
"""The version whose servers take batches: before it nobody had them, after it nobody has them again."""
MOST_MESSAGES, MOST_CHARACTERS = 50, 1_000_000
"""Of a batch: its messages, and of its answers those after which the rest are to be asked for alone."""

_log = logging.getLogger(__name__)
_META = "io.modelcontextprotocol/"
_STATUS = {METHOD_NOT_FOUND: 404, INTERNAL_ERROR: 503}
# What the header Mcp-Name repeats of a request.
_NAMES = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}


Message = dict[str, Any]
Batch = list[Any]


class Reply(NamedTuple):
    """An answer and its HTTP status; without a body where the message wants none, a list for a batch."""

    status: int
    body: dict[str, Any] | list[dict[str, Any]] | None = None


class _Refused(Exception):
    def __init__(self, code: int, message: str, data: Any = None, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.status = status or _STATUS.get(code, 400)
        self.error = {"code": code, "message": message} | ({} if data is None else {"data": data})


def reply(raw: bytes, headers: Mapping[str, str | None], service: Service, agreed: str = "") -> Reply:
    """Answer what was sent; never raises for anything, as `read` and `answer` never do. `agreed` is the version of the
    handshake, where the message did not come over HTTP.
    """
    message = read(raw, headers[VERSION_HEADER] if headers else agreed)
    return message if isinstance(message, Reply) else answer(message, headers, service)


def read(raw: bytes, version: str | None) -> Message | Batch | Reply:
    """Return a message that can be answered, or a batch of them where the caller's version has such, each of which is
    looked at when it is answered; or else the reply that says why not. None is the version of a caller over HTTP who
    names none: those of 2025-03-26 do not yet.
    """
    try:
        message = _parsed(raw)
        if not isinstance(message, list):
            return _checked(message)
        if version not in (None, BATCHES):
            raise _Refused(INVALID_REQUEST, f"Send one message a request: only protocol {BATCHES} has batches.")
        if not 0 < len(message) <= MOST_MESSAGES:
            raise _Refused(INVALID_REQUEST, f"A batch is to have 1 to {MOST_MESSAGES} messages.")
        return message
    except _Refused as refused:
        return Reply(400, {"jsonrpc": "2.0", "error": refused.error})


def waits(message: Message | Batch) -> bool:
    """Return whether the answer waits for somebody else, so that nobody may wait for it in turn."""
    if isinstance(message, list):
        return any(isinstance(one, dict) and waits(one) for one in message)
    params = message.get("params")
    name = params.get("name") if message.get("method") == "tools/call" and isinstance(params, dict) else None
    tool = TOOLS.get(name) if isinstance(name, str) else None
    return tool is not None and tool.waits


def answer(message: Message | Batch, headers: Mapping[str, str | None], service: Service) -> Reply:
    """Answer what was read; never raises. `headers` has a value for each of HEADERS, all of its values where it came
    more than once; nothing where the message did not come over HTTP.
    """
    return _answer_all(message, headers, service) if isinstance(message, list) else _answer(message, headers, service)


def _answer_all(messages: Batch, headers: Mapping[str, str | None], service: Service) -> Reply:
    answers: list[dict[str, Any]] = []
    characters = 0
    for each in messages:
        envelope: dict[str, Any] = {"jsonrpc": "2.0"}
        try:
            message = _checked(each)
            if "id" in message:
                envelope["id"] = message["id"]
            if message["method"] == "initialize":
                raise _Refused(INVALID_REQUEST, "initialize is to be sent alone.")
            if characters > MOST_CHARACTERS:
                raise _Refused(INVALID_REQUEST, "The answers to this batch are too long: send this message alone.")
            body = _answer(message, headers, service).body
        except _Refused as refused:
            body = {**envelope, "error": refused.error}
        if isinstance(body, dict):
            characters += len(as_json(body))
            answers.append(body)
    return Reply(200, answers) if answers else Reply(202)


def _answer(message: Message, headers: Mapping[str, str | None], service: Service) -> Reply:
    if "id" not in message:
        return Reply(202)
    envelope, method, modern = {"jsonrpc": "2.0", "id": message["id"]}, message["method"], False
    try:
        params = message.get("params", {})
        if not isinstance(params, dict):
            raise _Refused(INVALID_PARAMS, "params is to be an object.")
        modern = _is_modern(params, headers)
        if modern:
            _check_envelope(method, params, headers)
        result = _result(method, params, service, modern)
    except _Refused as refused:
        # Clients of the handshake's era take a status for the end of their session.
        told = modern or refused.code in (INTERNAL_ERROR, UNSUPPORTED_VERSION)
        return Reply(refused.status if told else 200, {**envelope, "error": refused.error})
    if modern:
        # Once is enough of what is longer than a name.
        server = server_facts(service.root) if method == "server/discover" else SERVER
        result = {"resultType": "complete", **result, **HOLDS.get(method, {}), "_meta": {f"{_META}serverInfo": server}}
    return Reply(200, {**envelope, "result": result})


def as_json(body: Mapping[str, Any] | Batch) -> str:
    """A reply's body as one line: escaped, so that halves of surrogate pairs in an id come back as they came."""
    return json.dumps(body, separators=(",", ":"))


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw, parse_constant=_no_json)
    except (ValueError, RecursionError):
        raise _Refused(PARSE_ERROR, "The message is not JSON.") from None


def _checked(message: Any) -> Message:
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0" or not isinstance(message.get("method"), str):
        raise _Refused(INVALID_REQUEST, 'A message is an object with "jsonrpc": "2.0" and a method.')
    # bool is an int to Python.
    if "id" in message and (isinstance(message["id"], bool) or not isinstance(message["id"], str | int)):
        raise _Refused(INVALID_REQUEST, "id is to be a string or an integer.")
    return message


def _no_json(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _result(method: str, params: Mapping[str, Any], service: Service, modern: bool) -> dict[str, Any]:
    if method not in METHODS[modern]:
        raise _Refused(METHOD_NOT_FOUND, "There is no such method.")
    try:
        return METHODS[modern][method](params, service)
    except ToolError as error:
        raise _Refused(INVALID_PARAMS, str(error)) from None
    except NoSuchResource as error:
        raise _Refused(INVALID_PARAMS if modern else RESOURCE_NOT_FOUND, str(error), {"uri": error.uri}) from None
    except IndexUnavailable as error:
        service.index.doubt()
        raise _Refused(INTERNAL_ERROR, str(error)) from None
    except Exception as error:
        # Whatever it is, the next message is to be answered too.
        _log.exception("An MCP message could not be answered.")
        raise _Refused(
            INTERNAL_ERROR, "The server failed at this message; its log has the reason.", None, 500
        ) from error


def _is_modern(params: Mapping[str, Any], headers: Mapping[str, str | None]) -> bool:
    meta = params.get("_meta", {})
    if not isinstance(meta, dict):
        raise _Refused(INVALID_PARAMS, "params._meta is to be an object.")
    if f"{_META}protocolVersion" in meta:
        return True
    said = headers.get(VERSION_HEADER)
    if said is not None and said not in (*LEGACY, *MODERN):
        raise _unsupported(said, [*MODERN, *reversed(LEGACY)])
    return said in MODERN


def _check_envelope(method: str, params: Mapping[str, Any], headers: Mapping[str, str | None]) -> None:
    """What 2026-07-28 wants of each request, in the order in which its servers check it."""
    meta = params.get("_meta", {})
    for key in ("protocolVersion", "clientCapabilities"):
        if f"{_META}{key}" not in meta:
            raise _Refused(INVALID_PARAMS, f"params._meta lacks {_META}{key}.")
    version = meta[f"{_META}protocolVersion"]
    if headers:
        said = [(VERSION_HEADER, headers[VERSION_HEADER], version), (METHOD_HEADER, headers[METHOD_HEADER], method)]
        if method in _NAMES:
            said.append((NAME_HEADER, _decoded(headers[NAME_HEADER]), params.get(_NAMES[method])))
        for header, value, wanted in said:
            if value is None or value != wanted:
                raise _Refused(HEADER_MISMATCH, f"The header {header} does not say what the body says.")
    if not isinstance(version, str):
        raise _Refused(INVALID_PARAMS, f"{_META}protocolVersion is to be a string.")
    if version not in MODERN:
        raise _unsupported(version, MODERN)
    if not isinstance(meta[f"{_META}clientCapabilities"], dict):
        raise _Refused(INVALID_PARAMS, f"{_META}clientCapabilities is to be an object.")


def _unsupported(version: str, supported: Sequence[str]) -> _Refused:
    """`supported` are those that a request such as this may say: with `_meta` that server/discover names, as the
    conformance suite wants it. `handshake` are all others.
    """
    every = ", ".join([*MODERN, *reversed(LEGACY)])
    said = f"Unsupported protocol version: there are {every}, of which those before {MODERN[-1]} begin with initialize."
    others = list(reversed(LEGACY))
    return _Refused(UNSUPPORTED_VERSION, said, {"supported": supported, "handshake": others, "requested": version})


def _decoded(value: str | None) -> str | None:
    """A header's value; one that ASCII cannot say comes as base64 between `=?base64?` and `?=`."""
    if value is None or not (value.startswith("=?base64?") and value.endswith("?=")):
        return value
    try:
        return base64.b64decode(value[9:-2], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
