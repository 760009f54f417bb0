"""A loaded model with its buffers: what Session and the runtime of ais_bench share."""
import math
import os
from dataclasses import dataclass

import numpy as np

import acl

from .compiler import Model
from .device import Buffer, checked
from .statistics import Statistics
from .types import dtype_of, format_of, number_of

GEAR_INPUT = 'ascend_mbatch_shape_data'
AIPP_INPUT = 'ascend_dynamic_aipp_data'
_ND = 2


@dataclass(frozen=True)
class Tensor:
    """An input or output of a model.

    Attributes:
        name: of the ONNX tensor.
        dtype: NumPy's type.
        shape: tuple; -1 where the extent is chosen at run time.
        format: 'NCHW', 'ND', ...
        nbytes: of its buffer; the largest that may be chosen, 0 if there is no bound.
        full_name: as the C interface spells it; outputs are '<operator>:<index>:<name>' there.
    """
    name: str
    dtype: np.dtype
    shape: tuple
    format: str
    nbytes: int
    full_name: str


class Network:
    """A model on a device.

    Attributes:
        inputs, outputs: tuples of Tensor, without the inputs that only carry a choice.
        kind: 'static', 'batch', 'image', 'dims' (gears) or 'shape' (any shape).
        choice: what is chosen, None at first.
        gears: list of what may be chosen: (batch,), (height, width) or the shapes of all inputs in a row.
    """

    def __init__(self, model, device):
        self.device = device
        self._datasets, self._buffers = [], []
        self.choice = None
        self._id = self._desc = None
        with device:
            try:
                self._load(model)
                self._describe()
                self._allocate()
            except BaseException:
                self.close()
                raise

    def _load(self, model):
        if isinstance(model, Model) and model.path is None:
            data = model.data
            self._id = checked(acl.mdl.load_from_mem, acl.util.bytes_to_ptr(data), len(data))
        else:
            self._id = checked(acl.mdl.load_from_file, os.fspath(model))
        self._desc = acl.mdl.create_desc()
        checked(acl.mdl.get_desc, self._desc, self._id)

    def _describe(self):
        mdl, desc = acl.mdl, self._desc
        names = [mdl.get_input_name_by_index(desc, i) for i in range(mdl.get_num_inputs(desc))]
        self._hidden = [i for i, name in enumerate(names) if name == GEAR_INPUT or name.startswith(AIPP_INPUT)]
        self._visible = [i for i in range(len(names)) if i not in self._hidden]
        self._aipp_indices = [i for i in self._hidden if names[i].startswith(AIPP_INPUT)]
        self._gear_index = names.index(GEAR_INPUT) if GEAR_INPUT in names else None
        self.inputs = tuple(
            Tensor(names[i], dtype_of(mdl.get_input_data_type(desc, i)), self._dims(mdl.get_input_dims_v2, i),
                   format_of(mdl.get_input_format(desc, i)), mdl.get_input_size_by_index(desc, i), names[i])
            for i in self._visible)
        outputs = range(mdl.get_num_outputs(desc))
        full = [mdl.get_output_name_by_index(desc, i) for i in outputs]
        self.outputs = tuple(
            Tensor(full[i].split(':', 2)[-1], dtype_of(mdl.get_output_data_type(desc, i)),
                   self._dims(mdl.get_output_dims, i), format_of(mdl.get_output_format(desc, i)),
                   mdl.get_output_size_by_index(desc, i), full[i]) for i in outputs)
        self.kind, self.gears = self._gears()

    def _dims(self, getter, index):
        return tuple(checked(getter, self._desc, index)['dims'])

    def _gears(self):
        """How the shape is chosen, and what may be chosen."""
        if self._gear_index is None:
            return ('shape' if any(-1 in tensor.shape for tensor in self.inputs) else 'static'), []
        batches = checked(acl.mdl.get_dynamic_batch, self._desc)['batch']
        if batches:
            return 'batch', [(batch,) for batch in batches]
        sizes = checked(acl.mdl.get_dynamic_hw, self._desc, -1)['hw']
        if sizes:
            return 'image', [tuple(size) for size in sizes]
        count = checked(acl.mdl.get_input_dynamic_gear_count, self._desc, -1)
        gears = checked(acl.mdl.get_input_dynamic_dims, self._desc, -1, count)
        return 'dims', [tuple(gear['dims']) for gear in gears]

    def _allocate(self):
        sizes = [acl.mdl.get_input_size_by_index(self._desc, i) for i in range(len(self._visible + self._hidden))]
        self._inputs = [Buffer(size) for size in sizes]
        self._outputs = [Buffer(tensor.nbytes if self.kind != 'shape' else 0) for tensor in self.outputs]
        self._buffers = self._inputs + self._outputs
        self._datasets = [acl.mdl.create_dataset(), acl.mdl.create_dataset()]
        for dataset, buffers in zip(self._datasets, (self._inputs, self._outputs)):
            for buffer in buffers:
                checked(acl.mdl.add_dataset_buffer, dataset, buffer.handle)

    def choose(self, choice):
        """Chooses a gear, as `gears` spells it; for any shape the list of all inputs' shapes."""
        self.choice = None if choice is None else tuple(choice)

    def choose_for(self, shapes):
        """Chooses the gear that inputs of these shapes need."""
        if self.kind == 'batch':
            self.choose(self._open(shapes)[:1])
        elif self.kind == 'image':
            self.choose(self._open(shapes)[:2])
        elif self.kind == 'dims':
            self.choose(extent for shape in shapes for extent in shape)
        elif self.kind == 'shape':
            self.choose(shapes)

    def _open(self, shapes):
        """The extents where the model leaves them open."""
        return [extent for tensor, shape in zip(self.inputs, shapes)
                for known, extent in zip(tensor.shape, shape) if known == -1]

    def _apply_choice(self):
        source, mdl = self._datasets[0], acl.mdl
        if self.kind == 'shape':
            for index, tensor, shape in zip(self._visible, self.inputs, self.choice or ()):
                desc = acl.create_tensor_desc(number_of(tensor.dtype), list(shape), _ND)
                try:
                    checked(mdl.set_dataset_tensor_desc, source, desc, index)
                finally:
                    acl.destroy_tensor_desc(desc)
        elif self.choice is None or self.kind == 'static':
            return
        elif self.kind == 'batch':
            checked(mdl.set_dynamic_batch_size, self._id, source, self._gear_index, *self.choice)
        elif self.kind == 'image':
            checked(mdl.set_dynamic_hw_size, self._id, source, self._gear_index, *self.choice)
        else:
            checked(mdl.set_input_dynamic_dims, self._id, source, self._gear_index,
                    {'name': '', 'dimCount': len(self.choice), 'dims': list(self.choice)})

    @property
    def has_aipp(self):
        """An input takes parameters of run-time AIPP."""
        return bool(self._aipp_indices)

    def set_aipp(self, fill, batch):
        """Gives the one input with run-time AIPP its parameters: fill(handle, batch) sets them."""
        indices = self._aipp_indices
        if len(indices) != 1:
            raise ValueError(f'the model has {len(indices)} inputs with run-time AIPP, not one')
        with self.device:
            handle = acl.mdl.create_aipp(batch)
            try:
                fill(handle, batch)
                checked(acl.mdl.set_input_aipp, self._id, self._datasets[0], indices[0], handle)
            finally:
                acl.mdl.destroy_aipp(handle)

    def write(self, arrays):
        """Copies the inputs to the device."""
        with self.device:
            for index, array in zip(self._visible, arrays):
                buffer = self._inputs[index]
                buffer.write(array)
                buffer.expose(array.nbytes if self.kind == 'shape' else buffer.size)

    def execute(self):
        """Runs the model once on what the input buffers hold."""
        with self.device:
            self._apply_choice()
            if self.kind == 'shape':
                for buffer in self._outputs:
                    buffer.forget()
            checked(acl.mdl.execute, self._id, *self._datasets)
            return self._statistics()

    def read(self):
        """The outputs as new arrays."""
        with self.device:
            out = []
            for i, (tensor, buffer) in enumerate(zip(self.outputs, self._outputs)):
                array = np.empty(self._result_shape(i), tensor.dtype)
                buffer.read(array)
                out.append(array)
            return out

    def _result_shape(self, index):
        if self.kind != 'shape':
            return self._dims(acl.mdl.get_cur_output_dims, index)
        desc = acl.mdl.get_dataset_tensor_desc(self._datasets[1], index)
        rank = acl.get_tensor_desc_num_dims(desc)
        return tuple(checked(acl.get_tensor_desc_dim_v2, desc, axis) for axis in range(rank))

    @staticmethod
    def _statistics():
        text = acl._run_statistics()
        return Statistics.parse(text) if text else None

    def close(self):
        """Unloads the model and frees its buffers."""
        if self._desc is None:
            return
        with self.device:
            for dataset in self._datasets:
                acl.mdl.destroy_dataset(dataset)
            for buffer in self._buffers:
                buffer.close()
            if self._id is not None:
                acl.mdl.unload(self._id)
            acl.mdl.destroy_desc(self._desc)
        self._desc = None


def bytes_of(shape, dtype):
    """Bytes of an array."""
    return math.prod(shape) * dtype.itemsize
