"""The tutorial's files and commands, run as written, and its result against ONNX Runtime."""
import importlib.util
import os
import re
import subprocess

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from openatc import tools

PAGE = (tools.ROOT / 'docs' / 'tutorial.md').read_text()


def block(language, which=0):
    return re.findall(rf'```{language}\n(.*?)```', PAGE, re.DOTALL)[which]


def stand_in(path):
    """What export.py writes, with weights of NumPy, where PyTorch is not installed."""
    rng = np.random.default_rng(0)

    def weight(name, *shape):
        return numpy_helper.from_array((rng.standard_normal(shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32), name)

    nodes = [
        helper.make_node('Conv', ['image', 'w0', 'b0'], ['c0'], pads=[1] * 4),
        helper.make_node('Relu', ['c0'], ['r0']),
        helper.make_node('MaxPool', ['r0'], ['p0'], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node('Conv', ['p0', 'w1', 'b1'], ['c1'], pads=[1] * 4),
        helper.make_node('Relu', ['c1'], ['r1']),
        helper.make_node('GlobalAveragePool', ['r1'], ['p1']),
        helper.make_node('Flatten', ['p1'], ['f'], axis=1),
        helper.make_node('Gemm', ['f', 'w2', 'b2'], ['g'], transB=1),
        helper.make_node('Softmax', ['g'], ['scores'], axis=1),
    ]
    constants = [weight('w0', 16, 3, 3, 3), weight('b0', 16), weight('w1', 32, 16, 3, 3), weight('b1', 32), weight('w2', 5, 32),
                 weight('b2', 5)]
    graph = helper.make_graph(nodes, 'net', [helper.make_tensor_value_info('image', TensorProto.FLOAT, ['batch', 3, 32, 32])],
                              [helper.make_tensor_value_info('scores', TensorProto.FLOAT, ['batch', 5])], constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8), path)


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp('tutorial')
    (path / 'export.py').write_text(block('python'))
    (path / 'main.cpp').write_text(block('cpp'))
    (path / 'CMakeLists.txt').write_text(block('cmake'))
    np.random.default_rng(1).standard_normal((4, 3, 32, 32)).astype(np.float32).tofile(path / 'images.bin')
    subprocess.run(['cmake', '--install', tools.ROOT / 'build', '--prefix', path / 'ascend'], check=True, capture_output=True)
    return path


def run(folder, commands):
    """Runs commands of the page in the environment of the install tree; fails with their output."""
    script = f'set -e\nsource ascend/set_env.sh\n{commands}'
    environment = {name: value for name, value in os.environ.items() if not name.startswith(('DDK_', 'NPU_', 'ASCEND_'))}
    result = subprocess.run(['bash', '-c', script], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


@pytest.fixture(scope='module', params=['stand-in', 'pytorch'])
def network(request, folder):
    if request.param == 'stand-in':
        stand_in(folder / 'net.onnx')
    elif importlib.util.find_spec('torch') is None:
        pytest.skip('PyTorch is not installed')
    else:
        run(folder, f'{os.sys.executable} export.py')
    return folder


def test_the_page_runs_as_written(network):
    assert 'gear' in run(network, block('sh', 0)).lower()
    printed = run(network, block('sh', 1))
    rows = re.findall(r'image \d+: ([\d. ]+)', printed)
    got = np.array([[float(value) for value in row.split()] for row in rows])
    session = onnxruntime.InferenceSession(network / 'net.onnx', providers=['CPUExecutionProvider'])
    images = np.fromfile(network / 'images.bin', np.float32).reshape(4, 3, 32, 32)
    want = session.run(None, {'image': images})[0]
    assert got.shape == want.shape and np.abs(got - want).max() < 2e-3
    refused = run(network, block('sh', 2))
    assert 'error 145013' in refused and 'are 1,4' in refused
    assert '0 out of tolerance' in run(network, block('sh', 3))


def test_a_build_finds_the_library_through_pkg_config(folder):
    run(folder, 'g++ -std=c++14 main.cpp $(pkg-config --cflags --libs ascendcl) -o by_pkg_config && ./by_pkg_config 2>&1 | grep usage')


@pytest.mark.parametrize('place', ['lib64/stub', 'runtime/lib64/stub', 'acllib/lib64', 'devlib', 'x86_64-linux/lib64'])
def test_older_and_newer_layouts_link(folder, place):
    headers = {'runtime/lib64/stub': 'runtime/include', 'acllib/lib64': 'acllib/include'}.get(place, 'include')
    if not (folder / 'ascend' / place).exists():
        pytest.skip('the folder is called after the machine')
    run(folder, f'g++ -std=c++14 main.cpp -I$DDK_PATH/{headers} -L$DDK_PATH/{place} -lacl_rt -lacl_mdl -lascendcl -lacl_dvpp '
                '-lacl_cblas -lacl_op_compiler -o linked && ./linked 2>&1 | grep usage')
