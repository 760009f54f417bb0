"""Operator conformance: the node cases of the installed `onnx` package through `atc` and `om run`.

    python -m openatc.conformance [--only REGEX] [--update] [--jobs N]

Every case is compiled with --precision_mode=must_keep_origin_dtype, so that vector arithmetic is single
precision and is held to the suite's own tolerance (rtol 1e-3, atol 1e-7). Cases with arithmetic in half
precision are held to rtol 1e-2, atol 1e-3: contractions, whose operands the cube takes as halves, and
cases whose own tensors are float16 or bfloat16. Integers and booleans must be equal, and element types
and shapes must match exactly.

Shapes are static: an operand that decides one (axes, sizes, steps and the like) must be a constant. Some
cases feed such operands as graph inputs; where the compiler says that a shape depends on data, the case is
compiled again with these inputs stored in the model as constants of the case's values. An input without
elements is always stored so: atc takes an extent of zero for an unknown one, and there is nothing to feed.

An outcome is `pass`, `unsupported` (atc refused the model cleanly: exit status 255, a report of the
unsupported nodes, no output file) or `fail: REASON`. conformance_expected.json holds the outcome of every
case; any difference, for better or worse, is an error. --update writes that file and docs/onnx-support.md.
"""
import argparse
import json
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.loader import load_model_tests

from openatc import tools

EXPECTED = Path(__file__).with_name('conformance_expected.json')
CONTRACTIONS = {'Conv', 'ConvTranspose', 'MatMul', 'Gemm'}
HALF_TYPES = {onnx.TensorProto.FLOAT16, onnx.TensorProto.BFLOAT16}
HALF_TOLERANCE = {'rtol': 1e-2, 'atol': 1e-3}
FLAGS = ['--precision_mode=must_keep_origin_dtype']
TIMEOUT = 60
# Texts of clean refusals: unsupported nodes, values that are no tensors of numbers, run-time shapes.
REFUSALS = re.compile('cannot be compiled|not a dense tensor|unsupported element type|only known at run time')
RUN_TIME_SHAPE = 'only known at run time'


@dataclass
class Result:
    """What became of one case; `engines` are the (operator, engine) pairs of its nodes."""

    outcome: str
    operators: list = field(default_factory=list)  # (domain, type, version of its definition)
    dtypes: list = field(default_factory=list)
    engines: set = field(default_factory=set)

    @property
    def kind(self):
        return self.outcome.split(':')[0]


def load_cases():
    """Case name (pytest style, with the suffix of the device) -> test case of the suite, sorted."""
    return {f'{case.name}_cpu': case for case in sorted(load_model_tests(kind='node'), key=lambda c: c.name)}


def walk(graph):
    """The nodes of a graph and of the graphs inside it."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            for inner in [attribute.g, *attribute.graphs]:
                yield from walk(inner)


def operators_of(model):
    """Sorted (domain, operator, since which version of the domain this definition holds)."""
    versions = {i.domain: i.version for i in model.opset_import}
    versions.setdefault('', versions.get('ai.onnx', 1))
    found = set()
    for node in walk(model.graph):
        domain = '' if node.domain == 'ai.onnx' else node.domain
        version = versions.get(domain, 1)
        try:
            version = onnx.defs.get_schema(node.op_type, version, domain).since_version
        except onnx.defs.SchemaError:
            pass  # an operator that the model itself defines
        found.add((domain, node.op_type, version))
    return sorted(found)


def dtypes_of(model):
    """Sorted names of the element types of the model's inputs and outputs."""
    kinds = {v.type.tensor_type.elem_type for v in [*model.graph.input, *model.graph.output]
             if v.type.HasField('tensor_type')}
    return sorted(onnx.TensorProto.DataType.Name(k).lower() for k in kinds)


def stored(folder, what, value_infos):
    """The stored values of a case's first data set, one for each graph input or output."""
    values = []
    for index, info in enumerate(value_infos):
        if not info.type.HasField('tensor_type'):
            raise ValueError(f'{what} {info.name} is no tensor')
        tensor = onnx.TensorProto()
        tensor.ParseFromString((folder / f'{what}_{index}.pb').read_bytes())
        values.append(numpy_helper.to_array(tensor))
    return values


