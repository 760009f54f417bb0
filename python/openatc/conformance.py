"""Operator conformance: the node cases of the installed `onnx` package through `atc` and `om run`.

    python -m openatc.conformance [--only REGEX] [--update] [--jobs N]

Every case runs in two modes:

* `exact`: --precision_mode=must_keep_origin_dtype. Vector arithmetic is single precision and is held to the
  suite's own tolerance (rtol 1e-3, atol 1e-7). Contractions, whose operands the cube takes as halves, and
  cases whose own tensors are float16 or bfloat16 are held to rtol 1e-2, atol 1e-3.
* `half`: the default precision mode, with weights, filters, axes and the like stored in the model as networks
  have them, so that the kernels of the AI core run. Floats are held to rtol 1e-2, atol 1e-3.

Integers and booleans must be equal, and element types and shapes must match exactly. All runs check that
flags order all overlapping accesses (--hazards).

Shapes are static: an operand that decides one (axes, sizes, steps and the like) must be a constant. Some
cases feed such operands as graph inputs; where the compiler says that a shape depends on data, the case is
compiled again with these inputs stored in the model as constants of the case's values. An input without
elements is always stored so: atc takes an extent of zero for an unknown one, and there is nothing to feed.

An outcome is `pass`, `unsupported` (atc refused the model cleanly: exit status 255, a report of the
unsupported nodes, no output file) or `fail: REASON`. conformance_expected.json holds the outcomes of every
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

from openatc import cases as suite
from openatc import tools

EXPECTED = Path(__file__).with_name('conformance_expected.json')
MODES = {'exact': ['--precision_mode=must_keep_origin_dtype'], 'half': []}
CONTRACTIONS = {'Conv', 'ConvTranspose', 'MatMul', 'Gemm'}
HALF_TYPES = {onnx.TensorProto.FLOAT16, onnx.TensorProto.BFLOAT16}
HALF_TOLERANCE = {'rtol': 1e-2, 'atol': 1e-3}
TIMEOUT = 60
# Texts of clean refusals: unsupported nodes, values that are no tensors of numbers, run-time shapes.
REFUSALS = re.compile('cannot be compiled|not a dense tensor|unsupported element type|only known at run time')
RUN_TIME_SHAPE = 'only known at run time'


@dataclass
class Result:
    """What became of one case; `engines` are the (operator, engine) pairs of its nodes, by mode."""

    outcomes: dict = field(default_factory=dict)
    operators: list = field(default_factory=list)  # (domain, type, version of its definition)
    dtypes: list = field(default_factory=list)
    engines: dict = field(default_factory=dict)

    def kind(self, mode='exact'):
        """pass, unsupported or fail."""
        return self.outcomes[mode].split(':')[0]


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
    errors = tools.errors_in(result)
    if result.returncode != 255 or not errors:
        return f'fail: atc ended with status {result.returncode}'
    if REFUSALS.search(errors[0]):
        return 'unsupported'
    # Names of temporary files would make the list of expected results unstable.
    return 'fail: ' + re.sub(r'/\S+', 'FILE', errors[0])[:160]


def compile_case(model, inputs, mode, scratch):
    """Compiles a model in `scratch`; returns atc's result, the model as compiled and the inputs left."""
    if inputs is not None:
        names = suite.empty_inputs(model, inputs)
        if mode == 'half':
            names |= suite.weight_inputs(model)
            # Something has to be left to run.
            if len(names | suite.shape_inputs(model)) < len(suite.graph_inputs(model)):
                names |= suite.shape_inputs(model)
        model, inputs = suite.with_constants(model, names, inputs)

    def build():
        onnx.save(model, scratch / 'net.onnx')
        shapes = suite.shape_options(model, inputs) if inputs is not None else []
        return tools.atc(scratch / 'net.onnx', scratch / 'net', *shapes, *MODES[mode], timeout=TIMEOUT)

    built = build()
    if RUN_TIME_SHAPE in tools.text_of(built) and inputs is not None:
        model, inputs = suite.with_constants(model, suite.shape_inputs(model), inputs)
        built = build()
    return built, model, inputs


