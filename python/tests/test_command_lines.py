"""Command lines as people write them, with small networks that have the same inputs: all of them compile. `bs` of
scripts is 1. Lines for chips with separate cube and vector cores say so, and compile for Ascend310P3."""
import re
import shlex

import numpy as np
import onnx
import onnx.reference
import pytest
from onnx import TensorProto, helper

from openatc import tools

F32, I64 = TensorProto.FLOAT, TensorProto.INT64


class Network:
    """A graph under construction; every node has one output that is called like the node."""

    def __init__(self, **inputs):
        self.inputs = [helper.make_tensor_value_info(name, kind, shape) for name, (kind, shape) in inputs.items()]
        self.nodes, self.constants, self.outputs = [], [], []

    def add(self, kind, name, *inputs, **attributes):
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name, **attributes))
        return name

    def conv(self, name, source, channels=3, stride=32, filters=8, spatial=2):
        weights = np.full((filters, channels) + (3,) * spatial, 0.01, np.float32)
        self.constants.append(onnx.numpy_helper.from_array(weights, name + '.weight'))
        return self.add('Conv', name, source, name + '.weight', strides=[stride] * spatial, pads=[1] * 2 * spatial)

    def file(self, path, *outputs, opset=13):
        infos = [helper.make_tensor_value_info(name, F32, None) for name in outputs]
        graph = helper.make_graph(self.nodes, 'net', self.inputs, infos, initializer=self.constants)
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid('', opset)], ir_version=8), path)


def image(name, shape, opset=13):
    """A classifier: convolution, relu, mean over the picture."""
    def build(path):
        net = Network(**{name: (F32, shape)})
        net.add('GlobalAveragePool', 'pool', net.add('Relu', 'relu', net.conv('conv', name)))
        net.file(path, net.add('Flatten', 'scores', 'pool'), opset=opset)
    return build


def heads(name, shape, *nodes, extra=()):
    """A detector: one convolution after the other, and a node that nobody asks for."""
    def build(path):
        net = Network(**{name: (F32, shape)}, **dict(extra))
        source, channels, stride = name, shape[1], 32
        for node in nodes:
            source = net.conv(node, source, channels, stride)
            channels, stride = 8, 1
        for other, _ in extra:
            source = net.add('ReduceMax', 'nms', net.add('Flatten', 'flat', source), keepdims=0)
            source = net.add('Mul', 'boxes', other, source)
        net.file(path, net.add('Sigmoid', 'decoded', source))
    return build


def tokens(*inputs):
    """A text network: embeddings of all inputs, of one shape, are added."""
    def build(path):
        net = Network(**{name: (I64, shape) for name, shape in inputs})
        total = None
        for index, (name, _) in enumerate(inputs):
            part = net.add('Cast', f'cast_{index}', name, to=F32)
            total = part if total is None else net.add('Add', f'add_{index}', total, part)
        net.file(path, net.add('Tanh', 'logits', total))
    return build


def floats(*inputs):
    """An output for each input, so that their shapes need not fit together."""
    def build(path):
        net = Network(**{name: (F32, shape) for name, shape in inputs})
        net.file(path, *[net.add('Tanh', f'out_{index}', name) for index, (name, _) in enumerate(inputs)])
    return build


def qwen(path):
    net = Network(input_ids=(I64, [1, 's']), **{'past_key_0.key': (F32, [1, 2, 'p', 64]), 'past_key_0.value': (F32, [1, 2, 'p', 64])})
    net.add('Cast', 'ids', 'input_ids', to=F32)
    net.add('MatMul', 'scores', net.add('Softmax', 'soft', 'past_key_0.key'), net.add('Transpose', 'turned', 'past_key_0.value', perm=[0, 1, 3, 2]))
    net.file(path, net.add('Tanh', 'logits', 'ids'), 'scores')


def past(path):
    net = Network(input_ids=(I64, [1, 's']), attention_mask=(I64, [1, 'a']), position_ids=(I64, [1, 's']), past=(F32, [2, 'p', 8]))
    for name in ('input_ids', 'attention_mask', 'position_ids'):
        net.add('Cast', name + '.f', name, to=F32)
    net.add('Add', 'sum', 'input_ids.f', 'position_ids.f')
    net.file(path, net.add('Tanh', 'logits', 'sum'), net.add('Softmax', 'mask', 'attention_mask.f'), net.add('Relu', 'present', 'past'))


def volume(path):
    net = Network(input=(F32, [1, 4, 224, 224, 160]))
    net.add('ReduceMean', 'Conv_80', 'input', axes=[1], keepdims=1)
    net.file(path, net.add('ReduceMax', 'output', 'Conv_80', keepdims=0))


