"""AIPP on the simulated NPU against the NumPy model of the published formulas, bit for bit."""
import itertools

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from openatc import aipp_reference, tools
from openatc.aipp_reference import Aipp

JPEG_TO_RGB = [[256, 0, 359], [256, -88, -183], [256, 454, 0]]
BT601_TO_YUV = [[66, 129, 25], [-38, -74, 112], [112, -94, -18]]
IMAGENET = {'min_chn': [123.675, 116.28, 103.53],
            'var_reci_chn': [0.0171247538316637, 0.0175070028011204, 0.0174291938997821]}


def configuration(input_format, crop, csc):
    """A 22x18 picture, cropped to 14x10 where asked, with the usual switches of its format."""
    yuv = input_format == 'YUV420SP_U8'
    aipp = Aipp(input_format, 22, 18, crop=(4, 2, 14, 10) if crop else None, **IMAGENET)
    if input_format == 'XRGB8888_U8':
        aipp.ax_swap_switch = True
    if csc and input_format != 'YUV400_U8':
        aipp.csc_matrix = JPEG_TO_RGB if yuv else BT601_TO_YUV
        aipp.input_bias = [0, 128, 128] if yuv else [0, 0, 0]
        aipp.output_bias = [0, 0, 0] if yuv else [16, 128, 128]
    if input_format == 'YUV400_U8':
        for name in ('mean_chn', 'min_chn', 'var_reci_chn'):
            setattr(aipp, name, getattr(aipp, name)[:1])
    return aipp


CASES = {f'{f}-{"crop" if crop else "whole"}-{"csc" if csc else "plain"}': configuration(f, crop, csc)
         for f, crop, csc in itertools.product(aipp_reference.BYTES_PER_PIXEL, (False, True), (False, True))
         if not (csc and f == 'YUV400_U8')}
CASES['YUV420SP_U8-nv21'] = Aipp('YUV420SP_U8', 22, 18, rbuv_swap_switch=True, csc_matrix=JPEG_TO_RGB,
                                 input_bias=[0, 128, 128])
CASES['RGB888_U8-bgr-mean'] = Aipp('RGB888_U8', 21, 17, rbuv_swap_switch=True, mean_chn=[104, 117, 123])
CASES['XRGB8888_U8-bgrx'] = Aipp('XRGB8888_U8', 21, 17, rbuv_swap_switch=True)
CASES['RGB888_U8-grey'] = Aipp('RGB888_U8', 21, 17, csc_matrix=[[76, 150, 30], [0, 0, 0], [0, 0, 0]])
CASES['RGB888_U8-padding'] = Aipp('RGB888_U8', 20, 12, crop=(1, 1, 18, 10), padding=(3, 2, 1, 4),
                                  padding_value=-1.25, **IMAGENET)


@pytest.mark.parametrize('name', CASES)
def test_aipp_is_bit_exact(name, tmp_path):
    aipp = CASES[name]
    images = np.random.default_rng(3).integers(0, 256, (2, aipp.image_bytes()), np.uint8)
    want = aipp_reference.apply(aipp, images)

    # Max with the smallest half keeps every value, so the stage's result comes out unchanged.
    low = onnx.numpy_helper.from_array(np.array(-65504, np.float32), 'low')
    shape = list(want.shape)
    graph = helper.make_graph(
        [helper.make_node('Max', ['data', 'low'], ['result'], name='keep')], 'pass',
        [helper.make_tensor_value_info('data', TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info('result', TensorProto.FLOAT, shape)], [low])
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid('', 17)])
    onnx.save(model, tmp_path / 'net.onnx')
    (tmp_path / 'aipp.cfg').write_text(aipp.text())

    built = tools.atc(tmp_path / 'net.onnx', tmp_path / 'net', f'--insert_op_conf={tmp_path / "aipp.cfg"}')
    assert built.returncode == 0, tools.text_of(built)
    assert f'{images.size} bytes' in built.stdout, 'the summary names the buffer that the application passes'
    ran = tools.om_run(tmp_path / 'net.om', [images.tobytes()], tmp_path / 'out', '--hazards')
    assert ran.returncode == 0, tools.text_of(ran)
    got = tools.output(tmp_path / 'out', 0)
    np.testing.assert_array_equal(got.astype(np.float16).view(np.uint16), want.view(np.uint16))


def test_a_mistake_names_file_and_line(tmp_path):
    digits = tools.ROOT / 'examples' / 'digits'
    (tmp_path / 'bad.cfg').write_text('aipp_op {\n  aipp_mode: static\n  input_fromat: YUV400_U8\n}\n')
    built = tools.atc(digits / 'digits.onnx', tmp_path / 'net', '--input_shape=image:8,1,8,8',
                      f'--insert_op_conf={tmp_path / "bad.cfg"}')
    assert built.returncode == 255
    assert 'E10052' in built.stdout and 'bad.cfg:3' in built.stdout
    assert not (tmp_path / 'net.om').exists()