def graph_inputs(model):
    constants = {t.name for t in model.graph.initializer}
    return [i for i in model.graph.input if i.name not in constants]


def shape_options(infos, values):
    """--input_shape for the inputs whose shape the model leaves open."""
    open_inputs = []
    for info, value in zip(infos, values):
        dims = info.type.tensor_type.shape.dim
        if [d.dim_value if d.HasField('dim_value') else -1 for d in dims] != list(value.shape):
            open_inputs.append(f'{info.name}:{",".join(map(str, value.shape))}')
    return [f'--input_shape={";".join(open_inputs)}'] if open_inputs else []


def placement(model, stats):
    """(operator, engine) of every node of the main graph, from the statistics of a run: `AI CPU`, `cube`
    (a kernel that used the cube unit), `vector` (another kernel) or `folded` (nothing was left to run)."""
    engines = {}
    for kernel in stats['kernels']:
        on_host = kernel['engine'] != 'AI core'
        engine = 'AI CPU' if on_host else 'cube' if kernel['busy']['M'] > 0 else 'vector'
        for node in kernel['nodes']:
            engines.setdefault(node, set()).add(engine)
    found = set()
    for index, node in enumerate(model.graph.node):
        # The importer names nameless nodes after their operator and position.
        used = engines.get(node.name or f'{node.op_type}_{index}', {'folded'})
        # A node that a kernel computes may have others around it that only convert its operands.
        found.add((node.op_type, next(e for e in ('AI CPU', 'cube', 'vector', 'folded') if e in used)))
    return found


def mismatch(got, want, tolerance):
    """Why two outputs differ, or an empty string."""
    if want.dtype == ml_dtypes.bfloat16 and got.dtype == np.uint16:
        got = got.view(want.dtype)
    if got.dtype != want.dtype:
        return f'type {got.dtype} instead of {want.dtype}'
    if got.shape != want.shape:
        return f'shape {list(got.shape)} instead of {list(want.shape)}'
    if np.issubdtype(want.dtype, np.inexact) or want.dtype == ml_dtypes.bfloat16:
        # Infinities and NaN must be equal; the comparison is the suite's assert_allclose.
        same = np.allclose(got.astype(np.float64), want.astype(np.float64), equal_nan=True, **tolerance)
    else:
        same = np.array_equal(got, want)
    return '' if same else 'values differ'


def refusal(result):
    """The outcome of a compilation that gave no model."""
    text = tools.text_of(result)
    errors = re.findall(r'^E[A-Z]?\d{4,5}: .*', text, re.MULTILINE)
    if result.returncode != 255 or not errors:
        return f'fail: atc ended with status {result.returncode}'
    if REFUSALS.search(errors[0]):
        return 'unsupported'
    # Names of temporary files would make the list of expected results unstable.
    return 'fail: ' + re.sub(r'/\S+', 'FILE', errors[0])[:160]


def shape_inputs(model):
    """Names of the graph inputs that may decide shapes: integers of rank 0 or 1, and the numbers that
    Range and Resize take as operands."""
    names = {name for node in walk(model.graph) if node.op_type in ('Range', 'Resize', 'Upsample')
             for name in (node.input if node.op_type == 'Range' else node.input[1:])}
    integers = (onnx.TensorProto.INT64, onnx.TensorProto.INT32)
    return {i.name for i in graph_inputs(model) if i.name in names
            or (i.type.tensor_type.elem_type in integers and len(i.type.tensor_type.shape.dim) <= 1)}


def with_constants(model, names, values):
    """A copy of the model in which the inputs `names` are constants, and the values of the other inputs."""
    fixed, rest = onnx.ModelProto(), []
    fixed.CopyFrom(model)
    for info, value in zip(graph_inputs(model), values):
        if info.name in names:
            fixed.graph.initializer.append(numpy_helper.from_array(value, info.name))
        else:
            rest.append(value)
    kept = [i for i in fixed.graph.input if i.name not in names]
    del fixed.graph.input[:]
    fixed.graph.input.extend(kept)
    return fixed, rest


