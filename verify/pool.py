"""Workers: one process each, one thread each, or the calling process itself for one job.

Both kinds run the same functions, so results do not depend on the number of jobs.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any, Protocol

from simulate.samples import Columns
from simulate.setup import Setup

MOST_JOBS = 256


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
    """A pool of spawned processes with one thread each."""

    def __init__(self, jobs: int) -> None:
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        context = multiprocessing.get_context("spawn")
        self._executor = ProcessPoolExecutor(jobs, mp_context=context, initializer=one_thread)

    def submit(self, function: Callable[..., Any], *args: Any) -> Future[Any]:
        """Hand to the next free process."""
        return self._executor.submit(function, *args)

    def shutdown(self) -> None:
        """Cancel what waits; let what runs end."""
        self._executor.shutdown(wait=False, cancel_futures=True)


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
