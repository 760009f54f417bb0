"""Makes the package importable and fails early when the tools are not built."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from openatc import tools  # noqa: E402

# These run where the wheel is installed; see scripts/test.sh.
collect_ignore = ['wheel']


def pytest_configure(config):
    for program in ('atc', 'om'):
        if not (tools.BIN / program).exists():
            pytest.exit(f'{tools.BIN / program} is not built', returncode=3)
