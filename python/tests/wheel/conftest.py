"""The tests of the installed wheel: scripts/test.sh runs them where only the wheel provides acl and openatc."""
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

import openatc

ROOT = Path(__file__).resolve().parents[3]


def dense(shapes, rows='batch'):
    """y = relu(x W + b) and z = -x: an open batch, weights that are the same every time."""
    rng = np.random.default_rng(7)
    width, units = shapes
    weight = (rng.standard_normal((width, units)) / 4).astype(np.float32)
    bias = rng.standard_normal(units).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node('Gemm', ['x', 'weight', 'bias'], ['sum'], 'gemm'),
         helper.make_node('Relu', ['sum'], ['y'], 'relu'), helper.make_node('Neg', ['x'], ['z'], 'negation')],
        'dense', [helper.make_tensor_value_info('x', TensorProto.FLOAT, [rows, width])],
        [helper.make_tensor_value_info('y', TensorProto.FLOAT, [rows, units]),
         helper.make_tensor_value_info('z', TensorProto.FLOAT, [rows, width])],
        [numpy_helper.from_array(weight, 'weight'), numpy_helper.from_array(bias, 'bias')])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)


def reference(model, **inputs):
    """What ONNX Runtime computes."""
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=['CPUExecutionProvider'])
    return session.run(None, inputs)


@pytest.fixture(scope='session')
def network():
    return dense((24, 10))


@pytest.fixture(scope='session')
def static_om(network, tmp_path_factory):
    """Four rows."""
    return openatc.compile(network, tmp_path_factory.mktemp('om') / 'static', input_shape={'x': (4, 24)}).path


@pytest.fixture(scope='session')
def gear_om(network, tmp_path_factory):
    """One, two or four rows."""
    return openatc.compile(network, tmp_path_factory.mktemp('om') / 'gears', input_shape={'x': (-1, 24)},
                           dynamic_batch_size=[1, 2, 4]).path


@pytest.fixture(scope='session')
def open_om(network, tmp_path_factory):
    """One to eight rows, compiled for each number when it comes."""
    return openatc.compile(network, tmp_path_factory.mktemp('om') / 'open', input_shape={'x': ('1~8', 24)}).path


@pytest.fixture
def rows():
    """Four rows of input."""
    return np.random.default_rng(3).standard_normal((4, 24)).astype(np.float32)


def close(actual, expected):
    """Within what half precision leaves."""
    np.testing.assert_allclose(actual, expected, rtol=2e-2, atol=2e-2)
