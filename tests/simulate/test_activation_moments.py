import pytest

from simulate import Setup, run
from simulate.registry import get


def test_relu_of_gaussians_by_hand():
    setup = Setup(
        widths=(8, 8), weights="gaussian", gain=2.0, activation="relu", activate_input=True
    )
    found = run("activation_moments", setup, replicates=20_000, seed=5)
    assert found["mean_act_sq"].mean() == pytest.approx(0.5, abs=0.02)
    assert found["mean_act_fourth"].mean() == pytest.approx(1.5, abs=0.1)
    assert found["mean_act_pair_sq"].mean() == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
@pytest.mark.parametrize("inputs", ["gaussian", "rademacher", "sphere"])
def test_powers_of_what_is_bounded_stay_within_their_bounds(inputs, activation):
    setup = Setup((6, 6), "gaussian", 1.0, activation, inputs=inputs)
    found = run("activation_moments", setup, replicates=512, seed=7)
    bounds = get("activation_moments").bounds(setup)
    assert set(bounds) == set(found.columns)
    for column, (low, high) in bounds.items():
        assert ((low <= found[column]) & (found[column] <= high)).all()


def test_other_activations_have_no_bounds():
    setup = Setup(widths=(6, 6), weights="gaussian", gain=1.0, activation="relu")
    assert not get("activation_moments").bounds(setup)
