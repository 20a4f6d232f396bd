"""Answers that are remembered whole, since much is asked again: an index has its own, which go with it."""

import zlib
from collections import OrderedDict

MAX_MEMORY = 4_000_000
"""Bytes that the answers of one index take: some 1,400 of a search, each a sixth of its length."""
LONGEST = 65_536
"""Bytes up to which an answer is remembered: one of two hundred results would take the place of twenty others."""
# Bytes that an entry takes beside what is in it: two objects and a place in the dictionary.
_ENTRY = 300
# The fastest. Raw, without a header and a checksum.
_LEVEL, _RAW = 1, -15


class Answers:
    """The bodies of answers by what was asked for; what was asked for least lately is forgotten first.

    Not to be shared between threads.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._like = b""
        self.memory = 0

    def get(self, asked: bytes) -> bytes | None:
        """Return the body that was remembered, None where there is none."""
        packed = self._kept.get(asked)
        if packed is None:
            return None
        self._kept.move_to_end(asked)
        return zlib.decompressobj(_RAW, self._like).decompress(packed)

    def add(self, asked: bytes, body: bytes) -> None:
        """Remember a body, unless it is a long one."""
        if len(asked) + len(body) > LONGEST or asked in self._kept:
            return
        # Answers are much alike: with the first one as its dictionary, another takes a third less.
        self._like = self._like or body
        packing = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW, zdict=self._like)
        packed = packing.compress(body) + packing.flush()
        self._kept[asked] = packed
        self.memory += _memory(asked, packed)
        while self.memory > MAX_MEMORY:
            self.memory -= _memory(*self._kept.popitem(last=False))


def _memory(asked: bytes, packed: bytes) -> int:
    return len(asked) + len(packed) + _ENTRY
