"""What every test shares: one thread, a seed, a device, and no skip that nobody expects."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported

import sys
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from hypothesis import settings

EXPECTED_SKIPS = ("gpu:",)
"""How the reason of a skip may begin; any other skip fails, for nobody would see it."""

settings.register_profile("depthlaws", deadline=None, derandomize=True, max_examples=50)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("depthlaws")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=0, help="seed of tests that sample (default: 0)")
    parser.addoption(
        "--require-gpu",
        action="store_true",
        help="fail, do not skip, where there is no CUDA device",
    )


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """Sums depend on the number of threads; two on two busy cores are slower than one."""
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """The --seed of this run."""
    return int(request.config.getoption("--seed"))


@pytest.fixture(params=["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def device(request: pytest.FixtureRequest) -> str:
    """Every device there is: a test that asks for it runs on each."""
    return str(request.param)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("gpu") is None:
        return
    import torch

    if torch.cuda.is_available():
        return
    if item.config.getoption("--require-gpu"):
        pytest.fail("--require-gpu: no CUDA device, or a build of torch without CUDA")
    pytest.skip("gpu: no CUDA device")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _unexpected_skip_fails((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[Any]:
    return _unexpected_skip_fails((yield))


def _unexpected_skip_fails(report: Any) -> Any:
    if report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reason = reason.removeprefix("Skipped: ")
        if not reason.startswith(EXPECTED_SKIPS):
            report.outcome = "failed"
            report.longrepr = (
                f"unexpected skip: {reason!r}; a reason begins with one of {EXPECTED_SKIPS}"
            )
    return report
