"""Pools, transposes, and activations and norms written out as arithmetic, with hazard checks, against ONNX Runtime."""
import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from openatc import tools


def run(tmp_path, nodes, x, constants=None, options=()):
    """Results of the graph y(x): of ONNX Runtime and of the compiled model."""
    element = helper.np_dtype_to_tensor_dtype(x.dtype)
    graph = helper.make_graph(nodes, 'g', [helper.make_tensor_value_info('x', element, x.shape)],
                              [helper.make_tensor_value_info('y', element, None)],
                              [numpy_helper.from_array(np.asarray(v, x.dtype), k)
                               for k, v in (constants or {}).items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 19)], ir_version=9)
    onnx.save(model, tmp_path / 'm.onnx')
    session = onnxruntime.InferenceSession(str(tmp_path / 'm.onnx'), providers=['CPUExecutionProvider'])
    want = session.run(None, {'x': x})[0]
    made = tools.atc(tmp_path / 'm.onnx', tmp_path / 'm', *options)
    assert made.returncode == 0, tools.text_of(made)
    ran = tools.om_run(tmp_path / 'm.om', [x], tmp_path / 'out', '--hazards')
    assert ran.returncode == 0, tools.text_of(ran)
    got = tools.output(tmp_path / 'out', 0)
    assert got.shape == want.shape
    return got.astype(np.float64), want.astype(np.float64)


def halves(*shape):
    """Numbers that f16 holds exactly."""
    return np.random.default_rng(0).uniform(-3, 3, shape).astype(np.float16).astype(np.float32)


# Shape, window, strides, pads, dilations.
WINDOWS = [((1, 64, 112, 112), (3, 3), (2, 2), (1, 1, 1, 1), (1, 1)),  # ResNet's
           ((2, 20, 9, 11), (3, 3), (1, 1), (1, 1, 1, 1), (1, 1)),  # meets all edges
           ((3, 16, 14, 14), (2, 2), (2, 2), (0, 0, 0, 0), (1, 1)),  # planes join to one tall image
           ((1, 3, 34, 25), (2, 3), (4, 5), (1, 0, 0, 2), (1, 1)),  # strides leave pixels out
           ((2, 16, 17, 30), (4, 3), (2, 1), (0, 2, 3, 1), (1, 1)),
           ((1, 40, 24, 24), (3, 2), (3, 2), (2, 1, 0, 1), (2, 3)),
           ((1, 16, 70, 700), (5, 3), (3, 2), (2, 1, 0, 1), (1, 1)),  # many tiles of a plane
           ((1, 16, 7, 1500), (3, 5), (2, 3), (1, 2, 1, 2), (1, 1)),  # columns in several tiles
           ((1, 16, 30, 8), (1, 3), (1, 1), (0, 1, 0, 1), (1, 1)),
           ((1, 16, 30, 8), (3, 1), (2, 2), (1, 0, 1, 0), (1, 1))]


@pytest.mark.parametrize('window', WINDOWS, ids=str)
def test_max_pool(tmp_path, window):
    shape, kernel, strides, pads, dilations = window
    node = helper.make_node('MaxPool', ['x'], ['y'], kernel_shape=kernel, strides=strides, pads=pads,
                            dilations=dilations)
    got, want = run(tmp_path, [node], halves(*shape))
    assert np.array_equal(got, want)


