"""What a caller may feed, as arrays."""
import numpy as np

import aclruntime


def array_of(feed):
    """A contiguous array of a feed."""
    if isinstance(feed, (np.ndarray, np.generic, aclruntime.Tensor, aclruntime.BaseTensor)):
        return np.ascontiguousarray(feed)
    if hasattr(feed, 'detach'):
        return np.ascontiguousarray(feed.detach().cpu().numpy())
    if isinstance(feed, (int, float, list, tuple)):
        return np.ascontiguousarray(feed)
    raise RuntimeError(f'type:{type(feed).__name__} invalid; feed arrays, numbers, torch tensors or aclruntime tensors')
