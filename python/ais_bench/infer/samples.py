"""What is fed to the model: files, directories or generated data."""
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from openatc.types import DTYPES


@dataclass
class Sample:
    """One run's inputs.

    Attributes:
        files: for each input the list of files that make up its tensor; empty for generated data.
        arrays: for each input one array.
        name: base name of its results.
        parts: how many files fill the tensor; each output is split into as many results.
    """
    files: list
    arrays: list
    name: str
    parts: int = 1


def files_of(text):
    """The files behind --input as one list, and whether directories were given."""
    paths = [Path(part) for part in text.split(',') if part]
    for path in paths:
        if not path.exists():
            raise RuntimeError(f'the input {path} does not exist')
    if all(path.is_dir() for path in paths):
        return [sorted(p for p in path.iterdir() if p.suffix in ('.bin', '.npy')) for path in paths], True
    if any(path.is_dir() for path in paths):
        raise RuntimeError('--input takes files or directories, not both')
    return paths, False


def samples(text, inputs, fixed=True):
    """The samples that --input gives.

    Args:
        inputs: descriptions of the model's inputs.
        fixed: the sizes are known; files that are smaller are put together into one tensor.
    """
    listed, directories = files_of(text)
    if not directories:
        # Files of one input follow one another.
        count = len(listed) // len(inputs)
        if count * len(inputs) != len(listed):
            raise RuntimeError(f'{len(listed)} files are not the same number for each of {len(inputs)} inputs')
        listed = [listed[i * count:(i + 1) * count] for i in range(len(inputs))]
    if len(listed) != len(inputs):
        raise RuntimeError(f'the model has {len(inputs)} inputs, --input gives {len(listed)}')
    if len({len(files) for files in listed}) > 1 or not listed[0]:
        raise RuntimeError('the inputs have different numbers of files: ' + ', '.join(str(len(f)) for f in listed))
    joined = _files_per_tensor(listed, inputs) if fixed else 1
    for begin in range(0, len(listed[0]), joined):
        groups = [files[begin:begin + joined] for files in listed]
        arrays = [_joined(index, desc, group, joined if fixed else None)
                  for index, (desc, group) in enumerate(zip(inputs, groups))]
        yield Sample([[str(file) for file in group] for group in groups], arrays, groups[0][0].stem,
                     joined)


def _files_per_tensor(listed, inputs):
    size = _load(listed[0][0], inputs[0]).nbytes
    wanted = inputs[0].realsize
    return wanted // size if size and wanted % size == 0 else 1


def _joined(index, desc, files, joined):
    """The tensor of one input: its files one behind the other, the last one repeated where there are too few."""
    arrays = [_load(file, desc) for file in files]
    if joined is None:
        return arrays[0]
    arrays += [arrays[-1]] * (joined - len(arrays))
    out = np.concatenate([array.reshape(-1) for array in arrays])
    if out.nbytes != desc.realsize:
        raise RuntimeError(f'arg{index} tensorsize: {desc.realsize} filesize: {out.nbytes} not match')
    return out


def _load(file, desc):
    if file.suffix == '.npy':
        return np.load(file)
    data = np.fromfile(file, np.uint8)
    dtype = np.dtype(DTYPES[desc.datatype])
    return data.view(dtype) if data.nbytes % dtype.itemsize == 0 else data


def generated(inputs, kind):
    """A sample of zeros, or of seeded random numbers."""
    random = np.random.default_rng(0)
    arrays = []
    for desc in inputs:
        dtype = np.dtype(DTYPES[desc.datatype])
        shape = desc.realsize // dtype.itemsize
        if kind == 'zero':
            arrays.append(np.zeros(shape, dtype))
        elif dtype.kind in 'iub':
            arrays.append(random.integers(0, 2, shape).astype(dtype))
        else:
            arrays.append(random.random(shape, np.float32).astype(dtype))
    return Sample([], arrays, 'pure_infer_data')


def shapes_in_range(text):
    """All shapes of --dymShape_range: 'a~b' counts from a to b, 'a-b-c' lists them."""
    inputs = []
    for part in text.replace(' ', '').split(';'):
        name, _, dims = part.rpartition(':')
        inputs.append((name, [_extents(extent) for extent in dims.split(',')]))
    for choice in product(*(extent for _, extents in inputs for extent in extents)):
        extents = iter(choice)
        yield ';'.join(f'{name}:' + ','.join(str(next(extents)) for _ in dims) for name, dims in inputs)


def _extents(text):
    if '~' in text:
        first, last = map(int, text.split('~'))
        return range(first, last + 1)
    return [int(extent) for extent in text.split('-')]
