"""Times one network on one native runtime and prints the figures as one line of JSON.

    python peers.py onnxruntime|iree|openvino MODEL.onnx [--threads N] [--repeat N] [--keep FOLDER]

Needs only NumPy and the runtime itself, so that runtimes which are no part of the project's environment can
have one of their own. Keys: version, compile_s, load_ms, artefact_bytes (where the runtime compiles ahead of
time), wall_ms (of each run after one warm-up).
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np


class Clock:
    """Seconds since it was made."""

    def __init__(self):
        self.begin = time.perf_counter()

    def seconds(self):
        return time.perf_counter() - self.begin


def draw(shape, dtype):
    """Values that any network accepts: floating point in [0, 1), integers 0 or 1."""
    random = np.random.default_rng(0)
    if np.issubdtype(dtype, np.floating):
        return random.random(shape, np.float32).astype(dtype)
    return random.integers(0, 2, shape).astype(dtype)


def timed(call, repeat):
    """One warm-up run and its results, then milliseconds of each further run."""
    results, times = call(), []
    for _ in range(repeat):
        clock = Clock()
        call()
        times.append(1e3 * clock.seconds())
    return results, times


def onnxruntime(model, threads, repeat, keep):
    import onnxruntime as ort
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    clock = Clock()
    session = ort.InferenceSession(model, options, providers=['CPUExecutionProvider'])
    load = 1e3 * clock.seconds()
    types = {'tensor(float)': np.float32, 'tensor(int64)': np.int64}
    feeds = {i.name: draw(i.shape, types[i.type]) for i in session.get_inputs()}
    results, times = timed(lambda: session.run(None, feeds), repeat)
    if keep:
        os.makedirs(keep, exist_ok=True)
        for kind, arrays in (('input', feeds.values()), ('output', results)):
            for index, array in enumerate(arrays):
                np.save(Path(keep) / f'{kind}_{index}.npy', array)
    return {'version': version('onnxruntime'), 'load_ms': load, 'wall_ms': times}


def openvino(model, threads, repeat, keep):
    import io

    import openvino as ov
    core = ov.Core()
    core.set_property('CPU', {'INFERENCE_NUM_THREADS': threads, 'INFERENCE_PRECISION_HINT': 'f32'})
    clock = Clock()
    compiled = core.compile_model(core.read_model(model), 'CPU')
    seconds = clock.seconds()
    blob = compiled.export_model()
    blob = blob.getvalue() if hasattr(blob, 'getvalue') else blob
    clock = Clock()
    loaded = core.import_model(io.BytesIO(blob), 'CPU')
    load = 1e3 * clock.seconds()
    feeds = [draw(tuple(port.shape), port.element_type.to_dtype()) for port in loaded.inputs]
    request = loaded.create_infer_request()
    _, times = timed(lambda: request.infer(feeds), repeat)
    return {'version': version('openvino'), 'compile_s': seconds, 'load_ms': load, 'artefact_bytes': len(blob),
            'wall_ms': times}


def iree(model, threads, repeat, keep):
    import iree.runtime as rt
    programs = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as folder:
        imported, module = Path(folder) / 'model.mlir', Path(folder) / 'model.vmfb'
        clock = Clock()
        subprocess.run([programs / 'iree-import-onnx', model, '-o', imported], check=True, stdout=sys.stderr)
        subprocess.run([programs / 'iree-compile', imported, '-o', module, '--iree-hal-target-device=local',
                        '--iree-hal-local-target-device-backends=llvm-cpu', '--iree-llvmcpu-target-cpu=host'],
                       check=True, stdout=sys.stderr)
        seconds = clock.seconds()
        size = module.stat().st_size
        rt.flags.parse_flags(f'--task_topology_max_group_count={threads}')
        clock = Clock()
        config = rt.Config('local-task')
        loaded = rt.load_vm_module(rt.VmModule.mmap(config.vm_instance, str(module)), config)
        load = 1e3 * clock.seconds()
        import onnx
        types = {1: np.float32, 7: np.int64}
        graph = onnx.load(model, load_external_data=False).graph
        feeds = [draw([d.dim_value for d in i.type.tensor_type.shape.dim], types[i.type.tensor_type.elem_type])
                 for i in graph.input]
        entry = loaded[graph.name]
        _, times = timed(lambda: entry(*feeds).to_host(), repeat)
    return {'version': version('iree-base-compiler'), 'compile_s': seconds, 'load_ms': load, 'artefact_bytes': size,
            'wall_ms': times}


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('runtime', choices=['onnxruntime', 'iree', 'openvino'])
    parser.add_argument('model')
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--repeat', type=int, default=3)
    parser.add_argument('--keep', help='folder for inputs and results as .npy (onnxruntime only)')
    words = parser.parse_args()
    print(json.dumps(globals()[words.runtime](words.model, words.threads, words.repeat, words.keep)))
