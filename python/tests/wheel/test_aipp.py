"""Run-time AIPP parameters through ais_bench."""
import subprocess
import sys

import numpy as np
import pytest
from onnx import TensorProto, helper

import openatc
from ais_bench.infer.aipp import load

CONFIG = 'aipp_op { aipp_mode: dynamic related_input_rank: 0 max_src_image_size: 300 }'
PARAMETERS = """
[aipp_op]
    input_format : RGB888_U8
    src_image_size_w : 10
    src_image_size_h : 10
    crop : 1
    load_start_pos_w : 1
    load_start_pos_h : 2
    crop_size_w : 8
    crop_size_h : 8
    min_chn_0 : 1.5
    min_chn_1 : 2.5
    min_chn_2 : 3.5
    var_reci_chn_0 : 0.5
    var_reci_chn_1 : 0.25
    var_reci_chn_2 : 0.125
"""


@pytest.fixture(scope='module')
def negation(tmp_path_factory):
    """Minus the image of 8 x 8 pixels."""
    folder = tmp_path_factory.mktemp('aipp')
    shape = [1, 3, 8, 8]
    graph = helper.make_graph([helper.make_node('Neg', ['image'], ['out'])], 'negation',
                              [helper.make_tensor_value_info('image', TensorProto.FLOAT, shape)],
                              [helper.make_tensor_value_info('out', TensorProto.FLOAT, shape)])
    (folder / 'aipp.cfg').write_text(CONFIG)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)
    return openatc.compile(model, folder / 'negation', insert_op_conf=folder / 'aipp.cfg').path


def test_parameters_of_a_file_reach_the_images(negation, tmp_path):
    image = np.random.default_rng(5).integers(0, 256, (10, 10, 3)).astype(np.uint8)
    image.tofile(tmp_path / 'image.bin')
    (tmp_path / 'aipp.ini').write_text(PARAMETERS)
    ran = subprocess.run([sys.executable, '-m', 'ais_bench', '--model', str(negation), '--input',
                          str(tmp_path / 'image.bin'), '--aipp_config', str(tmp_path / 'aipp.ini'), '--output',
                          str(tmp_path), '--output_dirname', 'out', '--outfmt', 'NPY'], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    pixels = (image[2:10, 1:9] - np.float32([1.5, 2.5, 3.5])) * np.float32([0.5, 0.25, 0.125])
    np.testing.assert_allclose(np.load(tmp_path / 'out/image_0.npy')[0], -pixels.transpose(2, 0, 1), rtol=1e-3)


@pytest.mark.parametrize('change, text', [
    (('src_image_size_h : 10', ''), 'src_image_size_h must be given'),
    (('RGB888_U8', 'RGB'), 'input_format RGB is not one of YUV420SP_U8'),
    (('crop : 1', 'crop : yes'), 'crop is a switch of 0 or 1, not yes'),
    (('load_start_pos_w : 1', 'load_start_pos_w : left'), 'load_start_pos_w is no number: left'),
    (('crop_size_w', 'crop_width'), 'there is no parameter crop_width'),
    (('[aipp_op]', '[aipp]'), r'has no section \[aipp_op\]'),
])
def test_wrong_files_are_explained(tmp_path, change, text):
    (tmp_path / 'aipp.ini').write_text(PARAMETERS.replace(*change))
    with pytest.raises(RuntimeError, match=text):
        load(tmp_path / 'aipp.ini')
