"""The rules for skips: a reason that nobody expects is a failure."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

pytest_plugins = ["pytester"]
without_gpu = not torch.cuda.is_available()


@pytest.fixture
def inner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest((Path(__file__).parent / "conftest.py").read_text())
    pytester.makeini("[pytest]\nmarkers =\n    gpu: needs CUDA\naddopts = --strict-markers")
    return pytester


def test_an_unexpected_skip_fails(inner: pytest.Pytester) -> None:
    inner.makepyfile(
        """
        import pytest

        def test_quiet():
            pytest.skip("no reason")

        @pytest.mark.skipif(True, reason="broken for years")
        def test_marked():
            pass

        def test_expected():
            pytest.skip("gpu: none here")

        @pytest.mark.xfail(strict=True, reason="known")
        def test_known():
            assert False
        """
    )
    result = inner.runpytest_inprocess()
    result.assert_outcomes(failed=1, errors=1, skipped=1, xfailed=1)
    result.stdout.fnmatch_lines(["*unexpected skip: 'no reason'*"])


def test_a_module_that_skips_itself_fails(inner: pytest.Pytester) -> None:
    inner.makepyfile("import pytest\n\npytest.importorskip('no_such_module')\n")
    result = inner.runpytest_inprocess()
    result.assert_outcomes(errors=1)


@pytest.mark.parametrize(
    ("options", "outcomes"),
    [((), {"passed": 1, "skipped": 1}), (("--require-gpu",), {"passed": 1, "errors": 1})],
)
def test_where_a_gpu_is_promised_none_is_a_failure(
    inner: pytest.Pytester, options: tuple[str, ...], outcomes: dict[str, int]
) -> None:
    inner.makepyfile("def test_on(device):\n    assert device\n")
    result = inner.runpytest_inprocess(*options)
    result.assert_outcomes(**(outcomes if without_gpu else {"passed": 2}))


def test_the_seed_is_an_option(inner: pytest.Pytester) -> None:
    inner.makepyfile("def test_it(seed):\n    assert seed == 7\n")
    inner.runpytest_inprocess("--seed", "7").assert_outcomes(passed=1)
