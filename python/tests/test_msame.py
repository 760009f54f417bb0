"""The msame command: what it prints, the files it leaves, and how it fails."""
import csv
import json
import re

import numpy as np
import pytest

from openatc import tools
from openatc.compare import compare
from test_compare import changed, network


@pytest.fixture(scope='module')
def net(tmp_path_factory):
    folder = tmp_path_factory.mktemp('msame')
    model = network(folder / 'net.onnx')
    compiled = tools.atc(model, folder / 'net')
    assert compiled.returncode == 0, tools.text_of(compiled)
    return folder / 'net.om'


def images(count):
    random = np.random.default_rng(5)
    return [random.random((2, 3, 12, 12), dtype=np.float32) for _ in range(count)]


def expected(net, image, folder):
    """What om run gives for the same input."""
    result = tools.om_run(net, [image], folder)
    assert result.returncode == 0, tools.text_of(result)
    return tools.output(folder, 0)


def result_folder(output):
    """The folder of the results, which has a line of its own."""
    lines = [line for line in output.splitlines() if not line.startswith('[') and re.search(r'/\d{8}_\d\d_\d\d_\d\d_\d{6}$', line)]
    assert len(lines) == 1, output
    return lines[0]


def test_lines_and_results_of_a_file(net, tmp_path):
    image = images(1)[0]
    image.tofile(tmp_path / 'a.bin')
    ran = tools.call('msame', '--model', net, f'--input={tmp_path}/a.bin', '--output', tmp_path / 'out',
                     '--outfmt', 'BIN', '--loop', 3)
    assert ran.returncode == 0, tools.text_of(ran)
    lines = ran.stdout.splitlines()
    wanted = ['[INFO] acl init success', '[INFO] open device 0 success', '[INFO] create context success',
              '[INFO] create stream success', '[INFO] get run mode success', f'[INFO] load model {net} success',
              '[INFO] create model description success', '[INFO] create model output success',
              f'[INFO] start to process file:{tmp_path}/a.bin', '[INFO] model execute success',
              '[INFO] output data success', '[INFO] destroy model input success',
              '[INFO] destroy data buffer success', '[INFO] unload model success, model Id is 1',
              '[INFO] end to destroy stream', '[INFO] end to destroy context', '[INFO] end to reset device is 0',
              '[INFO] end to finalize acl']
    found = [lines.index(line) for line in wanted]
    assert found == sorted(found)
    assert ran.stdout.count('[INFO] model execute success') == 3
    assert len(re.findall(r'^Inference time: \d+\.\d\dms$', ran.stdout, re.M)) == 3
    assert re.search(r'^Inference average time: \d+\.\d\d ms$', ran.stdout, re.M)
    assert re.search(r'^Inference average time without first time: \d+\.\d\d ms$', ran.stdout, re.M)
    assert re.search(r'^\[INFO\] pid: \d+ Execute sample success$', ran.stdout, re.M)
    got = np.fromfile(f'{result_folder(ran.stdout)}/net_output_0.bin', np.float32).reshape(2, 10)
    np.testing.assert_array_equal(got, expected(net, image, tmp_path / 'run'))


def test_text_of_results_and_zeros_for_missing_inputs(net, tmp_path):
    ran = tools.call('msame', '--model', net, '--output', tmp_path / 'out', '--outfmt', 'TXT')
    assert ran.returncode == 0, tools.text_of(ran)
    text = open(f'{result_folder(ran.stdout)}/net_output_0.txt').read()
    want = expected(net, np.zeros((2, 3, 12, 12), np.float32), tmp_path / 'run')
    assert text.count('\n') == 2 and text.endswith(' \n')
    np.testing.assert_allclose([float(value) for value in text.split()], want.ravel(), rtol=1e-5)


def test_a_folder_of_files(net, tmp_path):
    (tmp_path / 'in').mkdir()
    values = images(3)
    for index, value in enumerate(values):
        value.tofile(tmp_path / 'in' / f'picture{index}.bin')
    ran = tools.call('msame', '--model', net, '--input', tmp_path / 'in', '--output', tmp_path / 'out')
    assert ran.returncode == 0, tools.text_of(ran)
    folder = result_folder(ran.stdout)
    for index, value in enumerate(values):
        got = np.fromfile(f'{folder}/picture{index}_output_0.bin', np.float32).reshape(2, 10)
        np.testing.assert_array_equal(got, expected(net, value, tmp_path / f'run{index}'))


def test_debug_describes_the_model(net):
    ran = tools.call('msame', '--model', net, '--debug', 'true')
    assert ran.returncode == 0, tools.text_of(ran)
    assert '[DEBUG] the size of 0 input: 3456' in ran.stdout
    assert '[DEBUG] the name of 0 input: image' in ran.stdout
    assert '[DEBUG] the dims of 0 output:\n2 10 \n' in ran.stdout


