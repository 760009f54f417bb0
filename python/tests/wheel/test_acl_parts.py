"""The parts of acl beside running a model: options, single operators, products, pictures, profiles."""
import ctypes

import numpy as np
import pytest

import acl
from conftest import close, reference
from test_acl import HUGE_FIRST, TO_DEVICE, TO_HOST, Program, device, good, program  # noqa: F401

FLOAT, HALF, INT32 = 0, 1, 3
ND = 2
LOAD_TYPE, PATH, PRIORITY = 1, 2, 0
YUV420SP = 1


def to_device(array):
    """A data buffer on the device that holds a copy of an array."""
    array = np.ascontiguousarray(array)
    address = good(acl.rt.malloc(array.nbytes, HUGE_FIRST))
    good(acl.rt.memcpy(address, array.nbytes, acl.util.numpy_to_ptr(array), array.nbytes, TO_DEVICE))
    return acl.create_data_buffer(address, array.nbytes)


def from_device(buffer, dtype, shape):
    out = np.empty(shape, dtype)
    good(acl.rt.memcpy(acl.util.numpy_to_ptr(out), out.nbytes, acl.get_data_buffer_addr(buffer), out.nbytes, TO_HOST))
    return out


def release(*buffers):
    for buffer in buffers:
        good(acl.rt.free(acl.get_data_buffer_addr(buffer)))
        good(acl.destroy_data_buffer(buffer))


def test_a_model_is_loaded_and_run_with_options(device, static_om, network, rows):  # noqa: F811
    _, stream = device
    handle = acl.mdl.create_config_handle()
    good(acl.mdl.set_config_opt(handle, LOAD_TYPE, 1))
    good(acl.mdl.set_config_opt(handle, PATH, str(static_om)))
    good(acl.mdl.set_config_opt(handle, PRIORITY, 3))
    model = good(acl.mdl.load_with_config(handle))
    good(acl.mdl.destroy_config_handle(handle))
    assert acl.mdl.destroy_config_handle(handle) != 0
    program = Program(static_om)  # noqa: F811
    program.feed(rows)
    options = acl.mdl.create_exec_config_handle()
    good(acl.mdl.execute_v2(model, program.inputs, program.outputs, stream, options))
    good(acl.mdl.destroy_exec_config_handle(options))
    close(program.output(0), reference(network, x=rows)[0])
    program.close()
    good(acl.mdl.unload(model))


def test_rows_are_copied_with_pitches(device):  # noqa: F811
    source = np.arange(24, dtype=np.uint8).reshape(4, 6)
    address = good(acl.rt.malloc(64, HUGE_FIRST))
    good(acl.rt.memcpy2d(address, 8, acl.util.numpy_to_ptr(source), 6, 5, 4, TO_DEVICE))
    back = np.zeros((4, 8), np.uint8)
    good(acl.rt.memcpy2d(acl.util.numpy_to_ptr(back), 8, address, 8, 5, 4, TO_HOST))
    np.testing.assert_array_equal(back[:, :5], source[:, :5])
    assert not back[:, 5:].any()
    good(acl.rt.free(address))


def test_descriptions_take_shapes_and_ranges():
    desc = acl.create_tensor_desc(FLOAT, [-1, 3], ND)
    good(acl.set_tensor_shape_range(desc, [[1, 8], [3, 3]]))
    assert acl.get_tensor_desc_dim_range(desc, 0, 2) == ([1, 8], 0)
    good(acl.set_tensor_shape(desc, [4, 3]))
    good(acl.set_tensor_origin_shape(desc, (4, 3)))
    good(acl.set_tensor_format(desc, ND))
    value = np.zeros(12, np.float32)
    good(acl.set_tensor_const(desc, acl.util.numpy_to_ptr(value), value.nbytes))
    with pytest.raises(TypeError, match='acl.set_tensor_shape_range args parse failed'):
        acl.set_tensor_shape_range(desc, [[1, 2, 3]])
    acl.destroy_tensor_desc(desc)


