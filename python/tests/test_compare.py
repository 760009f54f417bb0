"""Layer-by-layer comparison with ONNX Runtime: it agrees where the compiler is right, and names the layer and the
pass where something was changed on purpose."""
import json
import subprocess
import sys

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from openatc import tools
from openatc.aipp_reference import Aipp
from openatc.compare import CompareError, compare, tensor_names


def network(path, batch=2, size=12, channels=16, depth=3):
    """Convolutions with batch norms and relus, a residual sum, a pool and a dense layer with a softmax."""
    random = np.random.default_rng(7)
    nodes, weights = [], []

    def weight(name, *shape, scale=1.0, offset=0.0):
        value = (random.standard_normal(shape) * scale + offset).astype(np.float32)
        weights.append(numpy_helper.from_array(value, name))
        return name

    last, before = 'image', 3
    for i in range(depth):
        nodes.append(helper.make_node('Conv', [last, weight(f'w{i}', channels, before, 3, 3, scale=0.2)], [f'c{i}'],
                                      f'/stage.{i}/conv', pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node(
            'BatchNormalization',
            [f'c{i}', weight(f's{i}', channels, scale=0.1, offset=1), weight(f'b{i}', channels, scale=0.1),
             weight(f'm{i}', channels, scale=0.1), numpy_helper_positive(weights, f'v{i}', channels, random)],
            [f'n{i}'], f'/stage.{i}/bn'))
        nodes.append(helper.make_node('Relu', [f'n{i}'], [f'r{i}'], f'/stage.{i}/relu'))
        last, before = f'r{i}', channels
    nodes.append(helper.make_node('MaxPool', [last], ['p'], '/pool', kernel_shape=[2, 2], strides=[2, 2]))
    nodes.append(helper.make_node('Flatten', ['p'], ['f'], '/flatten'))
    inner = channels * (size // 2) ** 2
    nodes.append(helper.make_node('Gemm', ['f', weight('g', inner, 10, scale=0.05), weight('h', 10)], ['scores'], '/fc'))
    nodes.append(helper.make_node('Softmax', ['scores'], ['probabilities']))  # without a name
    graph = helper.make_graph(nodes, 'net', [helper.make_tensor_value_info('image', TensorProto.FLOAT,
                                                                          [batch, 3, size, size])],
                              [helper.make_tensor_value_info('probabilities', TensorProto.FLOAT, [batch, 10])], weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)], ir_version=8), path)
    return path


def numpy_helper_positive(weights, name, channels, random):
    weights.append(numpy_helper.from_array((random.random(channels) + 0.5).astype(np.float32), name))
    return name


@pytest.fixture(scope='module')
def net(tmp_path_factory):
    """The network, and its offline model."""
    folder = tmp_path_factory.mktemp('net')
    model = network(folder / 'net.onnx')
    compiled = tools.atc(model, folder / 'net')
    assert compiled.returncode == 0, tools.text_of(compiled)
    return model, folder / 'net.om'


def changed(model, path, initializer, change):
    """A copy of the model with one initializer changed."""
    proto = onnx.load(model)
    for tensor in proto.graph.initializer:
        if tensor.name == initializer:
            tensor.CopyFrom(numpy_helper.from_array(change(numpy_helper.to_array(tensor).copy()), initializer))
    onnx.save(proto, path)
    return path


def test_all_layers_agree(net, tmp_path):
    result = compare(*net, arguments=['--all', '--json', tmp_path / 'rows.json'])
    assert result.returncode == 0, tools.text_of(result)
    report = json.loads((tmp_path / 'rows.json').read_text())
    assert report['ok'] and report['first'] is None and report['reference'].startswith('ONNX Runtime ')
    layers = {row['name']: row for row in report['layers']}
    stage = layers['/stage.1/relu']
    assert stage['state'] == 'ok' and stage['cosine'] > 0.9999 and stage['rel'] < 5e-3
    assert stage['operators'] == 'Conv+BatchNormalization+Relu'
    assert stage['made_by'] == 'ascend-fuse-batch-norm' and 'ascend-form-kernels' in stage['passes']
    assert layers['0 probabilities']['output']
    assert 'made by pass' in result.stdout


@pytest.mark.parametrize('initializer, layer', [('w1', '/stage.1/relu'), ('s2', '/pool'), ('g', '/fc')])
def test_a_changed_weight_is_found(net, tmp_path, initializer, layer):
    """The weights of one channel of the ONNX model are others than those of the offline model."""
    def change(value):
        channel = value[:, 3] if initializer == 'g' else value[3:4]
        channel *= -2
        return value

    model = changed(net[0], tmp_path / 'changed.onnx', initializer, change)
    result = compare(model, net[1], arguments=['--json', tmp_path / 'rows.json'])
    assert result.returncode == 1
    report = json.loads((tmp_path / 'rows.json').read_text())
    assert report['first'] == layer
    assert f"the first tensor out of tolerance is '{layer}'" in result.stderr
    assert 'operators made by pass ' in result.stderr and 'kernel k' in result.stderr


def test_a_wrong_scale_is_found(net, tmp_path):
    """5 % on one batch norm are more than halves explain."""
    model = changed(net[0], tmp_path / 'changed.onnx', 's0', lambda value: value * np.float32(1.05))
    result = compare(model, net[1])
    assert result.returncode == 1
    assert "the first tensor out of tolerance is '/stage.0/relu'" in result.stderr
    assert 'made by pass ascend-fuse-batch-norm' in result.stderr


