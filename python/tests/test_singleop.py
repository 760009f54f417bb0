"""`atc --singleop`: every operator against NumPy, the rules for files, and what is refused."""
import json
import math

import numpy as np
import pytest

from openatc import tools

TYPES = {np.dtype(np.float32): 'float', np.dtype(np.float16): 'float16', np.dtype(np.int32): 'int32',
         np.dtype(np.int64): 'int64', np.dtype(np.int8): 'int8', np.dtype(np.bool_): 'bool'}


def desc(value, layout='ND', constant=False):
    value = np.asarray(value)
    out = {'format': layout, 'shape': list(value.shape), 'type': TYPES[value.dtype]}
    if constant:
        out |= {'is_const': True, 'const_value': value.reshape(-1).tolist()}
    return out


def attributes(values):
    def kind(value):
        if isinstance(value, list):
            return 'list_list_int' if value and isinstance(value[0], list) else 'list_int'
        return {bool: 'bool', int: 'int', float: 'float', str: 'string'}[type(value)]
    return [{'name': name, 'type': kind(value), 'value': value} for name, value in values.items()]


class Const:
    """An input that is a constant of the operator."""

    def __init__(self, value, dtype=np.int32):
        self.value = np.asarray(value, dtype)


def operator(kind, inputs, outputs, attrs=None, layout='ND', out_layout=None):
    return {'op': kind,
            'input_desc': [desc(i.value, 'ND', True) if isinstance(i, Const) else desc(i, layout)
                           for i in inputs],
            'output_desc': [desc(o, out_layout or layout) for o in outputs],
            'attr': attributes(attrs or {})}


def compile_ops(folder, ops, *options):
    (folder / 'ops.json').write_text(ops if isinstance(ops, str) else json.dumps(ops))
    return tools.call('atc', f'--singleop={folder / "ops.json"}', f'--soc_version={tools.SOC}',
                      f'--output={folder / "out"}', *options)


def rng():
    return np.random.default_rng(5)


def real(*shape, dtype=np.float32, positive=False):
    value = rng().standard_normal(shape)
    return (np.abs(value) + 0.5 if positive else value).astype(dtype)


def softmax(x, axis):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def erf(x):
    return np.vectorize(math.erf)(x)