def aipp(source, width, height, minimum, factors, more=''):
    channels = ''.join(f' min_chn_{i}: {value}\n var_reci_chn_{i}: {factor}\n'
                       for i, (value, factor) in enumerate(zip(minimum, factors)))
    size = f' src_image_size_w: {width}\n src_image_size_h: {height}\n'
    return f'aipp_op {{\n aipp_mode: static\n related_input_rank: 0\n input_format: {source}\n{size}{more}{channels}}}\n'


IMAGENET = ((123.675, 116.28, 103.53), (0.0171247538316637, 0.0175070028011204, 0.0174291938997821))
UNIT = ((0, 0, 0), (0.003921568627451,) * 3)
CROP = ' crop: true\n load_start_pos_w: 16\n load_start_pos_h: 16\n crop_size_w: 224\n crop_size_h: 224\n'
CSC = (' csc_switch: true\n rbuv_swap_switch: false\n matrix_r0c0: 256\n matrix_r0c1: 0\n matrix_r0c2: 359\n'
       ' matrix_r1c0: 256\n matrix_r1c1: -88\n matrix_r1c2: -183\n matrix_r2c0: 256\n matrix_r2c1: 454\n'
       ' matrix_r2c2: 0\n input_bias_0: 0\n input_bias_1: 128\n input_bias_2: 128\n')
DYNAMIC_AIPP = 'aipp_op {\n aipp_mode: dynamic\n related_input_rank: 0\n max_src_image_size: 4000000\n}\n'
MIXLIST = '{"black-list": {"to-add": ["Tanh"], "to-remove": []}, "white-list": {"to-add": ["Relu"], "to-remove": []}}'

YUV640 = aipp('YUV420SP_U8', 640, 640, *UNIT, more=CSC)

