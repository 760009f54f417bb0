"""Elementwise groups, reductions, softmax and normalisation on the AI core, with hazard checks, against
NumPy or ONNX's reference evaluator in f32."""
import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from openatc import tools

ELEMENT = {np.dtype(t): n for t, n in ((np.float32, TensorProto.FLOAT), (np.float16, TensorProto.FLOAT16),
                                       (np.int32, TensorProto.INT32), (np.bool_, TensorProto.BOOL),
                                       (np.uint8, TensorProto.UINT8))}


def check(tmp_path, nodes, inputs, result='y', constants=None, tolerance=2e-3, on_core=True, options=()):
    """Compiles the graph, runs it on `inputs` (name -> array) and compares with the reference."""
    names = [n for node in nodes for n in node.output]
    graph = helper.make_graph(
        nodes, 'g', [helper.make_tensor_value_info(k, ELEMENT[v.dtype], v.shape) for k, v in inputs.items()],
        [helper.make_empty_tensor_value_info(result)],
        [numpy_helper.from_array(v, k) for k, v in (constants or {}).items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 18)], ir_version=9)
    assert result in names
    want = ReferenceEvaluator(model).run([result], inputs)[0]
    model.graph.output[0].CopyFrom(helper.make_tensor_value_info(result, ELEMENT[want.dtype], want.shape))
    onnx.save(model, tmp_path / 'm.onnx')
    made = tools.atc(tmp_path / 'm.onnx', tmp_path / 'm', f'--report={tmp_path / "m.json"}', *options)
    assert made.returncode == 0, tools.text_of(made)
    ran = tools.om_run(tmp_path / 'm.om', list(inputs.values()), tmp_path / 'out', '--hazards')
    assert ran.returncode == 0, tools.text_of(ran)
    got = tools.output(tmp_path / 'out', 0)
    assert got.shape == want.shape
    assert np.allclose(got.astype(np.float64), want.astype(np.float64), rtol=tolerance, atol=tolerance), \
        np.abs(got.astype(np.float64) - want).max()
    if on_core:
        assert 'aicpu' not in json.dumps(json.loads((tmp_path / 'm.json').read_text())).lower()


def data(*shape, seed=0):
    return np.random.default_rng(seed).uniform(-3, 3, shape).astype(np.float32)


UNARY = ['Relu', 'Abs', 'Neg', 'Exp', 'Sigmoid', 'Tanh', 'Floor', 'Ceil', 'Round', 'HardSwish', 'Softplus',
         'Erf', 'Elu', 'LeakyRelu', 'Selu', 'HardSigmoid', 'Mish']
MODES = [('--precision_mode=force_fp16',), ('--precision_mode=must_keep_origin_dtype',)]


@pytest.mark.parametrize('mode', MODES, ids=['half', 'float'])
@pytest.mark.parametrize('op', UNARY)
def test_unary(tmp_path, op, mode):
    x = data(3, 5, 77)
    if op in ('Floor', 'Ceil', 'Round'):
        x = np.round(x * 16) / 16  # the same in f16
    check(tmp_path, [helper.make_node(op, ['x'], ['y'])], {'x': x}, options=mode)


@pytest.mark.parametrize('op', ['Sqrt', 'Log', 'Reciprocal'])
def test_positive(tmp_path, op):
    check(tmp_path, [helper.make_node(op, ['x'], ['y'])], {'x': np.abs(data(1001)) + 0.5})


@pytest.mark.parametrize('op', ['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min'])
@pytest.mark.parametrize('shapes', [((7,), (7,)), ((2, 3, 9), (3, 1)), ((64, 33), (33,)), ((4, 1, 5), (1, 6, 1)),
                                    ((1, 20, 14, 14), (20, 1, 1)), ((9, 9), ())], ids=str)
def test_binary(tmp_path, op, shapes):
    b = data(*shapes[1], seed=1)
    check(tmp_path, [helper.make_node(op, ['a', 'b'], ['y'])],
          {'a': data(*shapes[0]), 'b': np.where(b < 0, b - 1, b + 1).astype(np.float32)}, tolerance=4e-3)


