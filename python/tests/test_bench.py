"""The benchmark on a tiny network: its figures agree with each other and with the network, whatever the speed."""
import json

import onnx
import pytest

from openatc.bench import __main__ as bench
from openatc.bench import limits, networks, plan, report, verdicts


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp('bench')
    assert bench.main(['--quick', '--only', 'tiny,matmul', '--output', str(folder)]) == 0
    return folder


@pytest.fixture(scope='module')
def data(folder):
    return json.loads((folder / 'benchmarks.json').read_text())


def test_a_part_says_that_it_is_one(folder, data):
    assert not data['whole']
    assert 'part of the benchmark' in (folder / 'benchmarks.md').read_text()


def test_throughput_agrees_with_cycles_and_shares(data):
    row = data['throughput'][0]
    assert row['per_second'] * row['simulated_us'] == pytest.approx(2e6)
    assert sum(row['us_by_bound'].values()) == pytest.approx(row['simulated_us'], rel=1e-3)
    assert 0 < row['cube_share'] <= row['cube_share_padded'] < 1
    assert row['per_second'] < row['limit']
    assert sum(k['launches'] for k in row['slowest']) <= row['kernels']
    assert [k['us'] for k in row['slowest']] == sorted((k['us'] for k in row['slowest']), reverse=True)
    assert row['hazards'] is None


def test_results_are_right_and_cycles_do_not_depend_on_threads(data):
    row = data['wall'][0]
    assert row['error'] < 2e-2
    assert len(set(row['cycles'].values())) == 1 and '4' in row['cycles']
    for part in row['threads'].values():
        assert part['ratio'] == pytest.approx(part['simulator_ms'] / part['onnxruntime_ms'])


def test_memory_figures_are_possible(data):
    for network in data['networks'].values():
        assert network['arena_peak_bytes'] >= network['arena_bound_bytes']
        assert network['om_bytes'] > network['work']['half_weight_bytes']
        assert network['ai_cpu_nodes'] == 0
        # Far below what this process takes, which must not be counted.
        assert 8 * plan.MIB < network['compile_resident_bytes'] < 110 * plan.MIB


def test_the_page_has_no_paths_and_every_section(folder):
    page = (folder / 'benchmarks.md').read_text()
    assert str(folder) not in page and '/build/' not in page
    for title in ('Targets', 'Simulated throughput', 'Where the time goes', 'DRAM traffic', 'Arena', 'Simulator speed',
                  'Compilation and files'):
        assert f'\n## {title}\n' in page


def test_the_page_follows_from_the_data_alone(folder, data):
    assert report.page(data) == (folder / 'benchmarks.md').read_text()


def test_a_missed_target_is_stated_with_its_bound(data):
    missed = json.loads(json.dumps(data))
    row = missed['throughput'][0]
    row.update(must=2 * row['per_second'], go_for=3 * row['per_second'])
    missed['wall'][0]['cycles']['4'] += 1
    lines = verdicts.verdicts(missed)
    assert 'is **missed** by 50.0 %' in lines[0] and 'bound by' in lines[0]
    assert any(line.startswith('Cycles identical') and '**missed**' in line for line in lines)


@pytest.mark.parametrize('kind, batch, tokens, resource, limit', [
    ('resnet18', 64, 0, 'cube', 17582), ('mobilenet_v1', 32, 0, 'vector', 31216),
    ('mobilenet_v2', 4, 0, 'vector', 26198)])
def test_the_limit_of_the_chip(kind, batch, tokens, resource, limit, tmp_path):
    """The limits stated for these networks with the targets."""
    networks.BUILDERS[kind](batch, tokens).save(tmp_path / 'model.onnx')
    seconds = limits.work_of(tmp_path / 'model.onnx').limits(limits.chip())
    assert max(seconds, key=seconds.get) == resource
    assert batch / seconds[resource] == pytest.approx(limit, abs=1)


@pytest.mark.parametrize('kind', ['mobilenet_v2', 'unet', 'matmul', 'tiny'])
def test_networks_are_valid(kind):
    onnx.checker.check_model(networks.BUILDERS[kind](1, 16).model(), full_check=True)


def test_networks_are_the_same_every_time(tmp_path):
    for name in ('a', 'b'):
        networks.tiny(1).save(tmp_path / name)
    assert (tmp_path / 'a').read_bytes() == (tmp_path / 'b').read_bytes()
    names = [node.name for node in onnx.load(tmp_path / 'a').graph.node]
    assert len(names) == len(set(names))


@pytest.mark.parametrize('words', [['--only', 'lenet'], ['--repeats', '0'], ['--what']])
def test_a_wrong_command_line_is_refused(words, capsys):
    with pytest.raises(SystemExit) as refused:
        bench.main(words)
    assert refused.value.code == 2 and capsys.readouterr().err
