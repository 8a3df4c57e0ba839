import pytest

from simulate import Setup, run_blocks
from verify.pool import Here, Processes, timed_blocks

SETUP = Setup(widths=(3, 3), weights="gaussian", gain=2.0, activation="relu")


def test_here_runs_at_once_and_keeps_errors():
    assert Here().submit(max, 1, 2).result() == 2
    with pytest.raises(ZeroDivisionError):
        Here().submit(divmod, 1, 0).result()


def test_timed_blocks_are_the_blocks():
    columns, seconds = timed_blocks("unit_moments", SETUP, 1, "c", 2, 1, "cpu", "float64")
    again = run_blocks("unit_moments", SETUP, seed=1, check="c", first=2, count=1)
    assert (columns["mean_sq"] == again["mean_sq"]).all()
    assert seconds > 0


@pytest.mark.slow
def test_processes_run_elsewhere():
    pool = Processes(1)
    try:
        assert pool.submit(divmod, 7, 2).result() == (3, 1)
    finally:
        pool.shutdown()
