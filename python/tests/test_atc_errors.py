"""Every documented error code that a user with an ONNX model can cause: the command line and what atc says."""
import json
import os

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from openatc import tools

FLOAT = TensorProto.FLOAT
COMPILE = ['--framework=5', '--output=out', '--soc_version=Ascend310P3']


def model(nodes, inputs, outputs, opset=17, constants=(), imports=()):
    """A serialized model; inputs and outputs are pairs of name and shape."""
    info = [[helper.make_tensor_value_info(name, FLOAT, shape) for name, shape in side] for side in (inputs, outputs)]
    graph = helper.make_graph(nodes, 'g', *info, initializer=list(constants))
    opsets = [helper.make_opsetid('', opset), *(helper.make_opsetid(*entry) for entry in imports)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()


def relu(shape, **more):
    return model([helper.make_node('Relu', ['x'], ['y'], 'act')], [('x', shape)], [('y', None)], **more)


def files():
    """The files that the command lines below name."""
    two = [helper.make_node('Add', ['images', 'mask'], ['y'], 'add')]
    custom = [helper.make_node('Magic', ['x'], ['a'], 'wand', domain='com.example'),
              helper.make_node('NonZero', ['a'], ['b'], 'where'), helper.make_node('NonZero', ['b'], ['y'], 'there')]
    training = helper.make_node('BatchNormalization', ['x', 's', 's', 's', 's'], ['y'], 'norm', training_mode=1)
    scale = onnx.numpy_helper.from_array(np.ones(2, np.float32), 's')
    reshape = [helper.make_node('Cast', ['x'], ['i'], 'count', to=TensorProto.INT64),
               helper.make_node('Reshape', ['x', 'i'], ['y'], 'turn')]
    versions = onnx.load_from_string(relu([4]))
    versions.opset_import.append(helper.make_opsetid('ai.onnx', 11))
    return {
        'net.onnx': relu([4, 'n']),
        'fixed.onnx': relu([4, 3]),
        'two.onnx': model(two, [('images', [1, 3, 8, 8]), ('mask', [1, 3, 8, 8])], [('y', None)]),
        'custom.onnx': model(custom, [('x', [4])], [('y', None)], imports=[('com.example', 3)]),
        'unused_domain.onnx': relu([4], imports=[('com.microsoft', 1), ('ai.onnx.ml', 2)]),
        'old.onnx': model([helper.make_node('Gelu', ['x'], ['y'], 'gelu')], [('x', [4])], [('y', None)]),
        'training.onnx': model([training], [('x', [1, 2, 4, 4])], [('y', None)], constants=[scale]),
        'dangling.onnx': model([helper.make_node('Relu', ['x'], ['y'], 'act')], [('x', [4])], [('z', None)]),
        'attribute.onnx': model([helper.make_node('Softmax', ['x'], ['y'], 'soft', axis=7)], [('x', [4])], [('y', None)]),
        'undefined.onnx': model([helper.make_node('Add', ['x', 'w'], ['y'], 'add')], [('x', [4])], [('y', None)]),
        'reshape.onnx': model(reshape, [('x', [4])], [('y', None)]),
        'no_graph.onnx': onnx.ModelProto(ir_version=8).SerializeToString(),
        'new.onnx': relu([4], opset=99),
        'versions.onnx': versions.SerializeToString(),
        'empty.onnx': b'',
        'noise.onnx': b'this is no model',
        'broken.json': b'{"Switch": [',
        'aipp.cfg': b'aipp_op { aipp_mode: static\n input_fromat: RGB888_U8 }\n',
    }


# Code, options that replace or follow those of a compilation ('!model' takes one away), and parts of the text
# in their order.
CASES = [
    ('E10001', ['--soc_version=Ascend311'], ['Value Ascend311 for parameter --soc_version', 'Ascend310, Ascend310P1']),
    ('E10001', ['--soc_version=Ascend910B3'], ['is a chip (Atlas A2', 'not modelled yet', 'Ascend910A']),
    ('E10001', ['--mode=4'], ['Value 4 for parameter --mode', '0, 1, 3, 5, 6, 7 or 30']),
    ('E10001', ['--op_select_implmode=fast'], ['Value fast for parameter --op_select_implmode', 'high_precision, high_perf']),
    ('E10001', ['--buffer_optimize=l3'], ['Value l3 for parameter --buffer_optimize', 'l1_optimize, l2_optimize or off_opt']),
    ('E10001', ['--input_format=NHWC'], ['Value NHWC for parameter --input_format', 'NCHW, ND or NCDHW']),
    ('E10001', ['--jit_compile=3'], ['Value 3 for parameter --jit_compile', '0, 1 or 2']),
    ('E10001', ['--host_env_cpu=riscv'], ['Value riscv for parameter --host_env_cpu', 'x86_64, aarch64']),
    ('E10001', ['--host_env_os=windows'], ['Value windows for parameter --host_env_os', 'linux or minios']),
    ('E10001', ['--op_compiler_cache_mode=on'], ['--op_compiler_cache_mode', 'enable, disable or force']),
    ('E10001', ['--deterministic=0', '--deterministic_level=2'], ['Value 0 / 2', 'both be 0 or both be non-zero']),
    ('E10001', ['--optimization_switch=Pass'], ['Value Pass for parameter --optimization_switch', 'PassA:off']),
    ('E10001', ['--insert_op_conf=aipp.cfg', '--input_format=ND'], ['Value ND for parameter --input_format', 'NCHW']),
    ('E10001', ['--threads=1000'], ['Value 1000 for parameter --threads', '1 to 256']),
    ('E10002', ['--input_shape=4,3'], ['Value 4,3 for parameter --input_shape', 'must be formatted as "input1:1,3,224,224']),
    ('E10002', ['--input_shape=x:1.5,3'], ['Value x:1.5,3', '"1.5" is not an integer']),
    ('E10003', ['--mode=one'], ['Value one for parameter --mode', 'integer of decimal digits']),
    ('E10003', ['--device_id=-1'], ['Value -1 for parameter --device_id', 'integer of decimal digits']),
    ('E10004', ['--output='], ['Value for --output is empty', 'Solution']),
    ('E10005', ['--enable_attr_compression=maybe'], ['Value maybe for parameter --enable_attr', 'either true or false']),
    ('E10006', ['--disable_reuse_memory=2'], ['Value 2 for parameter --disable_reuse_memory', 'either 1 or 0']),
    ('E10006', ['--status_check=on'], ['Value on for parameter --status_check', 'either 1 or 0']),
    ('E10007', ['!framework'], ['--framework is required. The value must be 5(ONNX).', 'Add --framework=5']),
    ('E10007', ['--framework=3'], ['Value 3 for parameter --framework', '5(ONNX)', 'TensorFlow']),
    ('E10010', ['--log=loud'], ['Value loud for parameter --log', 'debug, info, warning, error or null']),
    ('E10011', ['--input_shape=x:4,0'], ['Value x:4,0', 'The error value in the shape is 0.']),
    ('E10013', ['--input_shape=x:4,99999999999999999999'], ['Value 99999999999999999999', 'out of range']),
    ('E10016', ['--model=fixed.onnx', '--input_shape=X:4,3'],
     ['Opname X specified in --input_shape is not found in the model', 'Inputs of the model: x FLOAT[4,3].',
      "separated by ';'?"]),
    ('E10016', ['--model=two.onnx', '--input_shape=masks:1,3,8,8'], ['masks', 'mask FLOAT[1,3,8,8]; images FLOAT[1,3,8,8].']),
    ('E10016', ['--model=two.onnx', '--input_shape=images:1,3,8,8,mask:1,3,8,8'], ['Opname images:1,3,8,8,mask', "';'?"]),
    ('E10016', ['--model=two.onnx', '--input_fp16_nodes=nobody'], ['Opname nobody specified in --input_fp16_nodes', 'images, mask']),
    ('E10017', ['--model=two.onnx', '--input_fp16_nodes=add'], ['Opname add specified in --input_fp16_nodes is not an input']),
    ('E10021', ['--output=' + 'd/' * 2100 + 'net'], ['Path for parameter --output is too long', '4092']),
    ('E10022', ['--output=folder/'], ['Path folder/ for parameter --output does not include the file name']),
    ('E10023', ['!model', '!framework', '--singleop=none.json'], ['Value none.json for parameter --singleop', 'exists']),
    ('E10025', ['!model', '!framework', '--singleop=noise.onnx'], ['noise.onnx', '--singleop']),
    ('E10032', ['--model=two.onnx', '--fusion_switch_file=broken.json'], ['Failed to parse file broken.json', '"Switch"']),
    ('E10032', ['--model=two.onnx', '--precision_mode=allow_mix_precision', '--modify_mixlist=broken.json'],
     ['Failed to parse file broken.json', '"black-list"']),
    ('E10036', ['--input_shape=x:4,-1', '--dynamic_dims=' + ';'.join(map(str, range(1, 102)))], ['101', '100']),
    ('E10041', ['--model=noise.onnx'], ['Failed to load the model from noise.onnx', 'Possible Cause', 'onnx.checker']),
    ('E10041', ['--mode=6', '--om=noise.onnx', '!framework'], ['Failed to load the model from noise.onnx']),
    ('E10047', ['--enable_compress_weight=true', '--compress_weight_conf=c.cfg'],
     ['--enable_compress_weight and --compress_weight_conf are mutually exclusive']),
    ('E10047', ['--enable_single_stream=true', '--multi_stream_parallel_mode=LoadBalance:2'], ['mutually exclusive']),
    ('E10048', ['--input_shape=x:4,8~2'], ['Value x:4,8~2', 'ends before it begins']),
    ('E10048', ['--input_shape_range=x:4,1~2'], ['--input_shape_range', 'brackets', 'input1:[1~16,3,-1]']),
    ('E10049', ['--input_shape=x:4'], ['dimension count of input x in --input_shape', 'rank 1', 'rank 2']),
    ('E10050', ['--input_shape=x:5,3'], ['shape of input x', 'not in the range', 'dimension 0', 'is 4 in the model, not 5']),
    ('E10052', ['--insert_op_conf=aipp.cfg', '--input_shape=x:4,3'], ['AIPP configuration is invalid', 'aipp.cfg:2', 'input_fromat']),
    ('E10054', ['!model'], ['required parameter --model for ATC is empty', 'quotation marks']),
    ('E10054', ['!soc_version'], ['required parameter --soc_version for ATC is empty', '--soc_version=Ascend310P3']),
    ('E10054', ['--mode=6', '!framework'], ['required parameter --om for ATC is empty']),
    ('E10055', ['--mode=30'], ['The operation is not supported. Reason: mode 30', 'Ascend035']),
    ('E10055', ['--core_type=VectorCore'], ['--core_type with value VectorCore is not supported', 'Leave the option out']),
    ('E10055', ['--cal_conf=c.cfg'], ['--cal_conf with value c.cfg is not supported', 'quantise the ONNX model']),
    ('E10056', ['--precision_mode=force_fp16', '--precision_mode_v2=fp16'],
     ['Cannot configure both parameters --precision_mode and --precision_mode_v2']),
    ('E10057', ['--optypelist_for_implmode=Gelu'], ['--optypelist_for_implmode', '--op_select_implmode']),
    ('E10057', ['--mode=6', '--om=out.om'], ['--om and --framework cannot be used together']),
    ('E10501', ['--model=old.onnx'], ['1 node of the model cannot be compiled', 'ai.onnx::Gelu (opset 17), 1 node: gelu',
                                     'exists from operator set 20 on']),
    ('E11016', ['--model=two.onnx', '--out_nodes=add:3'], ['output add:3 specified in --out_nodes', 'Number the outputs']),
    ('E11017', ['--model=two.onnx', '--out_nodes=nobody:0'], ['Output nobody:0 specified in --out_nodes is not found', "';'"]),
    ('E13004', ['--model=fixed.onnx', '--output=noise.onnx/net'], ['Failed to write file noise.onnx/net.om', 'Not a directory']),
    ('E13014', ['--model=undefined.onnx'], ["node 'add' (Add) uses 'w', which nothing defines", 'Possible Cause']),
    ('E13015', ['--model=empty.onnx'], ['File empty.onnx has a size', 'is empty']),
    ('E13015', ['--model=large.onnx'], ['File large.onnx has a size', 'larger than 2 GiB', 'external data']),
    ('E13026', ['--model=none.onnx'], ['Input path none.onnx of parameter --model is invalid', 'No such file']),
    ('E13026', ['--mode=6', '--om=.', '!framework'], ['Input path . of parameter --om is invalid', 'It is a folder']),
    ('E13014', ['--model=attribute.onnx'], ["node 'soft' (Softmax): axis 7 is out of range for rank 1", 'Possible Cause']),
    ('E14001', ['--model=reshape.onnx'], ['Node [turn]', 'only known at run time', 'constants of the model']),
    ('E16001', ['--model=dangling.onnx'], ["output 'z' of the graph is not made by any node"]),
    ('E16002', ['--model=custom.onnx'], ['3 nodes of the model cannot be compiled', 'ai.onnx::NonZero (opset 17), 2 nodes: where, there',
                                        'com.example::Magic (opset 3), 1 node: wand']),
    ('E16004', ['--model=no_graph.onnx'], ['ONNX model has no graph']),
    ('E16005', ['--model=new.onnx'], ['operator set 99', 'the newest supported is 25']),
    ('E16005', ['--model=versions.onnx'], ['imports versions 17 and 11 of the domain ai.onnx', 'one opset_import entry']),
    ('EZ3003', ['--model=training.onnx'], ['1 node of the model cannot be compiled', 'BatchNormalization (opset 17), 1 node: norm (training mode)']),
]


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp('errors')
    for name, content in files().items():
        (where / name).write_bytes(content)
    with open(where / 'large.onnx', 'wb') as large:
        large.truncate(3 << 30)  # sparse
    return where


def atc(folder, options):
    away = {option[1:] for option in options if option[0] == '!'}
    base = [option for option in ['--model=net.onnx', *COMPILE] if option[2:].split('=')[0] not in away]
    return tools.call('atc', *base, *(option for option in options if option[0] != '!'), cwd=folder)


@pytest.mark.parametrize('code, options, parts', CASES)
def test_error(code, options, parts, folder):
    result = atc(folder, options)
    assert result.returncode == 255 and result.stderr == ''
    lines = result.stdout.splitlines()
    assert lines[:2] == ['ATC start working now, please wait for a moment.',
                         "ATC run failed, Please check the detail log, Try 'atc --help' for more information"]
    errors = tools.errors_in(result)
    assert [error.split(':')[0] for error in errors] == [code], result.stdout
    at = result.stdout.index(code)
    for part in parts:
        at = result.stdout.find(part, at)
        assert at >= 0, f'{part!r} is not, or not there, in\n{result.stdout}'
    assert not (folder / 'out.om').exists()


def test_oddities_of_the_model_are_warnings(folder, tmp_path):
    """Two constants of one name, as some exporters write them: the last one counts, and atc says so."""
    constants = [helper.make_node('Constant', [], ['c'], name, value_float=value) for name, value in (('p', 1.0), ('q', 2.0))]
    odd = model([*constants, helper.make_node('Add', ['x', 'c'], ['y'], 'add')], [('x', [4])], [('y', None)])
    (tmp_path / 'odd.onnx').write_bytes(odd)
    result = tools.call('atc', '--model=odd.onnx', *COMPILE, cwd=tmp_path)
    assert result.returncode == 0
    assert result.stdout.endswith('ATC run success, welcome to the next use.\n'
                                  "WARNING: constant 'c' is defined by more than one node; the last one counts.\n")


def test_domains_without_nodes_do_no_harm(folder, tmp_path):
    result = atc(folder, ['--model=unused_domain.onnx', f'--output={tmp_path / "net"}'])
    assert result.returncode == 0, result.stdout


def test_a_failed_import_leaves_the_report_of_its_nodes(folder, tmp_path, monkeypatch):
    work = tmp_path / 'work'
    monkeypatch.setenv('ASCEND_WORK_PATH', str(work))
    result = tools.call('atc', f'--model={folder / "custom.onnx"}', *COMPILE, cwd=tmp_path)
    assert result.returncode == 255 and os.listdir(tmp_path) == ['work']
    report = json.loads((work / 'check_result.json').read_text())
    assert {key: report[key] for key in ('name', 'result', 'total', 'pass', 'fail')} == {
        'name': 'custom', 'result': 'failed', 'total': 3, 'pass': 0, 'fail': 3}
    assert [(op['name'], op['type'], op['result'], op['cause']) for op in report['op']] == [
        (name, kind, 'failed', [{'code': 1, 'message': 'The type is not supported.'}])
        for name, kind in [('wand', 'Magic'), ('where', 'NonZero'), ('there', 'NonZero')]]


def test_a_check_reports_every_node(folder, tmp_path):
    options = ['--mode=3', '--framework=5', '--soc_version=Ascend310P3', '--check_report=report.json']
    result = tools.call('atc', f'--model={folder / "two.onnx"}', *options, cwd=tmp_path)
    assert result.returncode == 0 and os.listdir(tmp_path) == ['report.json'], result.stdout
    report = json.loads((tmp_path / 'report.json').read_text())
    assert (report['result'], report['total'], report['pass'], report['fail']) == ('success', 1, 1, 0)
    assert report['op'] == [{'name': 'add', 'type': 'Add', 'result': 'success'}]


def test_all_problems_are_reported_in_one_run(folder):
    result = atc(folder, ['!model', '--log=loud', '--framework=0', '--output=', '--soc_version=Ascend1'])
    assert [error.split(':')[0] for error in tools.errors_in(result)] == [
        'E10007', 'E10004', 'E10010', 'E10054', 'E10001']
    assert result.stdout.count('TraceBack (most recent call last):') == 1


@pytest.mark.parametrize('words, text', [
    (['--modle=x'], "ERROR: unknown command line flag 'modle'; did you mean --mode, --model?"),
    (['--dynamic=1'], "ERROR: unknown command line flag 'dynamic'; did you mean --dynamic_batch_size, "
                      '--dynamic_image_size, --dynamic_dims?'),
    (['--model'], "ERROR: flag 'model' is missing its argument; flag description: "),
    (['net.onnx'], 'ERROR: Non-option parameter: net.onnx'),
])
def test_option_syntax_errors_go_to_stderr(words, text):
    result = tools.call('atc', *words)
    assert result.returncode == 255 and result.stdout == '' and result.stderr.startswith(text)
