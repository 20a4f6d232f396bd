"""Lambda on loopback: the Runtime API that Lambda offers to a function, and the events that reach one over HTTP.

The function runs in a process of its own under awslambdaric, the client that Lambda's images run, so that start,
event, answer and error take the path that they take there.
"""

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Literal, NamedTuple, Self
from urllib.parse import quote_plus, urlencode

from tests.support.memory import resident_mb

Event = dict[str, Any]

_HOST = "example.lambda-url.eu-west-1.on.aws"
_MEMORY = "1769"  # Megabytes; from here on Lambda gives a whole processor.
_LOG_SHOWN = 4_000


class RuntimeFailureError(Exception):
    """The function's process ended or did not answer in time; the message has what it printed."""


class Answer(NamedTuple):
    """What the function posted: its response, or the error that its handler raised."""

    kind: Literal["response", "error"]
    body: Any
    milliseconds: float


class LambdaRuntime:
    """A running function. `root` is its folder, `command` what starts Python; `env` joins Lambda's own variables."""

    def __init__(
        self,
        root: Path,
        env: Mapping[str, str] | None = None,
        *,
        command: Sequence[str] = (sys.executable,),
        handler: str = "search_fn.handler.handler",
        timeout: float = 60.0,
    ) -> None:
        self._root = root
        self._env = env or {}
        self._command = [*command, "-m", "awslambdaric", handler]
        self._timeout = timeout
        self._requests = 0

    def __enter__(self) -> Self:
        self._server = _Server()
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        # A file: nobody reads a pipe while the function runs, and a full one would stop it.
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            self._command,
            cwd=self._root,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._server.stop()
        self._thread.join()
        self._log.close()

    def invoke(self, event: Event) -> Answer:
        """Hand the function an event and wait for what it posts.

        Raises:
            RuntimeFailureError: its process has ended, or it did not answer in time.
        """
        self._requests += 1
        request_id = f"request-{self._requests}"
        start = time.perf_counter()
        self._server.events.put((request_id, json.dumps(event).encode()))
        while True:
            try:
                posted = self._server.posts.get(timeout=0.1)
            except queue.Empty:
                status = self._process.poll()
                if status is not None:
                    raise RuntimeFailureError(f"The function ended with status {status}.\n{self.log()}") from None
                if time.perf_counter() - start > self._timeout:
                    raise RuntimeFailureError(f"No answer in {self._timeout:g} seconds.\n{self.log()}") from None
                continue
            # An answer that came too late for the invocation before this one is nobody's.
            if posted.request_id == request_id:
                return Answer(posted.kind, json.loads(posted.body), (posted.moment - start) * 1000)

    def resident_mb(self) -> float:
        """Return the memory that the function's process holds at the moment."""
        if Path("/proc/self/statm").exists():
            return resident_mb(self._process.pid)
        ps = ["ps", "-o", "rss=", "-p", str(self._process.pid)]
        return int(subprocess.run(ps, capture_output=True, check=True).stdout) * 1024 / 1e6

    def log(self) -> str:
        """Return the end of what the function printed."""
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), _LOG_SHOWN, max(size - _LOG_SHOWN, 0)).decode(errors="replace")

    def _environment(self) -> dict[str, str]:
        return {
            # Nothing else of the caller's: no PYTHONPATH, no settings of the registry.
            "PATH": os.environ.get("PATH", os.defpath),
            # Which kernels OpenBLAS takes decides a vector's last bits: the same here as in the test's own process.
            **{name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")},
            "LANG": "C.UTF-8",
            "TZ": ":UTC",
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_address[1]}",
            "AWS_LAMBDA_FUNCTION_NAME": "search",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": _MEMORY,
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/search",
            "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
            "AWS_REGION": "eu-west-1",
            "LAMBDA_TASK_ROOT": str(self._root),
            **self._env,
        }