def run_case(case, flags=FLAGS):
    """Compiles and runs one case of the suite."""
    folder = Path(case.model_dir)
    model = onnx.load(folder / 'model.onnx')
    result = Result('', operators_of(model), dtypes_of(model))
    halves = any(v.type.tensor_type.elem_type in HALF_TYPES for v in [*model.graph.input, *model.graph.output])
    contraction = any(name in CONTRACTIONS for _, name, _ in result.operators)
    tolerance = HALF_TOLERANCE if halves or contraction else {'rtol': case.rtol, 'atol': case.atol}
    infos, data = graph_inputs(model), folder / 'test_data_set_0'
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        try:
            inputs = stored(data, 'input', infos)
            empty = {info.name for info, value in zip(infos, inputs) if value.size == 0}
            model, inputs = with_constants(model, empty, inputs)
            shapes = shape_options(graph_inputs(model), inputs)
        except (OSError, ValueError):
            inputs, shapes = None, []  # sequences and the like: the compiler must refuse them
        try:
            onnx.save(model, scratch / 'net.onnx')
            built = tools.atc(scratch / 'net.onnx', scratch / 'net', *shapes, *flags, timeout=TIMEOUT)
            if RUN_TIME_SHAPE in tools.text_of(built) and inputs is not None:
                model, inputs = with_constants(model, shape_inputs(model), inputs)
                onnx.save(model, scratch / 'net.onnx')
                built = tools.atc(scratch / 'net.onnx', scratch / 'net',
                                  *shape_options(graph_inputs(model), inputs), *flags, timeout=TIMEOUT)
            if built.returncode:
                result.outcome = refusal(built)
                if (scratch / 'net.om').exists():
                    result.outcome = 'fail: a refused model was written'
                return result
            if inputs is None:
                result.outcome = 'fail: a model without tensor inputs was accepted'
                return result
            ran = tools.om_run(scratch / 'net.om', inputs, scratch / 'out', '--threads', '1',
                               '--stats', scratch / 'stats.json', '--hazards', timeout=TIMEOUT)
            if ran.returncode:
                result.outcome = f'fail: om run ended with status {ran.returncode}'
                return result
            wants = stored(data, 'output', model.graph.output)
            reasons = [f'output {i}: {reason}' for i, want in enumerate(wants)
                       if (reason := mismatch(tools.output(scratch / 'out', i), want, tolerance))]
            result.outcome = f'fail: {reasons[0]}' if reasons else 'pass'
            result.engines = placement(model, json.loads((scratch / 'stats.json').read_text()))
        except subprocess.TimeoutExpired as error:
            result.outcome = f'fail: {Path(error.cmd[0]).name} took longer than {TIMEOUT} s'
        except (OSError, ValueError) as error:
            result.outcome = f'fail: {type(error).__name__}'
    return result


def run_all(cases, jobs=2, flags=FLAGS, progress=None):
    """Case name -> Result, several cases at a time."""
    with ThreadPoolExecutor(jobs) as pool:
        results = {}
        for name, result in zip(cases, pool.map(lambda case: run_case(case, flags), cases.values())):
            results[name] = result
            if progress:
                progress(name, result)
        return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--only', default='', help='run the cases whose name matches this expression')
    parser.add_argument('--update', action='store_true', help='write the expected results and the support page')
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--verbose', action='store_true', help='print every case')
    args = parser.parse_args()
    cases = {name: case for name, case in load_cases().items() if re.search(args.only, name)}
    expected = json.loads(EXPECTED.read_text()) if EXPECTED.exists() else {}
    wrong = []

    def progress(name, result):
        if expected.get(name) != result.outcome:
            wrong.append(name)
        if args.verbose or expected.get(name) != result.outcome:
            print(f'{name}: {result.outcome} (expected {expected.get(name)})', flush=True)

    results = run_all(cases, args.jobs, progress=progress)
    if args.update:
        expected.update({name: result.outcome for name, result in results.items()})
        EXPECTED.write_text(json.dumps(expected, indent=0, sort_keys=True) + '\n')
        if not args.only:
            from openatc.support_page import write_support_page
            write_support_page(results)
    counts = {kind: sum(r.kind == kind for r in results.values()) for kind in ('pass', 'unsupported', 'fail')}
    print(', '.join(f'{count} {kind}' for kind, count in counts.items()) + f', {len(wrong)} not as expected')
    return 1 if wrong and not args.update else 0


if __name__ == '__main__':
    sys.exit(main())