def conv(x, w, stride, pad):
    """A plain convolution, channels first."""
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    n, _, h, width = x.shape
    o, _, kh, kw = w.shape
    out = np.zeros((n, o, (h - kh) // stride + 1, (width - kw) // stride + 1), np.float64)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            patch = x[:, :, i * stride:i * stride + kh, j * stride:j * stride + kw]
            out[:, :, i, j] = np.einsum('ncij,ocij->no', patch, w)
    return out.astype(np.float32)


def pool(x, k, reduce):
    n, c, h, w = x.shape
    return reduce(x.reshape(n, c, h // k, k, w // k, k), axis=(3, 5))


A, B, P = real(3, 20), real(3, 20)[::-1].copy(), real(3, 20, positive=True)
M, N_ = real(24, 40), real(40, 16)
IMAGE, FILTER = real(1, 8, 12, 12), real(16, 8, 3, 3)
INTS = rng().integers(-128, 128, (20, 3000)).astype(np.int8)

#: operator, inputs, expected outputs, attributes
CASES = [
    ('Add', [A, B], [A + B], {}),
    ('Sub', [A, B], [A - B], {}),
    ('Mul', [A, B[:1]], [A * B[:1]], {}),
    ('RealDiv', [A, P], [A / P], {}),
    ('Maximum', [A, B], [np.maximum(A, B)], {}),
    ('Minimum', [A, B], [np.minimum(A, B)], {}),
    ('Pow', [P, np.full_like(P, 1.5)], [P ** 1.5], {}),
    ('Abs', [A], [np.abs(A)], {}),
    ('Neg', [A], [-A], {}),
    ('Square', [A], [A * A], {}),
    ('Sqrt', [P], [np.sqrt(P)], {}),
    ('Rsqrt', [P], [1 / np.sqrt(P)], {}),
    ('Exp', [A], [np.exp(A)], {}),
    ('Exp', [A], [2 ** (0.5 * A + 1)], {'base': 2.0, 'scale': 0.5, 'shift': 1.0}),
    ('Log', [P], [np.log(P)], {}),
    ('Log', [P], [np.log10(2 * P)], {'base': 10.0, 'scale': 2.0}),
    ('Power', [P], [(2 * P + 1) ** 3], {'power': 3.0, 'scale': 2.0, 'shift': 1.0}),
    ('Relu', [A], [np.maximum(A, 0)], {}),
    ('Relu6', [4 * A], [np.clip(4 * A, 0, 6)], {}),
    ('LeakyRelu', [A], [np.where(A < 0, 0.1 * A, A)], {'negative_slope': 0.1}),
    ('Sigmoid', [A], [1 / (1 + np.exp(-A))], {}),
    ('Tanh', [A], [np.tanh(A)], {}),
    ('Gelu', [A], [0.5 * A * (1 + np.tanh(np.sqrt(2 / np.pi) * (A + 0.044715 * A ** 3)))], {}),
    ('GeluV2', [A], [0.5 * A * (1 + erf(A / np.sqrt(2)))], {'approximate': 'none'}),
    ('FastGelu', [A], [A / (1 + np.exp(-1.702 * A))], {}),
    ('Swish', [A], [A / (1 + np.exp(-A))], {}),
    ('ClipByValue', [A, np.float32(-0.5), np.float32(0.5)], [np.clip(A, -0.5, 0.5)], {}),
    ('AddN', [A, B, P], [A + B + P], {'N': 3}),
    ('Axpy', [A, B], [A + 0.5 * B], {'alpha': 0.5}),
    ('Adds', [A], [A + 2.5], {'value': 2.5}),
    ('Muls', [A], [A * 2.5], {'value': 2.5}),
    ('BiasAdd', [A, P[0]], [A + P[0]], {}),
    ('SquaredDifference', [A, B], [(A - B) ** 2], {}),
    ('Equal', [A, A], [np.ones_like(A, np.bool_)], {}),
    ('NotEqual', [A, B], [A != B], {}),
    ('Greater', [A, B], [A > B], {}),
    ('Less', [A, B], [A < B], {}),
    ('GreaterEqual', [A, B], [A >= B], {}),
    ('LessEqual', [A, B], [A <= B], {}),
    ('LogicalNot', [A > 0], [A <= 0], {}),
    ('LogicalAnd', [A > 0, B > 0], [(A > 0) & (B > 0)], {}),
    ('Select', [A > 0, A, B], [np.where(A > 0, A, B)], {}),
    ('Cast', [A], [A.astype(np.float16)], {'dst_type': 1, 'truncate': False}),
    ('Cast', [10 * A], [(10 * A).astype(np.int32)], {'dst_type': 3}),
    ('OnesLike', [A], [np.ones_like(A)], {}),
    ('MatMul', [M, N_], [M @ N_], {}),
    ('MatMulV2', [M.T.copy(), N_.T.copy(), P[0, :16]], [M @ N_ + P[0, :16]],
     {'transpose_x1': True, 'transpose_x2': True}),
    ('BatchMatMulV2', [M.reshape(2, 12, 40), np.stack([N_, -N_])],
     [M.reshape(2, 12, 40) @ np.stack([N_, -N_])], {}),
    ('GEMM', [M, N_, M[:, :16], np.float32(2), np.float32(0.5)], [2 * (M @ N_) + 0.5 * M[:, :16]],
     {'transpose_a': False, 'transpose_b': False}),
    ('MatMulV2', [INTS, INTS.T.copy()], [INTS.astype(np.int32) @ INTS.T.astype(np.int32)], {}),
    ('FullyConnection', [M.reshape(24, 8, 5), N_.T.copy()], [M @ N_], {'num_output': 16}),
    ('SoftmaxV2', [A], [softmax(A, 0)], {'axes': [0]}),
    ('LogSoftmaxV2', [A], [np.log(softmax(A, 1))], {'axes': [1]}),
    ('ReduceSumD', [A], [A.sum(axis=1)], {'axes': [1]}),
    ('ReduceSumD', [A], [A.sum()], {'axes': []}),
    ('ReduceMean', [A, Const([0])], [A.mean(axis=0, keepdims=True)], {'keep_dims': True}),
    ('ReduceMaxD', [A], [A.max(axis=1)], {'axes': [-1], 'keep_dims': False}),
    ('ReduceMinD', [A], [A.min(axis=0)], {'axes': [0]}),
    ('ArgMaxD', [A], [A.argmax(axis=1).astype(np.int32)], {'dimension': 1}),
    ('ArgMaxV2', [A[0], Const([0])], [np.array([A[0].argmax()], np.int32)], {}),
    ('LayerNorm', [A, P[0], P[1]],
     [(A - A.mean(1, keepdims=True)) / np.sqrt(A.var(1, keepdims=True) + 1e-5) * P[0] + P[1],
      A.mean(1, keepdims=True), A.var(1, keepdims=True)],
     {'begin_norm_axis': 1, 'begin_params_axis': 1, 'epsilon': 1e-5}),
    ('TransposeD', [A], [A.T], {'perm': [1, 0]}),
    ('Transpose', [IMAGE, Const([0, 2, 3, 1])], [IMAGE.transpose(0, 2, 3, 1)], {}),
    ('ConcatD', [A, B], [np.concatenate([A, B], 1)], {'concat_dim': 1, 'N': 2}),
    ('ConcatV2', [A, B, Const(0)], [np.concatenate([A, B], 0)], {'N': 2}),
    ('SplitD', [A], np.split(A, 2, 1), {'split_dim': 1, 'num_split': 2}),
    ('Split', [Const(1), A], np.split(A, 2, 1), {'num_split': 2}),
    ('SplitVD', [A], [A[:1], A[1:]], {'size_splits': [1, 2], 'split_dim': 0, 'num_split': 2}),
    ('Pack', [A, B], [np.stack([A, B], 1)], {'axis': 1, 'N': 2}),
    ('Unpack', [A], list(A), {'axis': 0, 'num': 3}),
    ('PadD', [A], [np.pad(A, ((1, 0), (2, 3)))], {'paddings': [[1, 0], [2, 3]]}),
    ('Pad', [A, Const([[0, 1], [0, 0]])], [np.pad(A, ((0, 1), (0, 0)))], {}),
    ('TileD', [A], [np.tile(A, (2, 3))], {'multiples': [2, 3]}),
    ('Tile', [A, Const([1, 2])], [np.tile(A, (1, 2))], {}),
    ('BroadcastTo', [A[:1], Const([4, 20])], [np.repeat(A[:1], 4, 0)], {}),
    ('ExpandDims', [A, Const(1)], [A[:, None]], {}),
    ('Squeeze', [A[:, None]], [A], {'axis': [1]}),
    ('Reshape', [A, Const([4, -1])], [A.reshape(4, 15)], {}),
    ('Flatten', [IMAGE], [IMAGE.reshape(1, -1)], {}),
    ('StridedSliceD', [A], [A[1:3, ::2]],
     {'begin': [1, 0], 'end': [3, 20], 'strides': [1, 2], 'begin_mask': 2, 'end_mask': 2}),
    ('StridedSlice', [A, Const([-1, 5]), Const([0, 15]), Const([1, 1])], [A[-1, 5:15]],
     {'shrink_axis_mask': 1}),
    ('SliceD', [A], [A[1:3, 4:]], {'offsets': [1, 4], 'size': [2, -1]}),
    ('Gather', [A, np.array([2, 0], np.int32)], [A[[2, 0]]], {'validate_indices': True}),
    ('GatherV2', [A, np.array([2, 0], np.int32), Const([1])], [A[:, [2, 0]]], {}),
    ('Conv2D', [IMAGE, FILTER], [conv(IMAGE, FILTER, 2, 1)],
     {'strides': [1, 1, 2, 2], 'pads': [1, 1, 1, 1], 'dilations': [1, 1, 1, 1]}),
    ('MaxPoolV3', [IMAGE], [pool(IMAGE, 2, np.max)],
     {'ksize': [1, 1, 2, 2], 'strides': [1, 1, 2, 2], 'padding_mode': 'VALID'}),
    ('AvgPool', [IMAGE], [pool(IMAGE, 2, np.mean)],
     {'ksize': [1, 1, 2, 2], 'strides': [1, 1, 2, 2], 'padding': 'VALID'}),
    ('ResizeNearestNeighborV2', [IMAGE, Const([24, 24])],
     [IMAGE.repeat(2, axis=2).repeat(2, axis=3)], {}),
]


#: NumPy widens some of them.
CASES = [(kind, inputs, [o.astype(np.float32) if o.dtype == np.float64 else o for o in map(np.asarray, outputs)],
          attrs) for kind, inputs, outputs, attrs in CASES]


def layout_of(kind):
    image = kind in ('Conv2D', 'MaxPoolV3', 'AvgPool', 'ResizeNearestNeighborV2')
    return 'NCHW' if image else 'ND'


@pytest.fixture(scope='module')
def compiled(tmp_path_factory):
    """All operators of one file, compiled at once, as a user would."""
    folder = tmp_path_factory.mktemp('ops')
    ops = [operator(kind, inputs, outputs, attrs, layout_of(kind)) for kind, inputs, outputs, attrs in CASES]
    for index, op in enumerate(ops):
        op['name'] = f'op{index}'
    built = compile_ops(folder, ops)
    assert built.returncode == 0, tools.text_of(built)
    return folder


@pytest.mark.parametrize('index', range(len(CASES)), ids=[f'{case[0]}_{i}' for i, case in enumerate(CASES)])
def test_operators_compute_what_numpy_does(compiled, index, tmp_path):
    _, inputs, outputs, _ = CASES[index]
    given = [value for value in inputs if not isinstance(value, Const)]
    ran = tools.om_run(compiled / 'out' / f'op{index}.om', given, tmp_path)
    assert ran.returncode == 0, tools.text_of(ran)
    for i, expected in enumerate(outputs):
        expected, got = np.asarray(expected), tools.output(tmp_path, i)
        assert got.shape == expected.shape and got.dtype == expected.dtype
        if expected.dtype.kind == 'f':
            np.testing.assert_allclose(got, expected, rtol=2e-3, atol=2e-3 * np.abs(expected).max())
        else:
            np.testing.assert_array_equal(got, expected)


def test_channels_last(tmp_path):
    x, w = IMAGE.transpose(0, 2, 3, 1).copy(), FILTER.transpose(2, 3, 1, 0).copy()
    y = conv(IMAGE, FILTER, 1, 1).transpose(0, 2, 3, 1)
    op = operator('Conv2D', [x, w], [y], {'strides': [1, 1, 1, 1], 'pads': [1, 1, 1, 1]}, 'NHWC')
    op['input_desc'][1]['format'] = 'HWCN'
    trans = operator('TransData', [IMAGE], [x], {'src_format': 'NCHW', 'dst_format': 'NHWC'}, 'NCHW', 'NHWC')
    assert compile_ops(tmp_path, [op, trans]).returncode == 0
    names = sorted(p.name for p in (tmp_path / 'out').iterdir())
    assert names == ['0_Conv2D_0_1_1_12_12_8_0_16_3_3_8_16_0_1_1_12_12_16.om',
                     '1_TransData_0_0_1_8_12_12_0_1_1_12_12_8.om']
    assert tools.om_run(tmp_path / 'out' / names[0], [x, w], tmp_path / 'a').returncode == 0
    np.testing.assert_allclose(tools.output(tmp_path / 'a', 0), y, atol=2e-2)
    assert tools.om_run(tmp_path / 'out' / names[1], [IMAGE], tmp_path / 'b').returncode == 0
    np.testing.assert_array_equal(tools.output(tmp_path / 'b', 0), x)


def test_the_model_records_its_operator(tmp_path):
    assert compile_ops(tmp_path, operator('Add', [A, B], [A])).returncode == 0
    info = tools.call('om', 'info', tmp_path / 'out' / '0_Add_0_2_3_20_0_2_3_20_0_2_3_20.om')
    assert 'Add(float ND [3, 20], float ND [3, 20]) -> float ND [3, 20]' in info.stdout


GOOD = operator('Add', [A, B], [A])


def changed(key, value, tensor=None):
    op = json.loads(json.dumps(GOOD))
    (op if tensor is None else op['input_desc'][tensor])[key] = value
    return op


@pytest.mark.parametrize('ops, code, text', [
    ('[{"op": "Add",', 'E10025', 'is not a valid JSON file'),
    ('7', 'E10025', 'holds no list of operators'),
    ('[]', 'E10025', 'holds no list of operators'),
    ([{}], 'E10026', 'The Op name is empty'),
    ([changed('op', '')], 'E10026', 'The Op name is empty'),
    ([changed('op', 3)], 'E10026', 'The Op name is empty'),
    ([changed('input_desc', 'x')], 'E10027', 'no list of tensors'),
    ([changed('output_desc', [])], 'E10027', 'no output_desc'),
    ([changed('type', 'float99', 0)], 'E10027', "'float99' is no supported element type"),
    ([changed('format', 'ABCD', 1)], 'E10027', "'ABCD' is no format"),
    ([changed('format', 'NC1HWC0', 1)], 'E10027', 'dense tensors, not NC1HWC0'),
    ([changed('shape', [3, 'x'], 0)], 'E10027', "'shape' is missing or no list of integers"),
    ([changed('shape', [1 << 40, 1 << 40], 0)], 'E10027', 'Attribute shape of input tensor 0'),
    ([changed('shape', [-2], 0)], 'E10027', 'unknown rank'),
    ([changed('shape', [1.5], 0)], 'E10027', 'no list of integers'),
    ([changed('is_const', True, 1)], 'E10027', 'const_value of input tensor 1'),
    ([changed('attr', {'name': 'a'})], 'E10030', 'is no list'),
    ([changed('attr', [{'name': '', 'type': 'int', 'value': 1}])], 'E10029', 'Attribute name of Op Add is empty'),
    ([changed('attr', [{'name': 'a', 'type': 'int', 'value': 'x'}])], 'E10030', 'attribute name a of Op Add'),
    ([changed('attr', [{'name': 'a', 'type': 'tuple', 'value': 1}])], 'E10030', 'attribute name a of Op Add'),
    ([changed('attr', [{'name': 'a', 'type': 'int', 'value': 1 << 64}])], 'E10030', 'attribute name a'),
    ([changed('op', 'NoSuchOp')], 'E10501', 'IR for Op [NoSuchOp] is not registered'),
    ([changed('shape', [-1, 20], 0)], 'E10055', 'dimensions of -1'),
    ([changed('shape', [4, 20], 0)], 'E14001', 'Add'),
    ([operator('Add', [A, B], [A.T])], 'E10027', 'the operator gives [3, 20]'),
    ([operator('SoftmaxV2', [A], [A], {'axes': [0, 1]})], 'E14001', 'attribute axes must be one number'),
    ([operator('Transpose', [A, np.array([1, 0], np.int32)], [A.T])], 'E14001', 'must be a constant'),
])
def test_wrong_files(ops, code, text, tmp_path):
    built = compile_ops(tmp_path, ops)
    assert built.returncode == 255
    errors = tools.errors_in(built)
    assert errors and errors[0].startswith(code) and text in errors[0], tools.text_of(built)
    assert not (tmp_path / 'out').exists()


def test_hostile_files(tmp_path):
    """Random damage of a legal file is refused or compiles; it never ends atc by a signal."""
    text = json.dumps([GOOD, operator('Pad', [A, Const([[0, 1], [0, 0]])], [np.pad(A, ((0, 1), (0, 0)))])])
    random = np.random.default_rng(3)
    pieces = ['null', '-1', '1e999', '[]', '{}', '"', '\\u0000', '99999999999999999999', '[' * 5000, 'true']
    for _ in range(30):
        at = int(random.integers(len(text)))
        bad = text[:at] + pieces[int(random.integers(len(pieces)))] + text[at + int(random.integers(4)):]
        built = compile_ops(tmp_path, bad)
        assert built.returncode in (0, 255), (bad, tools.text_of(built))


def test_missing_file_and_excluded_options(tmp_path):
    built = tools.call('atc', '--singleop=none.json', '--output=o', f'--soc_version={tools.SOC}')
    assert tools.errors_in(built)[0].startswith('E10023'), tools.text_of(built)
    for option in ('--framework=5', '--insert_op_conf=a.cfg', '--mode=3', '--display_model_info=1'):
        built = compile_ops(tmp_path, [GOOD], option)
        assert any(e.startswith('E10001') and 'singleop' in e for e in tools.errors_in(built)), tools.text_of(built)