@pytest.mark.parametrize('counts_pads', [0, 1])
@pytest.mark.parametrize('window', WINDOWS, ids=str)
def test_average_pool(tmp_path, window, counts_pads):
    shape, kernel, strides, pads, dilations = window
    node = helper.make_node('AveragePool', ['x'], ['y'], kernel_shape=kernel, strides=strides, pads=pads,
                            dilations=dilations, count_include_pad=counts_pads)
    got, want = run(tmp_path, [node], halves(*shape))
    assert np.allclose(got, want, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize('dtype', [np.float16, np.float32, np.int32])
@pytest.mark.parametrize('case', [((2, 768, 196), (0, 2, 1)), ((2, 50, 6, 64), (0, 2, 3, 1)),
                                  ((3, 50, 37), (0, 2, 1)), ((5, 7, 9, 33), (3, 1, 2, 0)),
                                  ((2, 3, 40, 50), (3, 2, 1, 0)), ((8, 200), (1, 0)),
                                  ((1, 57, 43, 3), (0, 3, 1, 2)), ((2, 3, 40, 50), (0, 2, 3, 1))], ids=str)
def test_transpose(tmp_path, case, dtype):
    shape, perm = case
    got, want = run(tmp_path, [helper.make_node('Transpose', ['x'], ['y'], perm=perm)],
                    (halves(*shape) * 100).astype(dtype), options=['--precision_mode=must_keep_origin_dtype'])
    assert np.array_equal(got, want)


GELU = {
    'erf': ([('Div', 'x', 'r', 'a'), ('Erf', 'a', 'b'), ('Add', 'b', 'one', 'c'), ('Mul', 'x', 'c', 'd'),
             ('Mul', 'd', 'half', 'y')], {'r': np.sqrt(2), 'one': 1, 'half': 0.5}),
    'tanh': ([('Pow', 'x', 'three', 'a'), ('Mul', 'a', 'k', 'b'), ('Add', 'x', 'b', 'c'), ('Mul', 'c', 'q', 'd'),
              ('Tanh', 'd', 'e'), ('Add', 'e', 'one', 'f'), ('Mul', 'x', 'half', 'g'), ('Mul', 'g', 'f', 'y')],
             {'three': 3, 'k': 0.044715, 'q': np.sqrt(2 / np.pi), 'one': 1, 'half': 0.5}),
}


@pytest.mark.parametrize('form', GELU)
def test_gelu(tmp_path, form):
    nodes, constants = GELU[form]
    # All exponents of halves, both signs.
    x = np.concatenate([halves(7, 1000).ravel(), np.float16(2.0 ** np.arange(-14, 16, 0.125)).astype(np.float32)])
    x = np.stack([x, -x])
    got, want = run(tmp_path, [helper.make_node(op, names[:-1], names[-1:]) for op, *names in nodes], x, constants)
    assert (np.abs(got - want) / np.maximum(1, np.abs(want))).max() < 1e-3
    # With types kept, singles.
    got, want = run(tmp_path, [helper.make_node(op, names[:-1], names[-1:]) for op, *names in nodes], x, constants,
                    options=['--precision_mode=must_keep_origin_dtype'])
    assert np.allclose(got, want, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize('twice', [False, True])
def test_layer_norm_of_primitives(tmp_path, twice):
    """As exporters below opset 17 write it, some with the difference computed twice."""
    nodes = [('ReduceMean', 'x', 'axes', 'm'), ('Sub', 'x', 'm', 'd'), ('Sub', 'x', 'm', 'd2'),
             ('Pow', 'd2' if twice else 'd', 'two', 'p'), ('ReduceMean', 'p', 'axes', 'v'),
             ('Add', 'v', 'eps', 'e'), ('Sqrt', 'e', 'r'), ('Div', 'd', 'r', 'n'), ('Mul', 'n', 's', 't'),
             ('Add', 't', 'b', 'y')]
    rng = np.random.default_rng(1)
    constants = {'two': 2, 'eps': 1e-5, 's': rng.uniform(-1, 1, 96), 'b': rng.uniform(-1, 1, 96)}
    axes = helper.make_node('Constant', [], ['axes'], value_ints=[-1])
    made = [axes] + [helper.make_node(op, names[:-1], names[-1:]) for op, *names in nodes]
    got, want = run(tmp_path, made, halves(5, 37, 96) + 2, constants)
    assert np.allclose(got, want, rtol=4e-3, atol=4e-3)
