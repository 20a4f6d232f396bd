"""The sentence encoder all-MiniLM-L6-v2 (a BERT of six layers), which ONNX Runtime runs with products of int8.

Its file has safetensors' layout: 23 MB of int8 instead of 91 MB of floats. `build.index.encoder_file` makes it of the
published weights.
"""

import hashlib
import mmap
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from search_fn.encoder.tensors import Floats, read_tensors
from search_fn.encoder.wordpiece import WordPiece

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

ENCODER_FILE = "encoder.safetensors"
GRAPH = "graph"
"""The tensor that is the ONNX graph, from what a text's tokens stand for to its vector. Its matrices are the tensors
whose names begin with MATRIX.
"""
MATRIX = "matrix."

# Of ONNX Runtime's messages: errors, which it raises as well. It warns of processors that it does not know.
_ERRORS = 3


class EncoderMismatchError(Exception):
    """The encoder's file is missing, damaged, or not the one that the index was made with."""


class Encoder:
    """The built-in encoder of texts into vectors; the scalar product of two says how similar their meanings are, -1..1.

    `name` is the model's, `dimensions` the length of a vector, `sha256` the hexadecimal digest of the file.
    Safe to share between threads.
    """

    def __init__(self, tensors: Mapping[str, NDArray[Any]], name: str, sha256: str) -> None:
        self.name = name
        self.sha256 = sha256
        self._tokenizer = WordPiece(tensors["vocabulary"].tobytes().decode().split("\n"))
        # The words are half of the file, and a text needs few rows of them: they stay out of the graph, in the file.
        self._words, self._word_scales = tensors["words.weight"], tensors["words.scale"]
        self._positions = tensors["positions"]
        self.dimensions = int(self._words.shape[1])
        self._session = _session(tensors)

    @classmethod
    def load(cls, path: Path, sha256: str | None = None, known: Self | None = None) -> Self:
        """Return the encoder of a file.

        Args:
            path: The file.
            sha256: The hexadecimal digest that it must have; None takes any.
            known: An open encoder, which is returned if it is that of the file.

        Raises:
            EncoderMismatchError: The file is missing, damaged, of another release, or not that of this `sha256`.
        """
        try:
            with path.open("rb") as file:
                data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            actual = hashlib.sha256(data).hexdigest()
            if sha256 is not None and actual != sha256:
                raise EncoderMismatchError(
                    f"{path} has the sha256 {actual}, but the index was made with the encoder {sha256}: "
                    "publish the index_data folder as one, or make both again with `python -m build index`."
                )
            if known is not None and known.sha256 == actual:
                return known
            tensors, metadata = read_tensors(data)
            if "vocabulary" in tensors and GRAPH not in tensors:
                raise EncoderMismatchError(
                    f"{path} is the encoder of an earlier release, which this one does not run: make it and the index "
                    "again with `python -m build index`, or go back to the function of before."
                )
            encoder = cls(tensors, metadata["name"], actual)
        except FileNotFoundError as error:
            raise EncoderMismatchError(
                f"There is no encoder at {path}: make it with `python -m build index`."
            ) from error
        except (KeyError, ValueError) as error:
            raise EncoderMismatchError(
                f"{path} is damaged or no encoder file ({error!r}): make it with `python -m build index`."
            ) from error
        # Of what was read for the digest and the graph, nothing is needed again but the rows of words as they come.
        with suppress(AttributeError, OSError):
            data.madvise(mmap.MADV_DONTNEED)
        return encoder

    def has_word(self, word: str) -> bool:
        """Return whether a lower-case word is one piece of the tokenizer's vocabulary: a frequent word of the
        language.
        """
        return self._tokenizer.has_piece(word)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return vectors of length 1, float32 of shape (texts, dimensions); a text counts up to its 256th token.

        A text's vector depends on nothing but the text; it differs a little between kinds of processor.
        """
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        # Texts are encoded one by one: those of a batch share the scale of their integers, and a vector would depend on
        # its neighbours.
        for vector, text in zip(vectors, texts, strict=True):
            ids = self._tokenizer.token_ids(text)
            states: Floats = self._words[ids] * self._word_scales[ids, np.newaxis]
            states += self._positions[: len(ids)]
            (vector[:],) = self._session.run(None, {"states": states})
        return vectors


def _session(tensors: Mapping[str, NDArray[Any]]) -> "InferenceSession":
    """Return the graph, ready to run. Raises ValueError: it is none, or its matrices are not there."""
    # Imported here because it takes as long as opening a session, and a build where nothing changed needs none.
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS
    # Requests run side by side already, and with more threads a text this short waits for them longer than it computes.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Kernels for Arm processors with SME, such as Apple's M4: with those of release 1.32, emulated, vectors had nothing
    # in common with those of any other processor (docs/decisions/0018-encoder.md).
    options.add_session_config_entry("mlas.disable_kleidiai", "1")
    matrices = {name: tensor for name, tensor in tensors.items() if name.startswith(MATRIX)}
    options.add_external_initializers(
        list(matrices), [onnxruntime.OrtValue.ortvalue_from_numpy(matrix) for matrix in matrices.values()]
    )
    graph = tensors[GRAPH].tobytes()
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own have no other class in common
        raise ValueError(f"ONNX Runtime does not read its graph: {error}") from error
