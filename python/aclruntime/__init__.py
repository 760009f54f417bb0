"""The runtime that ais_bench programs are written against, on a simulated device.

Times are those of the simulated device; copies between host and device are host times.
"""
from .memory import MemorySummary
from .session import InferenceSession, model, session_options
from .tensors import BaseTensor, Tensor, batch, dtype, tensor_desc

__all__ = ['BaseTensor', 'InferenceSession', 'MemorySummary', 'Tensor', 'batch', 'dtype', 'model', 'session_options',
           'tensor_desc']
