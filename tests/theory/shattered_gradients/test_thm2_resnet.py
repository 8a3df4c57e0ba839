import pytest
import sympy as sp

from theory import claim
from theory.shattered_gradients.thm2_resnet import real_law


def test_three_numbers_of_the_theorem():
    found = claim("sg.thm2")
    values = {}
    for law in found.laws:
        if law.role == "stated":
            at = {
                p.name: 3 if p.name == "depth" else 0 if p.name == "correlation" else 8
                for p in law.parameters
            }
            values[law.name] = law(**at)
    assert set(values.values()) == {8, sp.Rational(27, 8), sp.Rational(27, 64)}


def test_real_networks_agree_after_one_block_only():
    assert float(real_law(1, 0)) == pytest.approx(0.75)
    assert float(real_law(5, 0)) == pytest.approx(0.309471, abs=1e-6)