# Number in the table of public command lines, network, options besides model, framework, output and chip,
# files that they name, and chip.
ROWS = [
    (1, image('actual_input_1', [1, 3, 224, 224]), '--input_shape="actual_input_1:1,3,224,224"', {}, 'Ascend310'),
    (2, image('actual_input_1', [1, 3, 224, 224]), '--input_shape="actual_input_1:1,3,224,224" --insert_op_conf=aipp.cfg',
     {'aipp.cfg': aipp('RGB888_U8', 256, 256, *IMAGENET, more=CROP)}, 'Ascend310P3'),
    (3, image('x', [1, 3, 224, 224], opset=16), '--input_format=NCHW --output_type=FP32', {}, 'Ascend910B1'),
    (4, image('x', ['batch', 3, 224, 224]), '--input_shape="x:-1,3,224,224" --dynamic_batch_size="1,2,4,8" --output_type=FP32',
     {}, 'Ascend910B1'),
    (5, image('images', [1, 3, 640, 640]), '--input_shape="images:1,3,640,640" --insert_op_conf=aipp.cfg',
     {'aipp.cfg': YUV640}, 'Ascend310P3'),
    (6, heads('images', [1, 3, 640, 640], 'Conv_344', 'Conv_374', 'Conv_404'),
     '--out_nodes="Conv_404:0;Conv_374:0;Conv_344:0" --input_shape="images:1,3,640,640" --insert_op_conf=aipp.cfg',
     {'aipp.cfg': YUV640}, 'Ascend310P3'),
    ('6, graph behind', floats(('img_info', [1, 4])), "--input_shape='img_info:1,4'", {}, 'Ascend310P3'),
    (7, heads('input', [1, 3, 608, 608], 'Conv_402', 'Conv_418', 'Conv_434'),
     '--input_format=NCHW --input_shape="input:1,3,608,608" --out_nodes="Conv_434:0;Conv_418:0;Conv_402:0"',
     {}, 'Ascend310'),
    ('7, of the zoo', heads('input', [1, 3, 608, 608], 'Conv_402'), '--input_shape="input:1,3,608,608" --insert_op_conf=aipp.cfg',
     {'aipp.cfg': aipp('RGB888_U8', 608, 608, *UNIT)}, 'Ascend310P3'),
    (8, heads('images', [1, 3, 416, 416], 'Conv_0', extra=[('img_info', (F32, [1, 4]))]),
     '--input_shape="images:1,3,416,416;img_info:1,4" --input_fp16_nodes="img_info" --insert_op_conf=aipp_onnx.cfg',
     {'aipp_onnx.cfg': aipp('YUV420SP_U8', 416, 416, *UNIT, more=CSC)}, 'Ascend310'),
    (9, image('images', [1, 3, 640, 640]), '--input_shape="images:1,3,640,640" --input_format=NCHW --output_type=FP32',
     {}, 'Ascend310P3'),
    (10, image('actual_input_1', ['n', 3, 299, 299]),
     '--input_format=NCHW --input_shape="actual_input_1:1,3,299,299" --log=error --insert_op_conf=inceptionv3_aipp.config',
     {'inceptionv3_aipp.config': aipp('RGB888_U8', 299, 299, *IMAGENET)}, 'Ascend310P3'),
    (11, image('x', ['n', 3, 'h', 'w']),
     '--input_format=NCHW --input_shape="x:1,3,736,1280" --log=debug --insert_op_conf=aipp.config --enable_small_channel=1',
     {'aipp.config': aipp('RGB888_U8', 1280, 736, *IMAGENET)}, 'Ascend310P3'),
    (12, image('x', ['n', 3, 'h', 'w']),
     '--input_format=NCHW --input_shape="x:1,3,-1,-1" --dynamic_image_size="736,736;736,800;800,736" --insert_op_conf=aipp.cfg',
     {'aipp.cfg': aipp('RGB888_U8', 0, 0, *IMAGENET)}, 'Ascend310P3'),
    (13, image('image', [1, 3, 'h', 'w']), '--input_shape="image:1,3,-1,-1" --dynamic_image_size="248,360;280,550;319,973"',
     {}, 'Ascend310'),
    (14, floats(('mel_spec', [1, 80, 1, 't'])), '--input_format=ND --input_shape="mel_spec:1,80,1,-1" --dynamic_dims="250;500;750;2000"',
     {}, 'Ascend310P3'),
    (15, tokens(('input_ids', [1, 's']), ('attention_mask', [1, 's'])),
     '--input_format=ND --optypelist_for_implmode="Gelu" --op_select_implmode=high_performance '
     '--input_shape="input_ids:1,-1;attention_mask:1,-1" --dynamic_dims="64,64;128,128"',
     {}, 'Ascend310P3'),
    (16, tokens(('token_type_ids', ['b', 128]), ('input_ids', ['b', 128])),
     '--input_format=ND --input_shape="token_type_ids:8,128;input_ids:8,128" --op_precision_mode=op_precision.ini',
     {'op_precision.ini': '[ByOpType]\nTanh=high_performance\n'}, 'Ascend310P3'),
    (17, floats(('tgt', ['b', 't']), ('memory', ['b', 'm', 256]), ('cache_0', ['b', 'c', 256])),
     '--input_format=ND --input_shape="tgt:-1,-1;memory:-1,-1,256;cache_0:-1,-1,256" --output_type=FP16 '
     '--input_fp16_nodes="memory;cache_0"', {}, 'Ascend310P3'),
    (18, tokens(('texts', [1, 's']), ('src_masks', [1, 's'])),
     '--input_format=ND --input_shape_range="texts:[1,1~512];src_masks:[1,1~512]"', {}, 'Ascend310P3'),
    (19, volume, '--input_format=ND --input_shape="input:1,4,224,224,160" --out_nodes="Conv_80:0" --log=info',
     {}, 'Ascend310P3'),
    (20, image('input.1', [1, 3, 608, 1088]),
     '--input_shape="input.1:1,3,608,1088" --check_report=./network_analysis.report --input_format=NCHW', {}, 'Ascend310'),
    (21, heads('0', [1, 3, 800, 800], 'Reshape_1683', 'Cast_1689', 'Gather_1692'),
     '--input_shape="0:1,3,800,800" --out_nodes="Gather_1692:0;Cast_1689:0;Reshape_1683:0" --log=debug',
     {}, 'Ascend310'),
    (22, floats(('encoder_out', [1, 't', 512]), ('acoustic_embedding', [1, 'u', 512])),
     '--host_env_os=linux --host_env_cpu=aarch64 --input_format=ND --input_shape="encoder_out:1,-1,512;acoustic_embedding:1,-1,512"',
     {}, 'Ascend310P3'),
    (23, qwen, '--precision_mode=must_keep_origin_dtype --op_select_implmode=high_precision --external_weight=0 --output_type=FP32 '
     "--input_shape='input_ids:1,512;past_key_0.key:1,2,512,64;past_key_0.value:1,2,512,64' --log=error", {}, 'Ascend310B4'),
    (24, past, '--precision_mode_v2=mixed_float16 --modify_mixlist=ops_info.json --input_format=ND '
     '--input_shape="input_ids:1,-1;attention_mask:1,-1;position_ids:1,-1;past:2,-1,8" --dynamic_dims "1,1025,1,1024;4,1028,4,1024"',
     {'ops_info.json': MIXLIST}, 'Ascend310B1'),
    (25, image('image', ['n', 3, 224, 224]), '--input_shape="image:-1,3,224,224" --dynamic_batch_size "1,2" --insert_op_conf=dynamic.cfg',
     {'dynamic.cfg': DYNAMIC_AIPP}, 'Ascend310'),
    (26, image('input', ['n', 3, 'h', 'w']), '--input_format=NCHW --input_shape=input:1,3,64,64', {}, 'Ascend310'),
    ('26, gears', image('input', ['n', 3, 'h', 'w']), '--input_format=NCHW --input_shape=input:1,3,-1,-1 --dynamic_image_size="64,64;96,64"',
     {}, 'Ascend310'),
]


