"""AIPP on the simulated NPU against the NumPy model of the published formulas, bit for bit."""
import dataclasses
import itertools

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from openatc import aipp_reference, tools
from openatc.aipp_reference import Aipp

JPEG_TO_RGB, JPEG_BIAS = aipp_reference.YUV_TO_RGB['jpeg']
BT601_TO_YUV, BT601_BIAS = aipp_reference.RGB_TO_YUV['bt601_narrow']
IMAGENET = {'min_chn': [123.675, 116.28, 103.53],
            'var_reci_chn': [0.0171247538316637, 0.0175070028011204, 0.0174291938997821]}


def save(path, shapes, dtype=TensorProto.FLOAT, twice=False):
    """A network whose outputs are its inputs: what AIPP gives comes out unchanged."""
    nodes, inputs, outputs, constants = [], [], [], []
    for i, shape in enumerate(shapes):
        data, result = f'data{i}', f'result{i}'
        inputs.append(helper.make_tensor_value_info(data, dtype, shape))
        if dtype in (TensorProto.UINT8, TensorProto.INT8):
            nodes.append(helper.make_node('Cast', [data], [result], name=f'keep{i}', to=TensorProto.FLOAT))
        else:
            # Max with the smallest half keeps every value.
            element = helper.tensor_dtype_to_np_dtype(dtype)
            constants.append(onnx.numpy_helper.from_array(np.array(-65504, element), f'low{i}'))
            nodes.append(helper.make_node('Max', [data, f'low{i}'], [result], name=f'keep{i}'))
        out = TensorProto.FLOAT if dtype != TensorProto.FLOAT16 else dtype
        outputs.append(helper.make_tensor_value_info(result, out, shape))
        if twice:
            nodes.append(helper.make_node('Neg', [data], [f'minus{i}'], name=f'neg{i}'))
            outputs.append(helper.make_tensor_value_info(f'minus{i}', dtype, shape))
    graph = helper.make_graph(nodes, 'pass', inputs, outputs, constants)
    onnx.save(helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid('', 17)]), path)


def build(folder, shapes, text, *options, **network):
    """Compiles that network with a configuration; what atc printed."""
    save(folder / 'net.onnx', shapes, **network)
    (folder / 'aipp.cfg').write_text(text)
    return tools.atc(folder / 'net.onnx', folder / 'net', f'--insert_op_conf={folder / "aipp.cfg"}', *options)


def run(folder, values, *options):
    ran = tools.om_run(folder / 'net.om', values, folder / 'out', '--hazards', *options)
    assert ran.returncode == 0, tools.text_of(ran)


def compile_and_run(folder, shapes, text, values, **network):
    built = build(folder, shapes, text, **network)
    assert built.returncode == 0, tools.text_of(built)
    run(folder, values)
    return built


def pictures(aipp, count=1, seed=3):
    return np.random.default_rng(seed).integers(0, 256, (count, aipp.image_bytes()), np.uint8)


def expect_halves(folder, index, want):
    got = tools.output(folder / 'out', index)
    np.testing.assert_array_equal(got.astype(np.float16).view(np.uint16), want.view(np.uint16))


def configuration(input_format, crop, csc):
    """A 22x18 picture, cropped to 14x10 where asked, with the usual switches of its format."""
    yuv = input_format == 'YUV420SP_U8'
    aipp = Aipp(input_format, 22, 18, crop=(4, 2, 14, 10) if crop else None, **IMAGENET)
    if input_format == 'XRGB8888_U8':
        aipp.ax_swap_switch = True
    if csc and input_format != 'YUV400_U8':
        aipp.csc_matrix = JPEG_TO_RGB if yuv else BT601_TO_YUV
        aipp.input_bias = JPEG_BIAS if yuv else [0, 0, 0]
        aipp.output_bias = [0, 0, 0] if yuv else BT601_BIAS
    if input_format == 'YUV400_U8':
        for name in ('mean_chn', 'min_chn', 'var_reci_chn'):
            setattr(aipp, name, getattr(aipp, name)[:1])
    return aipp


CASES = {f'{f}-{"crop" if crop else "whole"}-{"csc" if csc else "plain"}': configuration(f, crop, csc)
         for f, crop, csc in itertools.product(aipp_reference.BYTES_PER_PIXEL, (False, True), (False, True))
         if not (csc and f == 'YUV400_U8')}
CASES['RGB888_U8-bgr-mean'] = Aipp('RGB888_U8', 21, 17, rbuv_swap_switch=True, mean_chn=[104, 117, 123])
CASES['RGB888_U8-padding'] = Aipp('RGB888_U8', 20, 12, crop=(1, 1, 18, 10), padding=(3, 2, 1, 4),
                                  padding_value=-1.25, **IMAGENET)
