"""The ONNX node cases against the list of expected outcomes; an unexpected pass fails as well."""
import json

import pytest

from openatc import cases, conformance

CASES = cases.load_cases()
EXPECTED = json.loads(conformance.EXPECTED.read_text())

# Operators that the compiler supports completely: all of their cases pass.
COMPLETE = set('''
    Conv ConvTranspose Gemm MatMul BatchNormalization MaxPool AveragePool GlobalAveragePool GlobalMaxPool
    Relu LeakyRelu PRelu Clip Sigmoid Tanh HardSigmoid HardSwish Elu Selu Softplus Gelu Mish Erf
    Add Sum Sub Mul Div Pow Sqrt Exp Log Abs Neg Min Max Softmax LogSoftmax LayerNormalization
    InstanceNormalization LRN ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2
    ReduceLogSum ReduceLogSumExp ReduceSumSquare Reshape Flatten Squeeze Unsqueeze Transpose Concat Split
    Slice Pad Gather Expand Tile DepthToSpace SpaceToDepth Resize Upsample Where Equal Greater Less ArgMax
    Cast Identity Dropout Constant ConstantOfShape Shape Range'''.split())

# Words in the names of cases of these operators that ask for more than inference on numbers of whole
# bytes: training modes, sequence and optional values, strings, and element types of 8 bits or fewer.
BEYOND = ('training', 'trainingmode', 'sequence', 'opt', 'string', 'FLOAT8', 'FLOAT4', 'UINT4', 'INT4',
          'UINT2', 'INT2', 'e8m0')


def beyond(name):
    return any(word.startswith(BEYOND) for word in name.split('_'))


@pytest.fixture(scope='session')
def results():
    return conformance.run_all(CASES)


def test_runner_covers_the_suite():
    assert set(EXPECTED) == set(CASES)


# In half mode only what is supported at all is a test of its own.
RUNS = [(name, mode) for name in CASES for mode in conformance.MODES
        if mode == 'exact' or EXPECTED.get(name, {}).get('exact') != 'unsupported']


@pytest.mark.parametrize('name, mode', RUNS)
def test_case(name, mode, results):
    outcome, expected = results[name].outcomes[mode], EXPECTED[name][mode]
    assert outcome == expected, f'{name}: {outcome}, expected {expected}'
    if expected.startswith('fail'):
        pytest.xfail(expected)


def test_complete_operators_pass(results):
    missing = [f'{name}: {result.outcomes["exact"]}' for name, result in results.items()
               if result.kind('exact') != 'pass' and not beyond(name)
               and all(domain == '' and operator in COMPLETE for domain, operator, _ in result.operators)]
    assert not missing, '\n'.join(missing)
