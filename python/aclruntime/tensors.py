"""Tensors and their descriptions."""
import ctypes
from dataclasses import dataclass
from enum import IntEnum

import numpy as np


class dtype(IntEnum):
    """Element types, with the values of aclDataType."""
    float32 = 0
    float16 = 1
    int8 = 2
    int32 = 3
    uint8 = 4
    int16 = 6
    uint16 = 7
    uint32 = 8
    int64 = 9
    uint64 = 10
    double64 = 11
    bool = 12
    bfloat16 = 27


@dataclass
class tensor_desc:
    """An input or output.

    Attributes:
        name, format: text.
        datatype: dtype.
        shape: list; -1 where the extent is chosen at run time.
        size: bytes of the buffer, the largest that may be chosen.
        realsize: bytes for what is chosen now.
    """
    name: str
    datatype: dtype
    format: str
    shape: list
    size: int
    realsize: int


class BaseTensor:
    """Bytes at an address of the host, which must stay alive."""

    def __init__(self, ptr, nbytes):
        self.ptr = ptr
        self.nbytes = nbytes

    def __array__(self, dtype=None, copy=None):
        data = np.frombuffer((ctypes.c_uint8 * self.nbytes).from_address(self.ptr), np.uint8)
        return data.astype(dtype) if dtype is not None else data


class Tensor:
    """An array with a place: to_device() and to_host() move it."""

    def __init__(self, array):
        self._array = np.ascontiguousarray(array)
        self.device = -1

    @property
    def shape(self):
        return list(self._array.shape)

    @property
    def nbytes(self):
        return self._array.nbytes

    def to_device(self, device):
        self.device = device

    def to_dvpp(self, device):
        self.device = device

    def to_host(self):
        self.device = -1

    def __array__(self, dtype=None, copy=None):
        return self._array.astype(dtype) if dtype is not None else self._array

    def __buffer__(self, flags):
        return memoryview(self._array)


def batch(inputs, keep_dims=False):
    """One tensor of several: joined along the first axis, or along a new one with keep_dims."""
    arrays = [np.asarray(tensor) for tensor in inputs]
    return Tensor(np.stack(arrays) if keep_dims else np.concatenate(arrays))
