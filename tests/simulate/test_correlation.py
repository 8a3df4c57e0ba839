import torch

from simulate.quantities.correlation import (
    coefficients,
    covariance_over_inputs,
    gram,
    sum_sq,
    trace,
    vni,
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


def test_coefficients_do_not_see_the_scale_of_a_node():
    cov = torch.tensor([[4.0, 3.0], [3.0, 9.0]], dtype=torch.float64)
    rho = torch.tensor([[1.0, 0.5], [0.5, 1.0]], dtype=torch.float64)
    torch.testing.assert_close(coefficients(cov), rho)
    assert coefficients(torch.zeros(2, 2)).isnan().all()


def test_covariance_is_unbiased_and_centred():
    y = torch.randn(1, 3, 9, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(covariance_over_inputs(y)[0], torch.cov(y[0]))
