"""openatc.compile: what it takes, what it gives and what it raises."""
import os
import re
import subprocess
import sys

import numpy as np
import pytest

import openatc
from conftest import ROOT, close, reference
from openatc.options import words


def test_the_example_of_the_documentation_runs_in_the_empty_environment(tmp_path):
    """Nothing but the wheel and what it depends on; the result is ONNX Runtime's."""
    page = (ROOT / 'docs/python.md').read_text()
    example = re.search(r'```python\n(.*?)```', page, re.DOTALL)[1]
    assert len(example.splitlines()) < 10
    images = np.load(ROOT / 'examples/digits/digits_test_images.npy')[:8, None] / np.float32(16)
    np.save(tmp_path / 'images.npy', images)
    (tmp_path / 'digits.onnx').write_bytes((ROOT / 'examples/digits/digits.onnx').read_bytes())
    clean = {name: value for name, value in os.environ.items() if name not in ('PYTHONPATH', 'OPENATC_ROOT')}
    ran = subprocess.run([sys.executable, '-c', example], capture_output=True, text=True, cwd=tmp_path, env=clean)
    assert ran.returncode == 0, ran.stderr
    import onnxruntime
    session = onnxruntime.InferenceSession(str(tmp_path / 'digits.onnx'), providers=['CPUExecutionProvider'])
    expected = session.run(None, {'image': images})[0].argmax(1)
    assert ran.stdout.splitlines()[0] == str(expected)
    assert re.fullmatch(r'[\d.]+ us predicted', ran.stdout.splitlines()[1])


def test_every_form_of_a_model_is_taken(network, static_om, rows, tmp_path):
    (tmp_path / 'net.onnx').write_bytes(network.SerializeToString())
    shape = {'input_shape': {'x': (4, 24)}}
    models = [openatc.compile(model, **shape)
              for model in (tmp_path / 'net.onnx', str(tmp_path / 'net.onnx'), network.SerializeToString(), network)]
    assert models[3].data == static_om.read_bytes()
    results = []
    for model in models:
        assert model.path is None and 'in memory' in repr(model)
        with openatc.Session(model) as session:
            results.append(session.run(rows)['y'])
    for result in results:
        np.testing.assert_array_equal(result, results[0])
    path = models[0].save(tmp_path / 'saved')
    assert path == tmp_path / 'saved.om' and path.read_bytes() == models[0].data
    assert os.fspath(models[0]) == str(path)


def test_errors_come_all_at_once_with_their_codes(network):
    with pytest.raises(openatc.CompileError) as caught:
        openatc.compile(network, input_shape={'image': (4, 24)}, soc_version='Ascend310P3')
    assert [code for code, _ in caught.value.errors] == ['E10001', 'E10016']
    assert 'image' in str(caught.value) and 'Solution' in str(caught.value)
    with pytest.raises(openatc.CompileError, match='/nowhere/net.onnx'):
        openatc.compile('/nowhere/net.onnx')
    with pytest.raises(openatc.CompileError, match='soc_version'):
        openatc.compile(network, soc_version='Ascend1')
    with pytest.raises(openatc.CompileError, match='such_option'):
        openatc.compile(network, such_option=1)
    with pytest.raises(openatc.CompileError, match='not a valid ONNX model'):
        openatc.compile(b'no model')
    with pytest.raises(TypeError, match='option precision_mode'):
        openatc.compile(network, precision_mode=object())


def test_options_are_spelt_as_atc_reads_them():
    assert words(soc_version='Ascend310P3', log=None, keep=True, n=3) == ['--soc_version=Ascend310P3', '--keep=1',
                                                                          '--n=3']
    assert words(input_shape={'x': (1, 3), 'y': [2]}) == ['--input_shape=x:1,3;y:2']
    assert words(dynamic_batch_size=[1, 2, 4]) == ['--dynamic_batch_size=1,2,4']
    assert words(dynamic_image_size=[(224, 224), (448, 448)]) == ['--dynamic_image_size=224,224;448,448']
    assert words(out_nodes=['conv:0', 'relu:0']) == ['--out_nodes=conv:0;relu:0']


def test_precision_reaches_the_compiler(network, rows):
    exact = openatc.compile(network, input_shape='x:4,24', precision_mode='must_keep_origin_dtype')
    expected = reference(network, x=rows)[0]
    with openatc.Session(exact) as session:
        np.testing.assert_allclose(session.run(rows)['y'], expected, rtol=1e-5, atol=1e-5)


def test_the_commands_are_there(network, tmp_path):
    (tmp_path / 'net.onnx').write_bytes(network.SerializeToString())
    folder = os.path.dirname(sys.executable)
    built = subprocess.run([f'{folder}/atc', '--model=net.onnx', '--framework=5', '--output=net',
                            '--soc_version=Ascend310P3', '--input_shape=x:4,24'], capture_output=True, text=True,
                           cwd=tmp_path)
    assert built.returncode == 0 and 'ATC run success' in built.stdout
    info = subprocess.run([f'{folder}/om', 'info', 'net.om'], capture_output=True, text=True, cwd=tmp_path)
    assert info.returncode == 0 and 'Ascend310P3' in info.stdout


def test_a_model_from_memory_and_one_from_a_file_agree(network, static_om, rows):
    with openatc.Session(openatc.compile(network, input_shape='x:4,24')) as one, openatc.Session(static_om) as other:
        np.testing.assert_array_equal(one.run(rows)['y'], other.run(rows)['y'])
        close(one.run(rows)['y'], reference(network, x=rows)[0])