CASES['YUV420SP_U8-padding'] = Aipp('YUV420SP_U8', 20, 12, crop=(2, 4, 7, 5), padding=(32, 0, 0, 32),
                                    padding_value=65504, **IMAGENET)


@pytest.mark.parametrize('name', CASES)
def test_aipp_is_bit_exact(name, tmp_path):
    aipp = CASES[name]
    images = pictures(aipp, 2)
    want = aipp_reference.apply(aipp, images)
    built = compile_and_run(tmp_path, [want.shape], aipp.text(), [images.tobytes()])
    assert f'{images.size} bytes' in built.stdout, 'the summary names the buffer that the application passes'
    expect_halves(tmp_path, 0, want)


def conversions():
    """Every published matrix with every order of channels that its format has, and the conversions to grey."""
    for matrix, bias in aipp_reference.YUV_TO_RGB.values():
        for swap in (False, True):
            yield Aipp('YUV420SP_U8', 8, 6, rbuv_swap_switch=swap, csc_matrix=matrix, input_bias=bias)
    for matrix, bias in aipp_reference.RGB_TO_YUV.values():
        yield Aipp('RGB888_U8', 8, 6, csc_matrix=matrix, output_bias=bias)
        # Rows 1 and 2 exchanged give Y, V, U.
        yield Aipp('RGB888_U8', 8, 6, rbuv_swap_switch=True, csc_matrix=[matrix[0], matrix[2], matrix[1]],
                   output_bias=bias)
        for swaps in itertools.product((False, True), (False, True)):
            yield Aipp('XRGB8888_U8', 8, 6, *swaps, csc_matrix=matrix, output_bias=bias)
    for input_format, matrix in (('RGB888_U8', aipp_reference.RGB_TO_GREY), ('XRGB8888_U8', aipp_reference.RGB_TO_GREY),
                                 ('YUV420SP_U8', aipp_reference.YUV_TO_GREY)):
        yield Aipp(input_format, 8, 6, csc_matrix=matrix)


def test_every_published_conversion_through_an_input_of_its_own(tmp_path):
    aipps = [dataclasses.replace(aipp, related_input_rank=rank) for rank, aipp in enumerate(conversions())]
    images = [pictures(aipp, seed=rank) for rank, aipp in enumerate(aipps)]
    wants = [aipp_reference.apply(aipp, image) for aipp, image in zip(aipps, images)]
    # Blocks may stand in any order.
    text = ''.join(aipp.text() for aipp in reversed(aipps))
    compile_and_run(tmp_path, [want.shape for want in wants], text, [image.tobytes() for image in images])
    for index, want in enumerate(wants):
        expect_halves(tmp_path, index, want)


def test_one_aipp_feeds_all_nodes_of_its_input(tmp_path):
    aipps = [Aipp('RGB888_U8', 6, 4, rbuv_swap_switch=True, related_input_rank=1, **IMAGENET)]
    images = pictures(aipps[0])
    want = aipp_reference.apply(aipps[0], images)
    plain = np.random.default_rng(1).standard_normal((1, 5)).astype(np.float16).astype(np.float32)
    compile_and_run(tmp_path, [plain.shape, want.shape], aipps[0].text(), [plain, images.tobytes()], twice=True)
    expect_halves(tmp_path, 0, plain.astype(np.float16))
    expect_halves(tmp_path, 2, want)
    expect_halves(tmp_path, 3, -want)


@pytest.mark.parametrize('batch', [1, 5])
def test_networks_of_halves(batch, tmp_path):
    aipp = Aipp('YUV420SP_U8', 10, 8, csc_matrix=JPEG_TO_RGB, input_bias=JPEG_BIAS, **IMAGENET)
    images = pictures(aipp, batch)
    want = aipp_reference.apply(aipp, images)
    compile_and_run(tmp_path, [want.shape], aipp.text(), [images.tobytes()], dtype=TensorProto.FLOAT16)
    expect_halves(tmp_path, 0, want)


@pytest.mark.parametrize('dtype', [TensorProto.UINT8, TensorProto.INT8])
def test_networks_of_bytes_get_no_normalisation(dtype, tmp_path):
    aipps = [Aipp('RGB888_U8', 10, 8, crop=(1, 1, 7, 5), mean_chn=[1, 2, 3], **IMAGENET),
             Aipp('YUV420SP_U8', 10, 8, csc_matrix=JPEG_TO_RGB, input_bias=JPEG_BIAS, crop=(2, 2, 7, 5),
                  padding=(1, 2, 3, 0), padding_value=127, related_input_rank=1, **IMAGENET)]
    images = [pictures(aipp) for aipp in aipps]
    wants = [aipp_reference.apply(aipp, image, byte=True) for aipp, image in zip(aipps, images)]
    compile_and_run(tmp_path, [want.shape for want in wants], ''.join(aipp.text() for aipp in aipps),
                    [image.tobytes() for image in images], dtype=dtype)
    for index, want in enumerate(wants):
        if dtype == TensorProto.INT8:
            want = want.view(np.int8)
        np.testing.assert_array_equal(tools.output(tmp_path / 'out', index), want.astype(np.float32))


