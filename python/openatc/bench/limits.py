"""What no compiler can beat: multiplications, compulsory bytes, and the limit of the chip for a network.

The limit is the largest of three times:

* cube: products of dense convolutions, MatMul and Gemm, with the rows of each picture (output height times
  width) or matrix, the columns and the summed length each rounded up to 16, at 16 x 16 x 16 a cycle and core;
* vector: depthwise convolutions at one multiplication and one addition per product, each 128 halves a cycle
  and core;
* memory: weights, inputs and outputs once, as halves, at the DRAM's rate.
"""
import configparser
import math
from dataclasses import dataclass

import onnx
from onnx import shape_inference

from openatc import tools

CUBE_PRODUCTS = 16 * 16 * 16  # per cycle and core, in halves
VECTOR_LANES = 128  # halves per cycle and core
HALF_BYTES = 2
LARGEST_SHAPE = 4096  # bytes of a constant that may be a shape


@dataclass
class Chip:
    """The figures of a SoC description that the limits need."""

    cores: int
    hertz: float
    dram_bytes_per_second: float

    @property
    def cube_products_per_second(self):
        return self.cores * CUBE_PRODUCTS * self.hertz

    @property
    def vector_operations_per_second(self):
        return self.cores * VECTOR_LANES * self.hertz


def chip(soc=tools.SOC):
    """Reads the description that compiler and simulator are built with."""
    description = configparser.ConfigParser()
    path = tools.ROOT / 'lib' / 'Target' / 'soc' / f'{soc}.ini'
    if not description.read(path, encoding='utf-8'):
        raise FileNotFoundError(f'there is no SoC description {path.name}')
    return Chip(description.getint('soc', 'ai_cores'), description.getfloat('soc', 'clock_mhz') * 1e6,
                description.getfloat('memory', 'dram_gb_per_s') * 1e9)


@dataclass
class Work:
    """What a network asks for; products are multiply-accumulates."""

    products: int = 0  # on the cube, as the network states them
    padded_products: int = 0  # on the cube, dimensions rounded up to 16
    depthwise_products: int = 0
    weight_elements: int = 0
    weight_bytes: int = 0  # as stored in the ONNX file
    interface_elements: int = 0  # of inputs and outputs
    interface_bytes: int = 0  # as the application passes them

    def half_weight_bytes(self):
        return HALF_BYTES * self.weight_elements

    def compulsory_bytes(self, stored_weight_bytes):
        """Weights as compiled, inputs and outputs as passed, each once."""
        return stored_weight_bytes + self.interface_bytes

    def limits(self, target):
        """Seconds that each of the three resources needs."""
        memory = HALF_BYTES * (self.weight_elements + self.interface_elements)
        return {'cube': self.padded_products / target.cube_products_per_second,
                'vector': 2 * self.depthwise_products / target.vector_operations_per_second,
                'dram': memory / target.dram_bytes_per_second}


def up16(value):
    return -(-value // 16) * 16


def _shapes(model):
    shapes = {}
    for value in [*model.graph.value_info, *model.graph.input, *model.graph.output]:
        shapes[value.name] = [d.dim_value for d in value.type.tensor_type.shape.dim]
    for constant in model.graph.initializer:
        shapes[constant.name] = list(constant.dims)
    return shapes


def _add(work, times, rows, depth, columns):
    work.products += times * rows * depth * columns
    work.padded_products += times * up16(rows) * up16(depth) * up16(columns)


def _add_convolution(work, node, shapes):
    weight, result = shapes[node.input[1]], shapes[node.output[0]]
    groups = next((a.i for a in node.attribute if a.name == 'group'), 1)
    rows, window = math.prod(result[2:]), math.prod(weight[2:])
    if node.op_type == 'ConvTranspose':
        # Each element of the input meets the whole window of every output channel.
        source = shapes[node.input[0]]
        _add(work, source[0], math.prod(source[2:]), weight[0], weight[1] * window)
    elif groups > 1 and weight[1] == 1:
        work.depthwise_products += math.prod(result) * window
    else:
        _add(work, result[0] * groups, rows, weight[1] * window, weight[0] // groups)


def _add_product(work, node, shapes):
    left, right, result = shapes[node.input[0]], shapes[node.input[1]], shapes[node.output[0]]
    times, rows = math.prod(result[:-2]), result[-2]
    if len(right) == 2:  # one right operand for all: the matrices on the left are one tall matrix
        times, rows = 1, times * rows
    _add(work, times, rows, left[-1], result[-1])


def work_of(path):
    """Counts the work of the ONNX network at `path`; its shapes must be static."""
    model = onnx.load(path)
    for constant in model.graph.initializer:
        if len(constant.raw_data) > LARGEST_SHAPE:
            constant.ClearField('raw_data')  # shape inference copies the model
    model = shape_inference.infer_shapes(model, data_prop=True)
    shapes, work = _shapes(model), Work()
    for node in model.graph.node:
        if node.op_type in ('Conv', 'ConvTranspose'):
            _add_convolution(work, node, shapes)
        elif node.op_type in ('MatMul', 'Gemm'):
            _add_product(work, node, shapes)
    for constant in model.graph.initializer:
        elements = math.prod(constant.dims)
        work.weight_elements += elements
        work.weight_bytes += elements * onnx.helper.tensor_dtype_to_np_dtype(constant.data_type).itemsize
    for value in [*model.graph.input, *model.graph.output]:
        elements = math.prod(shapes[value.name])
        size = onnx.helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type).itemsize
        work.interface_elements += elements
        work.interface_bytes += elements * size
    return work
