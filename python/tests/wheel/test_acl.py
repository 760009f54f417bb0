"""The module acl: the conventions of pyACL, and a program in its usual order."""
import threading

import numpy as np
import pytest

import acl
from conftest import close, reference

TO_DEVICE, TO_HOST = 1, 2
HUGE_FIRST = 0
BLOCK = 1


def good(result):
    """The results of a call that must succeed."""
    *values, status = result if isinstance(result, tuple) else (result,)
    assert status == 0, acl.get_recent_err_msg()
    return values[0] if len(values) == 1 else tuple(values)


@pytest.fixture
def device():
    """A device in use, with a context and a stream."""
    acl.init()
    good(acl.rt.set_device(0))
    context = good(acl.rt.create_context(0))
    stream = good(acl.rt.create_stream())
    yield context, stream
    good(acl.rt.destroy_stream(stream))
    good(acl.rt.destroy_context(context))
    good(acl.rt.reset_device(0))


class Program:
    """A model with one buffer for each input and output."""

    def __init__(self, om):
        self.model = good(acl.mdl.load_from_file(str(om)))
        self.desc = acl.mdl.create_desc()
        good(acl.mdl.get_desc(self.desc, self.model))
        self.inputs = self.dataset(acl.mdl.get_num_inputs, acl.mdl.get_input_size_by_index)
        self.outputs = self.dataset(acl.mdl.get_num_outputs, acl.mdl.get_output_size_by_index)

    def dataset(self, count, size_of):
        dataset = acl.mdl.create_dataset()
        for i in range(count(self.desc)):
            size = size_of(self.desc, i)
            buffer = acl.create_data_buffer(good(acl.rt.malloc(size, HUGE_FIRST)), size)
            assert acl.mdl.add_dataset_buffer(dataset, buffer) == (dataset, 0)
        return dataset

    def feed(self, array):
        data = array.tobytes()
        buffer = acl.mdl.get_dataset_buffer(self.inputs, 0)
        good(acl.rt.memcpy(acl.get_data_buffer_addr(buffer), acl.get_data_buffer_size_v2(buffer),
                           acl.util.bytes_to_ptr(data), len(data), TO_DEVICE))

    def output(self, index):
        buffer = acl.mdl.get_dataset_buffer(self.outputs, index)
        shape = good(acl.mdl.get_cur_output_dims(self.desc, index))['dims']
        size = int(np.prod(shape)) * 4
        host = good(acl.rt.malloc_host(size))
        good(acl.rt.memcpy(host, size, acl.get_data_buffer_addr(buffer), size, TO_HOST))
        array = np.frombuffer(acl.util.ptr_to_bytes(host, size), np.float32).reshape(shape)
        np.testing.assert_array_equal(acl.util.ptr_to_numpy(host, tuple(shape), 11), array)
        good(acl.rt.free_host(host))
        return array

    def close(self):
        for dataset in (self.inputs, self.outputs):
            for i in range(acl.mdl.get_dataset_num_buffers(dataset)):
                buffer = acl.mdl.get_dataset_buffer(dataset, i)
                good(acl.rt.free(acl.get_data_buffer_addr(buffer)))
                good(acl.destroy_data_buffer(buffer))
            good(acl.mdl.destroy_dataset(dataset))
        good(acl.mdl.unload(self.model))
        good(acl.mdl.destroy_desc(self.desc))


@pytest.fixture
def program(device, static_om):
    program = Program(static_om)
    yield program
    program.close()


def test_a_program_in_the_usual_order(program, network, rows):
    program.feed(rows)
    good(acl.mdl.execute(program.model, program.inputs, program.outputs))
    for i, expected in enumerate(reference(network, x=rows)):
        close(program.output(i), expected)


def test_descriptions_are_numbers_texts_and_dicts(program):
    assert acl.mdl.get_input_dims(program.desc, 0) == ({'name': 'x', 'dimCount': 2, 'dims': [4, 24]}, 0)
    assert acl.mdl.get_output_dims(program.desc, 0)[0]['dims'] == [4, 10]
    assert acl.mdl.get_input_name_by_index(program.desc, 0) == 'x'
    assert acl.mdl.get_output_name_by_index(program.desc, 1).endswith(':z')
    assert acl.mdl.get_input_data_type(program.desc, 0) == 0
    assert acl.mdl.get_input_size_by_index(program.desc, 0) == 4 * 24 * 4
    assert acl.mdl.get_input_index_by_name(program.desc, 'x') == (0, 0)
    assert acl.mdl.get_input_index_by_name(program.desc, 'w')[1] == 100000
    assert acl.mdl.get_dynamic_batch(program.desc) == ({'batchCount': 0, 'batch': []}, 0)


