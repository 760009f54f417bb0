"""Models of open shapes: compiled for each shape when they run, against ONNX Runtime."""
import os
import subprocess

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from openatc import tools


def model(folder, external):
    """Two inputs, [n, 8, h, w] and [n], a convolution, a mean over the picture and a scale by row."""
    rng = np.random.default_rng(1)
    weight = numpy_helper.from_array(rng.standard_normal((16, 8, 3, 3)).astype(np.float32), 'weight')
    nodes = [helper.make_node('Conv', ['x', 'weight'], ['c'], pads=[1, 1, 1, 1], strides=[2, 2]),
             helper.make_node('Relu', ['c'], ['r']),
             helper.make_node('GlobalAveragePool', ['r'], ['g']),
             helper.make_node('Flatten', ['g'], ['f']),
             helper.make_node('Unsqueeze', ['s', 'axes'], ['u']),
             helper.make_node('Mul', ['f', 'u'], ['y'])]
    graph = helper.make_graph(
        nodes, 'g',
        [helper.make_tensor_value_info('x', TensorProto.FLOAT, ['n', 8, 'h', 'w']),
         helper.make_tensor_value_info('s', TensorProto.FLOAT, ['n'])],
        [helper.make_tensor_value_info('r', TensorProto.FLOAT, None),
         helper.make_tensor_value_info('y', TensorProto.FLOAT, None)],
        [weight, numpy_helper.from_array(np.array([1]), 'axes')])
    built = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)
    onnx.save_model(built, folder / 'net.onnx', save_as_external_data=external, location='weights.bin',
                    size_threshold=64)
    return folder / 'net.onnx'


def reference(path, x, s):
    return onnxruntime.InferenceSession(str(path)).run(None, {'x': x, 's': s})


@pytest.mark.parametrize('external', [False, True])
def test_any_shape_runs(external, tmp_path):
    path = model(tmp_path, external)
    built = tools.atc(path, tmp_path / 'net', '--input_shape=x:-1,8,-1,-1;s:-1')
    assert built.returncode == 0, tools.text_of(built)
    wanted = {}
    for n, h, w in [(1, 32, 32), (3, 17, 40)]:
        rng = np.random.default_rng(n)
        x, s = rng.standard_normal((n, 8, h, w)).astype(np.float32), rng.standard_normal(n).astype(np.float32)
        wanted[n] = x, s, reference(path, x, s)
    # The file is all that a run needs.
    path.unlink()
    (tmp_path / 'weights.bin').unlink(missing_ok=True)
    for n, (x, s, expected) in wanted.items():
        ran = tools.om_run(tmp_path / 'net.om', [x, s], tmp_path / f'out{n}')
        assert ran.returncode == 0, tools.text_of(ran)
        for i, value in enumerate(expected):
            got = tools.output(tmp_path / f'out{n}', i)
            assert got.shape == value.shape
            np.testing.assert_allclose(got, value, atol=5e-3 * np.abs(value).max())


def test_ranges_hold(tmp_path):
    path = model(tmp_path, False)
    built = tools.atc(path, tmp_path / 'net', '--input_shape=x:1~4,8,16~32,16~32;s:1~4')
    assert built.returncode == 0, tools.text_of(built)
    good = np.zeros((2, 8, 16, 32), np.float32), np.ones(2, np.float32)
    ran = tools.om_run(tmp_path / 'net.om', good, tmp_path / 'a')
    assert ran.returncode == 0, tools.text_of(ran)
    assert tools.output(tmp_path / 'a', 0).shape == (2, 16, 8, 16)
    for x in (np.zeros((5, 8, 16, 16), np.float32), np.zeros((2, 8, 15, 16), np.float32)):
        ran = tools.om_run(tmp_path / 'net.om', (x, good[1]), tmp_path / 'b')
        assert ran.returncode != 0
        assert "of input 0 'x' is not one the model was compiled for, [1~4,8,16~32,16~32]" in tools.text_of(ran)


def test_shapes_that_do_not_fit_together_are_the_compilers_error(tmp_path):
    path = model(tmp_path, False)
    assert tools.atc(path, tmp_path / 'net', '--input_shape=x:-1,8,-1,-1;s:-1').returncode == 0
    ran = tools.om_run(tmp_path / 'net.om', (np.zeros((2, 8, 16, 16), np.float32), np.zeros(3, np.float32)),
                       tmp_path / 'a')
    assert ran.returncode != 0
    assert 'cannot be compiled for the shapes x:2,8,16,16;s:3' in tools.text_of(ran)
    assert 'E13014' in tools.text_of(ran)


def test_unsupported_nodes_are_found_at_compile_time(tmp_path):
    graph = helper.make_graph([helper.make_node('NonZero', ['x'], ['y'], name='find')], 'g',
                              [helper.make_tensor_value_info('x', TensorProto.FLOAT, ['n', 4])],
                              [helper.make_tensor_value_info('y', TensorProto.INT64, None)])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8),
              tmp_path / 'net.onnx')
    built = tools.atc(tmp_path / 'net.onnx', tmp_path / 'net', '--input_shape=x:-1,4')
    assert built.returncode == 255
    assert 'NonZero' in tools.text_of(built)
    assert not (tmp_path / 'net.om').exists()


def test_the_compiler_is_found_through_links(tmp_path):
    """Install trees have many folders of links to the programs and libraries."""
    path = model(tmp_path, False)
    assert tools.atc(path, tmp_path / 'net', '--input_shape=x:-1,8,-1,-1;s:-1').returncode == 0
    (tmp_path / 'bin').mkdir()
    (tmp_path / 'bin' / 'om').symlink_to(tools.BIN / 'om')
    np.save(tmp_path / 'x.npy', np.zeros((1, 8, 16, 16), np.float32))
    np.save(tmp_path / 's.npy', np.zeros(1, np.float32))
    ran = subprocess.run(['om', 'run', 'net.om', '--input', 'x.npy', 's.npy'], cwd=tmp_path, text=True,
                         capture_output=True, env=dict(os.environ, PATH=str(tmp_path / 'bin')))
    assert ran.returncode == 0, tools.text_of(ran)