class _Post(NamedTuple):
    request_id: str
    kind: Literal["response", "error"]
    body: bytes
    moment: float


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Requests)
        self.events: queue.Queue[tuple[str, bytes] | None] = queue.Queue()
        self.posts: queue.Queue[_Post] = queue.Queue()

    def stop(self) -> None:
        # A thread may still wait for an event to hand out.
        self.events.put(None)
        self.shutdown()
        self.server_close()


class _Requests(BaseHTTPRequestHandler):
    """https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html, as much of it as there is for one instance."""

    server: _Server
    protocol_version = "HTTP/1.1"
    # Without these two, an answer of several small packets waits 40 ms for an acknowledgement.
    wbufsize = 1 << 16
    disable_nagle_algorithm = True

    def handle(self) -> None:
        # A function that is stopped may reset its connections.
        with contextlib.suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        if not self.path.endswith("/runtime/invocation/next"):
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        given = self.server.events.get()
        if given is None:
            self.close_connection = True
            return
        request_id, event = given
        self.send_response(HTTPStatus.OK)
        self.send_header("Lambda-Runtime-Aws-Request-Id", request_id)
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + 30) * 1000)))
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:123456789012:function:search")
        self.send_header("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(event)))
        self.end_headers()
        self.wfile.write(event)

    def do_POST(self) -> None:
        body = self._body()
        *_, resource, request_id, kind = self.path.split("/")
        if resource == "invocation":
            self.server.posts.put(
                _Post(request_id, "error" if kind == "error" else "response", body, time.perf_counter())
            )
        # The other one is /runtime/init/error, after which the function ends; it has printed what it says there.
        self.send_response(HTTPStatus.ACCEPTED)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def function_url(
    path: str,
    query: Mapping[str, str] | None = None,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: str | None = None,
) -> Event:
    """Return a request to a Function URL or an HTTP API: payload format 2.0."""
    event: Event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": urlencode(query or {}),
        "headers": {"host": _HOST, "x-forwarded-proto": "https", **(headers or {})},
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "example",
            "domainName": _HOST,
            "domainPrefix": "example",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "test",
            },
            "requestId": "00000000-0000-0000-0000-000000000000",
            "routeKey": "$default",
            "stage": "$default",
            "time": "01/Jan/2030:00:00:00 +0000",
            "timeEpoch": 1893456000000,
        },
        "isBase64Encoded": False,
    }
    return event if body is None else {**event, "body": body}


def rest_api(
    path: str,
    query: Mapping[str, str] | None = None,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: str | None = None,
) -> Event:
    """Return a request to a REST API: payload format 1.0, whose parameters come decoded."""
    sent = {"Host": "example.execute-api.eu-west-1.amazonaws.com", "X-Forwarded-Proto": "https", **(headers or {})}
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": dict(query) if query else None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} if query else None,
        "pathParameters": {"proxy": path.lstrip("/")},
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "example",
            "httpMethod": method,
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "test"},
            "path": f"/prod{path}",
            "protocol": "HTTP/1.1",
            "requestId": "00000000-0000-0000-0000-000000000000",
            "resourcePath": "/{proxy+}",
            "stage": "prod",
        },
        "body": body,
        "isBase64Encoded": False,
    }


def load_balancer(
    path: str,
    query: Mapping[str, str] | None = None,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: str | None = None,
) -> Event:
    """Return a request through an Application Load Balancer, which leaves parameters encoded as they came."""
    group = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/search/0123456789abcdef"
    return {
        "requestContext": {"elb": {"targetGroupArn": group}},
        "httpMethod": method,
        "path": path,
        "queryStringParameters": {name: quote_plus(value) for name, value in (query or {}).items()},
        "headers": {
            "host": "search.example.org",
            "x-forwarded-for": "192.0.2.1",
            "x-forwarded-proto": "https",
            **(headers or {}),
        },
        "body": body or "",
        "isBase64Encoded": False,
    }
