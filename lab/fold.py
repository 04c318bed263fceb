"""Rewrites a reader's file so that it computes the same in fewer steps: the same weights, the same sums, other shapes.

    python -m lab.fold IN.onnx OUT.onnx

For the serial reader and the network of the state's words, packed or not. The rearranging of two by two pixels
becomes part of the first convolution, the lines' convolutions along one axis become flat ones of one row, which keep the runtime's own
layout, and what asks how high a row is (it is one) goes. How far the answers move is printed.
"""

from __future__ import annotations

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from lab.pack import rewritten


class Graph:
    """A model's nodes by what they give, and its weights."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.graph = model.graph
        self.weights = {tensor.name: tensor for tensor in model.graph.initializer}
        self.by_output = {output: node for node in model.graph.node for output in node.output}

    def weight_of(self, node: onnx.NodeProto) -> onnx.TensorProto:
        """A convolution's weights, behind the step that makes sixteen bits thirty-two."""
        name = node.input[1]
        return self.weights[self.by_output[name].input[0] if name in self.by_output else name]

    def readers_of(self, name: str) -> list[onnx.NodeProto]:
        return [node for node in self.graph.node if name in node.input]


def reshaped(tensor: onnx.TensorProto, values: NDArray[np.floating]) -> None:
    tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(values), tensor.name))


def set_to(node: onnx.NodeProto, **attributes: list[int]) -> None:
    kept = [each for each in node.attribute if each.name not in attributes]
    del node.attribute[:]
    node.attribute.extend([*kept, *(helper.make_attribute(name, value) for name, value in attributes.items())])


def without_rearranging(graph: Graph) -> None:
    """Reshape, transpose, reshape and 3 x 3 over four layers -> 6 x 6 over the picture in steps of two."""
    (transpose,) = [node for node in graph.graph.node if node.op_type == "Transpose" and len(node.attribute[0].ints) == 6]
    before = graph.by_output[transpose.input[0]]
    (after,) = graph.readers_of(transpose.output[0])
    (first,) = graph.readers_of(after.output[0])
    tensor = graph.weight_of(first)
    weights = numpy_helper.to_array(tensor)
    whole = np.zeros((len(weights), 1, 6, 6), weights.dtype)
    for at in range(4):
        whole[:, 0, at // 2 :: 2, at % 2 :: 2] = weights[:, at]
    reshaped(tensor, whole)
    first.input[0] = before.input[0]
    set_to(first, kernel_shape=[6, 6], pads=[2, 2, 2, 2], strides=[2, 2])


def without_squeezing(graph: Graph) -> None:
    """Each line's convolutions over (n, features, columns) -> over (n, features, 1, columns)."""
    for node in list(graph.graph.node):
        if node.op_type != "If":
            continue
        (one,) = [each for branch in node.attribute for each in branch.g.node if each.op_type == "Squeeze"]
        name = node.output[0]
        while True:
            (reader,) = graph.readers_of(name)
            if reader.op_type == "Unsqueeze":
                break
            if node.output[0] in reader.input:
                reader.input[0] = one.input[0]
            if reader.op_type == "Conv":
                tensor = graph.weight_of(reader)
                weights = numpy_helper.to_array(tensor)
                reshaped(tensor, weights[:, :, None])
                (pad, _) = next(each.ints for each in reader.attribute if each.name == "pads")
                set_to(reader, kernel_shape=[1, weights.shape[2]], pads=[0, pad, 0, pad], strides=[1, 1], dilations=[1, 1])
            name = reader.output[0]
        (both,) = graph.readers_of(reader.output[0])
        both.input[list(both.input).index(reader.output[0])] = name
    set_to(both, axis=2)
    (turned,) = graph.readers_of(both.output[0])
    set_to(turned, perm=[0, 2, 3, 1])


def in_use(model: onnx.ModelProto) -> None:
    """Leaves out what nothing reads any more."""
    while True:
        read = {name for node in model.graph.node for name in node.input} | {each.name for each in model.graph.output}
        idle = [node for node in model.graph.node if not read & set(node.output)]
        for node in idle:
            model.graph.node.remove(node)
        if not idle:
            break
    for tensor in [each for each in model.graph.initializer if each.name not in read]:
        model.graph.initializer.remove(tensor)
    del model.graph.value_info[:]


def folded(model: onnx.ModelProto) -> onnx.ModelProto:
    graph = Graph(model)
    without_rearranging(graph)
    without_squeezing(graph)
    in_use(model)
    onnx.checker.check_model(model, full_check=True)
    return model


if __name__ == "__main__":
    rewritten(__doc__, folded)