@pytest.mark.parametrize('op', ['Greater', 'Less', 'Equal', 'GreaterOrEqual', 'LessOrEqual'])
def test_comparison(tmp_path, op):
    a, b = np.round(data(5, 31)), np.round(data(31, seed=2))
    check(tmp_path, [helper.make_node(op, ['a', 'b'], ['y'])], {'a': a, 'b': b})


def test_where_and_logic(tmp_path):
    nodes = [helper.make_node('Greater', ['a', 'b'], ['p']), helper.make_node('Not', ['c'], ['q']),
             helper.make_node('And', ['p', 'q'], ['r']), helper.make_node('Where', ['r', 'a', 'b'], ['y'])]
    check(tmp_path, nodes, {'a': data(6, 50), 'b': data(6, 50, seed=3), 'c': data(6, 1, seed=4) > 0})


def test_integers(tmp_path):
    rng = np.random.default_rng(5)
    a, b = (rng.integers(-1000, 1000, (7, 45)).astype(np.int32) for _ in range(2))
    nodes = [helper.make_node('Mul', ['a', 'b'], ['p']), helper.make_node('Max', ['p', 'a'], ['y'])]
    check(tmp_path, nodes, {'a': a, 'b': b})


def test_swish_of_large_tensor(tmp_path):
    nodes = [helper.make_node('Sigmoid', ['x'], ['s']), helper.make_node('Mul', ['x', 's'], ['y'])]
    check(tmp_path, nodes, {'x': data(4, 64, 56, 57)})


REDUCTIONS = ['ReduceMean', 'ReduceSum', 'ReduceMax', 'ReduceMin', 'ReduceL1', 'ReduceL2', 'ReduceSumSquare',
              'ReduceLogSumExp']


@pytest.mark.parametrize('op', REDUCTIONS)
@pytest.mark.parametrize('shape, axes', [((8, 1000), [1]), ((3, 21, 130), [1]), ((2, 3, 4, 5), [1, 2]),
                                         ((2, 3, 40, 50), [2, 3]), ((37,), [0]), ((6, 7, 8), [0, 1, 2])], ids=str)
def test_reduction(tmp_path, op, shape, axes):
    check(tmp_path, [helper.make_node(op, ['x', 'axes'], ['y'], keepdims=0)], {'x': data(*shape)},
          constants={'axes': np.array(axes, np.int64)}, tolerance=5e-3)


@pytest.mark.parametrize('op', ['Softmax', 'LogSoftmax'])
@pytest.mark.parametrize('shape, axis', [((1, 1000), 1), ((12, 197, 197), -1), ((1, 21, 65, 65), 1), ((5, 3), 0),
                                         ((1, 2, 40000), 2)], ids=str)
def test_softmax(tmp_path, op, shape, axis):
    check(tmp_path, [helper.make_node(op, ['x'], ['y'], axis=axis)], {'x': data(*shape)}, tolerance=3e-3)


@pytest.mark.parametrize('shape', [(2, 197, 768), (3, 50), (1, 7, 3000)], ids=str)
def test_layer_norm(tmp_path, shape):
    check(tmp_path, [helper.make_node('LayerNormalization', ['x', 's', 'b'], ['y'], axis=-1)], {'x': data(*shape)},
          constants={'s': data(shape[-1], seed=6), 'b': data(shape[-1], seed=7)}, tolerance=6e-3)


def test_instance_norm(tmp_path):
    check(tmp_path, [helper.make_node('InstanceNormalization', ['x', 's', 'b'], ['y'])], {'x': data(1, 6, 60, 61)},
          constants={'s': data(6, seed=6), 'b': data(6, seed=7)}, tolerance=6e-3)


@pytest.mark.parametrize('op', ['GlobalAveragePool', 'GlobalMaxPool'])
@pytest.mark.parametrize('shape', [(1, 64, 7, 7), (3, 20, 13, 9), (1, 1280, 1, 1)], ids=str)
def test_global_pool(tmp_path, op, shape):
    check(tmp_path, [helper.make_node(op, ['x'], ['y'])], {'x': data(*shape)}, tolerance=3e-3)
