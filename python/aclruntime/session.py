"""A model with buffers, by the names of aclruntime."""
import math

import numpy as np

from openatc.device import AclError, Device
from openatc.network import Network, bytes_of
from openatc.types import number_of

from .memory import copying
from .tensors import Tensor, dtype, tensor_desc


class session_options:
    """How a session runs: `loop` executions for each run(), `log_level` 1 (debug) or 2, and the JSON file of
    acl.init()."""

    def __init__(self):
        self.loop = 1
        self.log_level = 2
        self.acl_json_path = ''


class Summary:
    """Predicted time of each execution in milliseconds."""

    def __init__(self):
        self.exec_time_list = []

    def reset(self):
        self.exec_time_list.clear()


class InferenceSession:
    """A model on a device.

    Attributes:
        statistics: openatc.Statistics of the last execution.
    """

    def __init__(self, modelPath, deviceId=0, options=None):
        self._options = options or session_options()
        self._summary = Summary()
        self.statistics = None
        self._network = self._device = None
        try:
            self._device = Device(deviceId, self._options.acl_json_path or None)
        except AclError as failure:
            raise RuntimeError(f'acl open device {deviceId} failed\n{failure}') from failure
        try:
            self._network = Network(modelPath, self._device)
        except AclError as failure:
            self._device.close()
            raise RuntimeError(f'load model from file failed, model file is {modelPath}\n{failure}') from failure
        self._shapes = [self._largest(tensor.shape) for tensor in self._network.inputs]

    def options(self):
        return self._options

    def sumary(self):
        return self._summary

    summary = sumary

    def reset_sumaryinfo(self):
        self._summary.reset()

    def get_inputs(self):
        return [self._described(tensor, shape) for tensor, shape in zip(self._network.inputs, self._shapes)]

    def get_outputs(self):
        return [self._described(tensor, None) for tensor in self._network.outputs]

    def set_staticbatch(self):
        """Goes back to the model's own shape, the largest one if it has several."""
        # A gear stays chosen until another one is.
        self._network.choose(max(self._network.gears, key=math.prod, default=None))
        self._shapes = [self._largest(tensor.shape) for tensor in self._network.inputs]

    def set_dynamic_batchsize(self, size):
        self._choose('batch', (size,))

    def set_dynamic_hw(self, width, height):
        self._choose('image', (height, width))

    def set_dynamic_dims(self, text):
        """Dimensions of all inputs: 'data:1,600;img_info:1,600'."""
        shapes = self._parse(text)
        self._choose('dims', [extent for shape in shapes for extent in shape], shapes)

    def set_dynamic_shape(self, text):
        """Shapes of all inputs: 'in:1,3,224,224;in2:1,3'."""
        shapes = self._parse(text)
        self._choose('shape', shapes, shapes)

    def set_aipp(self, fill):
        """Sets run-time AIPP parameters: fill(handle, batch) gives them to a parameter set for the batch chosen now."""
        shape = self._shapes[0]
        self._network.set_aipp(fill, shape[0] if shape and shape[0] > 0 else 1)

    def set_custom_outsize(self, sizes):
        """Accepted: the library allocates exactly what outputs need."""

    def run(self, output_names, inputs):
        """Runs the model on Tensor, BaseTensor or array objects; returns a Tensor on the device for each name, for
        each output if there are none."""
        if len(inputs) != len(self._network.inputs):
            raise RuntimeError(f'[1][ACL:invalid parameter] the model has {len(self._network.inputs)} inputs, '
                               f'{len(inputs)} given')
        if self._network.kind == 'shape' and not self._network.choice:
            raise RuntimeError('[1][ACL:invalid parameter] the shapes of the inputs are open; choose them with --dymShape '
                               'or set_dynamic_shape()')
        arrays = [self._fitted(i, value) for i, value in enumerate(inputs)]
        try:
            with copying(to_device=True):
                self._network.write(arrays)
            for _ in range(self._options.loop):
                self.statistics = self._network.execute()
                self._summary.exec_time_list.append(self.statistics.simulated_us / 1000)
            with copying(to_device=False):
                outputs = dict(zip((tensor.full_name for tensor in self._network.outputs), self._network.read()))
        except AclError as failure:
            raise RuntimeError(f'[{failure.code}][ACL:execution failed] {failure}') from failure
        short = {tensor.name: tensor.full_name for tensor in self._network.outputs}
        results = [Tensor(outputs[short.get(name, name)]) for name in output_names or outputs]
        for tensor in results:
            tensor.to_device(self._device.number)
        return results

    def create_tensor_from_fileslist(self, desc, files):
        """One tensor of the raw bytes of several files, one behind the other."""
        return Tensor(np.concatenate([np.fromfile(file, np.uint8) for file in files]))

    def finalize(self):
        if self._network is not None:
            self._network.close()
            self._device.close()
            self._network = None

    free_resource = finalize

    def _choose(self, kind, choice, shapes=None):
        network = self._network
        if network.kind != kind:
            raise RuntimeError(f'[1][ACL:invalid parameter] the model takes its shape as {network.kind}, not as {kind}')
        if network.gears and tuple(choice) not in network.gears:
            raise RuntimeError(f'[1][ACL:invalid parameter] {tuple(choice)} is not one of the shapes that the model '
                               f'was compiled for: {network.gears}')
        network.choose(choice)
        self._shapes = shapes or self._filled(choice)

    def _filled(self, extents):
        """All inputs' shapes with the open extents filled in."""
        extents = list(extents)

        def fill(shape):
            # Every input has the same batch; an image size belongs to the one image.
            left = iter(extents)
            return [next(left) if extent == -1 else extent for extent in shape]
        return [fill(tensor.shape) for tensor in self._network.inputs]

    def _largest(self, shape):
        kind = self._network.kind
        if -1 not in shape or kind not in ('batch', 'image'):
            return list(shape)
        largest = iter(max(self._network.gears, key=math.prod))
        return [next(largest) if extent == -1 else extent for extent in shape]

    def _parse(self, text):
        shapes = {}
        for part in text.replace(' ', '').rstrip(';').split(';'):
            name, _, dims = part.rpartition(':')
            shapes[name] = [int(extent) for extent in dims.split(',')]
        names = [tensor.name for tensor in self._network.inputs]
        if sorted(shapes) != sorted(names):
            raise RuntimeError(f'[1][ACL:invalid parameter] {text!r} must give the shapes of {", ".join(names)}')
        return [shapes[name] for name in names]

    def _fitted(self, index, value):
        """The bytes of a value, which must be as many as the input takes."""
        tensor = self._network.inputs[index]
        array = np.ascontiguousarray(value)
        wanted = self._bytes(tensor, self._shapes[index])
        if array.nbytes != wanted:
            raise RuntimeError(f'[1][ACL:invalid parameter] arg{index} tensorsize: {wanted} filesize: {array.nbytes} '
                               f'not match; input {tensor.name!r} is {tensor.dtype} {self._shapes[index]}, '
                               f'given is {array.dtype} {list(array.shape)}')
        return array.reshape(-1).view(np.uint8)

    def _bytes(self, tensor, shape):
        """Bytes for what is chosen now; images for run-time AIPP have a buffer for the largest."""
        if self._network.kind == 'static' or self._network.has_aipp or -1 in shape:
            return tensor.nbytes
        return bytes_of(shape, tensor.dtype)

    def _described(self, tensor, shape):
        real = tensor.nbytes if shape is None else self._bytes(tensor, shape)
        return tensor_desc(tensor.name if shape is not None else tensor.full_name, dtype(number_of(tensor.dtype)),
                           tensor.format, list(tensor.shape), tensor.nbytes, real)


def model(modelPath, deviceId=0, options=None):
    """The same object as InferenceSession(modelPath, deviceId, options)."""
    return InferenceSession(modelPath, deviceId, options)
