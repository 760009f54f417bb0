from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, SupportsIndex, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

__version__: str

class _Serializable(Protocol):
    """onnx.ModelProto."""
    def SerializeToString(self) -> bytes: ...

class AclError(RuntimeError):
    function: str
    code: int

class CompileError(Exception):
    errors: list[tuple[str, str]]
    warnings: list[str]
    def __init__(self, errors: Iterable[tuple[str, str]], warnings: Iterable[str] = (),
                 text: str | None = None) -> None: ...

class Model:
    path: Path | None
    warnings: list[str]
    def __init__(self, path: str | PathLike[str] | None = None, data: bytes | None = None,
                 warnings: Iterable[str] = ()) -> None: ...
    @property
    def data(self) -> bytes: ...
    def save(self, path: str | PathLike[str]) -> Path: ...
    def __fspath__(self) -> str: ...

def compile(model: str | PathLike[str] | bytes | _Serializable, output: str | PathLike[str] | None = None,
            soc_version: str = 'Ascend310P3', input_shape: str | Mapping[str, Sequence[int]] | None = None,
            **options: Any) -> Model: ...

class Tensor:
    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    format: str
    nbytes: int
    full_name: str

class Kernel:
    name: str
    nodes: tuple[str, ...]
    engine: str
    microseconds: float
    cycles: int
    bound: str
    bytes: int

class Statistics:
    simulated_us: float
    cycles: int
    dram_bytes: int
    host_ms: float
    kernels: tuple[Kernel, ...]
    raw: dict[str, Any]
    def table(self) -> str: ...

class Results(list[NDArray[Any]]):
    names: tuple[str, ...]
    @overload
    def __getitem__(self, key: str | SupportsIndex) -> NDArray[Any]: ...
    @overload
    def __getitem__(self, key: slice) -> list[NDArray[Any]]: ...

class Session:
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    gears: list[tuple[int, ...]]
    statistics: Statistics | None
    def __init__(self, model: str | PathLike[str] | Model, device: int = 0) -> None: ...
    def run(self, *inputs: ArrayLike | Mapping[str, ArrayLike] | Sequence[ArrayLike],
            **named: ArrayLike) -> Results: ...
    def close(self) -> None: ...
    def __enter__(self) -> Session: ...
    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 trace: TracebackType | None) -> None: ...
