"""`atc` and `om` on files that are damaged, and the reproducibility of what they write."""
import os

import numpy as np
import pytest

from openatc import tools

DIGITS = tools.ROOT / 'examples' / 'digits' / 'digits.onnx'
COMPILE = ['--framework=5', '--output=net', f'--soc_version={tools.SOC}', '--input_shape=image:2,1,8,8']
HEADER_BYTES = 128
INPUT = np.zeros((2, 1, 8, 8), np.float32)


@pytest.fixture(scope='module')
def om(tmp_path_factory):
    folder = tmp_path_factory.mktemp('om')
    built = tools.call('atc', f'--model={DIGITS}', *COMPILE, cwd=folder)
    assert built.returncode == 0, tools.text_of(built)
    return (folder / 'net.om').read_bytes()


def test_two_compilations_are_byte_identical(om, tmp_path):
    built = tools.call('atc', f'--model={DIGITS}', *COMPILE, cwd=tmp_path)
    assert built.returncode == 0
    assert (tmp_path / 'net.om').read_bytes() == om


def test_the_intact_model_runs(om, tmp_path):
    (tmp_path / 'net.om').write_bytes(om)
    ran = tools.om_run(tmp_path / 'net.om', [INPUT], tmp_path / 'out')
    assert ran.returncode == 0, tools.text_of(ran)
    assert tools.output(tmp_path / 'out', 0).shape == (2, 10)


@pytest.mark.parametrize('share', [0, 0.0001, 0.01, 0.3, 0.7, 0.999])
def test_atc_refuses_a_truncated_model(share, tmp_path):
    whole = DIGITS.read_bytes()
    (tmp_path / 'bad.onnx').write_bytes(whole[:int(len(whole) * share)])
    built = tools.call('atc', '--model=bad.onnx', *COMPILE, cwd=tmp_path)
    assert built.returncode == 255, tools.text_of(built)
    assert len(tools.errors_in(built)) == 1, tools.text_of(built)
    assert os.listdir(tmp_path) == ['bad.onnx']


@pytest.mark.parametrize('seed', range(8))
def test_atc_refuses_random_bytes(seed, tmp_path):
    rng = np.random.default_rng(seed)
    (tmp_path / 'bad.onnx').write_bytes(rng.bytes(int(rng.integers(1, 5000))))
    built = tools.call('atc', '--model=bad.onnx', *COMPILE, cwd=tmp_path)
    assert built.returncode == 255, tools.text_of(built)
    assert len(tools.errors_in(built)) == 1, tools.text_of(built)


@pytest.mark.parametrize('seed', range(24))
def test_atc_survives_a_damaged_model(seed, tmp_path):
    """A flipped byte may leave a legal model; then it compiles. It never ends atc by a signal."""
    rng = np.random.default_rng(100 + seed)
    damaged = bytearray(DIGITS.read_bytes())
    # The graph's structure lies in the first and last bytes, the weights between them.
    for position in [*rng.integers(0, 2000, 2), *rng.integers(len(damaged) - 600, len(damaged), 2)]:
        damaged[position] ^= 1 << int(rng.integers(0, 8))
    (tmp_path / 'bad.onnx').write_bytes(damaged)
    built = tools.call('atc', '--model=bad.onnx', *COMPILE, cwd=tmp_path)
    assert built.returncode in (0, 255), tools.text_of(built)
    assert bool(tools.errors_in(built)) == (built.returncode == 255)
    assert (tmp_path / 'net.om').exists() == (built.returncode == 0)


def refused(path, tmp_path):
    """Runs a damaged offline model; True when it was refused with one sentence and no output."""
    ran = tools.om_run(path, [INPUT], tmp_path / 'out')
    lines = tools.text_of(ran).strip().splitlines()
    return ran.returncode in range(1, 128) and len(lines) == 1 and not (tmp_path / 'out/output_0.npy').exists()


def test_om_run_refuses_a_truncated_model(om, tmp_path):
    path = tmp_path / 'bad.om'
    sizes = {0, 1, 7, 8, HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + 1, 4096, len(om) - 1}
    sizes |= {len(om) * i // 16 for i in range(16)}
    for size in sorted(sizes):
        path.write_bytes(om[:size])
        assert refused(path, tmp_path), f'{size} of {len(om)} bytes'


def test_om_run_refuses_a_flipped_bit_anywhere(om, tmp_path):
    """Every byte of the header, and positions spread over metadata, padding and all segments."""
    path = tmp_path / 'bad.om'
    rng = np.random.default_rng(5)
    positions = [*range(HEADER_BYTES), *(HEADER_BYTES + int(p * (len(om) - HEADER_BYTES)) for p in np.arange(160) / 160),
                 *rng.integers(HEADER_BYTES, min(8192, len(om)), 40), len(om) - 1]
    for position in positions:
        damaged = bytearray(om)
        damaged[position] ^= 1 << int(rng.integers(0, 8))
        path.write_bytes(damaged)
        assert refused(path, tmp_path), f'byte {position} of {len(om)}'


def test_om_run_refuses_what_is_no_model(tmp_path):
    path = tmp_path / 'bad.om'
    for content in (b'IMOD' + bytes(300), b'PK\x03\x04' + bytes(300), np.random.default_rng(1).bytes(5000)):
        path.write_bytes(content)
        assert refused(path, tmp_path)
