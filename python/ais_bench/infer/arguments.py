"""The command line, in the old spelling (--output_dirname) and the new one (--output-dirname)."""
import argparse

_FORMATS = ('NPY', 'BIN', 'TXT')


def _flag(value):
    words = {'0': False, '1': True, 'false': False, 'true': True}
    if value.lower() not in words:
        raise argparse.ArgumentTypeError(f'{value!r} is not one of 0, 1, true, false')
    return words[value.lower()]


def _positive(value):
    number = int(value)
    if number < 1:
        raise argparse.ArgumentTypeError(f'{value} is less than 1')
    return number


def _natural(value):
    number = int(value)
    if number < 0:
        raise argparse.ArgumentTypeError(f'{value} is negative')
    return number


def _devices(value):
    devices = [int(part) for part in value.split(',')]
    if any(not 0 <= device <= 255 for device in devices) or len(set(devices)) != len(devices):
        raise argparse.ArgumentTypeError(f'{value!r} is not a list of different devices from 0 to 255')
    return devices


def _sizes(value):
    return [_positive(part) for part in value.split(',')]


def _format(value):
    if value.upper() not in _FORMATS:
        raise argparse.ArgumentTypeError(f'{value!r} is not one of {", ".join(_FORMATS)}')
    return value.upper()


def parser():
    """The parser; each option has its old spelling first."""
    out = argparse.ArgumentParser('ais_bench', description='Measures an offline model on a simulated device.')
    add = out.add_argument
    add('--model', '-m', '--om-model', '-om', dest='model', required=True, help='offline model (.om)')
    add('--input', '-i', help='files or directories, one for each input, separated by commas; .bin or .npy')
    add('--pure_data_type', '--pure-data-type', '-pdt', dest='data', default='zero', choices=['zero', 'random'],
        help='what to feed without --input')
    add('--output', '-o', help='directory for results; a directory named by the time is made in it')
    add('--output_dirname', '--output-dirname', '-od', dest='output_dirname',
        help='name of the directory in --output, in place of the time')
    add('--outfmt', type=_format, default='BIN', help='NPY, BIN or TXT')
    add('--loop', '-l', type=_positive, default=1, help='measured runs of each input')
    add('--warmup_count', '--warmup-count', '-wcount', dest='warmup', type=_natural, default=1, help='runs before')
    add('--device', '-d', dest='devices', type=_devices, default=[0], help='device, or several separated by commas')
    add('--divide_input', '--divide-input', dest='divide', type=_flag, default=False,
        help='share the input files out over the devices')
    add('--debug', type=_flag, default=False, help='print the description of the model')
    add('--run_mode', '--run-mode', '-rm', dest='run_mode', default='array',
        choices=['array', 'files', 'tensor', 'full'], help='how inputs reach the device; all give the same results')
    add('--display_all_summary', '--display-all-summary', '-das', dest='all_summary', type=_flag, default=False,
        help='also the times of copies')
    add('--dymBatch', '--dym-batch', '-db', dest='batch', type=_positive, help='batch size to choose')
    add('--dymHW', '--dym-hw', '-dhw', dest='hw', help='height,width to choose')
    add('--dymDims', '--dym-dims', '-dd', dest='dims', help='dimensions to choose: "in:1,600;in2:1,600"')
    add('--dymShape', '--dym-shape', '-ds', dest='shape', help='shapes to choose: "in:1,3,224,224"')
    add('--dymShape_range', '--dym-shape-range', '-dr', dest='shape_range',
        help='shapes to run one after the other: "in:1,3,200~224,224-300"')
    add('--outputSize', '--output-size', '-outsize', dest='output_size', type=_sizes,
        help='bytes of outputs; accepted, outputs get what they need')
    add('--auto_set_dymshape_mode', '--auto-set-dymshape-mode', '-asdsm', dest='auto_shape', type=_flag,
        default=False, help='choose shapes from .npy files')
    add('--auto_set_dymdims_mode', '--auto-set-dymdims-mode', '-asddm', dest='auto_dims', type=_flag, default=False,
        help='choose dimensions from .npy files')
    add('--batchsize', '--batch-size', dest='batchsize', type=_positive, help='samples in one run, for throughput')
    add('--output_batchsize_axis', '--output-batchsize-axis', '-oba', dest='axis', type=_natural, default=0,
        help='axis along which outputs of several files are split')
    add('--profiler', '-pf', type=_flag, default=False, help='record a profile below --output')
    add('--profiler_rename', '--profiler-rename', dest='profiler_rename', type=_flag, default=True,
        help='accepted; profiles have their final name')
    add('--dump', type=_flag, default=False, help="write every layer's outputs below --output")
    add('--acl_json_path', '--acl-json-path', '-acl', dest='acl_json', help='JSON file for acl.init()')
    add('--aipp_config', '--aipp-config', '-aipp', dest='aipp', help='INI file of run-time AIPP parameters')
    return out


def parse(words=None):
    """The options as a namespace; what contradicts ends the process with a message."""
    out = parser()
    arguments = out.parse_args(words)
    if arguments.profiler and arguments.dump:
        out.error('--profiler and --dump exclude each other')
    if (arguments.profiler or arguments.dump) and not (arguments.output or arguments.acl_json):
        out.error('--profiler and --dump need --output')
    if arguments.output_dirname and not arguments.output:
        out.error('--output_dirname needs --output')
    chosen = [name for name in ('batch', 'hw', 'dims', 'shape', 'shape_range') if getattr(arguments, name)]
    if len(chosen) > 1:
        out.error('only one of --dymBatch, --dymHW, --dymDims, --dymShape and --dymShape_range can be given')
    if arguments.shape_range and len(arguments.devices) > 1:
        out.error('--dymShape_range runs on one device')
    return arguments
