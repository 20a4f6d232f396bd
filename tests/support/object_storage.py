"""Object storage on loopback: moto's S3 server, a process of its own."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

import httpx2
import pytest


@dataclass
class ObjectStorage:
    """A server with a bucket."""

    address: str
    process: subprocess.Popen[str]
    log: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def bucket(self) -> str:
        # LanceDB may know what it had at an address: each server has its own.
        return f"bucket-{self.address.rpartition(':')[2]}"

    def place(self) -> str:
        """Return an address where nothing is."""
        return f"s3://{self.bucket}/index-{next(self._numbers)}"

    def requests(self) -> list[str]:
        """Return what it was asked so far, such as `GET /bucket/key HTTP/1.1`."""
        mark = f"mark-{next(self._numbers)}"
        httpx2.get(f"{self.address}/{self.bucket}/{mark}")
        deadline = time.monotonic() + 10
        while not any(mark in line for line in self.log):
            assert time.monotonic() < deadline, "the server's log has ended"
            time.sleep(0.01)
        return [line for line in self.log if "/mark-" not in line]

    def keys(self, uri: str) -> set[str]:
        """Return what is stored below an address."""
        prefix = uri.removeprefix(f"s3://{self.bucket}/") + "/"
        answer = httpx2.get(f"{self.address}/{self.bucket}", params={"list-type": "2", "prefix": prefix})
        return {key.removeprefix(prefix) for key in re.findall("<Key>([^<]+)</Key>", answer.text)}

    def put(self, uri: str, key: str, content: bytes) -> None:
        self._ask("PUT", uri, key, content)

    def delete(self, uri: str, key: str) -> None:
        self._ask("DELETE", uri, key)

    def fall_silent(self) -> None:
        """Take connections and answer none."""
        self.process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Refuse connections."""
        self.process.kill()
        self.process.wait(10)

    def _ask(self, method: str, uri: str, key: str, content: bytes | None = None) -> None:
        # Of other types than this, moto's server tries to read fields; who has any key may do all.
        headers = {"Content-Type": "application/octet-stream", "Authorization": "AWS made-up:made-up"}
        url = f"{self.address}/{uri.removeprefix('s3://')}/{key}"
        httpx2.request(method, url, content=content, headers=headers).raise_for_status()


@contextmanager
def object_storage() -> Iterator[ObjectStorage]:
    """Start a server."""
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8") as process:
        storage = ObjectStorage("", process)
        reader = threading.Thread(target=_read_log, args=[storage], daemon=True)
        reader.start()
        try:
            deadline = time.monotonic() + 300
            while not storage.address:
                assert process.poll() is None, "the server has ended"
                assert time.monotonic() < deadline, "the server did not start"
                time.sleep(0.01)
            # Its first answer imports much, and the machine may be busy.
            httpx2.put(f"{storage.address}/{storage.bucket}", timeout=120).raise_for_status()
            yield storage
        finally:
            process.kill()
            process.wait(10)
            reader.join(10)


def _read_log(storage: ObjectStorage) -> None:
    assert storage.process.stderr is not None
    for line in storage.process.stderr:
        if started := re.search(r"Running on (http://[\d.:]+)", line):
            storage.address = started[1]
        elif request := re.search(r'"([A-Z]+ [^"]+)"', line):
            storage.log.append(request[1])


def environment(address: str) -> dict[str, str]:
    """Return the variables by which LanceDB finds a server at an address."""
    return {
        "AWS_ACCESS_KEY_ID": "made-up",
        "AWS_SECRET_ACCESS_KEY": "made-up",
        "AWS_REGION": "eu-west-1",
        "AWS_ENDPOINT": address,
        "AWS_ALLOW_HTTP": "true",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def use(storage: ObjectStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let LanceDB find this server, as an operator would, by the environment."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in environment(storage.address).items():
        monkeypatch.setenv(name, value)