def test_profile_adds_up_to_the_predicted_time(net, tmp_path):
    ran = tools.call('msame', '--model', net, '--output', tmp_path / 'out', '--profiler', 'true')
    assert ran.returncode == 0, tools.text_of(ran)
    tables = list((tmp_path / 'out' / 'profiler').rglob('op_summary_*.csv'))
    assert len(tables) == 1 and re.match(r'PROF_\d{6}_\d{17}_[0-9A-F]{8}$', tables[0].parts[-3])
    rows = list(csv.DictReader(tables[0].open()))
    assert {row['OP Type'] for row in rows} >= {'Conv', 'Gemm'}
    # A fresh device predicts the same for the same input.
    (tmp_path / 'run').mkdir()
    tools.om_run(net, [np.zeros((2, 3, 12, 12), np.float32)], tmp_path / 'run', '--stats', tmp_path / 'stats.json')

    stats = json.loads((tmp_path / 'stats.json').read_text())
    assert sum(float(row['Task Duration(us)']) for row in rows) == pytest.approx(stats['simulated_us'], abs=0.02)
    assert sum(int(row['total_cycles']) for row in rows if row['Task Type'] == 'AI_CORE') == stats['cycles']
    shown = tools.call('om', 'prof', tables[0].parents[1])
    assert shown.returncode == 0, tools.text_of(shown)
    assert f'{len(rows)} tasks' in shown.stdout and 'Conv' in shown.stdout
    traces = list((tmp_path / 'out' / 'profiler').rglob('msprof_0_*.json'))
    assert len(traces) == 1
    events = json.loads(traces[0].read_text())['traceEvents']
    bars = [event for event in events if event['ph'] == 'X']
    assert len(bars) == len(rows)


@pytest.mark.parametrize('arguments, text', [
    ([], '[ERROR] Invalid params: --model is missing'),
    (['--model', 'net.onnx'], "[ERROR] model must be an .om file, not 'net.onnx'"),
    (['--model', 'x.om', '--loop', '101'], "[ERROR] loop must be 1 to 100, not '101'"),
    (['--model', 'x.om', '--device', '256'], "[ERROR] device must be 0 to 255, not '256'"),
    (['--model', 'x.om', '--outfmt', 'NPY'], "[ERROR] outfmt must be TXT or BIN, not 'NPY'"),
    (['--model', 'x.om', '--frobnicate', '1'], '[ERROR] unknown parameter'),
    (['--model', 'x.om', '--output', 'o', '--dump', 'true', '--profiler', 'true'],
     '[ERROR] dump and profiler can not both be true'),
    (['--model', 'x.om', '--dymBatch', '2', '--dymHW', '3,4'],
     '[ERROR] dymBatch dymDims dymHW dymShape cannot be set at the same time'),
    (['--model', 'x.om', '--dymShape', 'a:1'], '[ERROR] the dymShape parameter must be used with the input parameter'),
    (['--model', '/nonexistent.om'], '[ERROR] load model from file failed, model file is /nonexistent.om'),
])
def test_errors(arguments, text, tmp_path):
    ran = tools.call('msame', *arguments, cwd=tmp_path)
    assert ran.returncode == 1 and text in ran.stdout, ran.stdout
    assert not list(tmp_path.iterdir())


def test_wrong_inputs(net, tmp_path):
    (tmp_path / 'short.bin').write_bytes(b'1234')
    ran = tools.call('msame', '--model', net, '--input', tmp_path / 'short.bin')
    assert ran.returncode == 1
    assert "input 0 'image' needs 3456 bytes, its buffer has 4" in ran.stdout
    assert '[ERROR] execute model failed, modelId is 1' in ran.stdout
    ran = tools.call('msame', '--model', net, '--dymBatch', '2')
    assert ran.returncode == 1
    assert '[ERROR] the dynamic_batch_size parameter is not specified for model conversion' in ran.stdout


def test_help():
    ran = tools.call('msame', '--help')
    assert ran.returncode == 0
    for option in ('model', 'input', 'output', 'outfmt', 'loop', 'device', 'debug', 'profiler', 'dump', 'dymBatch',
                   'dymHW', 'dymDims', 'dymShape', 'outputSize'):
        assert f'--{option} ' in ran.stdout


def test_a_dump_is_compared(net, tmp_path):
    """A run of the msame command with --dump leaves what om compare reads."""
    image = np.random.default_rng(3).random((2, 3, 12, 12), dtype=np.float32)
    image.tofile(tmp_path / 'image.bin')
    np.save(tmp_path / 'image.npy', image)
    ran = tools.call('msame', '--model', net, '--input', tmp_path / 'image.bin', '--output', tmp_path / 'out',
                     '--dump', 'true')
    assert ran.returncode == 0, tools.text_of(ran)
    dumped = sorted(path for path in (tmp_path / 'out' / 'dump').rglob('*') if path.is_file())
    assert all(path.suffix == '.npy' for path in dumped)
    assert len(dumped) >= 4
    # <time>/<device>/<model>/<model id>/<iteration>/<type>.<name>.<task>.<stream>.<time>.output.<i>.npy
    parts = dumped[0].relative_to(tmp_path / 'out' / 'dump').parts
    assert parts[1] == '0' and parts[2] == 'net' and parts[3] == '1' and parts[4] == '0'
    names = {path.name.split('.')[1] for path in dumped}
    assert '_stage_1_relu' in names and '_fc' in names
    arguments = ['--dump', tmp_path / 'out' / 'dump', '--json', tmp_path / 'rows.json']
    result = compare(net.with_suffix('.onnx'), net, inputs=[tmp_path / 'image.npy'], arguments=arguments)
    assert result.returncode == 0, tools.text_of(result)
    layers = {row['name']: row for row in json.loads((tmp_path / 'rows.json').read_text())['layers']}
    assert layers['/fc']['state'] == 'ok'
    other = changed(net.with_suffix('.onnx'), tmp_path / 'changed.onnx', 'g', lambda value: -value)
    result = compare(other, net, inputs=[tmp_path / 'image.npy'], arguments=arguments)
    assert "the first tensor out of tolerance is '/fc'" in result.stderr
