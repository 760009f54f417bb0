"""Real networks, where the folder `shared` lies beside the project: every model whose operators are all
supported must match its reference, the others must be refused with a report of their unsupported nodes."""
import json
import subprocess
import sys

import onnx
import pytest

from openatc import cases, tools
from test_conformance import COMPLETE

SHARED = tools.ROOT.parent / 'shared'
SCRIPT, MODELS = SHARED / 'verify' / 'verify_models.py', SHARED / 'models'
if not SCRIPT.exists():
    pytest.skip(f'there is no {SCRIPT.name} beside the project', allow_module_level=True)

MANIFEST = json.loads((MODELS / 'manifest.json').read_text())
NAMES = [entry['name'] for entry in MANIFEST if entry.get('reference_run', 'runs').startswith('runs')
         and (MODELS / entry['name'] / 'model.onnx').exists()]


@pytest.fixture(scope='session')
def rows(tmp_path_factory):
    """Model name -> row of the verification script's JSON."""
    output = tmp_path_factory.mktemp('models') / 'rows.json'
    subprocess.run([sys.executable, SCRIPT, '--bin', tools.BIN, '--models', MODELS, '--json', output],
                   capture_output=True, check=False, timeout=3000)
    return {row['name']: row for row in json.loads(output.read_text())}


def in_scope(name):
    operators = cases.operators_of(onnx.load(MODELS / name / 'model.onnx', load_external_data=False))
    return all(domain == '' and operator in COMPLETE for domain, operator, _ in operators)


@pytest.mark.parametrize('name', NAMES)
def test_model(name, rows):
    row = rows[name]
    if 'ONNXRuntimeError' in row['why']:
        pytest.skip('the reference runtime refuses the inputs that the script draws')
    if in_scope(name) or row['ok']:
        assert row['ok'], row['why']
    else:
        # The report of all unsupported nodes, or of the nodes whose shapes are not static.
        assert row['why'].startswith(('compile: E16002', 'compile: E14001')), row['why']
