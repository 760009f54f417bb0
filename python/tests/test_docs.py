"""The pages under docs/generated say what the TableGen files say."""
import os
import subprocess
from pathlib import Path

import pytest

from openatc import tools

TBLGEN = Path(os.environ.get('MLIR_TBLGEN', '/usr/lib/llvm-22/bin/mlir-tblgen'))
GENERATED = tools.ROOT / 'docs' / 'generated'


@pytest.mark.skipif(not TBLGEN.exists(), reason='mlir-tblgen is not installed')
def test_generated_pages_are_up_to_date(tmp_path):
    subprocess.run([tools.ROOT / 'scripts' / 'docs.sh', tmp_path], check=True)
    written = sorted(page.name for page in tmp_path.iterdir())
    assert written == sorted(page.name for page in GENERATED.iterdir())
    for name in written:
        assert (tmp_path / name).read_text() == (GENERATED / name).read_text(), (
            f'{name} is out of date; run scripts/docs.sh')