def test_gears_are_listed_and_chosen(device, gear_om, network, rows):
    program = Program(gear_om)
    assert acl.mdl.get_dynamic_batch(program.desc) == ({'batchCount': 3, 'batch': [1, 2, 4]}, 0)
    index = good(acl.mdl.get_input_index_by_name(program.desc, 'ascend_mbatch_shape_data'))
    assert acl.mdl.set_dynamic_batch_size(program.model, program.inputs, index, 3) == 145013
    program.feed(rows[:2])
    good(acl.mdl.set_dynamic_batch_size(program.model, program.inputs, index, 2))
    good(acl.mdl.execute(program.model, program.inputs, program.outputs))
    close(program.output(0), reference(network, x=rows[:2])[0])
    program.close()


@pytest.mark.parametrize('call, name', [
    (lambda: acl.rt.malloc(16), 'acl.rt.malloc'),
    (lambda: acl.rt.malloc(16, 0, 0), 'acl.rt.malloc'),
    (lambda: acl.rt.malloc('16', 0), 'acl.rt.malloc'),
    (lambda: acl.rt.malloc(1.5, 0), 'acl.rt.malloc'),
    (lambda: acl.rt.malloc(size=16, policy=0), 'acl.rt.malloc'),
    (lambda: acl.rt.set_device(1 << 40), 'acl.rt.set_device'),
    (lambda: acl.mdl.load_from_file(b'net.om'), 'acl.mdl.load_from_file'),
    (lambda: acl.mdl.load_from_file('net\0.om'), 'acl.mdl.load_from_file'),
    (lambda: acl.create_tensor_desc(0, 3, 2), 'acl.create_tensor_desc'),
    (lambda: acl.init(1), 'acl.init'),
    (lambda: acl.util.bytes_to_ptr('text'), 'acl.util.bytes_to_ptr'),
    (lambda: acl.util.numpy_to_ptr([1, 2]), 'acl.util.numpy_to_ptr'),
    (lambda: acl.util.start_thread(1, []), 'acl.util.start_thread'),
    (lambda: acl.mdl.set_input_dynamic_dims(1, 0, 0, {'dimCount': 3, 'dims': [1]}), 'acl.mdl.set_input_dynamic_dims'),
])
def test_wrong_arguments_are_type_errors_that_name_the_function(call, name):
    with pytest.raises(TypeError) as caught:
        call()
    assert str(caught.value) == f'{name} args parse failed'


def test_integers_are_whatever_has_an_index(device):
    address = good(acl.rt.malloc(np.int64(64), np.uint8(0)))
    assert acl.rt.memset(address, 64, -1, 64) == 0
    good(acl.rt.free(np.uint64(address)))
    assert acl.data_type_size(np.int32(9)) == 8


def test_failures_are_codes_with_a_text(device):
    assert acl.mdl.load_from_file('/nowhere/net.om') == (0, 145002)
    assert '/nowhere/net.om' in acl.get_recent_err_msg()
    assert acl.get_recent_err_msg() == ''
    assert acl.destroy_data_buffer(0) == 100000
    assert acl.rt.set_device(99) == 107001
    assert acl.mdl.get_dataset_buffer(0, 0) == 0


def test_tensor_descriptions():
    desc = acl.create_tensor_desc(1, [2, 3, 4], 2)
    assert acl.get_tensor_desc_type(desc) == 1 and acl.get_tensor_desc_format(desc) == 2
    assert acl.get_tensor_desc_num_dims(desc) == 3 and acl.get_tensor_desc_size(desc) == 48
    assert acl.get_tensor_desc_element_count(desc) == 24
    assert acl.get_tensor_desc_dim_v2(desc, 2) == (4, 0)
    acl.set_tensor_desc_name(desc, 'weights')
    assert acl.get_tensor_desc_name(desc) == 'weights'
    assert acl.destroy_tensor_desc(desc) is None


