"""What the claims on dilution share: literal residual blocks, their exact numbers, their probes.

Block f(u) = S u + rho(u), R the Jacobian of rho at u, g the incoming gradient; Q x = sqrt(E x^2).

    r = Q|gR| Q|u| / (Q|rho(u)| Q|g|),  k = Q|Su| / Q|rho(u)|,  kappa = Q|gS| Q|u| / (Q|Su| Q|g|),
    a = E (Su).rho(u) / (Q|Su| Q|rho(u)|),   b = E (gR).(gS) / (Q|gR| Q|gS|).

In the room: `Block` (set-up and letters of a block, exact at its width), `DILUTED` and `UNDILUTED`
(what is measured), `growth` (the margin of an exact rate), `probe`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from theory.schema import EXACT_MARGIN, Estimand, Margin, Mutant, Probe, absolute

# --- wrong versions --------------------------------------------------------------------------


def mutants_in(**letters: sp.Symbol) -> Callable[[str, Any], Mutant]:
    """A maker of wrong versions: (name, expression in the letters), letters by argument name."""

    def mutant(name: str, expression: Any) -> Mutant:
        def evaluate(**values: Any) -> Any:
            at = {letters[key]: sp.sympify(value) for key, value in values.items()}
            return sp.sympify(expression).xreplace(at)

        return Mutant(name, evaluate)

    return mutant


# --- moments of one unit ---------------------------------------------------------------------

STEP = 0.01
NODES = tuple(i * STEP for i in range(-1000, 1001))
MASSES = tuple(math.exp(-(z**2) / 2) * STEP / math.sqrt(2 * math.pi) for z in NODES)


def trapezoid(values: Sequence[float]) -> float:
    """E f(z), z standard normal, from the values f(z) at NODES.

    The error e^(-2 pi d/h), d the distance of f's nearest pole from the real line, is below 1e-16
    up to f = tanh(20 z).

    >>> round(trapezoid([z**4 for z in NODES]), 12)
    3.0
    """
    return math.fsum(v * m for v, m in zip(values, MASSES, strict=True))


@functools.cache
def unit_moments(activation: str, scale: float, offset: float) -> tuple[float, float, float, float]:
    """E phi^2, E phi'^2, E phi', E z^2 phi'^2 of phi(scale z + offset), derivatives in z."""
    if activation == "relu" and offset == 0:
        return scale**2 / 2, scale**2 / 2, scale / 2, scale**2 / 2
    assert activation == "tanh"

    squares = [math.tanh(scale * z + offset) ** 2 for z in NODES]
    slopes = [scale * (1 - square) for square in squares]
    return (
        trapezoid(squares),
        trapezoid([slope**2 for slope in slopes]),
        trapezoid(slopes),
        trapezoid([(z * slope) ** 2 for z, slope in zip(NODES, slopes, strict=True)]),
    )


