"""Initialisers by name, as fields of a set-up: what the documents compare, each written down once.

He, Glorot, orthogonal, GSM (Gaussian submatrix), MetaInit, ZerO and ZerO* as the experiments of
"Vanishing Empirical Variance" use them; the bottleneck initialiser and the scaled uniform weights
of "Vanishing Nodes". Biases are zero throughout.
"""

from __future__ import annotations

from typing import Any

from simulate.setup import SetupError, shown

INITIALISERS: dict[str, dict[str, Any]] = {
    "he": {"weights": "gaussian", "gain": 2.0},
    "glorot": {"weights": "gaussian", "gain": 1.0, "fan": "mean"},
    "orthogonal": {"weights": "haar", "gain": 2.0, "fan": "max"},
    "gsm": {"weights": "mirrored", "gain": 2.0, "first_gain": 1.0},
    "metainit": {"weights": "gaussian", "gain": 2.0, "tuning": 500},
    "zero": {"weights": "zero", "gain": 1.0},
    "zerostar": {"weights": "zero", "gain": 1.0, "first_weights": "gaussian"},
    "bottleneck": {"weights": "bottleneck", "gain": 1.0, "fan": "mean"},  # and its `rank`
    "scaled_uniform": {"weights": "uniform", "gain": 1.0},
}


def initialiser(name: str) -> dict[str, Any]:
    """Fields of the set-up for a named initialiser, to be completed by widths and activation.

    The bottleneck one needs its `rank` too, gsm even widths: Setup refuses what is missing or odd.

    >>> from simulate import Setup
    >>> Setup((4, 4), activation="relu", **initialiser("glorot")).weight_variance(1)
    0.25
    """
    if not isinstance(name, str) or name not in INITIALISERS:
        raise SetupError(f"initialiser must be one of {', '.join(INITIALISERS)}; got {shown(name)}")
    return dict(INITIALISERS[name])
