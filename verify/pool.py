"""Workers: one process each, one thread each, or the calling process itself for one job.

Both kinds run the same functions, so results do not depend on the number of jobs.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, Protocol

from simulate.samples import Columns
from simulate.setup import Setup
from verify.store import StoppedError

MOST_JOBS = 256
DIED = (
    "a worker process ended in the middle of its work (killed from outside, or out of memory);"
    " finished work is kept in the run's folder, go on with --resume, perhaps with fewer --jobs"
)


class Pool(Protocol):
    """What the engine needs of a pool."""

    def submit(self, function: Callable[..., Any], *args: Any) -> Future[Any]:
        """Run function(*args) soon."""

    def shutdown(self) -> None:
        """Stop; running work is abandoned."""


class Here:
    """Runs everything at once in the calling process."""

    def __init__(self) -> None:
        one_thread()

    def submit(self, function: Callable[..., Any], *args: Any) -> Future[Any]:
        """Run now; the future is done when this returns."""
        future: Future[Any] = Future()
        try:
            future.set_result(function(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def shutdown(self) -> None:
        """Nothing to stop."""


class Processes:
    """A pool of spawned processes with one thread each, which end when this process does."""

    def __init__(self, jobs: int) -> None:
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        context = multiprocessing.get_context("spawn")
        self._executor = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin_worker)
        self._open: set[Future[Any]] = set()
        for _ in range(jobs):  # a process starts, and imports torch, when work is handed out
            self.submit(_ready)

    def submit(self, function: Callable[..., Any], *args: Any) -> Future[Any]:
        """Hand to the next free process. StoppedError is the result if a process dies."""
        handed: Future[Any] = Future()
        try:
            with _workers_see_no_interrupt():
                inner = self._executor.submit(function, *args)
        except BrokenProcessPool:
            handed.set_exception(StoppedError(DIED))
            return handed
        self._open.add(inner)
        inner.add_done_callback(functools.partial(self._hand_on, handed))
        return handed

    def _hand_on(self, handed: Future[Any], inner: Future[Any]) -> None:
        self._open.discard(inner)
        if inner.cancelled():
            handed.cancel()
        elif isinstance(error := inner.exception(), BrokenProcessPool):
            handed.set_exception(StoppedError(DIED))
        elif error is not None:
            handed.set_exception(error)
        else:
            handed.set_result(inner.result())

    def shutdown(self) -> None:
        """End the processes: at once if there is work in them that nobody waits for any more."""
        busy = bool(self._open)
        processes = list((self._executor._processes or {}).values())
        self._executor.shutdown(wait=not busy, cancel_futures=True)
        for process in processes:
            if busy:
                process.kill()
            process.join()


@contextmanager
def _workers_see_no_interrupt() -> Iterator[None]:
    """Ctrl-C reaches the whole group of processes: a worker started in here leaves it to us."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ready() -> None:
    """The first work of a process: none."""


def _begin_worker() -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    one_thread()


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def one_thread() -> None:
    """Two threads on two contended cores are slower than one, and sums depend on their number."""
    import torch

    torch.set_num_threads(1)


def timed_blocks(
    experiment: str,
    setup: Setup,
    seed: int,
    check: str,
    first: int,
    count: int,
    device: str,
    dtype: str,
) -> tuple[Columns, float]:
    """simulate.run_blocks with the seconds it took."""
    from simulate import run_blocks

    start = time.perf_counter()
    columns = run_blocks(
        experiment,
        setup,
        seed=seed,
        check=check,
        first=first,
        count=count,
        device=device,
        dtype=dtype,
    )
    return columns, time.perf_counter() - start
