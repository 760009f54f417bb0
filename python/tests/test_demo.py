"""The digits demo from end to end: atc, the C++ AscendCL application, and ONNX Runtime beside it."""
import json

import numpy as np
import onnxruntime
import pytest

from openatc import show_stats, tools

DIGITS = tools.ROOT / 'examples' / 'digits'
IMAGES, LABELS = DIGITS / 'digits_test_images.npy', DIGITS / 'digits_test_labels.npy'


@pytest.fixture(scope='module')
def model(tmp_path_factory):
    output = tmp_path_factory.mktemp('digits') / 'digits'
    built = tools.atc(DIGITS / 'digits.onnx', output, '--input_shape=image:8,1,8,8',
                      f'--insert_op_conf={DIGITS / "aipp.cfg"}')
    assert built.returncode == 0, tools.text_of(built)
    assert '512 bytes' in built.stdout, 'the summary names the buffer that the application passes'
    return output.with_suffix('.om')


def test_the_network_and_its_data_are_as_documented():
    assert (DIGITS / 'digits.onnx').stat().st_size < 300 * 1024
    images, labels = np.load(IMAGES), np.load(LABELS)
    assert images.dtype == labels.dtype == np.uint8
    assert images.shape == (len(labels), 8, 8) and images.max() <= 16
    assert np.bincount(labels).min() >= 34, 'every digit has its share of the held-out images'


def test_application_agrees_with_onnx_runtime(model, tmp_path):
    ran = tools.call('digits_demo', model, IMAGES, LABELS, tmp_path / 'predictions.txt')
    assert ran.returncode == 0, tools.text_of(ran)
    predicted = np.loadtxt(tmp_path / 'predictions.txt', dtype=int)
    images, labels = np.load(IMAGES), np.load(LABELS)
    session = onnxruntime.InferenceSession(str(DIGITS / 'digits.onnx'), providers=['CPUExecutionProvider'])
    reference = session.run(None, {'image': (images[:, None] / 16).astype(np.float32)})[0].argmax(1)
    assert np.mean(predicted == labels) >= 0.97
    assert np.mean(predicted == reference) >= 0.995
    assert f'({np.sum(predicted == labels)} of {len(labels)} images)' in ran.stdout


def test_application_explains_a_wrong_model(model, tmp_path):
    (tmp_path / 'broken.om').write_bytes(model.read_bytes()[:-1])
    ran = tools.call('digits_demo', tmp_path / 'broken.om', IMAGES, LABELS)
    assert ran.returncode == 1
    assert 'aclmdlLoadFromFile' in ran.stderr and 'truncated' in ran.stderr


def test_statistics_name_every_node_and_add_up(model, tmp_path):
    stats = tmp_path / 'stats.json'
    batch = np.load(IMAGES)[:8].tobytes()
    ran = tools.om_run(model, [batch], tmp_path / 'out', '--stats', stats, '--hazards')
    assert ran.returncode == 0, tools.text_of(ran)
    parsed = json.loads(stats.read_text())
    assert parsed['ai_cpu_nodes'] == 0
    nodes = {node for kernel in parsed['kernels'] for node in kernel['nodes']}
    assert {'conv_0', 'conv_3', 'conv_7', 'linear_12', 'linear_14'} <= nodes
    assert sum(k['us'] for k in parsed['kernels']) == pytest.approx(parsed['simulated_us'], rel=0.01)
    lines = show_stats.table(parsed)
    assert len(lines) == len(parsed['kernels']) + 2
    assert any('conv_3' in line for line in lines)
