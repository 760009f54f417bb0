"""Models with gears: every gear gives the bits of a model compiled for its shape alone, and what ONNX Runtime
gives; weights are stored once."""
import json
import os
import re
import subprocess

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from openatc import tools


class Network:
    """An ONNX model under construction; weights come from a fixed seed."""

    def __init__(self, *inputs):
        self.random, self.nodes, self.weights = np.random.default_rng(5), [], []
        self.inputs = [helper.make_tensor_value_info(*entry) for entry in inputs]

    def constant(self, value):
        name = f'w{len(self.weights)}'
        self.weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def weight(self, *shape):
        return self.constant((self.random.standard_normal(shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32))

    def op(self, kind, *operands, **attributes):
        name = f'{kind}_{len(self.nodes)}'
        self.nodes.append(helper.make_node(kind, operands, [name], name=name, **attributes))
        return name

    def dense(self, value, rows, columns):
        product = self.op('MatMul', value, self.constant(
            (self.random.standard_normal((rows, columns)) / np.sqrt(rows)).astype(np.float32)))
        return self.op('Add', product, self.constant(np.zeros(columns, np.float32)))

    def save(self, path, *outputs):
        graph = helper.make_graph(self.nodes, 'net', self.inputs,
                                  [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
                                  self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)], ir_version=8)
        onnx.save(model, path)


def classifier(path):
    """A residual network with a depthwise convolution, for any batch."""
    net = Network(('image', TensorProto.FLOAT, ['n', 3, 32, 32]))
    x = net.op('Relu', net.op('Conv', 'image', net.weight(32, 3, 3, 3), strides=[2, 2], pads=[1] * 4))
    y = net.op('Relu', net.op('Conv', x, net.weight(32, 1, 3, 3), pads=[1] * 4, group=32))
    x = net.op('Add', x, net.op('Conv', y, net.weight(32, 32, 1, 1)))
    x = net.op('MaxPool', x, kernel_shape=[2, 2], strides=[2, 2])
    x = net.op('Flatten', net.op('GlobalAveragePool', x), axis=1)
    net.save(path, net.op('Softmax', net.op('Gemm', x, net.weight(10, 32), transB=1), axis=-1))


def detector(path):
    """Two maps from an image of any size; a static input scales one of them."""
    net = Network(('image', TensorProto.FLOAT, [1, 3, 'h', 'w']), ('scale', TensorProto.FLOAT, [1, 16, 1, 1]))
    x = net.op('Relu', net.op('Conv', 'image', net.weight(16, 3, 3, 3), strides=[2, 2], pads=[1] * 4))
    low = net.op('Relu', net.op('Conv', x, net.weight(16, 16, 3, 3), strides=[2, 2], pads=[1] * 4))
    high = net.op('Resize', low, '', net.constant(np.array([1, 1, 2, 2], np.float32)), mode='nearest',
                  coordinate_transformation_mode='asymmetric', nearest_mode='floor')
    net.save(path, net.op('Mul', net.op('Concat', high, x, axis=1), net.op('Concat', 'scale', 'scale', axis=1)), low)


