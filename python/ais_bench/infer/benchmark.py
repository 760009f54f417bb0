"""One measurement on one device, and the same on several."""
import json
import time
from concurrent.futures import ProcessPoolExecutor
from copy import copy
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from . import aipp
from . import samples as feeding
from .interface import InferSession, MemorySummary
from .report import Summary, information, write_array


def benchmark(arguments, device):
    """Measures as the command line says; the result is what the summary file holds."""
    folder = _folder(arguments)
    session = InferSession(device, arguments.model, _configuration(arguments, folder), arguments.debug)
    for line in ('acl init success', f'open device {device} success', f'load model {arguments.model} success',
                 'create model description success'):
        information(line)
    try:
        if arguments.debug:
            describe(session)
        if not arguments.shape_range:
            return _measure(session, arguments, folder)
        results = {}
        for shape in feeding.shapes_in_range(arguments.shape_range):
            information(f'start to infer dymshape: {shape}')
            part = copy(arguments)
            part.shape, part.shape_range = shape, None
            results[shape] = _measure(session, part, folder)
        return results
    finally:
        session.free_resource()
        information(f'unload model success, end to reset device is {device}')


def _measure(session, arguments, folder):
    _choose(session, arguments)
    if arguments.aipp:
        session.session.set_aipp(partial(aipp.apply, aipp.load(arguments.aipp)))
    inputs = session.get_inputs()
    automatic = 'dymshape' if arguments.auto_shape else 'dymdims' if arguments.auto_dims else None
    if arguments.input:
        runs = list(feeding.samples(arguments.input, inputs, fixed=automatic is None))
    else:
        runs = [feeding.generated(inputs, arguments.data)]

    def run(sample):
        if automatic:
            return session.infer(sample.arrays, automatic)
        return session.run(sample.arrays, out_array=True)

    for _ in range(arguments.warmup):
        run(runs[0])
    if arguments.warmup:
        information(f'warm up {arguments.warmup} done')
    session.reset_summaryinfo()
    MemorySummary.reset()
    session.set_loop_count(arguments.loop)
    summary = Summary()
    for index, sample in enumerate(runs):
        outputs = run(sample)
        results = _write(folder, sample, outputs, arguments) if folder else []
        summary.add(index, [file for group in sample.files for file in group], results)
    session.set_loop_count(1)
    # The batch is in the shape wherever the model has one.
    batchsize = arguments.batchsize or arguments.batch or _batch_of(session)
    content = summary.report(session.summary().exec_time_list, batchsize, arguments.all_summary)
    if folder:
        summary.write(folder.with_name(folder.name + '_summary.json'), content)
    return content


def _choose(session, arguments):
    if arguments.batch:
        session.set_dynamic_batchsize(arguments.batch)
    elif arguments.hw:
        height, width = map(int, arguments.hw.split(','))
        session.set_dynamic_hw(width, height)
    elif arguments.dims:
        session.set_dynamic_dims(arguments.dims)
    elif arguments.shape:
        session.set_dynamic_shape(arguments.shape)
    else:
        session.set_staticbatch()


def _batch_of(session):
    shape = session.get_inputs()[0].shape
    return shape[0] if shape and shape[0] > 0 else 1


def _folder(arguments):
    """The directory for results, made now; None without --output."""
    if not arguments.output:
        return None
    folder = Path(arguments.output) / (arguments.output_dirname or time.strftime('%Y_%m_%d-%H_%M_%S'))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _configuration(arguments, folder):
    """The JSON file for acl.init(): the user's own, or one for --profiler and --dump."""
    if arguments.acl_json:
        return arguments.acl_json
    if arguments.profiler:
        content = {'profiler': {'switch': 'on', 'output': str(folder / 'profiler'), 'aicpu': 'on',
                                'aic_metrics': 'PipeUtilization'}}
        (folder / 'profiler').mkdir(exist_ok=True)
    elif arguments.dump:
        content = {'dump': {'dump_list': [{'model_name': Path(arguments.model).stem}],
                            'dump_path': str(folder / 'dump'), 'dump_mode': 'all', 'dump_data': 'tensor'}}
        (folder / 'dump').mkdir(exist_ok=True)
    else:
        return None
    path = folder / 'acl.json'
    path.write_text(json.dumps(content, indent=1) + '\n')
    return str(path)


def _write(folder, sample, outputs, arguments):
    """The outputs as files, split again where several files made one tensor."""
    written = []
    for i, output in enumerate(outputs):
        axis = arguments.axis
        if sample.parts == 1 or axis >= output.ndim or output.shape[axis] % sample.parts:
            written.append(write_array(folder, f'{sample.name}_{i}', output, arguments.outfmt))
            continue
        # There are fewer files than parts where the last one was repeated.
        for file, part in zip(sample.files[0], np.split(output, sample.parts, axis)):
            written.append(write_array(folder, f'{Path(file).stem}_{i}', part, arguments.outfmt))
    return written


def describe(session):
    """Prints inputs and outputs."""
    information('get model description:')
    for side, descs in (('input', session.get_inputs()), ('output', session.get_outputs())):
        for i, desc in enumerate(descs):
            information(f'{side} {i}: name {desc.name}, shape {desc.shape}, datatype {desc.datatype.name}, '
                        f'format {desc.format}, size {desc.size}, realsize {desc.realsize}')


def several_devices(arguments):
    """The measurement on each device in a process of its own."""
    parts = [copy(arguments) for _ in arguments.devices]
    if arguments.divide and arguments.input:
        _divide(arguments, parts)
    if arguments.output and not arguments.output_dirname:
        name = time.strftime('%Y_%m_%d-%H_%M_%S')
        for part in parts:
            part.output_dirname = name
    for device, part in zip(arguments.devices, parts):
        if part.output:
            part.output_dirname = f'{part.output_dirname}/device{device}_{arguments.devices.index(device)}'
    begin = time.time()
    with ProcessPoolExecutor(len(parts), get_context('spawn')) as pool:
        results = [future.result() for future in
                   [pool.submit(benchmark, part, device) for part, device in zip(parts, arguments.devices)]]
    whole = 0.0
    for i, (device, result) in enumerate(zip(arguments.devices, results)):
        whole += result['throughput']
        information(f'i:{i} device_{device} throughput:{result["throughput"]} start_time:{begin} end_time:{time.time()}')
    information(f'summary throughput:{whole}')


def _divide(arguments, parts):
    listed, directories = feeding.files_of(arguments.input)
    groups = listed if directories else [listed]
    for i, part in enumerate(parts):
        part.input = ','.join(str(file) for group in groups for file in group[i::len(parts)])