def test_halves():
    assert acl.float_to_float16(1.5) == 0x3e00
    assert acl.float16_to_float(0x3e00) == 1.5


def test_addresses_of_python_data(device):
    array = np.arange(6, dtype=np.int32).reshape(2, 3)
    assert acl.util.numpy_to_ptr(array) == array.ctypes.data
    pointer, whole = acl.util.numpy_contiguous_to_ptr(array.T)
    assert pointer == whole.ctypes.data and whole.flags.c_contiguous
    view = acl.util.ptr_to_numpy(acl.util.numpy_to_ptr(array), (3, 2), 5)
    view[0, 0] = 42
    assert array[0, 0] == 42
    assert acl.util.ptr_to_bytes(acl.util.bytes_to_ptr(b'abc'), 2) == b'ab'
    address = good(acl.rt.malloc(64, HUGE_FIRST))
    with pytest.raises(ValueError, match='device memory'):
        acl.util.ptr_to_bytes(address, 4)
    with pytest.raises(ValueError, match='device memory'):
        acl.util.ptr_to_numpy(address, (4,), 2)
    with pytest.raises(ValueError, match='address is 0'):
        acl.util.ptr_to_bytes(0, 4)
    good(acl.rt.free(address))


def test_callbacks_run_in_the_subscribed_thread_with_one_argument(device, program, rows):
    context, stream = device
    calls, ended = [], threading.Event()

    def serve(arguments):
        good(acl.rt.set_context(arguments[0]))
        while not ended.is_set():
            acl.rt.process_report(50)

    def called(argument):
        calls.append((argument, threading.get_ident()))
    thread, status = acl.util.start_thread(serve, [context])
    assert status == 0
    good(acl.rt.subscribe_report(thread, stream))
    program.feed(rows)
    for i in range(3):
        good(acl.mdl.execute_async(program.model, program.inputs, program.outputs, stream))
        good(acl.rt.launch_callback(called, ['run', i], BLOCK, stream))
    good(acl.rt.synchronize_stream(stream))
    good(acl.rt.unsubscribe_report(thread, stream))
    ended.set()
    assert acl.util.stop_thread(thread) == 0
    assert calls == [(['run', i], thread) for i in range(3)]
    assert acl.util.stop_thread(thread) == 100000


def test_events_tell_the_time_of_the_device(device, program, rows):
    _, stream = device
    program.feed(rows)
    start, end = good(acl.rt.create_event()), good(acl.rt.create_event())
    good(acl.rt.record_event(start, stream))
    good(acl.mdl.execute_async(program.model, program.inputs, program.outputs, stream))
    good(acl.rt.record_event(end, stream))
    good(acl.rt.synchronize_event(end))
    elapsed = good(acl.rt.event_elapsed_time(start, end))
    assert isinstance(elapsed, float) and 0 < elapsed < 1
    assert good(acl.rt.event_get_timestamp(end)) >= good(acl.rt.event_get_timestamp(start))
    assert acl.rt.query_event_status(end) == (1, 0)
    for event in (start, end):
        good(acl.rt.destroy_event(event))


def test_other_threads_go_on_while_a_call_waits(device, program, rows):
    _, stream = device
    program.feed(rows)
    ticks = []
    counting = threading.Thread(target=lambda: [ticks.append(i) for i in range(1000)])
    for _ in range(20):
        good(acl.mdl.execute_async(program.model, program.inputs, program.outputs, stream))
    counting.start()
    good(acl.rt.synchronize_stream(stream))
    counting.join()
    assert len(ticks) == 1000


def test_every_function_says_what_it_is():
    spaces = [acl, acl.rt, acl.mdl, acl.op, acl.blas, acl.util, acl.media, acl.prof]
    functions = [getattr(space, name) for space in spaces for name in dir(space)
                 if not name.startswith('_') and callable(getattr(space, name))]
    assert len(functions) > 300
    for function in functions:
        signature, _, text = function.__doc__.partition('\n\n')
        assert signature.startswith(function.__name__ + '(') and ' -> ' in signature and text.endswith('.'), function
