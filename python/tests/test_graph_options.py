"""Options that change the graph: outputs, element types, precision, fusions; numbers against ONNX Runtime."""
import json

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from openatc import tools

RNG = np.random.default_rng(11)
ALL_OFF = {'Switch': {'GraphFusion': {'ALL': 'off'}, 'UBFusion': {'ALL': 'off'}}}


def weights(**shapes):
    return [numpy_helper.from_array((RNG.standard_normal(s) / np.sqrt(np.prod(s[1:]))).astype(np.float32), n)
            for n, s in shapes.items()]


def scalars(**values):
    return [numpy_helper.from_array(np.array(v, np.float32), n) for n, v in values.items()]


def network():
    """Convolutions with normalisation and pooling, a GELU written out, attention of one head, two outputs; a branch
    that no one can compile hangs on the first convolution."""
    node = helper.make_node
    nodes = [
        node('Conv', ['x', 'w0', 'b0'], ['c0'], name='conv0', pads=[1, 1, 1, 1]),
        node('BatchNormalization', ['c0', 's', 'b0', 'm', 'v'], ['n0'], name='norm0'),
        node('Relu', ['n0'], ['r0'], name='relu0'),
        node('MaxPool', ['r0'], ['p0'], name='pool0', kernel_shape=[2, 2], strides=[2, 2]),
        node('Conv', ['p0', 'w1'], ['c1'], name='conv1', pads=[1, 1, 1, 1]),
        node('Add', ['c1', 'p0'], ['a1'], name='add1'),
        node('Relu', ['a1'], ['r1'], name='relu1'),
        node('Reshape', ['r1', 'rows'], ['t'], name='rows1'),
        node('MatMul', ['t', 'wq'], ['q'], name='query'),
        node('MatMul', ['t', 'wk'], ['k'], name='key'),
        node('MatMul', ['t', 'wv'], ['u'], name='value'),
        node('Transpose', ['k'], ['kt'], name='turn', perm=[0, 2, 1]),
        node('MatMul', ['q', 'kt'], ['d'], name='scores'),
        node('Mul', ['d', 'eighth'], ['e'], name='scale'),
        node('Softmax', ['e'], ['f'], name='soft', axis=-1),
        node('MatMul', ['f', 'u'], ['g'], name='mix'),
        node('Div', ['g', 'root'], ['h0'], name='gelu_div'),
        node('Erf', ['h0'], ['h1'], name='gelu_erf'),
        node('Add', ['h1', 'one'], ['h2'], name='gelu_add'),
        node('Mul', ['g', 'h2'], ['h3'], name='gelu_mul'),
        node('Mul', ['h3', 'half'], ['h4'], name='gelu_half'),
        node('MatMul', ['h4', 'wo'], ['y'], name='last'),
        node('Sigmoid', ['y'], ['z'], name='gate'),
        node('NonZero', ['c0'], ['bad'], name='dead_end'),
    ]
    constants = weights(w0=(16, 3, 3, 3), w1=(16, 16, 3, 3), b0=(16,), wq=(64, 64), wk=(64, 64), wv=(64, 64),
                        wo=(64, 32))
    constants += [numpy_helper.from_array(RNG.uniform(0.5, 1.5, 16).astype(np.float32), n) for n in 'smv']
    constants += scalars(eighth=0.125, root=2 ** 0.5, one=1.0, half=0.5)
    constants += [numpy_helper.from_array(np.array([1, 64, 64], np.int64), 'rows')]
    graph = helper.make_graph(
        nodes, 'net', [helper.make_tensor_value_info('x', TensorProto.FLOAT, [1, 3, 32, 32])],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, 64, 32]) for n in 'yz'], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)


@pytest.fixture(scope='module')
def net(tmp_path_factory):
    """Folder with net.onnx (without the dead end) and cut.onnx (with it), the input, and ONNX Runtime's tensors."""
    folder = tmp_path_factory.mktemp('net')
    model = network()
    onnx.save(model, folder / 'cut.onnx')
    del model.graph.node[-1]
    onnx.save(model, folder / 'net.onnx')
    names = [n.output[0] for n in model.graph.node]
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    del probe.graph.output[:]
    probe.graph.output.extend(helper.make_empty_tensor_value_info(n) for n in names)
    x = RNG.standard_normal((1, 3, 32, 32)).astype(np.float32)
    session = onnxruntime.InferenceSession(probe.SerializeToString(), providers=['CPUExecutionProvider'])
    return folder, x, dict(zip(names, session.run(names, {'x': x})))


def run(net, tmp_path, *options, model='net', outputs=2, x=None):
    """Compiles with the options and runs; the outputs, and what atc printed."""
    folder, value, _ = net
    made = tools.atc(folder / f'{model}.onnx', tmp_path / 'net', f'--report={tmp_path / "net.json"}', *options)
    assert made.returncode == 0, tools.text_of(made)
    ran = tools.om_run(tmp_path / 'net.om', [value if x is None else x], tmp_path / 'out', '--hazards')
    assert ran.returncode == 0, tools.text_of(ran)
    return [tools.output(tmp_path / 'out', i) for i in range(outputs)], made.stdout