def test_slices_of_a_loop_over_the_batch(tmp_path):
    """Activations larger than the L2 cache: kernels run on slices, whose tensors are put together."""
    model = network(tmp_path / 'net.onnx', batch=32, size=64, channels=64, depth=3)
    compiled = tools.atc(model, tmp_path / 'net', '--soc_version=Ascend310P3')
    assert compiled.returncode == 0, tools.text_of(compiled)
    tasks = json.loads(tools.call('om', 'info', tmp_path / 'net.om', '--json').stdout)['tasks']
    runs = [task for task in tasks if '/stage.1/relu' in task['nodes']]
    assert len(runs) > 1, 'the batch is not sliced'
    result = compare(model, tmp_path / 'net.om', arguments=['--json', tmp_path / 'rows.json'])
    assert result.returncode == 0, tools.text_of(result)
    layers = {row['name']: row for row in json.loads((tmp_path / 'rows.json').read_text())['layers']}
    assert layers['/stage.1/relu']['state'] == 'ok'


def test_a_kernel_is_named_after_the_last_of_its_nodes(tmp_path):
    """GELU as it is exported: the factor one half comes last, whatever order the compiler finds the nodes in."""
    values = {'w': np.random.default_rng(1).standard_normal((32, 32)).astype(np.float32), 'root': np.float32(2 ** 0.5),
              'one': np.float32(1), 'half': np.float32(0.5)}
    nodes = [helper.make_node('MatMul', ['x', 'w'], ['m'], 'matmul'), helper.make_node('Div', ['m', 'root'], ['d'], 'div'),
             helper.make_node('Erf', ['d'], ['e'], 'erf'), helper.make_node('Add', ['e', 'one'], ['a'], 'add'),
             helper.make_node('Mul', ['m', 'a'], ['p'], 'product'), helper.make_node('Mul', ['p', 'half'], ['y'], 'gelu'),
             helper.make_node('Softmax', ['y'], ['z'], 'softmax')]
    graph = helper.make_graph(nodes, 'g', [helper.make_tensor_value_info('x', TensorProto.FLOAT, [8, 32])],
                              [helper.make_tensor_value_info('z', TensorProto.FLOAT, [8, 32])],
                              [numpy_helper.from_array(np.asarray(value), name) for name, value in values.items()])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)], ir_version=8), tmp_path / 'g.onnx')
    compiled = tools.atc(tmp_path / 'g.onnx', tmp_path / 'g')
    assert compiled.returncode == 0, tools.text_of(compiled)
    result = compare(tmp_path / 'g.onnx', tmp_path / 'g.om', arguments=['--json', tmp_path / 'rows.json'])
    assert result.returncode == 0, tools.text_of(result)
    assert 'gelu' in {row['name'] for row in json.loads((tmp_path / 'rows.json').read_text())['layers']}


def test_behind_aipp(tmp_path):
    model = network(tmp_path / 'net.onnx', batch=1)
    config = Aipp('RGB888_U8', 12, 12, mean_chn=[120, 115, 100], var_reci_chn=[0.017, 0.018, 0.017])
    (tmp_path / 'aipp.cfg').write_text(config.text())
    compiled = tools.atc(model, tmp_path / 'net', f'--insert_op_conf={tmp_path}/aipp.cfg')
    assert compiled.returncode == 0, tools.text_of(compiled)
    with pytest.raises(CompareError, match='give the configuration with --insert_op_conf'):
        compare(model, tmp_path / 'net.om')
    result = compare(model, tmp_path / 'net.om', config=tmp_path / 'aipp.cfg')
    assert result.returncode == 0, tools.text_of(result)
    other = changed(model, tmp_path / 'changed.onnx', 'w0', lambda value: -value)
    result = compare(other, tmp_path / 'net.om', config=tmp_path / 'aipp.cfg')
    assert "the first tensor out of tolerance is '/stage.0/relu'" in result.stderr


def test_command(net):
    command = [sys.executable, '-m', 'openatc.compare']
    good = subprocess.run([*command, *net, '--all'], capture_output=True, text=True, cwd=tools.ROOT / 'python')
    assert good.returncode == 0, good.stderr
    assert ' 0 out of tolerance' in good.stdout and 'compared with ONNX Runtime' in good.stdout
    bad = subprocess.run([*command, net[0], '/nonexistent.om'], capture_output=True, text=True,
                         cwd=tools.ROOT / 'python')
    assert bad.returncode == 1 and bad.stderr.startswith('openatc.compare: error: cannot read')


def test_names_of_tensors():
    graph = helper.make_graph([helper.make_node('Split', ['x'], ['a', 'b', '']), helper.make_node('Relu', ['a'], ['c'], 'r')],
                              'g', [], [])
    assert tensor_names(helper.make_model(graph)) == {'a': 'Split_0', 'b': 'Split_0:1', 'c': 'r'}


def test_gears(tmp_path):
    """Each gear is compared with the network of its shapes."""
    proto = onnx.load(network(tmp_path / 'net.onnx'))
    for value in (*proto.graph.input, *proto.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = 'n'
    onnx.save(proto, tmp_path / 'net.onnx')
    compiled = tools.atc(tmp_path / 'net.onnx', tmp_path / 'net', '--input_shape=image:-1,3,12,12',
                         '--dynamic_batch_size=1,4')
    assert compiled.returncode == 0, tools.text_of(compiled)
    for gear in ('1', '4'):
        result = compare(tmp_path / 'net.onnx', tmp_path / 'net.om', gear=gear)
        assert result.returncode == 0, tools.text_of(result)
    with pytest.raises(CompareError, match='1,4'):
        compare(tmp_path / 'net.onnx', tmp_path / 'net.om', gear='2')
