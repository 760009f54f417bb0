"""How long copies between host and device took."""
import time
from contextlib import contextmanager

_to_device, _to_host = [], []


class MemorySummary:
    """The times in milliseconds of all copies in this process since the last reset()."""

    @property
    def H2D_time_list(self):
        return list(_to_device)

    @property
    def D2H_time_list(self):
        return list(_to_host)

    def reset(self):
        _to_device.clear()
        _to_host.clear()


@contextmanager
def copying(to_device):
    """Records the time of one group of copies."""
    begin = time.perf_counter()
    yield
    (_to_device if to_device else _to_host).append((time.perf_counter() - begin) * 1000)
