"""An application over real HTTP on loopback."""

import gc
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import httpx2
import uvicorn
from fastapi import FastAPI
from fastapi.dependencies import models


@contextmanager
def serving(app: FastAPI) -> Iterator[httpx2.Client]:
    """Serve `app` in a thread, and yield a client of it."""
    _let_go_of_earlier_applications()
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    # With the protocol spelt out: asyncio asks for it before it turns off the delay of small packets, some 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            deadline = time.monotonic() + 10
            while not server.started:
                assert thread.is_alive(), "the server has ended"
                assert time.monotonic() < deadline, "the server did not start"
                time.sleep(0.01)
            with httpx2.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=30) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(10)


def _let_go_of_earlier_applications() -> None:
    """Free what applications before held open: an index of 140 MB each. FastAPI remembers the functions of all routes
    that it ever had, and these their application.
    """
    for result in vars(models).values():
        if hasattr(result, "cache_clear"):
            result.cache_clear()
    gc.collect()
