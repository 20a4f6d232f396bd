"""The function as a server of its own, for a container: `python -m search_fn.server --host 0.0.0.0 --port 8080`.

uvicorn waits without limit for the rest of a request, and for a client that does not read its answer. Here both have a
deadline, and the numbers of connections and requests under way, and the size of headers, have a limit.
"""

import argparse
import asyncio
import gc
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from search_fn.http.errors import problem
from search_fn.http.workers import Workers
from search_fn.index.current import CurrentIndex
from search_fn.index.facts import IndexUnavailableError
from search_fn.settings import GARBAGE

# Seconds from the connection or the first byte of a request to its last byte; seconds for the client to read an answer.
REQUEST_SECONDS, ANSWER_SECONDS = 10.0, 60.0
CONNECTIONS = 1_000
# Bytes of a request's line and headers; a query of 2,000 characters takes 24,000 at most.
_HEAD = 32_768
# Bytes that asyncio reads at once, 256 KB by default: so much of each body is in memory before it is asked for.
_READ = 16_384
# Seconds for requests under way at a stop.
_STOP_SECONDS = 20


class Protocol(H11Protocol):
    """A connection whose requests and answers have a deadline."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._most = self.config.limit_concurrency
        self._deadline: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.abort()
            return
        transport.max_size = _READ  # type: ignore[attr-defined]
        # pause_writing is then called for any byte that the client does not read at once.
        transport.set_write_buffer_limits(high=0)
        self._deadline = self.loop.call_later(REQUEST_SECONDS, self._end_request)

    def data_received(self, data: bytes) -> None:
        # uvicorn counts idle connections too, with which one client could keep all others from being answered. Only
        # requests under way are counted here; a limit of 0 then makes uvicorn refuse the next.
        full = self._most is not None and len(self.tasks) >= self._most
        self.limit_concurrency = 0 if full else None
        super().data_received(data)
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._cancel_deadline()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self._end_request)

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_deadline()
        self._cancel_unread()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._cancel_unread()
        self._unread = self.loop.call_later(ANSWER_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._cancel_unread()

    def _cancel_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _cancel_unread(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _end_request(self) -> None:
        self._deadline = None
        if self.transport.is_closing():
            return
        # `cycle` is None before the first request, which uvicorn's types do not say.
        cycle: Any = self.cycle
        answered = cycle is not None and (cycle.response_complete and self.conn.our_state is not h11.IDLE)
        under_way = cycle is not None and cycle.response_started and not cycle.response_complete
        if not answered and not under_way:
            self.transport.write(_TOO_LATE)
        self.transport.close()


def _too_late() -> bytes:
    answer = problem(408, f"A request has to be sent within {REQUEST_SECONDS:.0f} seconds.", {"Connection": "close"})
    head = b"".join(b"%b: %b\r\n" % header for header in answer.raw_headers)
    return b"HTTP/1.1 408 Request Timeout\r\n%b\r\n%b" % (head, bytes(answer.body))


_TOO_LATE = _too_late()


def server_config(application: Any, limit_concurrency: int, **options: Any) -> uvicorn.Config:
    """Return uvicorn's configuration for the application.

    Args:
        application: The ASGI application.
        limit_concurrency: Requests under way at most; more are answered 503.
        options: Further options of uvicorn, such as `host` and `port`.
    """
    return uvicorn.Config(
        application,
        http=Protocol,
        limit_concurrency=limit_concurrency,
        h11_max_incomplete_event_size=_HEAD,
        timeout_graceful_shutdown=_STOP_SECONDS,
        ws="none",
        lifespan="off",
        # The function logs each request itself (search_fn/http/request_log.py).
        access_log=False,
        **options,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until the process is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m search_fn.server", description="Serve the function over HTTP.")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument(
        "--limit-concurrency", type=int, default=200, help="requests of a process at once; more are answered 503"
    )
    parser.add_argument("--workers", type=int, default=1, help="processes, which share what they only read")
    options = parser.parse_args(arguments)
    if options.workers < 1:
        parser.error("--workers is to be 1 or more.")
    # What is imported and opened stays: neither is there garbage in it, nor are its pages to be written to.
    gc.disable()
    # Imported here: the module reads the environment, and `--help` should work without it.
    from search_fn.app import app

    config = server_config(app, options.limit_concurrency, host=options.host, port=options.port)
    if options.workers == 1:
        gc.freeze()
        gc.set_threshold(GARBAGE)
        gc.enable()
        uvicorn.Server(config).run()
    else:
        sys.exit(serve_by(options.workers, config, app.state.index))


def serve_by(workers: int, config: uvicorn.Config, index: CurrentIndex) -> int:
    """Serve by several processes until this one is told to stop, and return the status to end with."""
    config.load()
    listener = config.bind_socket()
    # LanceDB, which reads object storage, has threads, which no fork has: there each process opens the index itself.
    if not index.elsewhere:
        _open(index)
    gc.freeze()
    gc.set_threshold(GARBAGE)

    def serve() -> None:
        gc.enable()
        uvicorn.Server(config).run(sockets=[listener])

    return Workers(workers, serve).run()


def _open(current: CurrentIndex) -> None:
    """Open the index and what a search makes of it, unless there is none yet, or a search would ask a provider."""
    from search_fn.search.ranking import search

    with suppress(IndexUnavailableError):
        index = current()
        if index.manifest.encoder.model is None:
            search(index, "pods keep restarting")


if __name__ == "__main__":
    main()
