"""Element types and formats of the C interface as NumPy and names."""
import numpy as np

try:
    from ml_dtypes import bfloat16 as _bfloat16
except ImportError:
    # Without ml_dtypes a bfloat16 is the 16 bits that it is.
    _bfloat16 = np.uint16

DTYPES = {0: np.float32, 1: np.float16, 2: np.int8, 3: np.int32, 4: np.uint8, 6: np.int16, 7: np.uint16,
          8: np.uint32, 9: np.int64, 10: np.uint64, 11: np.float64, 12: np.bool_, 16: np.complex64,
          17: np.complex128, 27: _bfloat16}
FORMATS = {0: 'NCHW', 1: 'NHWC', 2: 'ND', 3: 'NC1HWC0', 4: 'FRACTAL_Z', 12: 'NC1HWC0_C04', 16: 'HWCN', 27: 'NDHWC',
           29: 'FRACTAL_NZ', 30: 'NCDHW', 32: 'NDC1HWC0', 33: 'FRACTAL_Z_3D', 35: 'NC', 47: 'NCL'}


def dtype_of(number):
    """NumPy's type for an aclDataType."""
    try:
        return np.dtype(DTYPES[number])
    except KeyError:
        raise TypeError(f'NumPy has no type for aclDataType {number}') from None


def number_of(dtype):
    """The aclDataType of a NumPy type."""
    for number, known in DTYPES.items():
        if np.dtype(known) == dtype:
            return number
    raise TypeError(f'the device has no type for {dtype}')


def format_of(number):
    """The name of an aclFormat."""
    return FORMATS.get(number, 'UNDEFINED')
