import json

import numpy as np

from search_fn.encoder.tensors import read_tensors


def test_tensors_are_read_as_safetensors_lays_them_out() -> None:
    header = json.dumps(
        {
            "__metadata__": {"name": "example"},
            "half": {"dtype": "F16", "shape": [2, 1], "data_offsets": [0, 4]},
            "bytes": {"dtype": "U8", "shape": [3], "data_offsets": [4, 7]},
        }
    ).encode()
    halves = np.array([[0.5], [-2]], "<f2")
    tensors, metadata = read_tensors(len(header).to_bytes(8, "little") + header + halves.tobytes() + b"abc")
    assert metadata == {"name": "example"}
    assert tensors.keys() == {"half", "bytes"}
    np.testing.assert_array_equal(tensors["half"], halves)
    assert tensors["bytes"].tobytes() == b"abc"
