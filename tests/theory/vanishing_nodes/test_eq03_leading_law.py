import mpmath
import pytest

from theory.vanishing_nodes.eq03_leading_law import odd_leading, one_relu_layer, relu_leading


def test_one_layer_tends_to_its_limit():
    limit = float(relu_leading(1))
    assert limit == pytest.approx(1.537980, abs=5e-7)
    errors = [float(n * one_relu_layer(n, n)) - limit for n in (400, 800)]
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.05)


def test_one_unit():
    assert float(one_relu_layer(5, 1)) == pytest.approx(1)


def test_relu_at_depth():
    assert [float(relu_leading(depth)) for depth in (2, 3, 5)] == pytest.approx(
        [2.396, 3.289, 5.035], abs=1e-3
    )


def test_tanh_at_depth():
    found = [float(odd_leading("iid", depth, 1)) for depth in (1, 3, 10)]
    assert found == pytest.approx([1.866, 3.683, 10.37], abs=5e-3)
    assert mpmath.almosteq(odd_leading("orthogonal", 10, 1), 1)


def test_frozen_versions_start_where_they_say():
    assert relu_leading(2, frozen_from=3) == relu_leading(2)
    assert float(relu_leading(3, frozen_from=3)) == pytest.approx(2.004, abs=5e-4)
    assert odd_leading("iid", 1, 1, frozen=True) == odd_leading("iid", 1, 1)
    assert float(odd_leading("iid", 3, 1, frozen=True)) == pytest.approx(3.264, abs=5e-4)