def error(got, want):
    """Largest difference, of the largest value."""
    return float(np.abs(got.astype(np.float64) - want).max() / np.abs(want).max())


def refused(net, tmp_path, *options, model='net'):
    made = tools.atc(net[0] / f'{model}.onnx', tmp_path / 'net', *options)
    assert made.returncode == 255 and not (tmp_path / 'net.om').exists()
    return made.stdout


def listed(tmp_path, text, name='list'):
    (tmp_path / name).write_text(text if isinstance(text, str) else json.dumps(text))
    return tmp_path / name


# --- outputs and inputs ---------------------------------------------------------------------------------------------

def test_outputs_by_node(net, tmp_path):
    got, text = run(net, tmp_path, '--out_nodes=add1:0;conv0:0;gate:0', model='cut', outputs=3)
    for value, name in zip(got, ('a1', 'c0', 'z')):
        assert value.shape == net[2][name].shape and error(value, net[2][name]) < 1e-2, name
    assert 'conv0:0' in text
    assert 'E16002' in refused(net, tmp_path / 'all', model='cut'), 'the dead end counts when nothing is cut away'


def test_outputs_by_tensor_and_types(net, tmp_path):
    got, _ = run(net, tmp_path, '--out_nodes=r0;y', '--output_type=last:0:FP16', model='cut')
    assert [g.dtype for g in got] == [np.float32, np.float16]
    assert error(got[0], net[2]['r0']) < 3e-3 and error(got[1], net[2]['y']) < 1e-2


def test_one_type_for_all_outputs(net, tmp_path):
    got, _ = run(net, tmp_path, '--output_type=INT32')
    assert [g.dtype for g in got] == [np.int32] * 2
    # Truncated; where fp16 lies on the other side of a whole number the result differs by one.
    assert np.abs(got[0] - np.trunc(net[2]['y'])).max() <= 1


def test_inputs_in_fp16(net, tmp_path):
    half = net[1].astype(np.float16)
    got, text = run(net, tmp_path, '--input_fp16_nodes=x', x=half)
    same, _ = run(net, tmp_path, x=half.astype(np.float32))
    assert '1x3x32x32xf16' in text
    for a, b in zip(got, same):
        np.testing.assert_array_equal(a, b)


# --- precision ------------------------------------------------------------------------------------------------------

# Bounds for the errors of `y` and `z`: halves have 2^-11. Pools take halves in every mode, and that is all of the error
# where types are kept.
MODES = {'force_fp16': (5e-5, 1e-2), 'allow_mix_precision': (5e-5, 1e-2), 'allow_fp32_to_fp16': (5e-5, 1e-2),
         'cube_fp16in_fp32out': (2e-5, 5e-3), 'must_keep_origin_dtype': (0, 2e-3)}


@pytest.mark.parametrize('mode', MODES)
def test_precision_modes(net, tmp_path, mode):
    got, _ = run(net, tmp_path, f'--precision_mode={mode}')
    low, high = MODES[mode]
    for value, name in zip(got, 'yz'):
        assert value.dtype == np.float32
        assert low < error(value, net[2][name]) < high, (name, error(value, net[2][name]))


def test_v2_names_are_the_same_modes(net, tmp_path):
    for v1, v2 in (('force_fp16', 'fp16'), ('must_keep_origin_dtype', 'origin'), ('force_fp32', 'cube_fp16in_fp32out'),
                   ('allow_mix_precision', 'mixed_float16')):
        a, _ = run(net, tmp_path, f'--precision_mode={v1}')
        b, _ = run(net, tmp_path, f'--precision_mode_v2={v2}')
        np.testing.assert_array_equal(a[0], b[0])


def test_keeping_types_of_nodes(net, tmp_path):
    """With every product kept in f32 what remains are roundings between them; one node alone changes only itself."""
    plain, _ = run(net, tmp_path, '--out_nodes=conv0:0', outputs=1)
    kept, _ = run(net, tmp_path, '--out_nodes=conv0:0', f'--keep_dtype={listed(tmp_path, "conv0")}', outputs=1)
    assert error(plain[0], net[2]['c0']) > 1e-5 > 2e-6 > error(kept[0], net[2]['c0'])
    types = 'OpType::Conv2D\nOpType::MatMulV2\nOpType::Add\nOpType::Relu\n'
    all_kept, _ = run(net, tmp_path, f'--keep_dtype={listed(tmp_path, types)}')
    half, _ = run(net, tmp_path)
    assert error(all_kept[0], net[2]['y']) < error(half[0], net[2]['y'])


