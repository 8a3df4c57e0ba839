from fractions import Fraction

import pytest

from theory import claim
from theory.vanishing_nodes.sec51_initialiser import (
    counted,
    entry_kurtosis,
    pair,
    scale,
    variance,
)


def test_the_documents_layers():
    assert float(variance(784, 500)) == pytest.approx(0.001558, abs=5e-7)
    found = [float(scale(784, 500, way)) for way in ("forward", "backward")]
    assert found == pytest.approx([1.221, 0.779], abs=1e-3)
    found = [float(scale(500, 10, way)) for way in ("forward", "backward")]
    assert found == pytest.approx([1.961, 0.039], abs=1e-3)


def test_one_product_of_two_signs_is_a_sign():
    assert entry_kurtosis(1, 1) == 1
    assert pair(1, 1) == 1
    assert counted((2, 1, 1), 0).fourth == counted((2, 1, 1), 0).second ** 2


def test_many_products_are_normal():
    assert entry_kurtosis(10**4, 3) == 3 + Fraction(6, 10**4)
    assert pair(2, 3) == 2


def test_each_wrong_normalisation_has_its_own_variance():
    at = {"inputs": 784, "outputs": 500, "rank": 30}
    law = claim("vn.init").law("variance")
    values = {m.name: m.evaluate(**at) for m in law.mutants}
    assert law(**at) == Fraction(1, 642)
    assert values["sqrt(N_b) dropped"] == Fraction(30, 642)
    assert values["N_o in place of N_mean"] == Fraction(1, 500)
    assert len({*values.values(), law(**at)}) == 6
