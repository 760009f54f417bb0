"""openatc.Session: NumPy arrays through a compiled network."""
import threading

import numpy as np

from .device import Device
from .network import Network, Tensor

__all__ = ['Results', 'Session', 'Tensor']


class Results(list):
    """The outputs in order; results['name'] is the one of that name."""

    def __init__(self, arrays, names):
        super().__init__(arrays)
        self.names = tuple(names)

    def __getitem__(self, key):
        if isinstance(key, str):
            if key not in self.names:
                raise KeyError(f'there is no output {key!r}; the outputs are {", ".join(self.names)}')
            key = self.names.index(key)
        return super().__getitem__(key)


class Session:
    """A network on a simulated device.

    Args:
        model: a .om file, or what openatc.compile returned.
        device: number of the device.

    Attributes:
        inputs, outputs: tuples of Tensor (name, dtype, shape, format, nbytes).
        gears: the shapes that the model was compiled for: batch sizes, image sizes or all dimensions in a row;
            empty for a model of one shape and for one that takes any shape.
        statistics: Statistics of the last run, None before it.

    A session can be used by several threads, one run at a time. It is a context manager; close() gives the device's
    memory back.
    """

    def __init__(self, model, device=0):
        self._device = self._network = None
        self._lock = threading.Lock()
        self._device = Device(device)
        try:
            self._network = Network(model, self._device)
        except BaseException:
            self.close()
            raise
        self.inputs, self.outputs = self._network.inputs, self._network.outputs
        self.gears = list(self._network.gears)
        self.statistics = None

    def run(self, *inputs, **named):
        """Runs the network.

        Inputs are arrays in order, one list, one dict, or keyword arguments by name; anything but an array is made one
        of the input's type. Where the model leaves dimensions open, the arrays' shapes choose them.

        Returns:
            Results: new arrays in order, also by name.

        Raises:
            TypeError, ValueError: an input is missing, unknown, or of another type or shape than the model takes.
            AclError: the device failed.
        """
        arrays = [self._array(tensor, value) for tensor, value in zip(self.inputs, self._ordered(inputs, named))]
        with self._lock:
            if self._network is None:
                raise ValueError('the session is closed')
            self._network.choose_for([array.shape for array in arrays])
            self._network.write(arrays)
            self.statistics = self._network.execute()
            return Results(self._network.read(), [tensor.name for tensor in self.outputs])

    def _ordered(self, inputs, named):
        """One value for each input."""
        if len(inputs) == 1 and not named:
            if isinstance(inputs[0], dict):
                inputs, named = (), inputs[0]
            elif isinstance(inputs[0], (list, tuple)) and (len(self.inputs) != 1 or
                                                           all(isinstance(v, np.ndarray) for v in inputs[0])):
                inputs = inputs[0]
        names = [tensor.name for tensor in self.inputs]
        listed = ', '.join(names)
        for name in named:
            if name not in names:
                raise ValueError(f'there is no input {name!r}; the inputs are {listed}')
            if name in names[:len(inputs)]:
                raise TypeError(f'input {name!r} is given twice')
        values = dict(zip(names, inputs)) | dict(named)
        if len(inputs) > len(names) or len(values) != len(names):
            raise TypeError(f'the model has {len(names)} inputs ({listed}), {max(len(inputs), len(values))} given')
        return [values[name] for name in names]

    def _array(self, tensor, value):
        """The value as the contiguous array that the model takes."""
        array = np.ascontiguousarray(value) if isinstance(value, np.ndarray) else np.asarray(value, tensor.dtype)
        # ascontiguousarray makes a vector of a scalar.
        array = array.reshape(np.shape(value))
        if array.dtype != tensor.dtype:
            raise TypeError(f'input {tensor.name!r} is {tensor.dtype}, not {array.dtype}; '
                            f'convert it with .astype({tensor.dtype.name!r})')
        fits = len(array.shape) == len(tensor.shape) and all(
            known in (-1, extent) for known, extent in zip(tensor.shape, array.shape))
        if not fits:
            raise ValueError(f'input {tensor.name!r} has shape {tensor.shape}, not {array.shape}' +
                             (f'; shapes to choose from: {self.gears}' if self.gears else ''))
        return array

    def close(self):
        """Unloads the model; the session cannot run any more."""
        with self._lock:
            network, self._network = self._network, None
            device, self._device = self._device, None
            if network is not None:
                network.close()
            if device is not None:
                device.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        if getattr(self, '_lock', None) is not None:
            self.close()

    def __repr__(self):
        def listed(tensors):
            return ', '.join(f'{tensor.name}: {tensor.dtype.name}{list(tensor.shape)}' for tensor in tensors)
        return f'<openatc.Session {listed(self.inputs)} -> {listed(self.outputs)}>'
