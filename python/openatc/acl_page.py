"""Writes docs/acl-python.md: every function of the module acl, from the lines that bind it.

    PYTHONPATH=python python -m openatc.acl_page
"""
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / 'docs' / 'acl-python.md'
BINDING = re.compile(r'bind<(?:addresses<)?(\w+)>{1,2}\(\s*(\w+),\s*"(\w+)",\s*((?:"[^"]*"\s*)+),\s*((?:"[^"]*"\s*)+)\)')

# Documented functions that are not offered, and why.
ABSENT = {
    'acl': {'finalize_reference': 'later than release 8.1', 'get_version_str': 'later than release 8.1'},
    'media': {'vdec_*': 'no video decoder is simulated', 'venc_*': 'no video encoder is simulated',
              'dvpp_*_stream_desc': 'belongs to video'},
    'himpi': {'*': 'media interface of later chips'},
    'fv': {'*': 'feature vectors are not simulated'},
}
# Namespaces in the page's order, and what names of their C functions begin with.
SPACES = {'acl': 'acl', 'rt': 'aclrt', 'mdl': 'aclmdl', 'op': 'aclop', 'blas': 'aclblas', 'util': '',
          'media': 'acldvpp', 'prof': 'aclprof', 'himpi': '',
          'fv': ''}


def functions():
    """(namespace, name, parameters, what it does, C function) of each binding, in the order of the sources."""
    for path in sorted((ROOT / 'python' / 'bindings').glob('*.cpp')):
        for c_name, space, name, parameters, text in BINDING.findall(path.read_text()):
            yield space, name, joined(parameters).partition('->')[0].strip(), joined(text), c_name


def c_function(space, function, declared):
    """The C function behind a binding, which may be one of our own that calls it; '' for none."""
    wrapped = SPACES[space] + function[0].upper() + function[1:]
    return next((name for name in (function, wrapped) if name in declared), '')


def joined(literal):
    """The text of adjacent string literals."""
    return ''.join(re.findall(r'"([^"]*)"', literal))


def page():
    """The page's text."""
    lines = ['<!-- Written by python -m openatc.acl_page from python/bindings. -->', '', '# Functions of the module acl',
             '', 'Results come first, the status last; see [python.md](python.md). Functions whose third column is empty '
             'are Python\'s own.', '']
    known = list(functions())
    declared = set(re.findall(r'acl\w+', ''.join(p.read_text() for p in (ROOT / 'include/acl').rglob('*.h'))))
    for space in SPACES:
        rows = sorted(row[1:] for row in known if row[0] == space)
        if not rows and space not in ABSENT:
            continue
        title = space if space == 'acl' else f'acl.{space}'
        lines += [f'## {title}', '', '| function | what it does | C function |', '|---|---|---|']
        for name, parameters, text, function in rows:
            if not name.startswith('_'):
                behind = c_function(space, function, declared)
                lines.append(f'| `{name}({parameters})` | {text} | {f"`{behind}`" if behind else ""} |')
        lines += [f'| `{name}` | not offered: {why} | |' for name, why in ABSENT.get(space, {}).items()]
        lines.append('')
    return '\n'.join(lines)


if __name__ == '__main__':
    PAGE.write_text(page())
