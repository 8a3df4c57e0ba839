"""Input laws: shape, second moments, and the joint laws that only some theorems allow."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import pytest
import torch

from simulate import Setup, SetupError, data, inputs
from simulate.seeds import Stream

EXTRA = {"correlation": 0.3}
WIDTHS = {
    "correlated_pair": 2, "sign_product": 3, "negative_sign_product": 3, "uncentred_pair": 2,
    "sign_vectors": 2, "digits": 64, "all_digits": 64, "mnist": 6, "cifar10": 3072,
    "image_spectrum": 9,
}  # fmt: skip
N_INPUTS = {"all_digits": 1797}


@pytest.fixture(autouse=True)
def _environment(image_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPTHLAWS_DATA", str(image_folder))


def setup(name: str, **more: object) -> Setup:
    fields = {"n_inputs": N_INPUTS.get(name, 2), "extra": EXTRA, **more}
    return Setup((WIDTHS.get(name, 4), 3), "gaussian", 1.0, "linear", inputs=name, **fields)


def draw(name: str, replicates: int, seed: int = 0) -> torch.Tensor:
    return inputs.draw(setup(name), Stream(seed, name, 0), replicates)


@pytest.mark.parametrize("name", sorted(inputs.INPUTS))
def test_shape_and_finite(name: str) -> None:
    x = draw(name, 5)
    assert x.shape == (5, WIDTHS.get(name, 4), N_INPUTS.get(name, 2))
    assert torch.isfinite(x).all()


@pytest.mark.parametrize("name", ["gaussian", "rademacher", "sphere", "sign_product"])
def test_white(name: str, seed: int) -> None:
    """E x x^T is the identity: entry by entry, within six standard errors."""
    x = draw(name, 40_000, seed)[..., 0]
    products = x[:, :, None] * x[:, None, :]
    error = 6 * products.std(0) / math.sqrt(len(x)) + 1e-12
    assert ((products.mean(0) - torch.eye(x.shape[1], dtype=x.dtype)).abs() < error).all()


def test_faint_inputs_are_normal_and_tiny() -> None:
    x = 2.0**40 * draw("faint", 4000)
    assert x.square().mean().item() == pytest.approx(1, abs=0.05)
    assert x.pow(4).mean().item() == pytest.approx(3, abs=0.3)


def test_sphere_has_its_radius() -> None:
    norms = torch.linalg.vector_norm(draw("sphere", 9), dim=1)
    assert norms.flatten().tolist() == pytest.approx([2.0] * 18)


def test_correlated_pair_is_uncorrelated_and_not_jointly_symmetric(seed: int) -> None:
    """The law by hand: (2s, 2s) with probability 1/5, (s, -s) with 4/5."""
    cases = [((2, 2), Fraction(1, 5)), ((1, -1), Fraction(4, 5))]
    assert sum(p * x * y for (x, y), p in cases) == 0
    assert sum(p * x**2 for (x, _), p in cases) == Fraction(8, 5)
    x = draw("correlated_pair", 20_000, seed)[..., 0]
    assert {tuple(row) for row in x.tolist()} == {(2, 2), (-2, -2), (1, -1), (-1, 1)}
    aligned = float((x[:, 0] == x[:, 1]).double().mean())
    assert abs(aligned - 0.2) < 5 * math.sqrt(0.16 / 20_000)


@pytest.mark.parametrize(("name", "sign"), [("sign_product", 1), ("negative_sign_product", -1)])
def test_third_sign_is_the_product(name: str, sign: int) -> None:
    x = draw(name, 50)
    assert torch.equal(x[:, 2], sign * x[:, 0] * x[:, 1])


@pytest.mark.parametrize("name", sorted(WIDTHS))
def test_a_joint_law_needs_its_width(name: str) -> None:
    wrong = Setup((7, 3), "gaussian", 1.0, "linear", inputs=name)
    with pytest.raises(SetupError, match=name):
        inputs.draw(wrong, Stream(0, "a", 0), 2)


def test_equicorrelated_data_have_their_gram_matrix() -> None:
    x = inputs.draw(setup("equicorrelated", n_inputs=3), Stream(0, "a", 0), 2)
    gram = 4 * (0.3 + 0.7 * torch.eye(3, dtype=x.dtype))
    assert torch.allclose(x.transpose(1, 2) @ x, gram.expand(2, 3, 3))
    with pytest.raises(SetupError, match="n_inputs < widths"):
        inputs.draw(setup("equicorrelated", n_inputs=4), Stream(0, "a", 0), 2)


def test_sign_vectors_are_all_of_them_up_to_a_sign() -> None:
    fields = Setup((3, 2), "gaussian", 1.0, "linear", inputs="sign_vectors", n_inputs=4)
    x = inputs.draw(fields, Stream(0, "a", 0), 1)[0].T
    assert len({tuple(row) for row in torch.cat([x, -x]).tolist()}) == 8


def test_unknown_law_names_the_known_ones() -> None:
    wrong = Setup((7, 3), "gaussian", 1.0, "linear", inputs="no such")
    with pytest.raises(SetupError, match=r"gaussian.*'no such'"):
        inputs.draw(wrong, Stream(0, "a", 0), 2)


def test_uncentred_pair_has_two_atoms(seed: int) -> None:
    x = draw("uncentred_pair", 4000, seed)[..., 0]
    assert {tuple(row) for row in x.tolist()} == {(1, 2), (3, -1)}
    assert x[:, 0].mean().item() == pytest.approx(2, abs=0.1)


def test_mirrored_halves_are_opposite() -> None:
    x = draw("mirrored", 9)
    assert torch.equal(x[:, :2], -x[:, 2:])
    with pytest.raises(SetupError, match="even"):
        inputs.draw(
            Setup((7, 3), "gaussian", 1.0, "linear", inputs="mirrored"), Stream(0, "a", 0), 2
        )


def test_the_first_half_is_blank() -> None:
    x = draw("blank_half", 9)
    assert not x[:, :2].any()
    assert (x[:, 2:] != 0).all()


# --- images ----------------------------------------------------------------------------------


def test_digits_are_drawn_from_the_centred_images(seed: int) -> None:
    known = {tuple(row) for row in data.digits().standardised("centred").tolist()}
    x = draw("digits", 200, seed)
    assert {tuple(row) for row in x[..., 0].tolist()} < known
    assert not torch.equal(x[..., 0], x[..., 1])


def test_images_may_stay_as_they_are() -> None:
    raw = inputs.draw(setup("digits", extra={"standardise": "none"}), Stream(0, "digits", 0), 5)
    assert set(raw.unique().tolist()) <= set(range(17))
    assert torch.allclose(
        raw[..., 0] - torch.from_numpy(data.digits().pixel_means), draw("digits", 5)[..., 0]
    )
    with pytest.raises(SetupError, match=r"standardise.*got 'no such'"):
        inputs.draw(setup("digits", extra={"standardise": "no such"}), Stream(0, "a", 0), 2)


def test_all_digits_are_each_there_once() -> None:
    x = draw("all_digits", 1)[0]
    assert torch.equal(x.T, torch.from_numpy(data.digits().standardised("centred")))
    with pytest.raises(SetupError, match="n_inputs = 1797"):
        inputs.draw(setup("all_digits", n_inputs=2), Stream(0, "a", 0), 1)


def test_image_spectrum_has_its_covariance(seed: int) -> None:
    """The exact covariance by hand at 2 x 2 pixels: eigenvalues 1, 1/2, 1/2, 1/3 times 12/7."""
    law = Setup((4, 2), "gaussian", 1.0, "linear", inputs="image_spectrum", n_inputs=40_000)
    x = inputs.draw(law, Stream(seed, "a", 0), 1)[0]
    signs = torch.tensor([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]])
    basis = signs.to(x.dtype) / 2
    cov = basis @ (x @ x.T / x.shape[1]) @ basis.T
    wanted = 12 / 7 * torch.tensor([1, 1 / 2, 1 / 2, 1 / 3], dtype=x.dtype)
    assert torch.allclose(cov, torch.diag(wanted), atol=0.08)
    assert wanted.sum() == pytest.approx(4)


def test_user_images_without_a_folder_name_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEPTHLAWS_DATA")
    with pytest.raises(SetupError, match="DEPTHLAWS_DATA"):
        draw("mnist", 2)
