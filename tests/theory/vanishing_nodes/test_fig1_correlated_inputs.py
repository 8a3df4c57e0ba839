"""VNI over inputs that are not white: known values, limits, and the size rule."""

import pytest
import sympy as sp

from theory import ClaimError, claim
from theory.maths import images, zonal
from theory.vanishing_nodes import rec_finite_width as rec
from theory.vanishing_nodes.data_start import from_start, on_data
from theory.vanishing_nodes.probes import MOST_LOG_VARIANCE, log_variance

CLAIM = claim("vn.fig1.mnist")


@pytest.mark.parametrize(("depth", "ratio"), [(10, 0.1299), (50, 0.3526), (100, 0.6035)])
def test_digits_at_width_200(depth, ratio):
    at = {"inputs": "digits", "input_width": 64, "width": 200, "depth": depth}
    assert CLAIM.evaluate("from R_0", **at) == pytest.approx(ratio, abs=5e-5)
    assert CLAIM.evaluate(**at) == pytest.approx((1 + depth) / 200)


def test_white_inputs_are_the_isotropic_law():
    assert on_data("gaussian", 7, 4, 3) == rec.annealed((7, 4, 4, 4), 1)
    assert from_start(sp.Rational(1, 7), (11, 5, 13), 0) == rec.annealed((7, 11, 5, 13), 0)


def test_one_direction_stays_one():
    assert from_start(1, (3, 9, 2), sp.Rational(1, 2)) == 1


def test_zonal_polynomials_agree_on_the_digits():
    """A second road: the means of tr C^2 and (tr C)^2 by eigenvalues of zonal polynomials."""
    at = {"widths": (64, 9, 5), "slope": sp.Integer(1)}
    at["start"] = images.power_sums("digits", 64)
    ratio = zonal.mean((0, (2,)), **at) / zonal.mean((2, ()), **at)
    assert ratio == from_start(images.start("digits", 64), (9, 5), 1)


@pytest.mark.parametrize("probe", CLAIM.probes, ids=lambda p: p.name)
def test_probes_keep_the_size_rule(probe):
    setup = {k: v for k, v in probe.setup.items() if k != "n_inputs"}
    assert log_variance(setup) <= MOST_LOG_VARIANCE


def test_a_law_of_inputs_has_its_width():
    with pytest.raises(ClaimError, match="64 pixels"):
        CLAIM.evaluate(inputs="digits", input_width=63, width=9, depth=1)


def test_data_of_another_start_leave_the_domain():
    at = {"width": 200, "depth": 10}
    white = {**at, "inputs": "gaussian", "input_width": 200}
    assert CLAIM.admits(white) == "needed"
    assert CLAIM.admits({**at, "inputs": "digits", "input_width": 64}) == "stated"
    assert CLAIM.admits({**white, "depth": 100}) == "stated"  # off by 7 % from white inputs too
    assert CLAIM.admits({**white, "input_width": 784}) == "needed"  # white, as wide as MNIST


def test_mnist_is_said_to_be_not_measured():
    assert "MNIST itself was not measured" in CLAIM.because
