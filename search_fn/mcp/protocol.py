"""The Model Context Protocol, message by message: one in, at most one out, no session.

Only version 2025-03-26 has batches: several messages at once, answered as one.

Two eras of the protocol share one address. From 2026-07-28 on each request names its version in `_meta`, and over HTTP
headers repeat method and name; before, a handshake (`initialize`) agrees on a version, which need not be remembered.
"""

import base64
import binascii
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from search_fn.index.facts import IndexUnavailableError
from search_fn.mcp.methods import CACHE_HINTS, LEGACY, METHODS, MODERN, SERVER, server_facts
from search_fn.mcp.resources import ResourceNotFoundError
from search_fn.tools.arguments import ToolError
from search_fn.tools.registry import TOOLS, Service

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, INTERNAL_ERROR = -32700, -32600, -32601, -32602, -32603
RESOURCE_NOT_FOUND, HEADER_MISMATCH, UNSUPPORTED_VERSION = -32002, -32020, -32022
VERSION_HEADER, METHOD_HEADER, NAME_HEADER = "mcp-protocol-version", "mcp-method", "mcp-name"
HEADERS = (VERSION_HEADER, METHOD_HEADER, NAME_HEADER)
BATCHES = "2025-03-26"
"""The only version with batches: the ones before and after have none."""
MOST_MESSAGES, MOST_CHARACTERS = 50, 1_000_000
"""Limits of a batch: its messages, and the characters of answers after which the remaining messages are refused."""

_log = logging.getLogger(__name__)
_META = "io.modelcontextprotocol/"
_STATUS = {METHOD_NOT_FOUND: 404, INTERNAL_ERROR: 503}
# The parameter that the header Mcp-Name repeats, by method.
_NAMES = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}


Message = dict[str, Any]
Batch = list[Any]


class Reply(NamedTuple):
    """An answer and its HTTP status; without a body where the message wants none, a list for a batch."""

    status: int
    body: dict[str, Any] | list[dict[str, Any]] | None = None


