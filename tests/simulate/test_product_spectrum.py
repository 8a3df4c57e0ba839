"""Products of weights: orthogonal layers by hand, two roads to one number, great depth."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from simulate import Setup, SetupError, run
from simulate.registry import get


def linear(*widths: int, **more: Any) -> Setup:
    fields: dict[str, Any] = {"weights": "gaussian", "gain": 1.0, "activation": "linear"}
    return Setup(widths=widths, **{**fields, **more})


def test_orthogonal_products_have_one_singular_value(seed: int) -> None:
    setup = linear(*(6,) * 9, weights="haar", gain=4.0, extra={"threshold": 255.0})
    found = run("product_spectrum", setup, replicates=4, seed=seed)
    assert np.allclose(found["mean_singular"], 2.0**8)
    assert np.all(found["fraction_below"] == 0)
    haar = {"weights": "haar", "gain": 4.0}
    moments = run("product_moments", linear(*(6,) * 9, **haar), replicates=4, seed=seed)
    assert np.allclose(moments["mean_fourth"], 2.0**32)
    framed = linear(*(6,) * 9, **haar, extra={"index": 3})
    frames = run("product_frames", framed, replicates=4, seed=seed)
    assert np.allclose(frames["log_growth"], 8 * math.log(2))
    assert np.allclose(frames["log_volume"], 24 * math.log(2))


def test_moments_agree_with_the_spectrum(seed: int) -> None:
    """Same stream, same networks: tr S/n from singular values and from the Frobenius norm."""
    setup = linear(8, 8, 8, 8)
    spectrum = run("product_spectrum", setup, replicates=30, seed=seed)
    moments = run("product_moments", setup, replicates=30, seed=seed)
    assert np.allclose(spectrum["mean_sq"], moments["mean_sq"])
    assert np.allclose(moments["mean_sq_squared"], moments["mean_sq"] ** 2)


@pytest.mark.parametrize("threshold", [1e-12, 0.5, 1e6])
def test_a_fraction_stays_within_its_bounds(seed: int, threshold: float) -> None:
    setup = linear(3, 3, 3, extra={"threshold": threshold})
    low, high = get("product_spectrum").bounds(setup)["fraction_below"]
    found = run("product_spectrum", setup, replicates=64, seed=seed)["fraction_below"]
    assert np.all((low <= found) & (found <= high))
    assert np.allclose(3 * found, np.round(3 * found))


def test_frames_at_a_depth_where_the_product_underflows(seed: int) -> None:
    """log |P e_1| of 3000 layers of two units: finite, near -L gamma/2 (E log chi^2_2/2)."""
    found = run("product_frames", linear(*(2,) * 3001), replicates=40, seed=seed)["log_growth"]
    assert np.isfinite(found).all()
    assert abs(found.mean() + 3000 * 0.5772156649 / 2) < 5 * found.std() / math.sqrt(40)


def test_volume_is_the_determinant(seed: int) -> None:
    """One layer: E det^2 = n!/n^n, here 2/4."""
    found = run("product_frames", linear(2, 2, extra={"index": 2}), replicates=20_000, seed=seed)
    squared = np.exp(2 * found["log_volume"])
    assert abs(squared.mean() - 0.5) < 5 * squared.std() / math.sqrt(len(squared))


def test_layer_moments_by_hand(seed: int) -> None:
    """n = 3: E tr S^2 = 2n + 1, E (tr S)^2 = n^2 + 2, E |w|^4 = 1 + 2/n."""
    found = run("layer_moments", linear(3, 3), replicates=20_000, seed=seed)
    for name, expected in (("sum_fourth", 7), ("sq_sum_sq", 11), ("vector_fourth", 5 / 3)):
        values = found[name]
        assert abs(values.mean() - expected) < 5 * values.std() / math.sqrt(len(values))


def test_refuses() -> None:
    with pytest.raises(SetupError, match="linear"):
        run("product_moments", linear(2, 2, activation="relu"), replicates=1, seed=0)
    with pytest.raises(SetupError, match="index"):
        run("product_frames", linear(2, 2, extra={"index": 3}), replicates=1, seed=0)
    with pytest.raises(SetupError, match="square"):
        run("layer_moments", linear(2, 3), replicates=1, seed=0)
