import itertools

import pytest
import torch

from simulate.quantities.correlation import (
    coefficients,
    covariance_over_inputs,
    gram,
    means_over_distinct,
    sum_sq,
    trace,
    unbiased_traces,
    unit_peak,
    vni,
    vni_from_inputs,
)


def test_of_a_known_matrix():
    cov = torch.diag(torch.tensor([1.0, 0.01], dtype=torch.float64))
    torch.testing.assert_close(vni(cov), torch.tensor(10001 / 10201, dtype=torch.float64))
    assert trace(cov) == 1.01
    torch.testing.assert_close(sum_sq(cov), torch.tensor(1.0001, dtype=torch.float64))


def test_gram_keeps_the_nonzero_spectrum():
    j = torch.randn(2, 3, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(trace(gram(j)), j.square().sum((1, 2)))
    torch.testing.assert_close(sum_sq(gram(j)), sum_sq(gram(j.transpose(1, 2))))
    torch.testing.assert_close(sum_sq(gram(j)), sum_sq(j.transpose(1, 2) @ j))


def test_vni_of_nothing_is_zero_and_scale_does_not_matter():
    assert vni(torch.zeros(2, 3, 3)).tolist() == [0.0, 0.0]
    cov = gram(
        torch.randn(1, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    )
    torch.testing.assert_close(vni(cov), vni(1e6 * cov))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_vni_at_the_ends_of_the_range(dtype):
    eye = torch.eye(2, dtype=dtype)
    info = torch.finfo(dtype)
    for scale in (info.tiny / 8, info.tiny, info.tiny**0.5, info.eps, 1.0, info.max**0.5, info.max):
        assert float(vni(scale * eye)) == 0.5
    assert vni(torch.diag(torch.tensor([1.0, 0.0], dtype=dtype)) * info.tiny) == 1
    assert vni(eye * torch.nan).isnan()  # no silent zero


def test_unit_peak_is_exact():
    m = torch.tensor([[3.0, -5.0], [0.1, 0.0]], dtype=torch.float64)
    for power in (-1000, -7, 0, 900):
        assert torch.equal(unit_peak(m * 2.0**power), m / 8)
    assert torch.equal(unit_peak(0 * m), 0 * m)


def test_coefficients_do_not_see_the_scale_of_a_node():
    cov = torch.tensor([[4.0, 3.0], [3.0, 9.0]], dtype=torch.float64)
    rho = torch.tensor([[1.0, 0.5], [0.5, 1.0]], dtype=torch.float64)
    torch.testing.assert_close(coefficients(cov), rho)
    assert coefficients(torch.zeros(2, 2)).isnan().all()


def test_covariance_is_unbiased_and_centred():
    y = torch.randn(1, 3, 9, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(covariance_over_inputs(y)[0], torch.cov(y[0]))


def test_means_over_distinct_inputs_by_hand():
    g = torch.tensor([[9.0, 1, 2, 5], [1, 7, 3, -1], [2, 3, 8, 4], [5, -1, 4, 6]])
    pairs = list(itertools.permutations(range(4), 2))
    single = sum(g[i, j] ** 2 for i, j in pairs) / 12
    chain = sum(g[i, j] * g[i, k] for i, j, k in itertools.permutations(range(4), 3)) / 24
    apart = sum(g[i, j] * g[k, m] for i, j, k, m in itertools.permutations(range(4), 4)) / 24
    found = [float(v[0]) for v in means_over_distinct(g[None])]
    assert found == pytest.approx([float(single), float(chain), float(apart)])


def test_unbiased_over_all_samples_of_a_small_population():
    # four draws from three equally likely points of the plane: all 81 samples
    points = torch.tensor([[0.0, 1.0], [2.0, -1.0], [3.0, 5.0]], dtype=torch.float64)
    centre = points - points.mean(0)
    cov = centre.T @ centre / 3
    x = torch.stack([points[list(s)].T for s in itertools.product(range(3), repeat=4)])
    found = [float(v.mean()) for v in unbiased_traces(x)]
    assert found == pytest.approx([float((cov @ cov).trace()), float(cov.trace()) ** 2])


def test_vni_from_few_inputs_of_many_nodes():
    # 4 white inputs to 50 nodes: R = 1/50, which the plug-in value cannot be, at least 1/3
    y = torch.randn(4000, 50, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(5))
    for scale in (1.0, 1e-80, 1e80):
        assert float(vni_from_inputs(scale * y).mean()) == pytest.approx(1 / 50, abs=4e-3)
    assert float(vni(covariance_over_inputs(y)).min()) > 1 / 3
    sum_of_squares, squared_trace = unbiased_traces(y)
    assert float(sum_of_squares.mean() / squared_trace.mean()) == pytest.approx(1 / 50, abs=4e-3)


def test_one_direction_has_vni_one():
    y = torch.tensor([1.0, 2.0]).double().unsqueeze(1) * torch.tensor([1.0, 2.0, 4.0, -3.0, 0.0])
    assert float(vni_from_inputs(y)) == pytest.approx(1)
    assert vni_from_inputs(0 * y).isnan()


@pytest.mark.parametrize("estimate", [unbiased_traces, vni_from_inputs])
def test_three_inputs_are_too_few(estimate):
    with pytest.raises(ValueError, match=r"at least 4 .* got 3"):
        estimate(torch.zeros(2, 5, 3))
