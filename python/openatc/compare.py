"""Layer-by-layer comparison of an offline model with ONNX Runtime.

    python -m openatc.compare MODEL.onnx MODEL.om [--input FILE...] [--gear GEAR] [--insert_op_conf FILE] [OPTIONS]

ONNX Runtime computes the ONNX model with its optimisations off and keeps the output of every node that the
offline model leaves in memory; `om compare` then runs the offline model and names the first layer out of
tolerance, the compiler pass that made its operators and the kernel that computes it. All further options are
those of `om compare`, which also gives the exit status: 0 within tolerance, 1 not, 2 a wrong command line.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
import onnxruntime as ort
from google.protobuf.message import DecodeError

from openatc.locate import find

NUMPY = {'f32': np.float32, 'u8': np.uint8, 'i8': np.int8, 'u16': np.uint16, 'i16': np.int16, 'i32': np.int32,
         'i64': np.int64, 'bool': np.bool_, 'f16': np.float16, 'f64': np.float64, 'u32': np.uint32, 'u64': np.uint64,
         'bf16': ml_dtypes.bfloat16}
# Bytes of node outputs that one run of ONNX Runtime may keep.
KEPT_AT_ONCE = 1 << 30
GEAR_INPUT = 'ascend_mbatch_shape_data'


class CompareError(Exception):
    """A comparison that cannot be made; the text says why and what to do."""


def tensor_names(model):
    """ONNX tensor -> the name that offline models give it: its node, and the number of a further output."""
    names = {}
    for index, node in enumerate(model.graph.node):
        name = node.name or f'{node.op_type}_{index}'
        for number, output in enumerate(node.output):
            if output:
                names[output] = f'{name}:{number}' if number else name
    return names


def drawn_input(desc, random):
    """Values that any network accepts for an input as `om info --json` describes it."""
    dtype = NUMPY[desc['dtype']]
    if 'aipp' in desc:
        return random.integers(0, 256, desc['shape'], dtype=np.uint8)
    if np.issubdtype(dtype, np.integer) or dtype == np.bool_:
        return random.integers(0, 2, desc['shape']).astype(dtype)
    return random.random(desc['shape'], dtype=np.float32).astype(dtype)


def save(path, value):
    """Writes a .npy file; bfloat16, which the format does not have, as its bits."""
    value = np.ascontiguousarray(value)
    np.save(path, value.view(np.uint16) if value.dtype == ml_dtypes.bfloat16 else value)


class Reference:
    """A folder of reference tensors that `om compare --reference` reads."""

    def __init__(self, path, folder):
        self.path, self.folder = Path(path), Path(folder)
        self.model = onnx.load(path, load_external_data=False)
        self.tensors = {}

    def session(self, extra):
        """ONNX Runtime over the model with more outputs, with every node computed as it stands."""
        model = onnx.ModelProto()
        model.CopyFrom(self.model)
        present = {output.name for output in model.graph.output}
        model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in extra if name not in present)
        options = ort.SessionOptions()
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.log_severity_level = 3
        # External data lies beside the model, which is passed from memory.
        options.add_session_config_entry('session.model_external_initializers_file_folder_path',
                                         str(self.path.resolve().parent))
        return ort.InferenceSession(model.SerializeToString(), options, providers=['CPUExecutionProvider'])

    def compute(self, inputs, wanted):
        """Runs the model and keeps the tensors whose name in the offline model is in `wanted`."""
        names = {tensor: name for tensor, name in tensor_names(self.model).items() if name in wanted}
        outputs = [output.name for output in self.model.graph.output]
        pending, sizes = list(names), {}
        files = {output: self.keep(value) for output, value in zip(outputs, self.session([]).run(outputs, inputs))}
        while pending:
            # The first run of a group shows how large its tensors are.
            count = max(1, int(KEPT_AT_ONCE / max(np.mean(list(sizes.values())), 1))) if sizes else 16
            group, pending = pending[:count], pending[count:]
            for tensor, value in zip(group, self.session(group).run(group, inputs)):
                sizes[tensor] = getattr(value, 'nbytes', 0)
                if isinstance(value, np.ndarray) and value.dtype.kind in 'fiub':
                    self.tensors[names[tensor]] = self.keep(value)
        (self.folder / 'reference.json').write_text(json.dumps(
            {'by': f'ONNX Runtime {ort.__version__}', 'tensors': self.tensors,
             'outputs': [files[output] for output in outputs]}, indent=1))

    def keep(self, value):
        name = f'{len(list(self.folder.glob("*.npy")))}.npy'
        save(self.folder / name, np.asarray(value))
        return name


def call_om(*arguments):
    """Runs `om`; the result has returncode, stdout and stderr."""
    program = Path(os.environ['OPENATC_BIN']) / 'om' if 'OPENATC_BIN' in os.environ else find('bin/om')
    return subprocess.run([str(program), *map(str, arguments)], capture_output=True, text=True, errors='replace')


def failure(result):
    return CompareError(result.stderr.strip().removeprefix('om: error: '))


def model_info(om, *gear):
    result = call_om('info', om, '--json', *gear)
    if result.returncode:
        raise failure(result)
    info = json.loads(result.stdout)
    info['inputs'] = [desc for desc in info['inputs'] if desc['name'] != GEAR_INPUT]
    return info


def network_inputs(model_path, model, om, info, files, folder, *arguments):
    """ONNX input name -> value for the given files of the offline model's inputs."""
    result = call_om('compare', model_path, om, '--write-inputs', folder, '--input', *files, *arguments)
    if result.returncode:
        raise failure(result)
    declared = {value.name: onnx.helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)
                for value in model.graph.input}
    values = {}
    for index, desc in enumerate(info['inputs']):
        if desc['name'] not in declared:
            raise CompareError(f"input '{desc['name']}' of the offline model is no input of the ONNX model")
        value = np.load(Path(folder) / f'{index}.npy')
        if desc['dtype'] == 'bf16':
            value = value.view(ml_dtypes.bfloat16)
        # The offline model may take halves where the ONNX model takes singles.
        values[desc['name']] = value.astype(declared[desc['name']])
    return values


