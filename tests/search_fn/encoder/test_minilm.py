import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from search_fn.encoder.minilm import Encoder, EncoderMismatchError
from search_fn.encoder.tensors import read_tensors

# Vectors of the published weights, computed by the libraries that "made_with" names.
GOLDEN = json.loads(Path(__file__).with_name("golden_vectors.json").read_text(encoding="utf-8"))["texts"]
TEXTS = [entry["text"] for entry in GOLDEN]


@pytest.fixture(scope="module")
def encoder(encoder_path: Path) -> Encoder:
    return Encoder.load(encoder_path)


@pytest.mark.parametrize("entry", GOLDEN, ids=lambda entry: entry["text"][:20])
def test_vectors_are_those_of_the_published_weights(encoder: Encoder, entry) -> None:
    expected = np.array(entry["vector"]) / np.linalg.norm(entry["vector"])
    assert encoder._tokenizer.token_ids(entry["text"]) == entry["tokens"]
    assert encoder.encode([entry["text"]])[0] @ expected >= 0.99


def test_texts_are_as_near_to_each_other_as_with_the_published_weights(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    expected = np.array([entry["vector"] for entry in GOLDEN])
    np.testing.assert_allclose(vectors @ vectors.T, expected @ expected.T, atol=0.05)


def test_the_encoder_says_what_it_is(encoder: Encoder, encoder_path: Path) -> None:
    assert encoder.name == "all-MiniLM-L6-v2"
    assert encoder.dimensions == 384
    assert encoder.sha256 == hashlib.sha256(encoder_path.read_bytes()).hexdigest()


def test_vectors_are_float32_of_length_1(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("text", ["", " \n", "\N{ZERO WIDTH SPACE}"])
def test_a_text_of_nothing_has_a_vector_too(encoder: Encoder, text: str) -> None:
    vector = encoder.encode([text])[0]
    np.testing.assert_array_equal(vector, encoder.encode([""])[0])
    assert np.linalg.norm(vector) == pytest.approx(1)


def test_no_texts_have_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_a_vector_is_the_same_alone_and_among_others(encoder: Encoder) -> None:
    together = encoder.encode(TEXTS)
    np.testing.assert_array_equal(encoder.encode(TEXTS[::-1])[::-1], together)
    for text, vector in zip(TEXTS, together, strict=True):
        np.testing.assert_array_equal(encoder.encode([text])[0], vector)


def test_a_vector_is_the_same_in_threads_and_in_another_encoder(encoder: Encoder, encoder_path: Path) -> None:
    expected = encoder.encode(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(encoder.encode, [TEXTS] * 4):
            np.testing.assert_array_equal(vectors, expected)
    np.testing.assert_array_equal(Encoder.load(encoder_path).encode(TEXTS), expected)


def test_kernels_that_make_other_vectors_are_off(encoder: Encoder) -> None:
    options = encoder._session.get_session_options()
    assert options.get_session_config_entry("mlas.disable_kleidiai") == "1"


def test_what_is_beyond_256_tokens_does_not_count(encoder: Encoder) -> None:
    first, second = encoder.encode(["pod " * 254, "pod " * 254 + "certificate"])
    np.testing.assert_array_equal(first, second)


def test_the_expected_digest_is_accepted(encoder: Encoder, encoder_path: Path) -> None:
    assert Encoder.load(encoder_path, encoder.sha256).sha256 == encoder.sha256


def test_another_digest_is_refused_with_the_next_step(encoder_path: Path) -> None:
    with pytest.raises(EncoderMismatchError, match=r"0000.*python -m build index"):
        Encoder.load(encoder_path, "0" * 64)


def test_a_missing_file_is_refused_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(EncoderMismatchError, match=r"no encoder at .*gone.*python -m build index"):
        Encoder.load(tmp_path / "gone")


@pytest.mark.parametrize("kept", [0, 7, 8, 500, 5_000, 1_000_000, -1])
def test_a_file_that_is_cut_off_is_refused_with_the_next_step(kept: int, encoder_path: Path, tmp_path: Path) -> None:
    part = tmp_path / "part"
    part.write_bytes(encoder_path.read_bytes()[:kept])
    with pytest.raises(EncoderMismatchError, match=r"part is damaged.*python -m build index"):
        Encoder.load(part)
    with pytest.raises(EncoderMismatchError, match="python -m build index"):
        Encoder.load(part, "0" * 64)


@pytest.mark.parametrize("content", [b"no tensors at all", b"\xff" * 64, (2).to_bytes(8, "little") + b"{}"])
def test_a_file_of_another_kind_is_refused(content: bytes, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(content)
    with pytest.raises(EncoderMismatchError, match="other is damaged or no encoder file"):
        Encoder.load(other)


@pytest.mark.parametrize(
    ("graph", "said"), [(b"", "does not read its graph"), (b"no graph", "does not read its graph"), (None, "earlier")]
)
def test_a_file_without_a_graph_that_runs_is_refused(
    graph: bytes | None, said: str, encoder_path: Path, tmp_path: Path
) -> None:
    tensors, metadata = read_tensors(encoder_path.read_bytes())
    del tensors["graph"]
    if graph is not None:
        tensors["graph"] = np.frombuffer(graph, np.uint8)
    other = tmp_path / "other"
    save_file(tensors, other, metadata)
    with pytest.raises(EncoderMismatchError, match=rf"other is .*{said}.*python -m build index") as error:
        Encoder.load(other, hashlib.sha256(other.read_bytes()).hexdigest())
    assert "\n" not in str(error.value)


def test_a_file_without_one_of_its_matrices_is_refused(encoder_path: Path, tmp_path: Path) -> None:
    tensors, metadata = read_tensors(encoder_path.read_bytes())
    del tensors["matrix.encoder.layer.3.output.dense"]
    other = tmp_path / "other"
    save_file(tensors, other, metadata)
    with pytest.raises(EncoderMismatchError, match="other is damaged"):
        Encoder.load(other)


@pytest.mark.parametrize("module", ["search_fn.encoder.minilm", "build.index.encoder_file"])
def test_numpy_gets_one_thread_before_it_is_imported(module: str) -> None:
    package = module.partition(".")[0]
    code = (
        f"import os, sys, {package}; assert 'numpy' not in sys.modules;"
        f"import {module}; print(os.environ['OPENBLAS_NUM_THREADS'])"
    )
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[3],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == "1"


# What an answer needs of ONNX Runtime, in a process without the variables that make it silent.
RUNNING = """
import os, sys, threading
from pathlib import Path

from search_fn.encoder.minilm import Encoder

Encoder.load(Path(sys.argv[1])).encode(["pods keep restarting"])
print(len(os.listdir("/proc/self/task")), threading.active_count())
"""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts the threads of a process on Linux")
def test_the_runtime_tells_nobody_and_starts_no_thread(encoder_path: Path, tmp_path: Path) -> None:
    silencing = {"CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "XDG_CACHE_HOME"}
    environment = {name: value for name, value in os.environ.items() if name not in silencing}
    result = subprocess.run(
        [sys.executable, "-c", RUNNING, str(encoder_path)],
        cwd=Path(__file__).parents[3],
        env={**environment, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (result.stdout, result.stderr) == ("1 1\n", "")
    # It keeps an identifier of the machine there otherwise.
    assert list(tmp_path.iterdir()) == []
