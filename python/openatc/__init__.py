"""OpenATC: compiles ONNX networks for Ascend-style NPUs and runs them on a simulated one.

    import openatc
    model = openatc.compile('net.onnx', soc_version='Ascend310P3')
    with openatc.Session(model) as session:
        outputs = session.run(image)
"""
from importlib import import_module

__version__ = '0.1.0'

_HOMES = {
    'compile': 'compiler', 'CompileError': 'compiler', 'Model': 'compiler',
    'Session': 'session', 'Tensor': 'session', 'Results': 'session',
    'Statistics': 'statistics', 'Kernel': 'statistics',
    'AclError': 'device',
}
__all__ = ['AclError', 'CompileError', 'Kernel', 'Model', 'Results', 'Session', 'Statistics', 'Tensor', 'compile']


def __getattr__(name):
    # On first use: the developers' tools share this package and need neither library.
    if name not in _HOMES:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    return getattr(import_module('.' + _HOMES[name], __name__), name)


def __dir__():
    return sorted([*globals(), *_HOMES])
