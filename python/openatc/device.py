"""A device, its memory, and failures of the C interface as exceptions."""
import threading

import acl

_REPEATED_INITIALISATION = 100002
_HUGE_FIRST = 0
_TO_DEVICE, _TO_HOST = 1, 2
_PAGE = 4096


class AclError(RuntimeError):
    """A call that failed. `code` is its status, `function` its name."""

    def __init__(self, function, code, text):
        super().__init__(f'{function} failed with {code}' + (f'\n{text}' if text else ''))
        self.function = function
        self.code = code


def checked(function, *arguments):
    """Calls a function of acl that returns a status last; the other results, or nothing."""
    result = function(*arguments)
    *values, status = result if isinstance(result, tuple) else (result,)
    if status:
        raise AclError(f'{function.__module__}.{function.__name__}', status, acl.get_recent_err_msg().strip())
    return values[0] if len(values) == 1 else tuple(values) if values else None


class Device:
    """A context of its own on one device.

    `with device:` makes it the thread's context, and gives the thread its own one back afterwards.
    """

    def __init__(self, number=0, config=None):
        status = acl.init(config) if config else acl.init()
        if status not in (0, _REPEATED_INITIALISATION):
            raise AclError('acl.init', status, acl.get_recent_err_msg().strip())
        self.number = number
        self._previous = threading.local()
        before = current_context()
        checked(acl.rt.set_device, number)
        self._context = checked(acl.rt.create_context, number)
        if before:
            checked(acl.rt.set_context, before)

    def __enter__(self):
        if self._context is None:
            raise ValueError('the device is closed')
        stack = self._previous.__dict__.setdefault('contexts', [])
        stack.append(current_context())
        checked(acl.rt.set_context, self._context)
        return self

    def __exit__(self, *_):
        previous = self._previous.contexts.pop()
        # A context that was destroyed meanwhile cannot come back.
        if previous:
            acl.rt.set_context(previous)

    def close(self):
        """Gives the context and this use of the device back."""
        if self._context is not None:
            context, self._context = self._context, None
            acl.rt.destroy_context(context)
            acl.rt.reset_device(self.number)


def current_context():
    """The thread's context, 0 if it has none."""
    context, status = acl.rt.get_context()
    return 0 if status else context


class Buffer:
    """Device memory in a data buffer. Size 0: the execution allocates what it needs."""

    def __init__(self, size):
        self.size = size
        self.address = checked(acl.rt.malloc, size, _HUGE_FIRST) if size else 0
        self.handle = acl.create_data_buffer(self.address, size)

    def write(self, data):
        """Copies a contiguous array to the device, into memory that is large enough for it."""
        if data.nbytes > self.size:
            if self.address:
                checked(acl.rt.free, self.address)
            self.size = -(-data.nbytes // _PAGE) * _PAGE
            self.address = checked(acl.rt.malloc, self.size, _HUGE_FIRST)
        if data.nbytes:
            checked(acl.rt.memcpy, self.address, self.size, acl.util.numpy_to_ptr(data), data.nbytes, _TO_DEVICE)

    def read(self, out):
        """Fills a contiguous array from the device."""
        if out.nbytes:
            checked(acl.rt.memcpy, acl.util.numpy_to_ptr(out), out.nbytes,
                    acl.get_data_buffer_addr(self.handle), out.nbytes, _TO_HOST)

    def expose(self, size):
        """Makes the first `size` bytes what the model sees."""
        checked(acl.update_data_buffer, self.handle, self.address, size)

    def forget(self):
        """Frees what an execution allocated."""
        address = acl.get_data_buffer_addr(self.handle)
        if address and address != self.address:
            acl.rt.free(address)
        checked(acl.update_data_buffer, self.handle, self.address, self.size)

    def close(self):
        self.forget()
        if self.address:
            acl.rt.free(self.address)
        acl.destroy_data_buffer(self.handle)