class _RequestError(Exception):
    """A request that is answered with an error: its code, message and data, and the HTTP status."""

    def __init__(self, code: int, message: str, data: Any = None, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.status = status or _STATUS.get(code, 400)
        self.error = {"code": code, "message": message} | ({} if data is None else {"data": data})


def reply(raw: bytes, headers: Mapping[str, str | None], service: Service, agreed: str = "") -> Reply:
    """Return the reply to a message; nothing that was sent raises an exception.

    Args:
        raw: The message as it was sent.
        headers: The values of HEADERS; empty where it did not come over HTTP.
        service: What tools read.
        agreed: The version of the handshake, where it did not come over HTTP.
    """
    message = read(raw, headers[VERSION_HEADER] if headers else agreed)
    return message if isinstance(message, Reply) else answer(message, headers, service)


def read(raw: bytes, version: str | None) -> Message | Batch | Reply:
    """Return a valid message, a batch of messages that are validated when they are answered, or the reply that refuses
    what was sent.

    Args:
        raw: The message as it was sent.
        version: The caller's version; None where a request over HTTP names none, as those of 2025-03-26 do not.
    """
    try:
        message = _parse(raw)
        if not isinstance(message, list):
            return _validate(message)
        if version not in (None, BATCHES):
            raise _RequestError(INVALID_REQUEST, f"Send one message a request: only protocol {BATCHES} has batches.")
        if not 0 < len(message) <= MOST_MESSAGES:
            raise _RequestError(INVALID_REQUEST, f"A batch has to have 1 to {MOST_MESSAGES} messages.")
        return message
    except _RequestError as error:
        return Reply(400, {"jsonrpc": "2.0", "error": error.error})


def waits(message: Message | Batch) -> bool:
    """Return whether the answer waits for another server, so that it has to be made in a thread of its own."""
    if isinstance(message, list):
        return any(isinstance(one, dict) and waits(one) for one in message)
    params = message.get("params")
    name = params.get("name") if message.get("method") == "tools/call" and isinstance(params, dict) else None
    tool = TOOLS.get(name) if isinstance(name, str) else None
    return tool is not None and tool.waits


def answer(message: Message | Batch, headers: Mapping[str, str | None], service: Service) -> Reply:
    """Return the reply to what `read` returned; nothing that was sent raises an exception.

    Args:
        message: The message or batch.
        headers: The value of each of HEADERS, all values of one that came more than once joined by commas; empty where
            the message did not come over HTTP.
        service: What tools read.
    """
    return _answer_all(message, headers, service) if isinstance(message, list) else _answer(message, headers, service)


def _answer_all(messages: Batch, headers: Mapping[str, str | None], service: Service) -> Reply:
    answers: list[dict[str, Any]] = []
    characters = 0
    for each in messages:
        envelope: dict[str, Any] = {"jsonrpc": "2.0"}
        try:
            message = _validate(each)
            if "id" in message:
                envelope["id"] = message["id"]
            if message["method"] == "initialize":
                raise _RequestError(INVALID_REQUEST, "initialize has to be sent alone.")
            if characters > MOST_CHARACTERS:
                raise _RequestError(INVALID_REQUEST, "The answers to this batch are too long: send this message alone.")
            body = _answer(message, headers, service).body
        except _RequestError as error:
            body = {**envelope, "error": error.error}
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
            raise _RequestError(INVALID_PARAMS, "params has to be an object.")
        modern = _is_modern(params, headers)
        if modern:
            _check_envelope(method, params, headers)
        result = _result(method, params, service, modern)
    except _RequestError as error:
        # Clients of the handshake's era end their session at an HTTP status other than 200.
        use_http_status = modern or error.code in (INTERNAL_ERROR, UNSUPPORTED_VERSION)
        return Reply(error.status if use_http_status else 200, {**envelope, "error": error.error})
    if modern:
        # The long description of the server is sent by server/discover alone.
        server = server_facts(service.root) if method == "server/discover" else SERVER
        result = {
            "resultType": "complete",
            **result,
            **CACHE_HINTS.get(method, {}),
            "_meta": {f"{_META}serverInfo": server},
        }
    return Reply(200, {**envelope, "result": result})


def as_json(body: Mapping[str, Any] | Batch) -> str:
    """Return a reply's body as one line of ASCII, so that lone surrogates in an id come back as they came."""
    return json.dumps(body, separators=(",", ":"))


def _parse(raw: bytes) -> Any:
    try:
        return json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise _RequestError(PARSE_ERROR, "The message is not JSON.") from None


def _validate(message: Any) -> Message:
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0" or not isinstance(message.get("method"), str):
        raise _RequestError(INVALID_REQUEST, 'A message is an object with "jsonrpc": "2.0" and a method.')
    # bool is a subclass of int in Python, and no id.
    if "id" in message and (isinstance(message["id"], bool) or not isinstance(message["id"], str | int)):
        raise _RequestError(INVALID_REQUEST, "id has to be a string or an integer.")
    return message


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _result(method: str, params: Mapping[str, Any], service: Service, modern: bool) -> dict[str, Any]:
    if method not in METHODS[modern]:
        raise _RequestError(METHOD_NOT_FOUND, "There is no such method.")
    try:
        return METHODS[modern][method](params, service)
    except ToolError as error:
        raise _RequestError(INVALID_PARAMS, str(error)) from None
    except ResourceNotFoundError as error:
        raise _RequestError(INVALID_PARAMS if modern else RESOURCE_NOT_FOUND, str(error), {"uri": error.uri}) from None
    except IndexUnavailableError as error:
        service.index.mark_stale()
        raise _RequestError(INTERNAL_ERROR, str(error)) from None
    except Exception as error:
        # An unexpected error must not end the process, which has further messages to answer.
        _log.exception("An MCP message could not be answered.")
        raise _RequestError(
            INTERNAL_ERROR, "The server failed at this message; its log has the reason.", None, 500
        ) from error


def _is_modern(params: Mapping[str, Any], headers: Mapping[str, str | None]) -> bool:
    meta = params.get("_meta", {})
    if not isinstance(meta, dict):
        raise _RequestError(INVALID_PARAMS, "params._meta has to be an object.")
    if f"{_META}protocolVersion" in meta:
        return True
    version = headers.get(VERSION_HEADER)
    if version is not None and version not in (*LEGACY, *MODERN):
        raise _unsupported(version, [*MODERN, *reversed(LEGACY)])
    return version in MODERN


def _check_envelope(method: str, params: Mapping[str, Any], headers: Mapping[str, str | None]) -> None:
    """Raise _RequestError where a request lacks what 2026-07-28 requires, in the order in which its servers
    check it.
    """
    meta = params.get("_meta", {})
    for key in ("protocolVersion", "clientCapabilities"):
        if f"{_META}{key}" not in meta:
            raise _RequestError(INVALID_PARAMS, f"params._meta lacks {_META}{key}.")
    version = meta[f"{_META}protocolVersion"]
    if headers:
        pairs = [(VERSION_HEADER, headers[VERSION_HEADER], version), (METHOD_HEADER, headers[METHOD_HEADER], method)]
        if method in _NAMES:
            pairs.append((NAME_HEADER, _decode_header(headers[NAME_HEADER]), params.get(_NAMES[method])))
        for header, value, expected in pairs:
            if value is None or value != expected:
                raise _RequestError(HEADER_MISMATCH, f"The header {header} does not say what the body says.")
    if not isinstance(version, str):
        raise _RequestError(INVALID_PARAMS, f"{_META}protocolVersion has to be a string.")
    if version not in MODERN:
        raise _unsupported(version, MODERN)
    if not isinstance(meta[f"{_META}clientCapabilities"], dict):
        raise _RequestError(INVALID_PARAMS, f"{_META}clientCapabilities has to be an object.")


def _unsupported(version: str, supported: Sequence[str]) -> _RequestError:
    """Return the error of an unknown version. Its data has the `supported` versions that a request of this kind may
    name (with `_meta` those of server/discover, as the conformance suite has it), and under `handshake` all others.
    """
    every = ", ".join([*MODERN, *reversed(LEGACY)])
    text = f"Unsupported protocol version: there are {every}, of which those before {MODERN[-1]} begin with initialize."
    others = list(reversed(LEGACY))
    return _RequestError(UNSUPPORTED_VERSION, text, {"supported": supported, "handshake": others, "requested": version})


def _decode_header(value: str | None) -> str | None:
    """Return a header's value; one that is not ASCII is sent as base64 between `=?base64?` and `?=`. None where that
    cannot be decoded.
    """
    if value is None or not (value.startswith("=?base64?") and value.endswith("?=")):
        return value
    try:
        return base64.b64decode(value[9:-2], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
