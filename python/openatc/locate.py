"""Where the libraries and programs are: in the installed package, else in a build folder."""
import os
from pathlib import Path

HERE = Path(__file__).resolve().parent


def roots():
    """Folders that may hold lib/ and bin/, the first one first."""
    yield HERE
    if 'OPENATC_ROOT' in os.environ:
        yield Path(os.environ['OPENATC_ROOT'])
    yield HERE.parents[1] / 'build'


def find(*names):
    """The first existing file of `names` (like 'bin/atc') under the roots."""
    looked = [root / name for root in roots() for name in names]
    for path in looked:
        if path.is_file():
            return path
    raise FileNotFoundError('OpenATC is incomplete: none of ' + ', '.join(map(str, looked)) + ' exists')