def test_customized_types(net, tmp_path):
    """A convolution of halves that gives f32 is off by its operands alone, one of halves also by its result."""
    f32, _ = run(net, tmp_path, '--out_nodes=conv0:0', '--precision_mode=must_keep_origin_dtype', outputs=1,
                 *[f'--customize_dtypes={listed(tmp_path, "conv0::InputDtype:float16,float16,OutputDtype:float32")}'])
    f16, _ = run(net, tmp_path, '--out_nodes=conv0:0', '--precision_mode=must_keep_origin_dtype', outputs=1,
                 *[f'--customize_dtypes={listed(tmp_path, "OpType::Conv:InputDtype:float16,OutputDtype:float16")}'])
    assert (f16[0] == f16[0].astype(np.float16)).all() and not (f32[0] == f32[0].astype(np.float16)).all()
    assert 1e-5 < error(f32[0], net[2]['c0']) < error(f16[0], net[2]['c0']) < 2e-3


def test_mixlist(net, tmp_path):
    lists = {'black-list': {'to-add': ['Conv2D', 'Relu', 'Add']}}
    got, _ = run(net, tmp_path, '--out_nodes=r0', '--precision_mode_v2=mixed_float16',
                 f'--modify_mixlist={listed(tmp_path, lists)}', outputs=1)
    mixed, _ = run(net, tmp_path, '--out_nodes=r0', '--precision_mode_v2=mixed_float16', outputs=1)
    assert error(got[0], net[2]['r0']) < 3e-6 < 3e-5 < error(mixed[0], net[2]['r0'])


def test_high_precision_of_functions(net, tmp_path):
    """Sigmoid and GELU in f32 between two conversions: nearer to the reference given the same halves in front."""
    x = net[1][:, :1].reshape(1, 1, -1)
    nodes = [helper.make_node('Relu', ['x'], ['a'], name='first'),
             helper.make_node('Sigmoid', ['a'], ['b'], name='gate'),
             helper.make_node('Relu', ['b'], ['y'], name='second')]
    graph = helper.make_graph(nodes, 'g', [helper.make_tensor_value_info('x', TensorProto.FLOAT, x.shape)],
                              [helper.make_tensor_value_info('y', TensorProto.FLOAT, x.shape)])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8),
              tmp_path / 'sigmoid.onnx')
    half = np.maximum(x, 0).astype(np.float16).astype(np.float64)
    want = 1 / (1 + np.exp(-half))

    def mean_error(*options):
        value, _ = run((tmp_path, x, None), tmp_path, *options, model='sigmoid', outputs=1)
        return np.abs(value[0].astype(np.float64) - want).mean()

    fast = mean_error()
    precise = mean_error('--op_select_implmode=high_precision')
    assert precise < 0.8 * fast
    listed_types = mean_error('--op_select_implmode=high_precision', '--optypelist_for_implmode=Sigmoid')
    other = mean_error('--op_select_implmode=high_precision', '--optypelist_for_implmode=Gelu')
    by_node = mean_error(f'--op_precision_mode={listed(tmp_path, "[ByNodeName]%cgate=high_precision" % 10)}')
    assert (listed_types, other, by_node) == (precise, fast, precise)


def test_weights_beyond_fp16(tmp_path):
    x = np.full((1, 16), 0.5, np.float32)
    w = np.zeros((16, 16), np.float32)
    w[0, 3] = 1e6
    graph = helper.make_graph(
        [helper.make_node('MatMul', ['x', 'w'], ['y'], name='product')], 'g',
        [helper.make_tensor_value_info('x', TensorProto.FLOAT, [1, 16])],
        [helper.make_tensor_value_info('y', TensorProto.FLOAT, [1, 16])], [numpy_helper.from_array(w, 'w')])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8), tmp_path / 'w.onnx')
    want = np.zeros((1, 16), np.float32)
    for options, largest in (((), 32752), (('--is_weight_clip=1',), 32752), (('--is_weight_clip=0',), np.inf)):
        want[0, 3] = largest
        got, _ = run((tmp_path, x, None), tmp_path, *options, model='w', outputs=1)
        np.testing.assert_array_equal(got[0], want)


# --- fusions --------------------------------------------------------------------------------------------------------

def kernels(tmp_path):
    return sum(task['engine'] == 'aicore' if 'engine' in task else 1
               for task in json.loads((tmp_path / 'net.json').read_text())['tasks'])


def test_unfused(net, tmp_path):
    fused, _ = run(net, tmp_path)
    few = kernels(tmp_path)
    unfused, text = run(net, tmp_path, f'--fusion_switch_file={listed(tmp_path, ALL_OFF)}')
    assert kernels(tmp_path) > 2 * few
    for a, b, name in zip(fused, unfused, 'yz'):
        assert error(a, net[2][name]) < 1e-2 and error(b, net[2][name]) < 1e-2
    assert 'WARNING' not in text
    _, text = run(net, tmp_path, f'--fusion_switch_file={listed(tmp_path, "SomeFusionPass:off")}')
    assert kernels(tmp_path) == few and text.count('SomeFusionPass') == 1


def test_single_switches(net, tmp_path):
    run(net, tmp_path)
    few = kernels(tmp_path)
    for name in ('FuseBatchNorm', 'FuseFunctions', 'FuseAttention', 'MergeProjections', 'FuseEpilogue', 'FusePool'):
        got, _ = run(net, tmp_path, f'--optimization_switch={name}:off')
        assert kernels(tmp_path) >= few, name
        assert error(got[0], net[2]['y']) < 1e-2, name
