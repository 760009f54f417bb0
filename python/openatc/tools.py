"""`atc` and `om` as Python functions.

The programs are taken from the folder in the environment variable OPENATC_BIN, else from build/bin of
the source tree.
"""
import os
import re
import subprocess
from pathlib import Path

import ml_dtypes
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get('OPENATC_BIN', ROOT / 'build' / 'bin'))
SOC = 'Ascend310P3'


def call(program, *arguments, timeout=120, cwd=None):
    """Runs one of the project's programs; the result has returncode, stdout and stderr."""
    return subprocess.run([str(BIN / program), *map(str, arguments)], capture_output=True, text=True,
                          errors='replace', timeout=timeout, cwd=cwd)


def text_of(result):
    """Everything a program printed."""
    return result.stdout + result.stderr


def errors_in(result):
    """The errors that atc printed, `code: text` each, in order."""
    found = re.findall(r'^(?:\[PID: \d+\] \S+ | {8})(?:[A-Z]\w+\((E[A-Z]?\d{4,5})\)|(E[A-Z]?\d{4,5})): (.*)',
                       text_of(result), re.MULTILINE)
    return [f'{titled or bare}: {text}' for titled, bare, text in found]


def atc(model, output, *options, timeout=120):
    """Compiles an ONNX file to `output`.om."""
    return call('atc', f'--model={model}', '--framework=5', f'--output={output}', f'--soc_version={SOC}',
                *options, timeout=timeout)


def om_run(om, values, folder, *options, timeout=120):
    """Runs an offline model on NumPy arrays, or on `bytes` as raw buffers; see `output` for the results."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for index, value in enumerate(values):
        if isinstance(value, bytes):
            files.append(folder / f'input_{index}.bin')
            files[-1].write_bytes(value)
        else:
            files.append(folder / f'input_{index}.npy')
            value = np.asarray(value, order='C')
            # .npy has no bfloat16; its bits travel as uint16, in both directions.
            np.save(files[-1], value.view(np.uint16) if value.dtype == ml_dtypes.bfloat16 else value)
    inputs = ['--input', *files] if files else []
    return call('om', 'run', om, *inputs, '--output', folder, *options, timeout=timeout)


def output(folder, index):
    """Output `index` of an earlier om_run into `folder`."""
    return np.load(Path(folder) / f'output_{index}.npy')
