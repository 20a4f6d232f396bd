"""Texts in an array: their UTF-8 bytes one after the other, and where each begins. Each is decoded when it is read."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, overload
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]
"""Arrays by name; those of one kind of thing begin alike: `id.starts`, `id.text`."""


class Strings(Sequence[str]):
    """Texts, of which number i has the bytes from starts[i] up to starts[i + 1]."""

    def __init__(self, starts: NDArray[np.int64], text: NDArray[np.uint8]) -> None:
        # Of these, numbers are read one by one in a third of the time that an array takes.
        self._starts = starts.data
        self._text = text.data

    @classmethod
    def of(cls, arrays: Arrays, name: str) -> "Strings":
        """Return the texts of this name."""
        return cls(arrays[f"{name}.starts"], arrays[f"{name}.text"])

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        return str(self.utf8(place), "utf-8")

    def __iter__(self) -> Iterator[str]:
        text, starts = self._text.tobytes(), self._starts.tolist()
        return (text[start:end].decode() for start, end in pairwise(starts))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    # Equal texts are equal, whatever they lie in.
    __hash__ = None  # type: ignore[assignment]

    def utf8(self, place: int) -> memoryview:
        """Return the bytes of a text. Raises IndexError: there are not so many."""
        size = len(self)
        if not -size <= place < size:
            raise IndexError(place)
        place %= size
        return self._text[self._starts[place] : self._starts[place + 1]]


class Keys(Strings):
    """Different texts, each of which is found by its hash: `hashes` are those of all, sorted, and `rows` whose they
    are.
    """

    def __init__(self, arrays: Arrays, name: str) -> None:
        super().__init__(arrays[f"{name}.starts"], arrays[f"{name}.text"])
        self._hashes, self._rows = arrays[f"{name}.hashes"].data, arrays[f"{name}.rows"].data

    def find(self, text: str) -> int | None:
        """Return the place of a text, None where it is none of these."""
        wanted = _utf8(text)
        hashed = crc32(wanted)
        place = bisect_left(self._hashes, hashed)
        while place < len(self._hashes) and self._hashes[place] == hashed:
            row: int = self._rows[place]
            if self._text[self._starts[row] : self._starts[row + 1]] == wanted:
                return row
            place += 1
        return None


def _utf8(text: str) -> bytes:
    # A lone surrogate, which JSON can hold, is in no text here.
    return text.encode(errors="surrogatepass")


def string_arrays(name: str, texts: Iterable[str]) -> dict[str, NDArray[Any]]:
    """Return the arrays from which Strings.of reads these texts."""
    encoded = [text.encode() for text in texts]
    starts = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(text) for text in encoded], out=starts[1:])
    return {f"{name}.starts": starts, f"{name}.text": np.frombuffer(b"".join(encoded), np.uint8)}


def key_arrays(name: str, texts: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Return the arrays from which Keys reads these texts."""
    hashes = np.array([crc32(_utf8(text)) for text in texts], np.uint32)
    rows = np.argsort(hashes, kind="stable").astype(np.int32)
    return {**string_arrays(name, texts), f"{name}.hashes": hashes[rows], f"{name}.rows": rows}


class Numbers(Mapping[str, int]):
    """A number for each of some texts: its place, or that of `numbers` there."""

    def __init__(self, texts: Keys, numbers: NDArray[np.int32] | None = None) -> None:
        self._texts = texts
        self._numbers = numbers

    def __getitem__(self, text: str) -> int:
        place = self._texts.find(text)
        if place is None:
            raise KeyError(text)
        return place if self._numbers is None else int(self._numbers[place])

    def __contains__(self, text: object) -> bool:
        return isinstance(text, str) and self._texts.find(text) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


class Places(NamedTuple):
    """Positions by text: those of texts[i] are positions[starts[i]] up to positions[starts[i + 1]], in order."""

    texts: Keys
    starts: NDArray[np.int64]
    positions: NDArray[np.int32]

    @classmethod
    def of(cls, arrays: Arrays, name: str) -> "Places":
        """Return the positions of this name."""
        return cls(Keys(arrays, name), arrays[f"{name}.first"], arrays[f"{name}.positions"])

    def at(self, text: str) -> NDArray[np.int32]:
        """Return the positions of a text, none where it is unknown."""
        place = self.texts.find(text)
        return self.positions[:0] if place is None else self.positions[self.starts[place] : self.starts[place + 1]]


def place_arrays(name: str, found: Mapping[str, Sequence[int]]) -> dict[str, NDArray[Any]]:
    """Return the arrays from which Places.of reads these positions by text."""
    texts = sorted(found)
    first = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(found[text]) for text in texts], out=first[1:])
    positions = np.array([position for text in texts for position in found[text]], np.int32)
    return {**key_arrays(name, texts), f"{name}.first": first, f"{name}.positions": positions}