@dataclass(frozen=True)
class Block:
    """A random block as the sampler builds it, and its r, k, a, b, kappa; exact at this width.

    kind: layer (rho = W phi(scale u + offset)), two_layers (W_2 phi(scale W_1 u), u on the sphere),
    skew (W = G - G^T), negative_gram (W = -C^T C), drift (rho = drift u + W phi, a = drift).
    The entry variance makes Q|rho(u)| = Q|u|, so that the skip is multiplied with k.
    """

    k: float
    kind: str = "layer"
    skip: str = "identity"
    activation: str = "tanh"
    scale: float = 4.0
    offset: float = 0.0
    drift: float = 0.0
    n: int = 40
    n_out: int = 40
    pairs: int = 32
    numbers: Mapping[str, float] = field(init=False, repr=False)
    setup: Mapping[str, Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        value_sq, slope_sq, slope, z_slope_sq = unit_moments(
            self.activation, self.scale, self.offset
        )
        n, ratio = self.n, math.sqrt(slope_sq / value_sq)
        numbers = {"r": ratio, "k": self.k, "a": 0.0, "b": 0.0, "kappa": 1.0}
        gain, branch, skip, residual, inputs = 1 / value_sq, 1.0, self.k, "layers", "gaussian"
        if self.n_out != n:  # lengths of vectors in R^n and R^n_out, both N(0, I)
            numbers["kappa"] = math.sqrt(n / self.n_out)
            numbers["r"] = ratio * numbers["kappa"]
        if self.kind == "two_layers":
            # given h_i = w_i.u, |w_i|^2 has mean (h_i^2 + n - 1)/n when |u|^2 = n
            numbers["r"] = math.sqrt(((n - 1) * slope_sq + z_slope_sq) / (n * value_sq))
            gain, skip, inputs = 1.0, self.k * math.sqrt(value_sq), "sphere"
        if self.kind == "skew":  # n - 1 entries a row, of twice the variance
            gain, residual = n / (2 * (n - 1) * value_sq), "skew"
        if self.kind == "negative_gram":  # E C^T C = gain, E (C^T C)^2 = (2 + 1/n) gain^2
            gain, residual = 1 / math.sqrt((2 + 1 / n) * value_sq), "negative_gram"
            numbers["a"], numbers["b"] = -gain * slope, -gain * slope / ratio
        if self.kind == "drift":
            branch = math.sqrt(1 - self.drift**2)
            numbers["r"] = math.sqrt(self.drift**2 + branch**2 * ratio**2)
            numbers["a"], numbers["b"] = self.drift, self.drift / numbers["r"]
        object.__setattr__(self, "numbers", numbers)
        widths = (n, n, self.n_out) if self.kind == "two_layers" else (n, self.n_out)
        object.__setattr__(
            self,
            "setup",
            {
                "widths": widths,
                "weights": "gaussian",
                "gain": gain,
                "activation": self.activation,
                "inputs": inputs,
                "n_inputs": self.pairs,
                "block": "residual",
                "skip": skip,
                "branch": branch,
                "extra": {
                    "skip_matrix": self.skip,
                    "residual": residual,
                    "scale": self.scale,
                    "offset": self.offset,
                    "drift": self.drift,
                },
            },
        )

    @property
    def facts(self) -> dict[str, float]:
        """What the assumptions of Theorem 3 ask about."""
        return {
            "forward_correlation": self.numbers["a"],
            "backward_correlation": self.numbers["b"],
            "length_ratio": self.numbers["kappa"],
        }


# --- what is measured, how precisely ---------------------------------------------------------

OVER = "weights, inputs and gradients: quadratic means over all of them"
DILUTED = Estimand(
    "root_ratio", ("block_back_sq", "input_sq", "block_sq", "gradient_sq"), over=OVER
)
UNDILUTED = Estimand(
    "root_ratio", ("residual_back_sq", "input_sq", "residual_sq", "gradient_sq"), over=OVER
)


def growth(rate: float) -> Margin:
    """Margin of an exact rate: the precision of every exact law, asked of the growth |rate - 1|.

    A rate is close to 1 whatever its law; what a law of dilution predicts is the distance to 1.

    >>> growth(1.5).standard == 0.5 * EXACT_MARGIN.standard
    True
    """
    size = abs(rate - 1)
    return absolute(
        quick=size * EXACT_MARGIN.quick,
        standard=size * EXACT_MARGIN.standard,
        paper=size * EXACT_MARGIN.paper,
        why=f"exact law: the precision asked for, {EXACT_MARGIN.standard:.0%} of the growth "
        f"|rate - 1| at standard, {EXACT_MARGIN.quick:.0%} at quick; no error term",
    )


def probe(name: str, block: Block, margin: Margin, **more: Any) -> Probe:
    """A measured block, at its exact r and k (or the `letters` given)."""
    return Probe(
        name=name,
        experiment="dilution",
        setup=block.setup,
        at={letter: block.numbers[letter] for letter in more.pop("letters", ("r", "k"))},
        facts=block.facts,
        margin=margin,
        estimand=more.pop("estimand", DILUTED),
        **more,
    )
