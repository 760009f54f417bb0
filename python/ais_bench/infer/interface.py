"""InferSession, MultiDeviceSession and MemorySummary by the names and signatures of ais_bench."""
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

import aclruntime

from .feeds import array_of

MODES = {'static': 'static', 'dymbatch': 'batch', 'dynbatch': 'batch', 'dymhw': 'image', 'dynhw': 'image',
         'dymdims': 'dims', 'dyndims': 'dims', 'dymshape': 'shape', 'dynshape': 'shape'}


class InferSession:
    """A model on a device.

    Args:
        device_id: number of the device.
        model_path: a .om file.
        acl_json_path: JSON file for acl.init().
        debug: log more.
        loop: executions for each infer().
    """

    def __init__(self, device_id, model_path, acl_json_path=None, debug=False, loop=1):
        options = aclruntime.session_options()
        options.acl_json_path = acl_json_path or ''
        options.log_level = 1 if debug else 2
        options.loop = loop
        self.device_id = device_id
        self.model_path = model_path
        self.session = aclruntime.InferenceSession(model_path, device_id, options)

    def get_inputs(self):
        """Descriptions of the inputs: name, datatype, format, shape, size, realsize."""
        return self.session.get_inputs()

    def get_outputs(self):
        """Descriptions of the outputs."""
        return self.session.get_outputs()

    def set_loop_count(self, count):
        self.session.options().loop = count

    def set_staticbatch(self):
        self.session.set_staticbatch()

    def set_dynamic_batchsize(self, size):
        self.session.set_dynamic_batchsize(int(size))

    def set_dynamic_hw(self, w, h):
        self.session.set_dynamic_hw(int(w), int(h))

    def set_dynamic_dims(self, text):
        self.session.set_dynamic_dims(text)

    def set_dynamic_shape(self, text):
        self.session.set_dynamic_shape(text)

    def set_custom_outsize(self, sizes):
        self.session.set_custom_outsize(sizes)

    def infer(self, feeds, mode='static', custom_sizes=100000, out_array=True):
        """Runs the model.

        Args:
            feeds: arrays, numbers, torch tensors or aclruntime tensors, one for each input.
            mode: 'static', or what the feeds' shapes choose: 'dymbatch', 'dymhw', 'dymdims', 'dymshape' (also spelt
                dynbatch, ...).
            custom_sizes: accepted; outputs always get the memory they need.
            out_array: False returns device tensors.
        """
        arrays = [array_of(feed) for feed in feeds]
        self._set_mode(mode, arrays)
        return self.run(arrays, out_array)

    def _set_mode(self, mode, arrays):
        kind = MODES.get(mode)
        if kind is None:
            raise RuntimeError(f'wrong infer_mode:{mode}, only support {", ".join(MODES)}')
        inputs = self.get_inputs()
        shapes = ';'.join(f'{desc.name}:{",".join(map(str, array.shape))}' for desc, array in zip(inputs, arrays))
        if kind == 'batch':
            self.set_dynamic_batchsize(arrays[0].shape[0])
        elif kind == 'image':
            open_extents = [(extent, array.shape[axis]) for desc, array in zip(inputs, arrays)
                            for axis, extent in enumerate(desc.shape[:array.ndim])]
            height, width, *_ = [given for extent, given in open_extents if extent == -1] + [0, 0]
            self.set_dynamic_hw(width, height)
        elif kind == 'dims':
            self.set_dynamic_dims(shapes)
        elif kind == 'shape':
            self.set_dynamic_shape(shapes)

    def run(self, feeds, out_array=False):
        """Runs the model in the shape chosen last."""
        outputs = self.session.run([desc.name for desc in self.get_outputs()], [array_of(feed) for feed in feeds])
        return self.convert_tensors_to_arrays(outputs) if out_array else outputs

    def infer_pipeline(self, feeds_list, mode='static', custom_sizes=100000):
        """infer() for each list of feeds."""
        return [self.infer(feeds, mode, custom_sizes) for feeds in feeds_list]

    def run_pipeline(self, infilelist, output=None, **_):
        """run() for each list of files; each gives arrays."""
        inputs = self.get_inputs()
        return [self.run([self.create_tensor_from_fileslist(desc, [file] if isinstance(file, str) else file)
                          for desc, file in zip(inputs, files)], out_array=True) for files in infilelist]

    def infer_iteration(self, feeds, in_out_list=None, iteration_times=1, mode='static', custom_sizes=100000,
                        mem_copy=True):
        """Runs the model several times; input i is then output in_out_list[i] of the run before, or stays (-1)."""
        arrays = [array_of(feed) for feed in feeds]
        sources = list(range(len(arrays))) if in_out_list is None else list(in_out_list)
        count = len(self.get_outputs())
        if len(sources) != len(arrays) or any(source >= count or source < -1 for source in sources):
            raise RuntimeError(f'in_out_list must hold an output (0 to {count - 1}) or -1 for each of {len(arrays)} '
                               f'inputs, not {sources}')
        outputs = []
        for _ in range(iteration_times):
            outputs = self.infer(arrays, mode, custom_sizes)
            arrays = [array if source == -1 else outputs[source] for array, source in zip(arrays, sources)]
        return outputs

    def create_tensor_from_arrays_to_device(self, arrays):
        """A tensor on the device for each array; a single array gives a single tensor."""
        if isinstance(arrays, np.ndarray):
            tensor = aclruntime.Tensor(arrays)
            tensor.to_device(self.device_id)
            return tensor
        return [self.create_tensor_from_arrays_to_device(np.asarray(array)) for array in arrays]

    def create_tensor_from_fileslist(self, desc, files):
        return self.session.create_tensor_from_fileslist(desc, files)

    def convert_tensors_to_host(self, tensors):
        for tensor in tensors:
            tensor.to_host()

    def convert_tensors_to_arrays(self, tensors):
        self.convert_tensors_to_host(tensors)
        return [np.array(tensor) for tensor in tensors]

    def summary(self):
        """exec_time_list: predicted time of each execution in milliseconds."""
        return self.session.sumary()

    sumary = summary

    def reset_summaryinfo(self):
        self.session.reset_sumaryinfo()

    reset_sumaryinfo = reset_summaryinfo

    def free_resource(self):
        """Unloads the model."""
        self.session.finalize()

    finalize = free_resource