def test_what_the_device_is():
    attributes, status = acl.get_cann_attribute_list()
    assert status == 0 and acl.get_cann_attribute(attributes[0])[1] == 0
    cores, status = acl.get_device_capability(0, 0)
    assert status == 0 and cores > 0
    version, status = acl.get_cann_version(0)
    assert status == 0 and version['version'].startswith(version['majorVersion'])
    assert acl.rt.device_can_access_peer(0, 1)[1] == 0


def test_an_exception_callback_is_set_and_taken_back(device):  # noqa: F811
    good(acl.rt.set_exception_info_callback(lambda info: None))
    good(acl.rt.set_exception_info_callback(None))
    with pytest.raises(TypeError, match='acl.rt.set_exception_info_callback args parse failed'):
        acl.rt.set_exception_info_callback(3)
    assert acl.rt.get_task_id_from_exception_info(0) == 0xFFFFFFFF


def test_an_operator_is_compiled_and_run(device):  # noqa: F811
    _, stream = device
    a, b = np.arange(6, dtype=np.float32).reshape(2, 3), np.full((2, 3), 0.5, np.float32)
    descs = [acl.create_tensor_desc(FLOAT, [2, 3], ND) for _ in range(3)]
    buffers = [to_device(a), to_device(b), to_device(np.zeros_like(a))]
    attr = acl.op.create_attr()
    good(acl.op.compile_and_execute('Add', descs[:2], buffers[:2], descs[2:], buffers[2:], attr, 0, 0, '', stream))
    good(acl.rt.synchronize_stream(stream))
    close(from_device(buffers[2], np.float32, (2, 3)), a + b)
    with pytest.raises(TypeError, match='acl.op.compile_and_execute args parse failed'):
        acl.op.compile_and_execute('Add', descs[:1], buffers[:2], descs[2:], buffers[2:], attr, 0, 0, '', stream)
    release(*buffers)
    for desc in descs:
        acl.destroy_tensor_desc(desc)
    assert acl.op.destroy_attr(attr) is None


def test_attributes_of_every_kind():
    attr = acl.op.create_attr()
    for status in (acl.op.set_attr_bool(attr, 'a', True), acl.op.set_attr_int(attr, 'b', -3),
                   acl.op.set_attr_float(attr, 'c', 0.5), acl.op.set_attr_string(attr, 'd', 'text'),
                   acl.op.set_attr_list_bool(attr, 'e', [True, False]), acl.op.set_attr_list_int(attr, 'f', (1, 2)),
                   acl.op.set_attr_list_float(attr, 'g', [1, 0.5]), acl.op.set_attr_list_string(attr, 'h', ['x', 'y']),
                   acl.op.set_attr_list_list_int(attr, 'i', [[1], [2, 3]])):
        assert status == 0
    with pytest.raises(TypeError, match='acl.op.set_attr_list_int args parse failed'):
        acl.op.set_attr_list_int(attr, 'f', ['1'])
    acl.op.destroy_attr(attr)


def test_a_product_of_halves(device):  # noqa: F811
    _, stream = device
    rng = np.random.default_rng(1)
    a, b = (rng.standard_normal(shape).astype(np.float16) for shape in ((16, 32), (32, 16)))
    one, zero = np.ones(1, np.float16), np.zeros(1, np.float16)
    buffers = [to_device(array) for array in (a, b, np.zeros((16, 16), np.float16), one, zero)]
    at = [acl.get_data_buffer_addr(buffer) for buffer in buffers]
    good(acl.blas.gemm_ex(0, 0, 0, 16, 16, 32, at[3], at[0], -1, HALF, at[1], -1, HALF, at[4], at[2], -1, HALF, 0,
                          stream))
    good(acl.rt.synchronize_stream(stream))
    expected = a.astype(np.float32) @ b.astype(np.float32)
    np.testing.assert_allclose(from_device(buffers[2], np.float16, (16, 16)), expected, rtol=1e-2, atol=1e-2)
    release(*buffers)


