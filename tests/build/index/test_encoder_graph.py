from pathlib import Path

import numpy as np
import onnx

from build.index.encoder_file import published
from search_fn.encoder.tensors import read_tensors


def test_each_weight_is_within_half_a_step_of_the_published_one(encoder_path: Path) -> None:
    made, _ = read_tensors(encoder_path.read_bytes())
    original, _ = read_tensors(published()[0])
    scales = made["words.scale"][:, np.newaxis]
    words = original["embeddings.word_embeddings.weight"]
    assert (np.abs(made["words.weight"] * scales - words) <= 0.5001 * scales).all()
    graph = onnx.load_from_string(made["graph"].tobytes())
    said = {one.name: onnx.numpy_helper.to_array(one) for one in graph.graph.initializer if not one.external_data}
    for layer in range(6):
        for parts in (
            [f"attention.self.{part}" for part in ("query", "key", "value")],
            *(["attention.output.dense"], ["intermediate.dense"], ["output.dense"]),
        ):
            names = [f"encoder.layer.{layer}.{part}" for part in parts]
            weights = np.concatenate([original[f"{name}.weight"] for name in names])
            name = f"matrix.{names[0]}"
            # A halved input meets doubled weights.
            doubled = weights / said.get(f"{name}.factors", np.float32(1))
            scales = said[f"{name}.scales"][:, np.newaxis]
            assert np.abs(made[name]).max() == 63
            assert (np.abs(made[name].T * scales - doubled) <= 0.5001 * scales).all()
            np.testing.assert_array_equal(
                said[f"{name}.bias"], np.concatenate([original[f"{each}.bias"] for each in names])
            )


def test_the_graph_names_each_matrix_of_the_file_and_has_no_copy_of_it(encoder_path: Path) -> None:
    made, _ = read_tensors(encoder_path.read_bytes())
    graph = onnx.load_from_string(made["graph"].tobytes())
    matrices = {one.name: (one.dims, one.data_type) for one in graph.graph.initializer if one.external_data}
    assert matrices.keys() == {name for name in made if name.startswith("matrix.")}
    for name, (shape, kind) in matrices.items():
        assert (tuple(shape), kind) == (made[name].shape, onnx.TensorProto.INT8)
    assert len(made["graph"]) < 400_000
