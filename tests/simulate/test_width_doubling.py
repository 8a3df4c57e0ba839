import pytest

from simulate import Setup, SetupError, run
from simulate.experiments.width_doubling import doubled

LINEAR = {"widths": (6, 4), "weights": "gaussian", "gain": 1.0, "activation": "linear"}


@pytest.mark.parametrize("n_inputs", [1, 24])
def test_both_widths_have_their_own_ratio(n_inputs: int, seed: int) -> None:
    """One linear layer n -> m: E tr C^2/E (tr C)^2 = (m + n + 1)/(mn + 2), over inputs too."""
    drawn = run("width_doubling", Setup(**LINEAR, n_inputs=n_inputs), replicates=20_000, seed=seed)
    narrow = drawn["sum_sq_narrow"].mean() / drawn["sq_trace_narrow"].mean()
    wide = drawn["sum_sq_wide"].mean() / drawn["sq_trace_wide"].mean()
    assert narrow == pytest.approx(11 / 26, rel=0.02)
    assert wide == pytest.approx(21 / 98, rel=0.02)


def test_isometries_have_no_spread() -> None:
    setup = Setup((5, 5, 5), "haar", 1.0, "linear")
    drawn = run("width_doubling", setup, replicates=3, seed=1)
    assert drawn["sum_sq_narrow"] / drawn["sq_trace_narrow"] == pytest.approx(1 / 5)
    assert drawn["sum_sq_wide"] / drawn["sq_trace_wide"] == pytest.approx(1 / 10)


def test_widths_are_doubled_and_nothing_else() -> None:
    setup = Setup(**LINEAR, n_inputs=4)
    assert doubled(setup).as_dict() == setup.as_dict() | {"widths": (12, 8)}


def test_two_inputs_are_too_few() -> None:
    with pytest.raises(SetupError, match="at least 4"):
        run("width_doubling", Setup(**LINEAR, n_inputs=2), replicates=1, seed=0)
