"""A parser that does to its process what a bundle's name says."""

import os
import signal
import time

from build.model import Bundle, BundleSource
from build.parse import parse_bundle


def parse(collection: str, source: BundleSource) -> Bundle:
    if source.name == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if source.name == "hangs":
        time.sleep(600)
    if source.name == "eats":
        bytearray(100_000_000_000)
    if source.name == "fails":
        raise KeyError(source.name)
    return parse_bundle(collection, source)
