"""Runs the tools and native runtimes in processes of their own and reads what they measured."""
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from openatc import tools

PEER_SCRIPT = Path(__file__).with_name('peers.py')
LAUNCHER = Path(__file__).with_name('launch.py')
PEER_PYTHON = tools.ROOT / 'build' / 'bench-venv' / 'bin' / 'python'


class Failed(Exception):
    """A program that the benchmark needs did not succeed; the text says which and why."""


@dataclass
class Ran:
    seconds: float
    resident_bytes: int  # peak
    text: str


def run(command, timeout=600):
    """Runs a program to its end. Its time, its peak memory and what it printed; Failed with the end of it."""
    command = [str(word) for word in command]
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / 'figures.json'
        try:
            ran = subprocess.run([sys.executable, '-S', '-E', LAUNCHER, figures, *command], stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True, errors='replace', timeout=timeout, check=False)
        except subprocess.TimeoutExpired:
            raise Failed(f'{Path(command[0]).name} {command[1]} took more than {timeout} s') from None
        if ran.returncode:
            raise Failed(f'{Path(command[0]).name} {command[1]}: exit status {ran.returncode}: {ran.stdout[-1500:]}')
        return Ran(**json.loads(figures.read_text()), text=ran.stdout)


def compile_network(model, output):
    """Compiles with atc: seconds, peak memory and milliseconds of each phase."""
    report = Path(f'{output}.report.json')
    ran = run([tools.BIN / 'atc', f'--model={model}', '--framework=5', f'--output={output}',
               f'--soc_version={tools.SOC}', f'--report={report}'])
    return {'seconds': ran.seconds, 'resident_bytes': ran.resident_bytes,
            'phase_ms': json.loads(report.read_text())['phase_ms']}


def model_info(om):
    """What `om info` says of an offline model."""
    return json.loads(run([tools.BIN / 'om', 'info', om, '--json']).text)


def simulate(om, *, repeat=1, threads=None, options=()):
    """`om bench`: its figures, and the statistics of the last run as `stats`."""
    om = Path(om)
    figures, stats = om.with_suffix('.bench.json'), om.with_suffix('.stats.json')
    words = [tools.BIN / 'om', 'bench', om, '--repeat', repeat, '--json', figures, '--stats', stats, *options]
    run([*words, '--threads', threads] if threads else words)
    out = json.loads(figures.read_text())
    out['stats'] = json.loads(stats.read_text())
    return out


def native(model, *, threads, repeat, keep=None):
    """ONNX Runtime: milliseconds of each run after one warm-up; `keep` receives inputs and results."""
    words = [sys.executable, PEER_SCRIPT, 'onnxruntime', model, '--threads', threads, '--repeat', repeat]
    return json.loads(run([*words, '--keep', keep] if keep else words).text.splitlines()[-1])


def peer(name, model, *, threads, repeat, timeout=300):
    """Another compiler, where scripts/bench.sh could install it; Failed otherwise."""
    if not PEER_PYTHON.exists():
        raise Failed('not installed')
    ran = run([PEER_PYTHON, PEER_SCRIPT, name, model, '--threads', threads, '--repeat', repeat], timeout)
    return {**json.loads(ran.text.splitlines()[-1]), 'resident_bytes': ran.resident_bytes}


def largest_error(om, folder):
    """Runs the model on the inputs in `folder`; the largest difference from the results that lie there,
    relative to the largest value of each."""
    folder = Path(folder)
    inputs = sorted(folder.glob('input_*.npy'))
    run([tools.BIN / 'om', 'run', om, '--input', *inputs, '--output', folder / 'simulated'])
    worst = 0.0
    for path in sorted(folder.glob('output_*.npy')):
        want = np.load(path).astype(np.float64)
        got = np.load(folder / 'simulated' / path.name).astype(np.float64)
        worst = max(worst, float(np.abs(got - want).max() / max(np.abs(want).max(), 1e-6)))
    return worst


median = statistics.median