def picture(width, height, address, size):
    """A description of a picture without gaps."""
    desc = acl.media.dvpp_create_pic_desc()
    for setter, value in ((acl.media.dvpp_set_pic_desc_data, address), (acl.media.dvpp_set_pic_desc_size, size),
                          (acl.media.dvpp_set_pic_desc_format, YUV420SP), (acl.media.dvpp_set_pic_desc_width, width),
                          (acl.media.dvpp_set_pic_desc_height, height),
                          (acl.media.dvpp_set_pic_desc_width_stride, width),
                          (acl.media.dvpp_set_pic_desc_height_stride, height)):
        good(setter(desc, value))
    return desc


def test_a_picture_is_encoded_decoded_and_halved(device):  # noqa: F811
    _, stream = device
    width, height = 128, 32
    size = width * height * 3 // 2
    luma = np.broadcast_to(np.linspace(40, 200, width), (height, width))
    pixels = np.concatenate([luma.reshape(-1), np.full(size - luma.size, 128)]).astype(np.uint8)
    channel = acl.media.dvpp_create_channel_desc()
    good(acl.media.dvpp_create_channel(channel))
    memory = [good(acl.media.dvpp_malloc(size)) for _ in range(3)]
    good(acl.rt.memcpy(memory[0], size, acl.util.numpy_to_ptr(pixels), size, TO_DEVICE))
    source = picture(width, height, memory[0], size)

    config = acl.media.dvpp_create_jpege_config()
    good(acl.media.dvpp_set_jpege_config_level(config, 100))
    room = good(acl.media.dvpp_jpeg_predict_enc_size(source, config))
    file = good(acl.media.dvpp_malloc(room))
    length = ctypes.c_uint32(room)
    good(acl.media.dvpp_jpeg_encode_async(channel, source, file, ctypes.addressof(length), config, stream))
    good(acl.rt.synchronize_stream(stream))
    jpeg = np.empty(length.value, np.uint8)
    good(acl.rt.memcpy(acl.util.numpy_to_ptr(jpeg), jpeg.nbytes, file, jpeg.nbytes, TO_HOST))
    assert jpeg[:2].tobytes() == b'\xff\xd8'

    assert acl.media.dvpp_jpeg_get_image_info(acl.util.numpy_to_ptr(jpeg), jpeg.nbytes)[:2] == (width, height)
    decoded = picture(width, height, memory[1], size)
    good(acl.media.dvpp_jpeg_decode_async(channel, file, jpeg.nbytes, decoded, stream))
    halved = picture(width // 2, height // 2, memory[2], size // 4)
    resize = acl.media.dvpp_create_resize_config()
    good(acl.media.dvpp_vpc_resize_async(channel, decoded, halved, resize, stream))
    good(acl.rt.synchronize_stream(stream))
    for desc, columns, rows in ((decoded, width, height), (halved, width // 2, height // 2)):
        result = np.empty(columns * rows, np.uint8)
        good(acl.rt.memcpy(acl.util.numpy_to_ptr(result), result.nbytes, acl.media.dvpp_get_pic_desc_data(desc),
                           result.nbytes, TO_HOST))
        expected = np.linspace(40, 200, width).reshape(columns, -1).mean(1)
        np.testing.assert_allclose(result.reshape(rows, columns), np.broadcast_to(expected, (rows, columns)), atol=4)

    good(acl.media.dvpp_destroy_resize_config(resize))
    good(acl.media.dvpp_destroy_jpege_config(config))
    for desc in (source, decoded, halved):
        good(acl.media.dvpp_destroy_pic_desc(desc))
    for address in (*memory, file):
        good(acl.media.dvpp_free(address))
    good(acl.media.dvpp_destroy_channel(channel))
    good(acl.media.dvpp_destroy_channel_desc(channel))


def test_a_profile_is_written(device, program, rows, tmp_path):  # noqa: F811
    program.feed(rows)
    good(acl.prof.init(str(tmp_path)))
    config = acl.prof.create_config([0], 1, 0, 2 | 4)
    good(acl.prof.start(config))
    good(acl.mdl.execute(program.model, program.inputs, program.outputs))
    good(acl.prof.stop(config))
    good(acl.prof.destroy_config(config))
    good(acl.prof.finalize())
    assert list(tmp_path.rglob('op_summary_*.csv'))