def dynamic(rank, size):
    return f'aipp_op {{\n  aipp_mode: dynamic\n  related_input_rank: {rank}\n  max_src_image_size: {size}\n}}\n'


# One model takes all of these: the size of what the network gets is the same.
DYNAMIC = {
    'crop': [Aipp('RGB888_U8', 20, 16, crop=(x, y, 12, 10), **IMAGENET) for x, y in ((0, 0), (8, 5))],
    'nv21': [Aipp('YUV420SP_U8', 14, 12, rbuv_swap_switch=True, csc_matrix=JPEG_TO_RGB, input_bias=JPEG_BIAS,
                  crop=crop, **IMAGENET) for crop in ((2, 2, 12, 10), (0, 0, 12, 10))],
    'xbgr-yuv': [Aipp('XRGB8888_U8', 12, 10, True, True, csc_matrix=BT601_TO_YUV, output_bias=BT601_BIAS,
                      mean_chn=[mean, 0, 255]) for mean in (0, 100)],
    'padding': [Aipp('RGB888_U8', 10, 9, crop=crop, padding=padding, padding_value=0, **IMAGENET)
                for crop, padding in (((1, 1, 7, 6), (2, 3, 4, 0)), (None, (1, 1, 0, 1)))],
}


def test_dynamic_aipp_does_what_its_parameters_say(tmp_path):
    size = 2 * 20 * 16 * 3
    built = build(tmp_path, [(2, 3, 10, 12)], dynamic(0, size))
    assert built.returncode == 0, tools.text_of(built)
    assert 'ascend_dynamic_aipp_data  256xu8  256 bytes' in built.stdout
    assert f"in a buffer of {size} bytes; for example 2 RGB888_U8 pictures of 12x10, 720 bytes" in built.stdout
    for aipps in DYNAMIC.values():
        images = np.concatenate([pictures(aipp, seed=i) for i, aipp in enumerate(aipps)])
        want = np.concatenate([aipp_reference.apply(aipp, images[i:i + 1]) for i, aipp in enumerate(aipps)])
        run(tmp_path, [images.tobytes(), aipp_reference.block(aipps)])
        expect_halves(tmp_path, 0, want)


def test_dynamic_aipp_has_parameters_for_the_largest_batch(tmp_path):
    aipps = DYNAMIC['crop']
    images = np.concatenate([pictures(aipp, seed=i) for i, aipp in enumerate(aipps)])
    built = build(tmp_path, [('n', 3, 10, 12)], dynamic(0, images.size), '--input_shape=data0:-1,3,10,12',
                  '--dynamic_batch_size=1,2')
    assert built.returncode == 0, tools.text_of(built)
    assert 'ascend_dynamic_aipp_data  256xu8  256 bytes' in built.stdout
    want = np.concatenate([aipp_reference.apply(aipp, images[i:i + 1]) for i, aipp in enumerate(aipps)])
    # The smaller gear takes the first pictures and their parameters.
    for batch in (2, 1):
        run(tmp_path, [images[:batch].tobytes(), aipp_reference.block(aipps)], '--gear', str(batch))
        expect_halves(tmp_path, 0, want[:batch])
    ran = tools.om_run(tmp_path / 'net.om', [images.tobytes(), bytes(256)], tmp_path / 'out', '--gear', '1')
    assert 'the AIPP parameters were never set' in tools.text_of(ran)


def test_static_aipp_follows_the_gears(tmp_path):
    shapes = [('n', 3, 'h', 'w')]
    aipp = Aipp('RGB888_U8', 0, 0, rbuv_swap_switch=True, **IMAGENET)
    for option, shape, gears in (('--dynamic_batch_size=1,3', '-1,3,6,8', {'1': (1, 6, 8), '3': (3, 6, 8)}),
                                 ('--dynamic_image_size=6,8;10,4', '2,3,-1,-1', {'6,8': (2, 6, 8), '10,4': (2, 10, 4)})):
        built = build(tmp_path, shapes, aipp.text(), f'--input_shape=data0:{shape}', option)
        assert built.returncode == 0, tools.text_of(built)
        for gear, (batch, height, width) in gears.items():
            sized = dataclasses.replace(aipp, src_image_size_w=width, src_image_size_h=height)
            images = pictures(sized, batch)
            run(tmp_path, [images.tobytes()], '--gear', gear)
            expect_halves(tmp_path, 0, aipp_reference.apply(sized, images))
    for text, reason in ((Aipp('RGB888_U8', 4, 4).text(),
                          "src_image_size_w and src_image_size_h must be set to '0'"),
                         (aipp.text().replace('}', 'crop: true }'), "crop and padding cannot be set to 'true'")):
        built = build(tmp_path, shapes, text, '--input_shape=data0:2,3,-1,-1', '--dynamic_image_size=6,8;10,4')
        assert 'E10052' in built.stdout and f'When --dynamic_image_size is set, {reason}' in built.stdout


