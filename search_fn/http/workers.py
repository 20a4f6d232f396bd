"""Several processes that answer on one socket, forked from one that has imported and opened what they need: what they
only read of it is in memory once.
"""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

# Seconds. What ends sooner would do so again: then all end, and whoever runs the container tells its log.
_SOON = 1.0
_STOPS = (signal.SIGINT, signal.SIGTERM)


class Workers:
    """Processes that each run `serve`, which returns once its process gets SIGTERM.

    One that ends is replaced. SIGTERM and SIGINT go on to all of them.
    """

    def __init__(self, number: int, serve: Callable[[], None]) -> None:
        self._number = number
        self._serve = serve
        self._started: dict[int, float] = {}
        self._stopping = False
        self._status = 0

    def run(self) -> int:
        """Return the status to end with, once all processes have ended: 0 where they were told to, else that of one
        that ended as soon as it had started.
        """
        for number in _STOPS:
            signal.signal(number, self._stop)
        while self._started or not self._stopping:
            while len(self._started) < self._number and not self._stopping:
                self._start()
            process, status = os.wait()
            lived = time.monotonic() - self._started.pop(process)
            if not self._stopping:
                code = os.waitstatus_to_exitcode(status)
                # One write, so that lines of several processes do not mix.
                sys.stderr.write(f"Process {process} ended with status {code}.\n")
                if lived < _SOON:
                    self._status = code if code > 0 else 1
                    self._stop()
        return self._status

    def _start(self) -> None:
        # A signal that came in between would get to a process that nobody has noted, or that takes itself for this one.
        with _held_back():
            process = os.fork()
            if not process:
                for number in _STOPS:
                    signal.signal(number, signal.SIG_DFL)
            else:
                self._started[process] = time.monotonic()
        if not process:
            # Without what this process has to do at its end, such as that of a test.
            os._exit(_status_of(self._serve))

    def _stop(self, number: int = 0, frame: FrameType | None = None) -> None:
        self._stopping = True
        for process in self._started:
            os.kill(process, signal.SIGTERM)


@contextmanager
def _held_back() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _status_of(serve: Callable[[], None]) -> int:
    """Run `serve`, and return the status with which the process would end."""
    status = 1
    try:
        serve()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    return status
