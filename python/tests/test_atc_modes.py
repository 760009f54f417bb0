"""What atc writes besides offline models: JSON images of models, and the page of mode 6."""
import json
import re

import onnx
import pytest
from google.protobuf import json_format

from openatc import tools

DIGITS = tools.ROOT / 'examples' / 'digits' / 'digits.onnx'


def converted(tmp_path, *options):
    result = tools.call('atc', '--mode=1', f'--json={tmp_path / "new/model.json"}', *options)
    assert result.returncode == 0, tools.text_of(result)
    return json.loads((tmp_path / 'new/model.json').read_text())


def attributes(entries):
    """Key -> value of the attributes of a model or operator."""
    values = {}
    for entry in entries:
        (kind, value), = entry['value'].items()
        values[entry['key']] = next(iter(value.values())) if kind == 'list' else value
    return values


def check_edges(graph):
    """Every input names an output of an operator before it, and the other direction agrees."""
    made, used = {}, []
    for op in graph['op']:
        assert op['name'] not in made and op['id'] == len(made)
        assert [f'{name}:{index}' for name, index in zip(op['src_name'], op['src_index'])] == op['input']
        assert len(op['input_desc']) == len(op['input'])
        for position, source in enumerate(op['input']):
            name, index = source.rsplit(':', 1)
            assert name in made
            used.append((name, op['name'], position))
            if made[name]['output_desc']:
                assert int(index) < len(made[name]['output_desc'])
        made[op['name']] = op
    ends = [(op['name'], name, index) for op in graph['op'] for name, index in zip(op['dst_name'], op['dst_index'])]
    assert sorted(ends) == sorted(used)
    return made


@pytest.fixture(scope='module')
def om(tmp_path_factory):
    folder = tmp_path_factory.mktemp('om')
    built = tools.atc(DIGITS, folder / 'digits', '--input_shape=image:2,1,8,8')
    assert built.returncode == 0, tools.text_of(built)
    return folder / 'digits.om'


def test_an_onnx_model_is_printed_field_for_field(tmp_path):
    model = onnx.load(DIGITS)
    onnx.helper.set_model_props(model, {'key': 'value'})
    model.graph.node[0].doc_string = 'first'
    model.functions.add(name='unused', domain='local')
    onnx.save(model, tmp_path / 'net.onnx')
    want = json_format.MessageToDict(model, preserving_proto_field_name=True)
    assert converted(tmp_path, '--framework=5', f'--om={tmp_path / "net.onnx"}') == want


def test_a_graph_with_shapes(tmp_path):
    graph, = converted(tmp_path, '--framework=5', '--dump_mode=1', f'--om={DIGITS}',
                       '--input_shape=image:4,1,8,8')['graph']
    ops = check_edges(graph)
    model = onnx.load(DIGITS)
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 4
    inferred = onnx.shape_inference.infer_shapes(model).graph
    shapes = {value.name: [d.dim_value for d in value.type.tensor_type.shape.dim] for value in inferred.value_info}
    makers = {node.name: shapes[node.output[0]] for node in inferred.node if node.output[0] in shapes}
    compared = [name for name in makers if name in ops]
    assert len(compared) >= 5
    for name in compared:
        tensor = ops[name]['output_desc'][0]
        assert (tensor['dtype'], tensor['shape']['dim']) == ('DT_FLOAT', makers[name]), name
    assert graph['input'] == ['image:0'] and graph['op'][-1]['type'] == 'NetOutput'


def test_an_offline_model(om, tmp_path):
    model = converted(tmp_path, f'--om={om}')
    assert {'name', 'version', 'custom_version', 'graph', 'attr'} == set(model) and model['name'] == 'digits'
    graph, = model['graph']
    ops = check_edges(graph)
    data, end = ops['image'], graph['op'][-1]
    assert (data['type'], data['output_desc'][0]['dtype'], data['output_desc'][0]['shape']) == (
        'Data', 'DT_FLOAT', {'dim': [2, 1, 8, 8]})
    assert (end['type'], end['input_desc'][0]['name'], end['input_desc'][0]['shape']) == (
        'NetOutput', 'scores', {'dim': [2, 10]})
    # Every node of the network is found in some operator, as tools that compare dumps need it.
    named = {name for op in graph['op'] for name in attributes(op['attr']).get('_datadump_original_op_names', [])}
    network = onnx.load(DIGITS).graph
    assert {node.name for node in network.node if node.op_type in ('Conv', 'Gemm', 'MatMul')} <= named


def test_attributes_agree_with_mode_6(om, tmp_path):
    shown = tools.call('atc', '--mode=6', f'--om={om}').stdout
    values = attributes(converted(tmp_path, f'--om={om}')['attr'])
    assert f'Original Atc command line: {values["atc_cmdline"]}\n' in shown
    assert re.search(r'^system   info: atc_version\[(.*)\], soc_version\[(.*)\], framework_type\[(\d+)\]\.$', shown,
                     re.MULTILINE).groups() == (values['atc_version'], values['soc_version'],
                                                str(values['framework_type']))
    numbers = [int(n) for n in re.findall(r'_size\[(-?\d+) B\]', shown)]
    assert numbers == [values['memory_size'], values['weight_size'], *values['om_info_list']]
    assert f'stream_num[{values["stream_num"]}], event_num[{values["event_num"]}].' in shown
    assert numbers[2] > 0 and numbers[4] > 0
