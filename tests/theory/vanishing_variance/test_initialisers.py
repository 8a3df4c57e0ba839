"""The set-ups of the initialisers, written on both sides; the factors against draws by hand."""

from __future__ import annotations

import pytest
import sympy as sp

from simulate.initialisers import INITIALISERS
from theory.vanishing_variance import initialisers as init


@pytest.mark.parametrize("name", sorted(init.FIELDS))
def test_both_sides_mean_the_same_network(name: str) -> None:
    assert init.FIELDS[name] == INITIALISERS[name]


def test_drifts_of_the_narrowest_layers_by_hand() -> None:
    # He, w = 1: T = 2 chi^2_1 given active; log 2 + (-gamma - log 2)
    assert sp.simplify(init.he_drift(1) + sp.EulerGamma) == 0
    # orthogonal, w = 1: +-sqrt 2 keeps an active unit
    assert sp.simplify(init.orthogonal_drift(1) - sp.log(2)) == 0
    # GSM, h = 2: chi^2_2/2 is exponential
    assert sp.simplify(init.gsm_drift(2) + sp.EulerGamma) == 0


def test_who_falls_fastest_at_the_document_s_width() -> None:
    he, orthogonal, gsm = (
        float(value) for value in (init.he_drift(10), init.orthogonal_drift(10), init.gsm_drift(5))
    )
    assert he < gsm < orthogonal < 0
    assert (he, orthogonal, gsm) == pytest.approx((-0.3075, -0.2041, -0.2131), abs=5e-5)


def test_squares_of_units() -> None:
    # chi^2_w: E = w(w + 2)
    assert init.squares_of_units(1, 3, 5) == 35
