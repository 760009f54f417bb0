"""InferSession and what is around it."""
import numpy as np
import pytest

import aclruntime
from ais_bench.infer.interface import InferSession, MemorySummary, MultiDeviceSession
from conftest import close, reference


@pytest.fixture
def session(static_om):
    session = InferSession(0, str(static_om))
    yield session
    session.free_resource()


def test_descriptions(session):
    (x,), (y, z) = session.get_inputs(), session.get_outputs()
    assert (x.name, x.shape, x.size, x.realsize) == ('x', [4, 24], 384, 384)
    assert x.datatype == aclruntime.dtype.float32 and x.format == 'ND'
    assert y.name.endswith(':y') and z.shape == [4, 24]


def test_feeds_of_every_kind(session, network, rows):
    expected = reference(network, x=rows)
    tensor = session.create_tensor_from_arrays_to_device(rows)
    for feed in (rows, rows.tolist() and rows.astype(np.float32), tensor, rows.reshape(-1),
                 aclruntime.BaseTensor(rows.ctypes.data, rows.nbytes)):
        for output, value in zip(session.infer([feed]), expected):
            close(output, value)
    outputs = session.infer([rows], out_array=False)
    assert all(isinstance(output, aclruntime.Tensor) and output.device == 0 for output in outputs)
    close(session.convert_tensors_to_arrays(outputs)[0], expected[0])
    with pytest.raises(RuntimeError, match='type:object invalid'):
        session.infer([object()])


def test_wrong_sizes_and_modes_are_explained(session, rows):
    with pytest.raises(RuntimeError, match='arg0 tensorsize: 384 filesize: 768 not match.*float64'):
        session.infer([rows.astype(np.float64)])
    with pytest.raises(RuntimeError, match='wrong infer_mode:fast, only support static'):
        session.infer([rows], 'fast')
    with pytest.raises(RuntimeError, match='takes its shape as static'):
        session.infer([rows], 'dymbatch')
    with pytest.raises(RuntimeError, match='the model has 1 inputs, 2 given'):
        session.infer([rows, rows])
    with pytest.raises(RuntimeError, match='load model from file failed, model file is /nowhere/net.om'):
        InferSession(0, '/nowhere/net.om')
    with pytest.raises(RuntimeError, match='acl open device 99 failed'):
        InferSession(99, '/nowhere/net.om')


@pytest.mark.parametrize('mode', ['dymbatch', 'dynbatch'])
def test_the_feed_chooses_the_gear(gear_om, network, rows, mode):
    session = InferSession(0, str(gear_om))
    assert session.get_inputs()[0].shape == [-1, 24] and session.get_inputs()[0].realsize == 384
    for count in (1, 4, 2):
        close(session.infer([rows[:count]], mode)[0], reference(network, x=rows[:count])[0])
    assert session.get_inputs()[0].realsize == 192
    close(session.infer([rows[2:]])[1], -rows[2:])
    with pytest.raises(RuntimeError, match=r'\(3,\) is not one of .*\(1,\), \(2,\), \(4,\)'):
        session.set_dynamic_batchsize(3)
    session.set_staticbatch()
    assert session.infer([rows])[0].shape == (4, 10)
    session.free_resource()


def test_the_feed_chooses_any_shape_of_a_range(open_om, network, rows):
    session = InferSession(0, str(open_om))
    for count in (3, 4):
        outputs = session.infer([rows[:count]], 'dymshape', custom_sizes=1000)
        close(outputs[0], reference(network, x=rows[:count])[0])
    session.set_dynamic_shape('x:2,24')
    assert session.get_inputs()[0].realsize == 192
    close(session.run([rows[:2]], out_array=True)[1], -rows[:2])
    with pytest.raises(RuntimeError, match='must give the shapes of x'):
        session.set_dynamic_shape('y:2,24')
    session.free_resource()


def test_times_are_kept(session, rows):
    MemorySummary.reset()
    session.set_loop_count(3)
    session.infer([rows])
    times = session.summary().exec_time_list
    assert len(times) == 3 and all(0 < time < 1 for time in times)
    assert session.sumary().exec_time_list == times
    assert len(MemorySummary.get_h2d_time_list()) == len(MemorySummary.get_D2H_time_list()) == 1
    session.reset_summaryinfo()
    assert session.summary().exec_time_list == []


def test_pipelines_and_iterations(session, network, rows):
    first, second = session.infer_pipeline([[rows], [2 * rows]])
    close(first[1], -rows)
    close(second[1], -2 * rows)
    outputs = session.infer_iteration([rows], in_out_list=[1], iteration_times=3)
    close(outputs[1], -rows)
    close(outputs[0], reference(network, x=rows)[0])
    close(session.infer_iteration([rows], in_out_list=[-1], iteration_times=2)[1], -rows)
    with pytest.raises(RuntimeError, match='in_out_list'):
        session.infer_iteration([rows], in_out_list=[2])


def test_several_devices(static_om, rows):
    session = MultiDeviceSession(str(static_om))
    outputs = session.infer({0: [[rows], [2 * rows]]})
    close(outputs[0][0][1], -rows)
    close(outputs[0][1][1], -2 * rows)
    assert [end > begin for begin, end in session.summary()[0]] == [True, True]


def test_tensors():
    tensor = aclruntime.Tensor(np.arange(4, dtype=np.float32))
    tensor.to_device(1)
    assert tensor.device == 1 and tensor.shape == [4] and tensor.nbytes == 16
    tensor.to_host()
    joined = aclruntime.batch([tensor, tensor])
    assert joined.shape == [8] and aclruntime.batch([tensor, tensor], keep_dims=True).shape == [2, 4]
    np.testing.assert_array_equal(np.array(joined)[4:], np.array(tensor))


def test_runtime_names_alone(static_om, rows):
    options = aclruntime.session_options()
    options.loop = 2
    session = aclruntime.model(str(static_om), 0, options)
    outputs = session.run(['z'], [aclruntime.Tensor(rows)])
    assert len(outputs) == 1 and len(session.sumary().exec_time_list) == 2
    close(np.array(outputs[0]), -rows)
    session.finalize()