def test_static_and_dynamic_aipp_of_several_inputs(tmp_path):
    fixed = Aipp('YUV400_U8', 6, 4, mean_chn=[7], min_chn=[0], var_reci_chn=[0.5], related_input_rank=1)
    first = Aipp('RGB888_U8', 8, 8, crop=(1, 2, 4, 5), **IMAGENET)
    last = Aipp('YUV400_U8', 10, 2, mean_chn=[9], min_chn=[1.5], var_reci_chn=[1])
    aipps = [first, fixed, last]
    images = [pictures(aipp, seed=i) for i, aipp in enumerate(aipps)]
    wants = [aipp_reference.apply(aipp, image) for aipp, image in zip(aipps, images)]
    text = dynamic(2, 20) + fixed.text() + dynamic(0, 192)
    built = compile_and_run(tmp_path, [want.shape for want in wants], text,
                            [*(image.tobytes() for image in images), aipp_reference.block([first]),
                             aipp_reference.block([last])])
    for index, want in enumerate(wants):
        expect_halves(tmp_path, index, want)
    # Parameters follow the network's own inputs, in their order.
    assert built.stdout.index('ascend_dynamic_aipp_data  160xu8') \
        < built.stdout.index('ascend_dynamic_aipp_data_data2_0_aipp  160xu8')
    info = tools.text_of(tools.call('om', 'info', tmp_path / 'net.om'))
    assert 'through dynamic AIPP from pictures that input 3 describes to f32 [1, 3, 5, 4] NCHW' in info
    assert 'through static AIPP from YUV400_U8 6x4' in info
    assert 'AIPP parameters of the pictures in input 2 (aclmdlSetInputAIPP)' in info
    # What needs no real pictures runs with parameters that fit.
    assert tools.call('om', 'bench', tmp_path / 'net.om', '--repeat', '1', '--loads', '1').returncode == 0


def test_wrong_parameters_stop_the_run(tmp_path):
    assert build(tmp_path, [(1, 3, 4, 4)], dynamic(0, 48)).returncode == 0
    image = bytes(48)

    def error_with(block):
        ran = tools.om_run(tmp_path / 'net.om', [image, block], tmp_path / 'out')
        assert ran.returncode != 0
        return tools.text_of(ran)

    assert 'the AIPP parameters were never set' in error_with(bytes(160))
    assert 'the crop of 4x4 at 1,0 leaves the source of 4x4' in error_with(
        aipp_reference.block([Aipp('RGB888_U8', 4, 4, crop=(1, 0, 4, 4))]))
    assert '64 bytes, more than max_src_image_size, 48' in error_with(
        aipp_reference.block([Aipp('XRGB8888_U8', 4, 4)]))
    assert 'gives 1 channels but the network takes 3' in error_with(
        aipp_reference.block([Aipp('YUV400_U8', 4, 4, mean_chn=[0], min_chn=[0], var_reci_chn=[1])]))


def test_a_mistake_names_file_and_line(tmp_path):
    built = build(tmp_path, [(1, 3, 4, 4)], 'aipp_op {\n  aipp_mode: static\n  input_fromat: YUV400_U8\n}\n')
    assert built.returncode == 255
    assert 'E10052' in built.stdout and 'AIPP configuration is invalid. Reason: ' in built.stdout
    assert 'aipp.cfg:3: ' in built.stdout
    assert not (tmp_path / 'net.om').exists()
    built = build(tmp_path, [(1, 3, 4, 4)], Aipp('RGB888_U8', 4, 4, related_input_rank=1).text())
    assert 'E10052' in built.stdout
    assert 'Cannot find the data node by aipp parameter related_input_rank 1' in built.stdout


def test_options_that_exclude_aipp(tmp_path):
    text = Aipp('RGB888_U8', 0, 0).text()
    built = build(tmp_path, [(1, 3, 4, 4)], text, '--input_fp16_nodes=data0')
    assert built.returncode == 255 and 'E10034' in built.stdout and 'data0' in built.stdout
    built = build(tmp_path, [(1, 3, 'h', 4)], text, '--input_format=ND', '--input_shape=data0:1,3,-1,4',
                  '--dynamic_dims=4;8')
    assert built.returncode == 255 and 'E10001' in built.stdout
    built = build(tmp_path, [(1, 3, 4)], text)
    assert "AIPP feeds pictures but input 'data0' has rank 3 instead of 4" in built.stdout
    assert not (tmp_path / 'net.om').exists()
