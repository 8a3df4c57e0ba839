import pytest

from simulate import Setup, run


def test_relu_of_gaussians_by_hand():
    setup = Setup(
        widths=(8, 8), weights="gaussian", gain=2.0, activation="relu", activate_input=True
    )
    found = run("activation_moments", setup, replicates=20_000, seed=5)
    assert found["mean_act_sq"].mean() == pytest.approx(0.5, abs=0.02)
    assert found["mean_act_fourth"].mean() == pytest.approx(1.5, abs=0.1)
    assert found["mean_act_pair_sq"].mean() == pytest.approx(0.25, abs=0.02)
