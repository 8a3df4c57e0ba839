"""What a data set hands to a random network: scale, kurtosis and correlation behind one layer."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

from simulate.quantities import correlation


class InputMoments(NamedTuple):
    """Of the entries of z = W x, W iid and symmetric, x one of the data; no weight is drawn.

    variance: sigma_0^2 = Var(W) E||x||^2. covariance: c_0 = Cov(z_i^2, z_j^2). pair: m_0 =
    1 + c_0/sigma_0^4 = E||x||^4/(E||x||^2)^2, free of scale. fourth_share: sum_k E x_k^4 over
    (E||x||^2)^2; kappa_0 = 3 m_0 + (kappa_w - 3) fourth_share.
    """

    variance: float
    covariance: float
    pair: float
    fourth_share: float


def input_moments(x: Tensor, weight_variance: float | None = None) -> InputMoments:
    """Exact averages over the n rows of x; `weight_variance` is 1/n_0 unless given.

    The mean of x is left in: a weight matrix sees E||x||^2, not the variance alone.
    """
    sq = x.square()  # (n, n_0)
    norms = sq.sum(1)
    variance = float(norms.mean()) * (weight_variance or 1 / x.shape[1])
    pair = float(norms.square().mean() / norms.mean().square())
    share = float(sq.square().sum(1).mean() / norms.mean().square())
    return InputMoments(variance, variance**2 * (pair - 1), pair, share)


def input_vni(x: Tensor) -> float:  # (n, n_0)
    """R_0 = tr S^2/(tr S)^2 of the covariance S of the data, each column centred; free of scale.

    S is that of these n rows: of a population that they are drawn from, it is about 1/(n-1) too
    high; `correlation.vni_from_inputs(x.T)` takes that off.
    """
    centred = correlation.unit_peak(x - x.mean(0))
    return float(correlation.vni(correlation.gram(centred)))
