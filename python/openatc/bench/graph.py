"""A small builder of ONNX networks with seeded weights."""
import zlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17


class Network:
    """An ONNX graph that grows layer by layer. Layers take and return tensor names.

    Weights are drawn from a generator seeded with the network's name: He initialisation for convolutions
    in front of a ReLU, unit variance for the others, batch norms near identity. Activations so keep
    to the range of halves from the first layer to the last.
    """

    def __init__(self, name):
        self.name = name
        self.random = np.random.default_rng(zlib.crc32(name.encode()))
        self.nodes, self.constants, self.inputs, self.outputs = [], [], [], []

    def _fresh(self, prefix):
        return f'{prefix}_{len(self.nodes) + len(self.constants)}'

    def constant(self, values, dtype=np.float32):
        """An initializer with these values."""
        name = self._fresh('constant')
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values, dtype), name))
        return name

    def normal(self, shape, scale=1.0, mean=0.0):
        """An initializer drawn from a normal distribution."""
        values = self.random.standard_normal(shape, np.float32)
        values *= np.float32(scale)
        values += np.float32(mean)
        return self.constant(values)

    def node(self, operator, *operands, **attributes):
        """One ONNX node with one result."""
        name = self._fresh(operator.lower())
        self.nodes.append(helper.make_node(operator, list(operands), [name], name=name, **attributes))
        return name

    def input(self, name, shape, dtype=TensorProto.FLOAT):
        self.inputs.append(helper.make_tensor_value_info(name, dtype, shape))
        return name

    def output(self, name, shape, dtype=TensorProto.FLOAT):
        self.outputs.append(helper.make_tensor_value_info(name, dtype, shape))

    def model(self):
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid('', OPSET)], ir_version=8,
                                 producer_name='openatc.bench')

    def save(self, path):
        onnx.save(self.model(), path)

    # Layers.

    def relu(self, x):
        return self.node('Relu', x)

    def conv(self, x, channels_in, channels_out, kernel, stride=1, groups=1, bias=True, padding=None):
        """A square convolution; without `padding` it keeps the size of the picture at stride 1."""
        fan_in = channels_in // groups * kernel * kernel
        operands = [x, self.normal((channels_out, channels_in // groups, kernel, kernel), np.sqrt(2 / fan_in))]
        if bias:
            operands.append(self.normal(channels_out, 0.01))
        edge = kernel // 2 if padding is None else padding
        return self.node('Conv', *operands, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[edge] * 4,
                         group=groups)

    def batch_norm(self, x, channels, gain=1.0):
        scale, shift = self.normal(channels, 0.05 * gain, gain), self.normal(channels, 0.05)
        mean = self.normal(channels, 0.05)
        variance = self.constant(1 + 0.1 * self.random.random(channels))
        return self.node('BatchNormalization', x, scale, shift, mean, variance, epsilon=1e-5)

    def conv_norm(self, x, channels_in, channels_out, kernel, stride=1, gain=1.0):
        """A convolution without bias and its batch norm."""
        x = self.conv(x, channels_in, channels_out, kernel, stride, bias=False)
        return self.batch_norm(x, channels_out, gain)

    def linear(self, x, features_in, features_out):
        weight = self.normal((features_in, features_out), 1 / np.sqrt(features_in))
        return self.node('Add', self.node('MatMul', x, weight), self.normal(features_out, 0.01))

    def layer_norm(self, x, features):
        return self.node('LayerNormalization', x, self.constant(np.ones(features)),
                         self.constant(np.zeros(features)), axis=-1, epsilon=1e-5)

    def max_pool(self, x, kernel, stride, padding=0):
        return self.node('MaxPool', x, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[padding] * 4)

    def reshape(self, x, shape):
        return self.node('Reshape', x, self.constant(shape, np.int64))