def call(row, soc, folder):
    _, build, options, files, _ = row
    build(folder / 'net.onnx')
    for name, text in files.items():
        (folder / name).write_text(text)
    return tools.call('atc', '--model=net.onnx', '--framework=5', '--output=net', f'--soc_version={soc}',
                      *shlex.split(options), cwd=folder)


@pytest.mark.parametrize('row', ROWS, ids=lambda row: f'row {row[0]}')
def test_command_line(row, tmp_path):
    chip = row[4]
    result = call(row, chip, tmp_path)
    assert result.stderr == '' and result.stdout.startswith('ATC start working now, please wait for a moment.\n')
    if chip not in ('Ascend310', 'Ascend310P3'):
        # A chip with separate cube and vector cores: the error says so, and the same line works for another one.
        assert f'Value {chip} for parameter --soc_version is invalid. Reason: It is a chip' in result.stdout
        result = call(row, 'Ascend310P3', tmp_path)
    assert result.returncode == 0 and 'ATC run success, welcome to the next use.\n' in result.stdout, result.stdout
    assert (tmp_path / 'net.om').exists()


@pytest.mark.parametrize('chip', ['Ascend310', 'Ascend310P1', 'Ascend310P3', 'Ascend310P5', 'Ascend310P7', 'Ascend910A',
                                  'Ascend910B', 'Ascend910ProA', 'Ascend910ProB', 'Ascend910PremiumA'])
def test_every_chip_runs_the_network(chip, tmp_path):
    digits = tools.ROOT / 'examples' / 'digits' / 'digits.onnx'
    built = tools.call('atc', f'--model={digits}', '--framework=5', '--output=net', f'--soc_version={chip}',
                       '--input_shape=image:2,1,8,8', cwd=tmp_path)
    assert built.returncode == 0, built.stdout
    picture = np.random.default_rng(3).random((2, 1, 8, 8), np.float32)
    ran = tools.om_run(tmp_path / 'net.om', [picture], tmp_path / 'out')
    assert ran.returncode == 0, tools.text_of(ran)
    want = onnx.reference.ReferenceEvaluator(str(digits)).run(None, {'image': picture})[0]
    np.testing.assert_allclose(tools.output(tmp_path / 'out', 0), want, rtol=0.02, atol=0.02 * np.abs(want).max())


DOCUMENTED = """
    mode model weight om framework input_format insert_op_conf dynamic_dims input_shape input_shape_range
    input_hint_shape dynamic_batch_size dynamic_image_size singleop output output_type out_nodes
    is_output_adjust_hw_layout check_report json host_env_os host_env_cpu save_original_model soc_version
    virtual_type core_type aicore_num input_fp16_nodes is_input_adjust_hw_layout enable_small_channel
    external_weight enable_scope_fusion_passes op_name_map target cal_conf compression_optimize_conf
    enable_compress_weight compress_weight_conf sparsity enable_single_stream multi_stream_parallel_mode
    ac_parallel_enable tiling_schedule_optimize quant_dumpable is_weight_clip cluster_config hccl_sub_comm_config
    build_config raw_ge_options raw_ge_options_ignore_unsupported enable_attr_compression
    h2d_overlapped_with_compute precision_mode precision_mode_v2 modify_mixlist keep_dtype customize_dtypes
    op_precision_mode op_select_implmode optypelist_for_implmode allow_hf32 fusion_switch_file optimization_switch
    buffer_optimize disable_reuse_memory jit_compile shape_generalized_build_mode oo_level oo_constant_folding
    oo_dead_code_elimination topo_sorting_mode static_model_ops_lower_limit mdl_bank_path op_bank_path
    auto_tune_mode deterministic deterministic_level atomic_clean_policy log dump_mode display_model_info
    op_debug_level op_debug_config debug_dir op_compiler_cache_mode op_compiler_cache_dir export_compile_stat
    status_check device_id
""".split()


def test_every_documented_option_is_known():
    page = tools.call('atc', '--help=markdown').stdout
    status = dict(re.findall(r'^\| `--(\w+)` \|.*\| (works|no effect|refused) \|', page, re.MULTILINE))
    assert set(DOCUMENTED) <= set(status)
    for name in DOCUMENTED:
        # A value is missing, which is another error than an unknown option.
        assert tools.call('atc', f'--{name}').stderr.startswith(f"ERROR: flag '{name}' is missing its argument; "), name
