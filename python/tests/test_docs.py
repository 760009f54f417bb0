"""Generated pages say what their sources say."""
import os
import subprocess
from pathlib import Path

import pytest

from openatc import acl_page, tools

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


def test_the_page_of_acl_is_up_to_date():
    assert acl_page.PAGE.read_text() == acl_page.page(), 'run PYTHONPATH=python python -m openatc.acl_page'