def transformer(path):
    """One layer of an encoder over token ids of any length, with a mask."""
    width, heads = 32, 2
    net = Network(('ids', TensorProto.INT64, [1, 's']), ('mask', TensorProto.FLOAT, [1, 's']))
    x = net.op('Gather', net.weight(50, width), 'ids')

    def split(value):
        return net.op('Transpose', net.op('Reshape', value, net.constant(np.array([1, -1, heads, width // heads]))),
                      perm=[0, 2, 1, 3])

    query, key, value = (split(net.dense(x, width, width)) for _ in range(3))
    scores = net.op('MatMul', query, net.op('Transpose', key, perm=[0, 1, 3, 2]))
    scores = net.op('Mul', scores, net.constant(np.float32(0.25)))
    scores = net.op('Add', scores, net.op('Unsqueeze', 'mask', net.constant(np.array([1, 2]))))
    mixed = net.op('MatMul', net.op('Softmax', scores, axis=-1), value)
    mixed = net.op('Reshape', net.op('Transpose', mixed, perm=[0, 2, 1, 3]), net.constant(np.array([1, -1, width])))
    net.save(path, net.op('Add', x, net.dense(mixed, width, width)))


def image(*shape):
    return np.random.default_rng(sum(shape)).random(shape, np.float32)


# The builder, options of the gears, and of each gear its name, --input_shape and inputs.
CASES = {
    'batch': (classifier, ['--dynamic_batch_size=1,4,3', '--input_shape=image:-1,3,32,32'], {
        str(n): (f'image:{n},3,32,32', [image(n, 3, 32, 32)]) for n in (1, 4, 3)}),
    'image': (detector, ['--dynamic_image_size=32,48;24,24', '--input_shape=image:1,3,-1,-1'], {
        f'{h},{w}': (f'image:1,3,{h},{w}', [image(1, 3, h, w), image(1, 16, 1, 1)]) for h, w in ((32, 48), (24, 24))}),
    'dims': (transformer, ['--input_format=ND', '--dynamic_dims=8,8;40,40', '--input_shape=ids:1,-1;mask:1,-1'], {
        f'{s},{s}': (f'ids:1,{s};mask:1,{s}', [np.arange(s, dtype=np.int64)[None] % 50, -3 * image(1, s)])
        for s in (8, 40)}),
}


AIPP = """aipp_op {
  aipp_mode: static
  input_format: RGB888_U8
  related_input_rank: 0
  mean_chn_0: 100 mean_chn_1: 110 mean_chn_2: 120
  var_reci_chn_0: 0.01 var_reci_chn_1: 0.012 var_reci_chn_2: 0.014
}
"""


def compiled(model, output, *options):
    result = tools.atc(model, output, *options)
    assert result.returncode == 0, tools.text_of(result)
    return f'{output}.om'


@pytest.fixture(scope='module', params=CASES)
def case(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    builder, options, gears = CASES[request.param]
    builder(folder / 'net.onnx')
    return folder, compiled(folder / 'net.onnx', folder / 'gears', *options), options, gears


def run(om, values, folder, outputs, *options):
    result = tools.om_run(om, values, folder, *options)
    assert result.returncode == 0, tools.text_of(result)
    return [tools.output(folder, index) for index in range(outputs)]


def test_gears_equal_static_models_and_onnx_runtime(case):
    folder, om, options, gears = case
    session = onnxruntime.InferenceSession(folder / 'net.onnx', providers=['CPUExecutionProvider'])
    for index, (gear, (shapes, values)) in enumerate(gears.items()):
        want = session.run(None, {node.name: value for node, value in zip(session.get_inputs(), values)})
        got = run(om, values, folder / f'gear{index}', len(want), f'--gear={gear}')
        formats = [option for option in options if option.startswith('--input_format')]
        static = compiled(folder / 'net.onnx', folder / f'static{index}', *formats, f'--input_shape={shapes}')
        alone = run(static, values, folder / f'alone{index}', len(want))
        for ours, same, reference in zip(got, alone, want):
            assert ours.tobytes() == same.tobytes(), gear
            assert ours.shape == reference.shape
            assert np.abs(ours - reference).max() <= 5e-3 * np.abs(reference).max(), gear


def test_largest_gear_is_the_default(case):
    folder, om, _, gears = case
    index, (gear, (_, values)) = max(enumerate(gears.items()), key=lambda entry: entry[1][1][1][0].size)
    stats = folder / 'stats.json'
    run(om, values, folder / 'default', 1, '--stats', stats)
    assert json.loads(stats.read_text())['gear'] == [int(value) for value in gear.split(',')]


def test_weights_are_shared(case):
    folder, om, _, gears = case
    gear_info = json.loads(tools.call('om', 'info', om, '--json').stdout)
    assert [','.join(map(str, gear['values'])) for gear in gear_info['gears']] == list(gears)
    assert gear_info['format_version'] == 2
    assert gear_info['inputs'][-1]['role'] == 'gear'
    shapes, _ = next(iter(gears.values()))
    alone = json.loads(tools.call('om', 'info', compiled(folder / 'net.onnx', folder / 'one', f'--input_shape={shapes}'),
                                  '--json').stdout)
    assert alone['format_version'] == 1
    assert gear_info['weight_bytes'] <= 1.1 * alone['weight_bytes'] + 4096


def test_compilation_is_deterministic(case):
    folder, om, options, _ = case
    again = compiled(folder / 'net.onnx', folder / 'again', *options, '--threads=1')
    with open(om, 'rb') as first, open(again, 'rb') as second:
        assert first.read() == second.read()


def test_inputs_of_another_gear_are_refused(case):
    folder, om, _, gears = case
    names = list(gears)
    result = tools.om_run(om, gears[names[1]][1], folder / 'wrong', f'--gear={names[0]}')
    assert result.returncode != 0
    assert 'input 0' in tools.text_of(result)


@pytest.mark.parametrize('name', ['batch', 'image'])
def test_aipp_takes_pictures_of_the_gear(name, tmp_path):
    builder, options, gears = CASES[name]
    builder(tmp_path / 'net.onnx')
    (tmp_path / 'aipp.cfg').write_text(AIPP)
    om = compiled(tmp_path / 'net.onnx', tmp_path / 'gears', *options, f'--insert_op_conf={tmp_path}/aipp.cfg')
    session = onnxruntime.InferenceSession(tmp_path / 'net.onnx', providers=['CPUExecutionProvider'])
    for index, (gear, (_, values)) in enumerate(gears.items()):
        batch, _, height, width = values[0].shape
        picture = np.random.default_rng(index).integers(0, 256, (batch, height, width, 3), np.uint8)
        pixels = (picture - np.float32([100, 110, 120])) * np.float32([0.01, 0.012, 0.014])
        feed = [pixels.transpose(0, 3, 1, 2), *values[1:]]
        want = session.run(None, {node.name: value for node, value in zip(session.get_inputs(), feed)})
        got = run(om, [picture, *values[1:]], tmp_path / f'gear{index}', len(want), f'--gear={gear}')
        for ours, reference in zip(got, want):
            assert np.abs(ours - reference).max() <= 5e-3 * np.abs(reference).max(), gear


def test_commands_of_the_page_run_as_written(tmp_path):
    page = (tools.ROOT / 'docs' / 'gears.md').read_text()
    commands = re.search(r'```sh\n(.*?)```', page, re.DOTALL)[1]
    (tmp_path / 'examples').symlink_to(tools.ROOT / 'examples')
    environment = {**os.environ, 'PATH': f'{tools.BIN}:{os.environ["PATH"]}'}
    result = subprocess.run(['bash', '-e', '-c', commands], cwd=tmp_path, env=environment, capture_output=True, text=True,
                            timeout=120, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert 'gear 8' in result.stdout and '0 out of tolerance' in result.stdout
