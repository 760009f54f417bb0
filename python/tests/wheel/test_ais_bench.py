"""python -m ais_bench: flags, console lines, result files."""
import json
import re
import subprocess
import sys

import numpy as np
import pytest

from ais_bench.infer.arguments import parse
from ais_bench.infer.samples import shapes_in_range
from conftest import close, reference


def bench(*words, cwd=None):
    return subprocess.run([sys.executable, '-m', 'ais_bench', *map(str, words)], capture_output=True, text=True,
                          cwd=cwd)


def test_the_console_of_a_measurement(static_om):
    ran = bench('--model', static_om, '--loop', 5, '--batchsize', 4, '--display_all_summary', 1)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    lines = ran.stdout.splitlines()
    assert lines[:4] == ['[INFO] acl init success', '[INFO] open device 0 success',
                         f'[INFO] load model {static_om} success', '[INFO] create model description success']
    assert '[INFO] warm up 1 done' in lines
    begin = lines.index('[INFO] -----------------Performance Summary------------------')
    figures = r' \(ms\): min = ([\d.]+), max = ([\d.]+), mean = ([\d.]+), median = ([\d.]+), percentile\(99%\) = ([\d.]+)'
    assert re.fullmatch(r'\[INFO\] H2D_latency' + figures, lines[begin + 1])
    compute = re.fullmatch(r'\[INFO\] NPU_compute_time' + figures, lines[begin + 2])
    assert re.fullmatch(r'\[INFO\] D2H_latency' + figures, lines[begin + 3])
    low, high, mean, median, _ = map(float, compute.groups())
    assert 0 < low <= median <= high and low <= mean <= high
    throughput = re.fullmatch(r'\[INFO\] throughput 1000\*batchsize.mean\(4\)/NPU_compute_time.mean\(([\d.]+)\): ([\d.]+)',
                              lines[begin + 4])
    assert float(throughput[2]) == pytest.approx(4000 / mean)
    assert lines[begin + 5] == '[INFO] ' + '-' * 54


def test_results_and_summary_of_files(static_om, network, rows, tmp_path):
    for i in range(2):
        (rows + i).tofile(tmp_path / f'rows{i}.bin')
    ran = bench('--model', static_om, '--input', f'{tmp_path}/rows0.bin,{tmp_path}/rows1.bin', '--output',
                tmp_path / 'out', '--output_dirname', 'here', '--outfmt', 'npy')
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for i in range(2):
        y, z = reference(network, x=rows + i)
        close(np.load(tmp_path / f'out/here/rows{i}_0.npy'), y)
        close(np.load(tmp_path / f'out/here/rows{i}_1.npy'), z)
    summary = json.loads((tmp_path / 'out/here_summary.json').read_text())
    assert summary['filesinfo']['1'] == {'infiles': [f'{tmp_path}/rows1.bin'],
                                         'outfiles': [f'{tmp_path}/out/here/rows1_{i}.npy' for i in (0, 1)]}
    assert len(summary['npu_compute_time_list']) == 2
    assert set(summary) == {'filesinfo', 'NPU_compute_time', 'H2D_latency', 'D2H_latency', 'npu_compute_time_list',
                            'throughput'}


def test_small_files_are_put_together_and_results_split(static_om, network, rows, tmp_path):
    """Six rows in six files: one full batch and one whose last row is repeated."""
    (tmp_path / 'in').mkdir()
    given = np.concatenate([rows, rows[:2] + 1])
    for i, row in enumerate(given):
        np.save(tmp_path / f'in/row{i}.npy', row)
    ran = bench('--model', static_om, '--input', tmp_path / 'in', '--output', tmp_path / 'out', '--outfmt', 'BIN')
    assert ran.returncode == 0, ran.stdout + ran.stderr
    folder, = [path for path in (tmp_path / 'out').iterdir() if path.is_dir()]
    assert re.fullmatch(r'\d{4}_\d\d_\d\d-\d\d_\d\d_\d\d', folder.name)
    assert (tmp_path / 'out' / f'{folder.name}_summary.json').exists()
    assert sorted(path.name for path in folder.iterdir()) == sorted(f'row{i}_{k}.bin' for i in range(6) for k in (0, 1))
    for i, row in enumerate(given):
        close(np.fromfile(folder / f'row{i}_1.bin', np.float32), -row)


