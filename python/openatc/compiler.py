"""openatc.compile: from an ONNX network to an offline model, in this process."""
import ctypes
import os
from functools import cache
from pathlib import Path

from .locate import find
from .options import words

DEFAULT_SOC = 'Ascend310P3'
_ABI_VERSION = 1
_OK, _FAILED, _BAD_REQUEST, _OUT_OF_MEMORY = range(4)


class CompileError(Exception):
    """A network that cannot be compiled.

    Its text is what atc prints: each error with its cause and solution.

    Attributes:
        errors: list of (code, text): codes as atc documents them ("E10016"), and one sentence.
        warnings: list of text.
    """

    def __init__(self, errors, warnings=(), text=None):
        super().__init__(text or '\n'.join(sentence for _, sentence in errors))
        self.errors = list(errors)
        self.warnings = list(warnings)


class Model:
    """An offline model: the bytes of a .om file.

    Attributes:
        path: the file, or None while the model is only in memory.
        warnings: what the compiler remarked, as a list of text.
    """

    def __init__(self, path=None, data=None, warnings=()):
        if path is None and data is None:
            raise ValueError('a model is a file or bytes')
        self.path = None if path is None else Path(path)
        self.warnings = list(warnings)
        self._data = data

    @property
    def data(self):
        """The file's content."""
        return self.path.read_bytes() if self._data is None else self._data

    def save(self, path):
        """Writes the model to `path`; the suffix .om is added if it is missing. Returns the file's path."""
        path = with_suffix(path)
        path.write_bytes(self.data)
        self.path = path
        return path

    def __fspath__(self):
        if self.path is None:
            raise TypeError('the model is only in memory; save() gives it a file')
        return str(self.path)

    def __repr__(self):
        where = f'{len(self._data)} bytes in memory' if self.path is None else repr(str(self.path))
        return f'<openatc.Model {where}>'


def compile(model, output=None, soc_version=DEFAULT_SOC, input_shape=None, **options):
    """Compiles an ONNX network for a chip.

    Args:
        model: a path, the bytes of an ONNX file, or an onnx.ModelProto.
        output: where to write the offline model; the suffix .om is added. None keeps it in memory.
        soc_version: the chip, as --soc_version spells it.
        input_shape: shapes of inputs with open dimensions: {'image': (8, 3, 224, 224)}, or text as for
            --input_shape.
        options: further options of atc under their names: precision_mode='must_keep_origin_dtype',
            insert_op_conf='aipp.cfg', dynamic_batch_size=[1, 2, 4, 8], ...

    Returns:
        A Model, for openatc.Session, with the compiler's warnings.

    Raises:
        CompileError: with all errors found; FileNotFoundError is not raised, it is one of them.
    """
    request, kept = _request(model, words(soc_version=soc_version, input_shape=input_shape, **options))
    library = _library()
    result = ctypes.c_void_p()
    status = library.openatcCompile(ctypes.byref(request), ctypes.byref(result))
    del kept
    if status == _OUT_OF_MEMORY:
        raise MemoryError('the compiler ran out of memory')
    if status not in (_OK, _FAILED):
        raise ValueError('the model and the options must be given as one model and words of text')
    try:
        warnings = [_text(library.openatcResultWarning(result, i))
                    for i in range(library.openatcResultWarningCount(result))]
        if status == _FAILED:
            raise CompileError([(_text(library.openatcResultErrorCode(result, i)),
                                 _text(library.openatcResultErrorText(result, i)))
                                for i in range(library.openatcResultErrorCount(result))], warnings,
                               _text(library.openatcResultErrors(result)).strip())
        size = ctypes.c_size_t()
        data = ctypes.string_at(library.openatcResultModel(result, ctypes.byref(size)), size.value)
    finally:
        library.openatcFreeResult(result)
    if output is None:
        return Model(data=data, warnings=warnings)
    path = with_suffix(output)
    path.write_bytes(data)
    return Model(path, warnings=warnings)


def with_suffix(path):
    path = Path(path)
    return path if path.suffix == '.om' else path.with_name(path.name + '.om')


class _Request(ctypes.Structure):
    _fields_ = [('structSize', ctypes.c_size_t), ('modelPath', ctypes.c_char_p), ('modelData', ctypes.c_char_p),
                ('modelSize', ctypes.c_size_t), ('modelName', ctypes.c_char_p), ('files', ctypes.c_void_p),
                ('fileCount', ctypes.c_size_t), ('options', ctypes.POINTER(ctypes.c_char_p)),
                ('optionCount', ctypes.c_size_t)]


def _request(model, options):
    """The request and what must stay alive as long as it does."""
    request = _Request(structSize=ctypes.sizeof(_Request))
    if hasattr(model, 'SerializeToString'):
        name = model.graph.name
        model = model.SerializeToString()
        request.modelName = name.encode() if name else None
    if isinstance(model, (bytes, bytearray, memoryview)):
        model = bytes(model)
        request.modelData, request.modelSize = model, len(model)
    else:
        request.modelPath = os.fsencode(model)
    texts = (ctypes.c_char_p * len(options))(*(os.fsencode(option) for option in options))
    request.options, request.optionCount = texts, len(options)
    return request, (model, texts)


def _text(data):
    return data.decode(errors='replace')


@cache
def _library():
    library = ctypes.CDLL(str(find('lib/libopenatc_compiler.so', 'lib64/libopenatc_compiler.so')))
    version = library.openatcCompilerAbiVersion()
    if version != _ABI_VERSION:
        raise ImportError(f'libopenatc_compiler has interface {version}, this package needs {_ABI_VERSION}')
    handle, index, text = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p
    for name, result, *arguments in [
            ('openatcCompile', ctypes.c_int32, ctypes.POINTER(_Request), ctypes.POINTER(handle)),
            ('openatcResultModel', handle, handle, ctypes.POINTER(index)),
            ('openatcResultErrorCount', index, handle), ('openatcResultErrorCode', text, handle, index),
            ('openatcResultErrorText', text, handle, index), ('openatcResultErrors', text, handle),
            ('openatcResultWarningCount', index, handle),
            ('openatcResultWarning', text, handle, index), ('openatcFreeResult', None, handle)]:
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