def _infer_in_process(device, model, acl_json_path, debug, loop, method, feeds, arguments):
    session = InferSession(device, model, acl_json_path, debug, loop)
    begin = time.time()
    outputs = getattr(session, method)(feeds, *arguments)
    return outputs, begin, time.time()


class MultiDeviceSession:
    """One process for each list of feeds, on the device that it is for."""

    def __init__(self, model_path, acl_json_path=None, debug=False, loop=1):
        self._arguments = (model_path, acl_json_path, debug, loop)
        self._summary = {}

    def summary(self):
        """Seconds from end to end: {device: [(begin, end), ...]}."""
        return self._summary

    def infer(self, devices_feeds, mode='static', custom_sizes=100000):
        """{device: [feeds, ...]} to {device: [outputs, ...]}."""
        return self._all(devices_feeds, 'infer', (mode, custom_sizes))

    def infer_pipeline(self, devices_feeds_list, mode='static', custom_sizes=100000):
        return self._all(devices_feeds_list, 'infer_pipeline', (mode, custom_sizes))

    def infer_iteration(self, devices_feeds, in_out_list=None, iteration_times=1, mode='static', custom_sizes=100000,
                        mem_copy=True):
        return self._all(devices_feeds, 'infer_iteration', (in_out_list, iteration_times, mode, custom_sizes, mem_copy))

    def _all(self, devices_feeds, method, arguments):
        # A forked process would share the parent's device without its threads.
        with ProcessPoolExecutor(sum(map(len, devices_feeds.values())), get_context('spawn')) as pool:
            running = {device: [pool.submit(_infer_in_process, device, *self._arguments, method, feeds, arguments)
                                for feeds in lists] for device, lists in devices_feeds.items()}
            done = {device: [future.result() for future in futures] for device, futures in running.items()}
        self._summary = {device: [(begin, end) for _, begin, end in results] for device, results in done.items()}
        return {device: [outputs for outputs, _, _ in results] for device, results in done.items()}


class MemorySummary:
    """How long copies between host and device took, in milliseconds."""

    @staticmethod
    def get_h2d_time_list():
        return aclruntime.MemorySummary().H2D_time_list

    @staticmethod
    def get_d2h_time_list():
        return aclruntime.MemorySummary().D2H_time_list

    get_H2D_time_list, get_D2H_time_list = get_h2d_time_list, get_d2h_time_list

    @staticmethod
    def reset():
        aclruntime.MemorySummary().reset()