def test_text_results(static_om, rows, tmp_path):
    np.save(tmp_path / 'rows.npy', rows)
    ran = bench('-m', static_om, '-i', tmp_path / 'rows.npy', '-o', tmp_path, '--output-dirname', 'out', '--outfmt',
                'TXT', cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    close(np.loadtxt(tmp_path / 'out/rows_1.txt'), -rows)


@pytest.mark.parametrize('option', ['--dymBatch', '--dym-batch'])
def test_gears(gear_om, tmp_path, option):
    ran = bench('--model', gear_om, option, 2, '--output', tmp_path, '--output_dirname', 'out', '--outfmt', 'NPY')
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert np.load(tmp_path / 'out/pure_infer_data_0.npy').shape == (2, 10)
    assert 'throughput 1000*batchsize.mean(2)/' in ran.stdout
    refused = bench('--model', gear_om, option, 3)
    assert refused.returncode == 1
    assert '[ERROR] [1][ACL:invalid parameter] (3,) is not one of' in refused.stdout


def test_ranges_of_shapes_are_run_one_after_the_other(open_om):
    ran = bench('--model', open_om, '--dymShape_range', 'x:2~3,24')
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.findall(r'start to infer dymshape: (.*)', ran.stdout) == ['x:2,24', 'x:3,24']
    assert ran.stdout.count('Performance Summary') == 2


def test_several_devices_share_the_files(static_om, rows, tmp_path):
    for i in range(2):
        (rows + i).tofile(tmp_path / f'rows{i}.bin')
    ran = bench('--model', static_om, '--device', '0,1', '--divide_input', 1, '--input',
                f'{tmp_path}/rows0.bin,{tmp_path}/rows1.bin', '--output', tmp_path, '--output_dirname', 'out')
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = re.findall(r'\[INFO\] i:(\d) device_(\d) throughput:([\d.]+) start_time:[\d.]+ end_time:[\d.]+', ran.stdout)
    assert [(i, device) for i, device, _ in found] == [('0', '0'), ('1', '1')]
    whole = re.search(r'\[INFO\] summary throughput:([\d.]+)', ran.stdout)
    assert float(whole[1]) == pytest.approx(sum(float(part) for _, _, part in found))
    for i in range(2):
        close(np.fromfile(tmp_path / f'out/device{i}_{i}/rows{i}_1.bin', np.float32).reshape(4, 24), -(rows + i))


def test_an_open_shape_must_be_chosen(open_om):
    ran = bench('--model', open_om)
    assert ran.returncode == 1 and 'the shapes of the inputs are open; choose them with --dymShape' in ran.stdout


def test_shapes_come_from_npy_files(open_om, rows, tmp_path):
    for count in (1, 3):
        np.save(tmp_path / f'rows{count}.npy', rows[:count])
    ran = bench('--model', open_om, '--input', f'{tmp_path}/rows1.npy,{tmp_path}/rows3.npy',
                '--auto_set_dymshape_mode', 1, '--output', tmp_path, '--output_dirname', 'out', '--outfmt', 'NPY')
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for count in (1, 3):
        close(np.load(tmp_path / f'out/rows{count}_1.npy'), -rows[:count])


def test_errors_are_one_line(static_om, tmp_path):
    np.zeros(100, np.uint8).tofile(tmp_path / 'short.bin')
    ran = bench('--model', static_om, '--input', tmp_path / 'short.bin')
    assert ran.returncode == 1
    assert '[ERROR] arg0 tensorsize: 384 filesize: 100 not match' in ran.stdout
    ran = bench('--model', '/nowhere/net.om')
    assert ran.returncode == 1 and '[ERROR] load model from file failed, model file is /nowhere/net.om' in ran.stdout
    ran = bench('--model', static_om, '--input', tmp_path / 'absent')
    assert ran.returncode == 1 and 'absent does not exist' in ran.stdout
    assert 'Traceback' not in ran.stderr


def test_description(static_om):
    ran = bench('--model', static_om, '--debug', 1)
    assert '[INFO] input 0: name x, shape [4, 24], datatype float32, format ND, size 384, realsize 384' in ran.stdout


def test_both_spellings_are_read():
    old = parse(['--model', 'a.om', '--warmup_count', '2', '--dymHW', '224,224', '--device', '0,1', '--outputSize',
                 '10,20', '--output_batchsize_axis', '1'])
    new = parse(['-om', 'a.om', '--warmup-count', '2', '--dym-hw', '224,224', '-d', '0,1', '--output-size', '10,20',
                 '-oba', '1'])
    assert vars(old) == vars(new) and old.devices == [0, 1] and old.output_size == [10, 20]


@pytest.mark.parametrize('words, text', [
    ([], 'required'), (['--model', 'a', '--outfmt', 'PNG'], 'PNG'), (['--model', 'a', '--loop', '0'], 'less than 1'),
    (['--model', 'a', '--profiler', '1', '--dump', '1', '--output', 'o'], 'exclude'),
    (['--model', 'a', '--dump', '1'], 'need --output'), (['--model', 'a', '--output_dirname', 'x'], 'needs --output'),
    (['--model', 'a', '--dymBatch', '1', '--dymHW', '2,2'], 'only one of'), (['--model', 'a', '-d', '0,0'], '0,0'),
])
def test_contradictions_are_refused(words, text, capsys):
    with pytest.raises(SystemExit):
        parse(words)
    assert text in capsys.readouterr().err


def test_ranges_of_shapes():
    assert list(shapes_in_range('in:1,200~202')) == ['in:1,200', 'in:1,201', 'in:1,202']
    assert list(shapes_in_range('a:1-4,3;b:2~3')) == ['a:1,3;b:2', 'a:1,3;b:3', 'a:4,3;b:2', 'a:4,3;b:3']
