"""The encoder's graph for ONNX Runtime: the layers of all-MiniLM-L6-v2, whose matrices are multiplied in int8.

An input of a product is rounded to 8 bits by one scale for all its numbers, which changes with each text; a matrix to 7
bits, by a scale for each output. With 8 bits, sums of two products overflow on processors without instructions for int8
(AVX2), and a vector would depend on the processor.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from search_fn.encoder.minilm import MATRIX

Tensors = Mapping[str, NDArray[Any]]

_LAYERS, _HEADS, _DIMENSIONS = 6, 12, 384
_EPSILON = 1e-12
_LARGEST = 63
# What ONNX Runtime has beyond the standard.
_OWN = "com.microsoft"
# A few channels of this model have numbers far greater than the others, in every text: they would take the scale from
# these. Halved so many times, with their weights doubled as often, they change no product. The first are of the states
# that go from layer to layer, the second of what each layer's GELU gives.
_HALVED_STATES = {63: 1, 99: 2, 157: 1, 223: 1}
_HALVED_INNER: Mapping[int, Mapping[int, int]] = {
    0: {691: 1, 856: 3, 1337: 1},
    1: {607: 3},
    2: {218: 3, 1004: 3},
    3: {358: 3},
}


def encoder_graph(published: Tensors, exact: bool = False) -> tuple[bytes, dict[str, NDArray[Any]]]:
    """Return the graph and its matrices by name, which it has no copy of.

    The graph takes `states`, float32 of shape (tokens, 384): the sums of the tokens' and their places' embeddings. It
    gives `vector`, float32 of shape (384,) and length 1.

    Args:
        published: The published weights by name.
        exact: Whether matrices stay the published floats, which takes three times as long.
    """
    graph = _Graph(published, exact)
    states = graph.norm("states", "embeddings.LayerNorm")
    for number in range(_LAYERS):
        layer = f"encoder.layer.{number}"
        attention = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
        attended = graph.attention(graph.product(states, attention, _HALVED_STATES))
        attended = graph.product(attended, [f"{layer}.attention.output.dense"])
        states = graph.norm(graph.node("Add", attended, states), f"{layer}.attention.output.LayerNorm")
        raised = graph.node("Gelu", graph.product(states, [f"{layer}.intermediate.dense"], _HALVED_STATES))
        lowered = graph.product(raised, [f"{layer}.output.dense"], _HALVED_INNER.get(number, {}))
        states = graph.norm(graph.node("Add", lowered, states), f"{layer}.output.LayerNorm")
    mean = graph.node("ReduceMean", states, graph.zero, keepdims=0)
    graph.node("Div", mean, graph.node("ReduceL2", mean, graph.zero), output="vector")
    return graph.serialised(), graph.matrices


class _Graph:
    """A graph in the making; its methods add nodes and return the name of what these give."""

    def __init__(self, published: Tensors, exact: bool) -> None:
        self.matrices: dict[str, NDArray[Any]] = {}
        self._published, self._exact = published, exact
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []
        self.zero = self.constant("zero", np.array([0]))

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        return self._nodes_of(kind, inputs, [output or f"{kind}.{len(self._nodes)}"], **attributes)[0]

    def norm(self, states: str, name: str) -> str:
        weight, bias = (
            self.constant(f"{name}.{part}", self._published[f"{name}.{part}"]) for part in ("weight", "bias")
        )
        return self.node("LayerNormalization", states, weight, bias, axis=-1, epsilon=_EPSILON)

    def attention(self, inputs: str) -> str:
        """Add the attention of queries, keys and values side by side, for a batch of one text."""
        # All else has two dimensions: of three, the runtime would make a kernel of sums and norms that is slower.
        parts = [f"{inputs}.{part}" for part in ("query", "key", "value")]
        self._nodes_of("Split", [self.node("Unsqueeze", inputs, self.zero)], parts, axis=2, num_outputs=len(parts))
        attended = self.node("MultiHeadAttention", *parts, domain=_OWN, num_heads=_HEADS)
        return self.node("Squeeze", attended, self.zero)

    def product(self, states: str, names: Sequence[str], halved: Mapping[int, int] | None = None) -> str:
        """Add the product with published matrices side by side, and their biases.

        Args:
            states: What is multiplied, (tokens, inputs).
            names: The matrices' names.
            halved: How many times an input is halved, by its place.
        """
        weight, bias = (
            np.concatenate([self._published[f"{name}.{part}"] for name in names]) for part in ("weight", "bias")
        )
        name = f"{MATRIX}{names[0]}"
        shift = self.constant(f"{name}.bias", bias)
        if self._exact:
            return self.node("Add", self.node("MatMul", states, self._matrix(name, weight.T)), shift)
        if halved:
            factors = np.ones(weight.shape[1], np.float32)
            factors[list(halved)] = np.ldexp(np.float32(1), [-times for times in halved.values()])
            weight = weight / factors
            states = self.node("Mul", states, self.constant(f"{name}.factors", factors))
        scales = np.abs(weight).max(axis=1) / np.float32(_LARGEST)
        matrix = self._matrix(name, np.round(weight / scales[:, np.newaxis]).astype(np.int8).T)
        scale = self.constant(f"{name}.scales", scales)
        return self.node("DynamicQuantizeMatMul", states, matrix, scale, "", shift, domain=_OWN)

    def serialised(self) -> bytes:
        states = helper.make_tensor_value_info("states", TensorProto.FLOAT, ["tokens", _DIMENSIONS])
        vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, [_DIMENSIONS])
        graph = helper.make_graph(self._nodes, "encoder", [states], [vector], self._constants)
        # The releases of the operators, and of the format that first had these.
        operators = [helper.make_opsetid("", 20), helper.make_opsetid(_OWN, 1)]
        model = helper.make_model(graph, opset_imports=operators, ir_version=9)
        serialised: bytes = model.SerializeToString(deterministic=True)
        return serialised

    def _matrix(self, name: str, matrix: NDArray[Any]) -> str:
        self.matrices[name] = np.ascontiguousarray(matrix)
        kind = helper.np_dtype_to_tensor_dtype(matrix.dtype)
        said = TensorProto(name=name, dims=matrix.shape, data_type=kind, data_location=TensorProto.EXTERNAL)
        # ONNX Runtime gets them with the session's options, and asks for no file.
        said.external_data.add(key="location", value=name)
        self._constants.append(said)
        return name

    def _nodes_of(
        self, kind: str, inputs: Sequence[str], outputs: list[str], domain: str = "", **more: Any
    ) -> list[str]:
        self._nodes.append(helper.make_node(kind, list(inputs), outputs, domain=domain, **more))
        return outputs
