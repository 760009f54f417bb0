"""openatc.Session: inputs, outputs, gears, statistics and errors."""
import threading

import numpy as np
import pytest

import acl
import openatc
from conftest import close, reference


@pytest.fixture
def session(static_om):
    with openatc.Session(static_om) as session:
        yield session


def test_it_describes_the_network(session):
    (x,), (y, z) = session.inputs, session.outputs
    assert (x.name, x.dtype, x.shape, x.nbytes) == ('x', np.float32, (4, 24), 4 * 24 * 4)
    assert [(t.name, t.shape) for t in (y, z)] == [('y', (4, 10)), ('z', (4, 24))]
    assert y.full_name.endswith(':y') and session.gears == []
    assert repr(session) == '<openatc.Session x: float32[4, 24] -> y: float32[4, 10], z: float32[4, 24]>'


def test_inputs_are_given_in_any_way(session, network, rows):
    y, z = reference(network, x=rows)
    for results in (session.run(rows), session.run([rows]), session.run({'x': rows}), session.run(x=rows),
                    session.run(rows.tolist()), session.run(np.asfortranarray(rows))):
        close(results[0], y)
        close(results['z'], z)
        assert results.names == ('y', 'z')
    with pytest.raises(KeyError, match="no output 'w'; the outputs are y, z"):
        results['w']


def test_results_are_the_callers_own(session, rows):
    first = session.run(rows)
    kept = first['y'].copy()
    session.run(-rows)
    np.testing.assert_array_equal(first['y'], kept)


@pytest.mark.parametrize('inputs, named, error, text', [
    ([np.zeros((4, 24))], {}, TypeError, r"input 'x' is float32, not float64; convert it with .astype\('float32'\)"),
    ([np.zeros((3, 24), np.float32)], {}, ValueError, r"input 'x' has shape \(4, 24\), not \(3, 24\)"),
    ([], {}, TypeError, r'the model has 1 inputs \(x\), 0 given'),
    ([], {'w': 0}, ValueError, "there is no input 'w'; the inputs are x"),
    ([0], {'x': 0}, TypeError, "input 'x' is given twice"),
    ([0, 0], {}, TypeError, r'the model has 1 inputs \(x\), 2 given'),
])
def test_wrong_inputs_are_explained(session, inputs, named, error, text):
    with pytest.raises(error, match=text):
        session.run(*inputs, **named)


def test_statistics_are_those_of_the_last_run(session, rows):
    assert session.statistics is None
    session.run(rows)
    first = session.statistics
    assert sum(kernel.microseconds for kernel in first.kernels) == pytest.approx(first.simulated_us, rel=0.01)
    assert {'gemm', 'negation'} <= {node for kernel in first.kernels for node in kernel.nodes}
    assert first.table().splitlines()[-1] == f'{first.simulated_us:.1f} us in all'
    assert len(first.table().splitlines()) == len(first.kernels) + 2
    session.run(rows)
    assert session.statistics.cycles > 0 and session.statistics is not first


def test_the_shape_of_the_input_chooses_the_gear(gear_om, network, rows):
    with openatc.Session(gear_om) as session:
        assert session.gears == [(1,), (2,), (4,)] and session.inputs[0].shape == (-1, 24)
        for count in (2, 4, 1):
            y, z = session.run(rows[:count])
            assert y.shape == (count, 10)
            close(y, reference(network, x=rows[:count])[0])
            close(z, -rows[:count])
        with pytest.raises(openatc.AclError, match='3') as caught:
            session.run(rows[:3])
        assert caught.value.code == 145013


def test_a_model_for_a_range_takes_every_shape_in_it(open_om, network, rows):
    with openatc.Session(open_om) as session:
        assert session.gears == [] and session.inputs[0].shape == (-1, 24)
        for count in (3, 1, 4, 3):
            y, z = session.run(rows[:count])
            close(y, reference(network, x=rows[:count])[0])
            close(z, -rows[:count])
        with pytest.raises(openatc.AclError):
            session.run(np.zeros((9, 24), np.float32))


def test_a_closed_session_says_so_and_gives_memory_back(static_om, rows):
    acl.init()
    acl.rt.set_device(0)
    before, whole, status = acl.rt.get_mem_info(0)
    for _ in range(3):
        session = openatc.Session(static_om)
        session.run(rows)
        session.close()
        session.close()
    assert acl.rt.get_mem_info(0) == (before, whole, status)
    with pytest.raises(ValueError, match='closed'):
        session.run(rows)
    acl.rt.reset_device(0)


def test_the_callers_context_stays_current(static_om, rows):
    acl.init()
    mine, status = acl.rt.create_context(0)
    assert status == 0
    with openatc.Session(static_om) as session:
        session.run(rows)
        assert acl.rt.get_context() == (mine, 0)
    assert acl.rt.get_context() == (mine, 0)
    assert acl.rt.destroy_context(mine) == 0


def test_threads_share_a_session(session, network, rows):
    expected, failures = reference(network, x=rows)[0], []

    def work(scale):
        for _ in range(5):
            if not np.allclose(session.run(rows * scale)['z'], -rows * scale, atol=0.05):
                failures.append(scale)
    threads = [threading.Thread(target=work, args=(np.float32(scale),)) for scale in (1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    close(session.run(rows)['y'], expected)


def test_files_that_are_no_model_are_refused(tmp_path):
    (tmp_path / 'bad.om').write_bytes(b'no model at all')
    with pytest.raises(openatc.AclError) as caught:
        openatc.Session(tmp_path / 'bad.om')
    assert caught.value.code == 145006 and caught.value.function == 'acl.mdl.load_from_file'
    with pytest.raises(openatc.AclError) as caught:
        openatc.Session('/nowhere/net.om')
    assert caught.value.code == 145002 and '/nowhere/net.om' in str(caught.value)