def run_mode(case, model, result, mode, scratch):
    """Compiles and runs a case in one mode; returns the outcome."""
    data = Path(case.model_dir) / 'test_data_set_0'
    halves = any(v.type.tensor_type.elem_type in HALF_TYPES for v in [*model.graph.input, *model.graph.output])
    contraction = any(name in CONTRACTIONS for _, name, _ in result.operators)
    exact = mode == 'exact' and not halves and not contraction
    tolerance = {'rtol': case.rtol, 'atol': case.atol} if exact else HALF_TOLERANCE
    try:
        inputs = suite.stored(data, 'input', suite.graph_inputs(model))
    except (OSError, ValueError):
        inputs = None  # sequences and the like: the compiler must refuse them
    built, compiled, inputs = compile_case(model, inputs, mode, scratch)
    if built.returncode:
        return 'fail: a refused model was written' if (scratch / 'net.om').exists() else refusal(built)
    if inputs is None:
        return 'fail: a model without tensor inputs was accepted'
    ran = tools.om_run(scratch / 'net.om', inputs, scratch / 'out', '--threads', '1', '--hazards',
                       '--stats', scratch / 'stats.json', timeout=TIMEOUT)
    if ran.returncode:
        return f'fail: om run ended with status {ran.returncode}'
    result.engines[mode] = placement(compiled, json.loads((scratch / 'stats.json').read_text()))
    for index, want in enumerate(suite.stored(data, 'output', model.graph.output)):
        if reason := mismatch(tools.output(scratch / 'out', index), want, tolerance):
            return f'fail: output {index}: {reason}'
    return 'pass'


def run_case(case):
    """Runs one case of the suite in both modes; what is refused in one is not tried in the other."""
    model = onnx.load(Path(case.model_dir) / 'model.onnx')
    result = Result({}, suite.operators_of(model), suite.dtypes_of(model))
    for mode in MODES:
        if result.outcomes.get('exact') == 'unsupported':
            result.outcomes[mode] = 'unsupported'
            continue
        with tempfile.TemporaryDirectory() as scratch:
            try:
                result.outcomes[mode] = run_mode(case, model, result, mode, Path(scratch))
            except subprocess.TimeoutExpired as error:
                result.outcomes[mode] = f'fail: {Path(error.cmd[0]).name} took longer than {TIMEOUT} s'
            except (OSError, ValueError) as error:
                result.outcomes[mode] = f'fail: {type(error).__name__}'
    return result


def run_all(cases, jobs=2, progress=None):
    """Case name -> Result, several cases at a time."""
    with ThreadPoolExecutor(jobs) as pool:
        results = {}
        for name, result in zip(cases, pool.map(run_case, cases.values())):
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
    cases = {name: case for name, case in suite.load_cases().items() if re.search(args.only, name)}
    expected = json.loads(EXPECTED.read_text()) if EXPECTED.exists() else {}
    wrong = []

    def progress(name, result):
        if expected.get(name) != result.outcomes:
            wrong.append(name)
        if args.verbose or expected.get(name) != result.outcomes:
            print(f'{name}: {result.outcomes} (expected {expected.get(name)})', flush=True)

    results = run_all(cases, args.jobs, progress)
    if args.update:
        expected.update({name: result.outcomes for name, result in results.items()})
        rows = [f'{json.dumps(name)}: {json.dumps(outcomes)}' for name, outcomes in sorted(expected.items())]
        EXPECTED.write_text('{\n' + ',\n'.join(rows) + '\n}\n')
        if not args.only:
            from openatc.support_page import write_support_page
            write_support_page(results)
    for mode in MODES:
        counts = {kind: sum(r.kind(mode) == kind for r in results.values()) for kind in ('pass', 'unsupported', 'fail')}
        print(f'{mode}: ' + ', '.join(f'{count} {kind}' for kind, count in counts.items()))
    print(f'{len(wrong)} not as expected')
    return 1 if wrong and not args.update else 0


if __name__ == '__main__':
    sys.exit(main())