def compare(model, om, inputs=(), config='', gear='', arguments=(), folder=None):
    """Compares the offline model at `om` with ONNX Runtime on the ONNX model at `model`.

    `inputs` are files for the offline model's inputs, drawn values when there are none; `config` is the AIPP
    configuration of the compilation; `gear` names the one of a model with gears; `arguments` are further ones of `om compare`. Returns the finished process.
    Raises CompareError when the models do not belong together or ONNX Runtime refuses the ONNX model.
    """
    with tempfile.TemporaryDirectory() as own:
        folder = Path(folder or own)
        folder.mkdir(parents=True, exist_ok=True)
        gear = ['--gear', gear] if gear else []
        info = model_info(om, *gear)
        files = list(inputs)
        if not files:
            random = np.random.default_rng(0)
            for index, desc in enumerate(info['inputs']):
                files.append(Path(own) / f'drawn_{index}.npy')
                save(files[-1], drawn_input(desc, random))
        reference = Reference(model, folder)
        values = network_inputs(model, reference.model, om, info, files, Path(own) / 'inputs', *gear,
                                *(['--insert_op_conf', config] if config else []))
        wanted = {tensor for task in info['tasks'] for tensor in task['tensors']}
        try:
            reference.compute(values, wanted)
        except Exception as error:  # ONNX Runtime has no common base class for its errors
            raise CompareError(f"ONNX Runtime cannot run '{model}': {error}") from error
        return call_om('compare', model, om, '--reference', folder, '--input', *files, *gear, *arguments)


def main(words=None):
    parser = argparse.ArgumentParser(prog='openatc.compare', description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('model', metavar='MODEL.onnx')
    parser.add_argument('om', metavar='MODEL.om')
    parser.add_argument('--input', nargs='+', default=[], metavar='FILE', help='one file for each input, as for om run')
    parser.add_argument('--insert_op_conf', default='', metavar='FILE', help='AIPP configuration of the compilation')
    parser.add_argument('--gear', default='', help='of a model with gears: the one to compare, as for om run')
    parser.add_argument('--keep', metavar='DIR', help='keep the reference tensors in DIR')
    options, rest = parser.parse_known_args(words)
    try:
        result = compare(options.model, options.om, options.input, options.insert_op_conf, options.gear, rest,
                         options.keep)
    except (CompareError, OSError, subprocess.SubprocessError, DecodeError) as error:
        print(f'openatc.compare: error: {error}', file=sys.stderr)
        return 1
    sys.stdout.write(result.stdout)
    sys.stderr.write(result.stderr)
    return result.returncode


if __name__ == '__main__':
    sys.exit(main())
