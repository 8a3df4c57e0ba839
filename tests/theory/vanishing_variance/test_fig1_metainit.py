"""MetaInit in Figure 1: what is read into the sentence, whose networks are measured, and why."""

import sympy as sp
import torch

from simulate import Setup, laws, metainit
from simulate.initialisers import initialiser
from simulate.seeds import Stream
from theory import claim
from theory.vanishing_variance.fig1_metainit import STEPS, WIDTH

META = claim("vev.fig1.metainit")


def test_the_laws_leave_one_half_each() -> None:
    stated, corrected = (META.law(name)(depth=100) for name in ("stated", "corrected"))
    assert (stated.low, stated.high, corrected.low, corrected.high) == (
        0,
        sp.Rational(1, 2),
        sp.Rational(1, 2),
        1,
    )


def test_the_networks_of_the_document_are_measured() -> None:
    probe = next(p for p in META.probes if p.at["depth"] == 100)
    setup = Setup(**probe.setup)
    assert setup.widths == (WIDTH,) * 101
    assert setup.tuning == STEPS[100] == initialiser("metainit")["tuning"]
    assert not setup.activate_input


def test_the_last_matrices_are_shortened() -> None:
    """Median over 64 networks of ten layers: the last norms shrink most, the first hardly."""
    setup = Setup(
        (WIDTH,) * 11, activation="relu", **{**initialiser("metainit"), "tuning": STEPS[10]}
    )
    stream = Stream(7, "norms", 0)
    drawn = list(laws.drawn(setup, stream, 64))
    ratios = [
        float((torch.linalg.matrix_norm(after) / torch.linalg.matrix_norm(before)).median())
        for before, after in zip(drawn, metainit.tuned(setup, stream, drawn), strict=True)
    ]
    assert min(ratios[:5]) > 0.7
    assert ratios[-1] == min(ratios) < 0.3
